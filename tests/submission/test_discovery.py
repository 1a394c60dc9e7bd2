"""Every file that was handed in is found, or ignored with a reason; nothing is followed, trusted or unpacked."""

import contextlib
import io
import os
import subprocess
import sys
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.errors import UserError
from autograder.submission import discover

EXERCISES = ("xor", "cpa")


def make(folder, *names, text="x = 1\n"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (1_000_000, 1_000_000))


def found(path, **options):
    return [(it.student, it.exercise, it.source) for it in discover(path, EXERCISES, **options).handins]


def ignored(path):
    return dict(discover(path, EXERCISES).ignored)


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_layouts_may_be_mixed(tmp_path):
    make(tmp_path, "ada/xor.py", "bob/xor.ipynb", "bob/cpa.py", "cy/xor/xor.py", "cy/cpa/cpa.ipynb")
    zipped(tmp_path / "dee.zip", {"a/b/xor.py": "x"})
    with tarfile.open(tmp_path / "eli.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("cpa.py")
        archive.addfile(info, io.BytesIO(b""))
    assert found(tmp_path) == [
        ("ada", "xor", "ada/xor.py"),
        ("bob", "cpa", "bob/cpa.py"),
        ("bob", "xor", "bob/xor.ipynb"),
        ("cy", "cpa", "cy/cpa/cpa.ipynb"),
        ("cy", "xor", "cy/xor/xor.py"),
        ("dee", "xor", "dee.zip/a/b/xor.py"),
        ("eli", "cpa", "eli.tar.gz/cpa.py"),
    ]
    assert [it[1] for it in found(tmp_path, only="cpa")] == ["cpa"] * 3


def test_a_file_or_a_students_folder_by_itself(tmp_path):
    make(tmp_path, "ada/xor.py", "bob/cpa/cpa.py", "cy/mine.py")
    assert found(tmp_path / "ada") == [("ada", "xor", "xor.py")]
    assert found(tmp_path / "ada" / "xor.py") == [("ada", "xor", "xor.py")]
    assert found(tmp_path / "bob" / "cpa" / "cpa.py") == [("bob", "cpa", "cpa.py")]
    assert found(tmp_path / "cy" / "mine.py", only="xor") == [("cy", "xor", "mine.py")]
    with pytest.raises(UserError, match="--exercise"):
        discover(tmp_path / "cy" / "mine.py", EXERCISES)


def test_everything_else_is_ignored_with_a_reason(tmp_path):
    make(tmp_path, "ada/xor.py", "ada/test_xor.py", "ada/XOR (1).py", "ada/notes.txt", "ada/.git/config", "readme.md")
    (tmp_path / "ada" / "cpa.py").symlink_to("/etc/passwd")
    (tmp_path / "link").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "ada" / "cpa.ipynb")
    reasons = ignored(tmp_path)
    assert found(tmp_path) == [("ada", "xor", "ada/xor.py")]
    assert reasons["ada/cpa.py"] == reasons["link"] == "a link"
    assert "did you mean xor.py" in reasons["ada/XOR (1).py"]
    assert "checks" in reasons["ada/test_xor.py"]
    assert reasons["ada/cpa.ipynb"] == "not a regular file"
    assert set(reasons) == {
        "ada/cpa.py", "ada/cpa.ipynb", "ada/XOR (1).py", "ada/test_xor.py", "ada/notes.txt", "ada/.git", "link",
        "readme.md",
    }  # fmt: skip


def test_the_newer_of_module_and_notebook_counts(tmp_path):
    make(tmp_path, "ada/xor.py", "ada/xor.ipynb")
    os.utime(tmp_path / "ada" / "xor.ipynb", (2_000_000, 2_000_000))
    (handin,) = discover(tmp_path, EXERCISES).handins
    assert handin.name == "xor.ipynb"
    assert handin.note == "xor.ipynb counts, not xor.py: it was saved last."


def test_an_untouched_file_loses_whatever_its_time(tmp_path):
    make(tmp_path, "ada/xor.py", text="stub = 1\n")
    make(tmp_path, "ada/xor.ipynb", text='{"cells": [{"cell_type": "code", "source": "mine = 1"}]}')
    os.utime(tmp_path / "ada" / "xor.py", (2_000_000, 2_000_000))
    (handin,) = discover(
        tmp_path, EXERCISES, untouched=lambda exercise, source: source.units[0].code.startswith("stub")
    ).handins
    assert handin.name == "xor.ipynb"
    assert "nothing was written into the other" in handin.note


