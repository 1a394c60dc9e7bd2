"""`autograder reproduce`: a lecture's published results beside ours."""

import json
import os
import shutil

import pytest

from autograder.checking.knowledge import load_module
from autograder.datasets import digits

WORK = """
from pathlib import Path

def reproduce(reference, *, seeds, epochs, progress):
    progress("adding", 1, 2)
    values = [float(reference.relu_net.__name__ == "relu_net") + seed for seed in range(seeds)]
    row = {"name": "a method", "published": 1.0, "values": values, "reproduced": seeds < 3}
    return {"title": "A table", "measure": "error", "rows": [row], "remark": f"{epochs} epochs"}

def draw(result, path):
    Path(path).write_text(result["title"])
"""


@pytest.fixture
def course_with_work(course):
    (course / "solutions" / "xor" / "reproduce.py").write_text(WORK)
    return course


def test_published_and_own_results_stand_side_by_side(run, course_with_work):
    done = run("reproduce", "xor", "--seeds", 2, "--epochs", 5, cwd=course_with_work)
    assert done.returncode == 0, done.stderr
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("a method")]
    assert row.split() == ["a", "method", "1.00", "1.50", "1.00", "2.00", "✓"]
    assert "5 epochs" in done.stdout
    assert "Figure: xor-curves.png" in done.stdout
    assert (course_with_work / "xor-curves.png").read_text() == "A table"


def test_what_is_not_reproduced_fails(run, course_with_work, tmp_path):
    done = run("reproduce", "xor", "--json", "--figure", tmp_path / "it.png", cwd=course_with_work)
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert result["rows"][0]["values"] == [1.0, 2.0, 3.0]
    assert result["figure"] == str(tmp_path / "it.png")


def test_a_released_exercise_may_have_such_work(run, course_with_work):
    assert run("release", "xor", cwd=course_with_work).returncode == 0
    assert not (course_with_work / "assignments" / "xor" / "reproduce.py").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nor",), "no exercise 'nor'"),
        (("xor", "--seeds", "0"), "at least 1"),
        (("xor", "--epochs", "-1"), "at least 1"),
        (("xor", "--figure", "nowhere/it.png"), "cannot be written"),
        (("xor", "--figure", "assignments"), "cannot be written"),
    ],
)
def test_mistakes_get_one_line(run, course_with_work, one_line, arguments, words):
    assert words in one_line(run("reproduce", *arguments, cwd=course_with_work))


def test_an_exercise_without_such_work_gets_one_line(run, course, one_line):
    assert "nothing to reproduce" in one_line(run("reproduce", "xor", cwd=course))


def test_a_missing_package_gets_one_line(run, course_with_work, one_line):
    path = course_with_work / "solutions" / "xor" / "reproduce.py"
    path.write_text(f"import a_package_that_nobody_has\n{WORK}")
    assert "needs a_package_that_nobody_has" in one_line(run("reproduce", "xor", cwd=course_with_work))


def test_students_cannot(run, course_with_work, one_line):
    shutil.rmtree(course_with_work / "solutions")
    assert "needs the solutions" in one_line(run("reproduce", "xor", cwd=course_with_work))


def test_data_that_are_missing_get_one_line(run, course, one_line, tmp_path):
    environment = {**os.environ, "AUTOGRADER_MNIST": str(tmp_path / "nowhere")}
    assert "not a folder" in one_line(run("reproduce", "mnist", cwd=course, env=environment))


def test_the_table_of_mnist_on_the_shipped_digits(root, tmp_path, monkeypatch):
    folder = root / "solutions" / "mnist"
    work = load_module(folder / "reproduce.py", "mnist_reproduce")
    monkeypatch.setattr(work, "mnist", digits)
    told = []
    result = work.reproduce(
        load_module(folder / "mnist.py", "mnist"),
        seeds=1,
        epochs=2,
        progress=lambda text, done, of: told.append(done / of),
    )
    errors = {row["name"]: row["values"] for row in result["rows"]}
    assert len(errors) == 4
    assert all(0 < value < 25 for (value,) in errors.values())
    assert not any(row["reproduced"] for row in result["rows"][:3])
    assert told == sorted(told)
    assert told[0] == 0
    assert told[-1] < 1
    work.draw(result, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
