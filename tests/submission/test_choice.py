"""Which of several files for one exercise counts, and that the others are named."""

import os
import zipfile

import pytest

from autograder.submission import discover

NOTEBOOK = '{"cells": [{"cell_type": "code", "source": "%s"}]}'
DAY = 86_400


def make(path, text="x = 1", days=10.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(NOTEBOOK % text if path.suffix == ".ipynb" else text)
    os.utime(path, (days * DAY, days * DAY))


def zipped(path, members):
    """`members` are texts and dates by name."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, (text, date) in members.items():
            archive.writestr(zipfile.ZipInfo(name, date), NOTEBOOK % text if name.endswith(".ipynb") else text)


def only(path):
    """`stub` in a file says that it is as it was released."""
    (handin,) = discover(path, ["xor"], untouched=lambda exercise, source: source.units[0].code == "stub").handins
    return handin


@pytest.mark.parametrize(("newer", "older"), [("xor.py", "xor.ipynb"), ("xor.ipynb", "xor.py")])
def test_the_newer_of_module_and_notebook_counts(tmp_path, newer, older):
    make(tmp_path / "ada" / newer, days=11)
    make(tmp_path / "ada" / older)
    handin = only(tmp_path)
    assert (handin.name, handin.problem) == (newer, None)
    assert handin.note == f"{newer} counts, not {older}: it was saved last."


def test_an_untouched_file_loses_whatever_its_time(tmp_path):
    make(tmp_path / "ada" / "xor.py", "stub", days=11)
    make(tmp_path / "ada" / "xor.ipynb")
    assert only(tmp_path).note == "xor.ipynb counts, not xor.py: nothing was written into the other."


def test_of_untouched_files_the_last_counts(tmp_path):
    make(tmp_path / "ada" / "xor.py", "stub", days=11)
    make(tmp_path / "ada" / "xor.ipynb", "stub")
    assert only(tmp_path).note == "xor.py counts, not xor.ipynb: nothing was written into any of them."


@pytest.mark.parametrize("seconds", [0, 1.5])
def test_files_of_about_the_same_time_are_a_problem(tmp_path, seconds):
    make(tmp_path / "ada" / "xor.py")
    make(tmp_path / "ada" / "xor.ipynb", days=10 + seconds / DAY)
    assert only(tmp_path).problem == "There are two files for xor: ada/xor.ipynb and ada/xor.py. Keep one."


def test_two_modules_are_a_problem_unless_one_is_untouched(tmp_path):
    make(tmp_path / "ada" / "xor.py")
    make(tmp_path / "ada" / "old" / "xor.py", days=11)
    assert only(tmp_path).problem == "There are two files for xor: ada/old/xor.py and ada/xor.py. Keep one."
    make(tmp_path / "ada" / "old" / "xor.py", "stub", days=11)
    handin = only(tmp_path)
    assert handin.problem is None
    assert handin.note == "ada/xor.py counts, not ada/old/xor.py: nothing was written into the other."


def test_a_problem_names_every_file(tmp_path):
    make(tmp_path / "ada" / "xor.py")
    make(tmp_path / "ada" / "xor.ipynb", "stub")
    make(tmp_path / "ada" / "new" / "xor.ipynb", days=11)
    make(tmp_path / "ada" / "new" / "xor.py", days=11)
    problem = only(tmp_path).problem
    assert problem.startswith("There are 4 files for xor: ")
    assert all(name in problem for name in ("ada/xor.py", "ada/xor.ipynb", "ada/new/xor.py", "ada/new/xor.ipynb"))


def test_a_file_that_cannot_be_read_is_not_passed_over_in_silence(tmp_path):
    make(tmp_path / "ada" / "xor.py", "")
    make(tmp_path / "ada" / "xor.ipynb", days=9)
    assert only(tmp_path).note == "xor.py counts, not xor.ipynb: it was saved last."


def test_a_student_may_have_a_folder_and_an_archive(tmp_path):
    make(tmp_path / "ada" / "xor.py")
    zipped(tmp_path / "ada.zip", {"xor.py": ("x = 2", (2024, 1, 1, 0, 0, 0))})
    assert only(tmp_path).problem == "There are two files for xor: ada/xor.py and ada.zip/xor.py. Keep one."
    make(tmp_path / "ada" / "xor.py", "stub")
    assert only(tmp_path).source == "ada.zip/xor.py"


def test_times_of_different_clocks_are_not_compared(tmp_path):
    make(tmp_path / "ada" / "xor.py")
    zipped(tmp_path / "ada.zip", {"xor.ipynb": ("x = 2", (2024, 1, 1, 0, 0, 0))})
    assert "two files" in only(tmp_path).problem


@pytest.mark.parametrize(
    ("first", "second", "newer"),
    [
        ((2024, 1, 31, 23, 59, 56), (2024, 2, 1, 0, 0, 0), "xor.ipynb"),
        ((2024, 12, 31, 0, 0, 0), (2024, 1, 1, 0, 0, 0), "xor.py"),
        ((2024, 1, 1, 0, 0, 0), (2024, 1, 1, 0, 0, 2), None),
        ((1980, 1, 1, 0, 0, 0), (2024, 1, 1, 0, 0, 2), None),
    ],
)
def test_times_within_an_archive_are_compared_if_they_are_known(tmp_path, first, second, newer):
    zipped(tmp_path / "ada.zip", {"xor.py": ("x = 1", first), "xor.ipynb": ("x = 1", second)})
    handin = only(tmp_path)
    assert "two files" in handin.problem if newer is None else (handin.name, handin.problem) == (newer, None)


def test_a_damaged_archive_competes_and_both_are_told(tmp_path):
    make(tmp_path / "ada" / "xor.py")
    make(tmp_path / "ada.zip", "no archive", days=11)
    problem = only(tmp_path).problem
    assert "ada.zip is damaged" in problem
    assert problem.endswith("ada.zip counts, not xor.py: it was saved last.")


def test_very_many_files_are_not_all_read(tmp_path):
    for number in range(12):
        make(tmp_path / "ada" / str(number) / "xor.py")
    found = discover(tmp_path, ["xor"])
    assert found.handins[0].problem == "There are 12 files for xor. Keep one."
    assert {reason for _, reason in found.ignored} == {"one of 12 files for xor"}
    assert len({name for name, _ in found.ignored} | {found.handins[0].source}) == 12