@pytest.mark.parametrize("names", [("ada/xor.py", "ada/xor.ipynb"), ("ada/xor.py", "ada/old/xor.py")])
def test_two_files_that_cannot_be_told_apart_are_a_problem(tmp_path, names):
    make(tmp_path, *names)
    (handin,) = discover(tmp_path, EXERCISES).handins
    assert handin.problem.startswith("There are two files for xor: ")


@pytest.mark.parametrize("name", ["../xor.py", "/etc/xor.py", "a/../../xor.py", "C:/xor.py", "..\\xor.py"])
def test_an_archive_with_a_path_that_leaves_it_is_a_problem(tmp_path, name):
    zipped(tmp_path / "ada.zip", {"xor.py": "x", name: "y"})
    (handin,) = discover(tmp_path, EXERCISES).handins
    assert "leaves the archive" in handin.problem


def test_links_in_archives_are_not_followed(tmp_path):
    with tarfile.open(tmp_path / "ada.tar", "w") as archive:
        link = tarfile.TarInfo("xor.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        hard = tarfile.TarInfo("cpa.py")
        hard.type, hard.linkname = tarfile.LNKTYPE, "/etc/passwd"
        archive.addfile(hard)
    make(tmp_path, "bob/xor.py")
    assert found(tmp_path) == [("bob", "xor", "bob/xor.py")]
    assert ignored(tmp_path)["ada.tar/xor.py"] == "a link or a special file"


@pytest.mark.parametrize("ending", [".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"])
def test_a_damaged_archive_is_a_problem(tmp_path, ending):
    (tmp_path / f"ada{ending}").write_bytes(b"PK\x03\x04 this is no archive" * 50)
    (handin,) = discover(tmp_path, EXERCISES).handins
    assert "damaged" in handin.problem


BOMB = """
import resource, sys, tarfile, zipfile, gzip, io
from pathlib import Path
from autograder.submission import Unreadable, discover
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
(handin,) = discover(Path(sys.argv[1]), ["xor"]).handins
try:
    print("problem" if handin.problem else handin.read())
except Unreadable as unreadable:
    print("refused")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_bomb_costs_little_memory(tmp_path, kind):
    path = tmp_path / f"ada.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xor.py", "w") as file:
            for _ in range(400):
                file.write(bytes(1 << 20))
    else:
        info = tarfile.TarInfo("filler")
        info.size = 400 << 20
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            archive.addfile(info, open("/dev/zero", "rb"))  # noqa: SIM115
            archive.addfile(tarfile.TarInfo("xor.py"), io.BytesIO())
    done = subprocess.run([sys.executable, "-c", BOMB, path], capture_output=True, text=True, check=True)
    verdict, memory = done.stdout.split()
    assert verdict in ("problem", "refused")
    assert int(memory) < 100


def test_names_cannot_break_a_line(tmp_path):
    make(tmp_path, "a\nb\u202ec/xor.py")
    (handin,) = discover(tmp_path, EXERCISES).handins
    assert handin.student == "a\\nb\\u202ec"


def test_mistakes_of_the_instructor(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        discover(tmp_path / "nowhere", EXERCISES)
    with pytest.raises(UserError, match="no submission"):
        discover(tmp_path, EXERCISES)


NAMES = st.sampled_from(["xor.py", "xor.ipynb", "cpa.py", "test_xor.py", "xor", "notes.txt", ".hidden", "XOR.py", "ü"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), min_size=1, max_size=8))
def test_every_file_is_found_ignored_or_named_once(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("tree")
    for name in names:
        if not any(other.startswith(f"{name}/") for other in names):
            make(folder, name)
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    try:
        result = discover(folder, EXERCISES)
    except UserError:
        counted = {name.split("/")[-1] for name in files if "/." not in f"/{name}"}
        assert not counted & {"xor.py", "xor.ipynb", "cpa.py"}
        return
    told = [it.source for it in result.handins]
    told += [path for path, _ in result.ignored]
    beside = " ".join(f"{it.problem} {it.note}" for it in result.handins)
    for file in files:
        above = [file[:index] for index, character in enumerate(file) if character == "/"]
        assert told.count(file) + sum(told.count(it) for it in above) == 1 or file.split("/")[-1] in beside


@given(st.binary(max_size=300), st.sampled_from([".zip", ".tar", ".tar.gz"]))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_archives_are_read_or_refused(tmp_path, data, ending):
    path = tmp_path / f"ada{ending}"
    path.write_bytes(data)
    handins = ()
    with contextlib.suppress(UserError):  # an empty archive holds no submission
        handins = discover(path, EXERCISES).handins
    assert all(handin.problem is not None for handin in handins)
