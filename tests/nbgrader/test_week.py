"""A week with nbgrader's own commands, from release to feedback, ends with the right gradebook."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    folder = tmp_path_factory.mktemp("week") / "kept"
    command = [sys.executable, "-m", "demo.week", "--keep", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_the_gradebook_holds_what_everybody_deserves(week):
    _, told = week
    rows = {line.split()[0]: line.split()[1:] for line in told.splitlines() if re.match(r" (ada|bo|cy) ", line)}
    assert rows["ada"][:4] == ["3", "4", "3", "0"]
    assert rows["bo"][:4] == ["1", "0", "0", "2"]
    assert rows["cy"][:4] == ["0", "0", "0", "0"]


def test_the_students_get_the_stub_module_and_no_solution(week):
    folder, _ = week
    for student in ("ada", "bo", "cy"):
        there = {path.name for path in (folder / "homes" / student / "dropout").iterdir()}
        assert {"dropout.py", "dropout.ipynb", "test_dropout.py", "expectations.msgpack", "exercise.toml"} <= there
        assert "misconceptions.py" not in there
    released = folder / "exchange" / "deep-learning" / "outbound" / "dropout" / "dropout.py"
    assert "BEGIN SOLUTION" not in released.read_text(encoding="utf-8")


def test_feedback_reaches_its_student_with_mark_and_comment(week):
    folder, _ = week
    (page,) = (folder / "homes" / "bo" / "dropout" / "feedback").glob("*/dropout.html")
    text = page.read_text(encoding="utf-8")
    assert "but not what is paid for it" in text
    assert "<b>2</b> of 3 points" in text
    assert "<b>3</b> of 13 points" in text


def test_markup_that_was_handed_in_stays_text(week):
    folder, _ = week
    text = (folder / "course" / "feedback" / "cy" / "dropout" / "dropout.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_stub_check_works_where_a_student_fetched_it(week):
    folder, _ = week
    home = folder / "homes" / "ada" / "dropout"
    command = [sys.executable, "-m", "autograder", "check", "dropout"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120, check=False)
    assert "10 of 10 points" in done.stdout


def test_export_has_a_line_for_each_student(week):
    folder, _ = week
    lines = (folder / "course" / "grades.csv").read_text().splitlines()
    assert len(lines) == 4
