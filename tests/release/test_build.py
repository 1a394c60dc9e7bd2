"""What is committed under `assignments/` is what `autograder release` makes, and gives nothing away."""

import os
import shutil
import subprocess
import sys

import pytest

from autograder.course import read_course
from autograder.release.build import build, drift
from autograder.release.leaks import solution_lines
from autograder.release.source import read_reference


@pytest.fixture(scope="module")
def built(root):
    course = read_course(root)
    return {name: build(course, name) for name in course.exercises}


@pytest.fixture
def small(course):
    """The course with its first exercise alone, which is built in a second."""
    contents = (course / "course.toml").read_text(encoding="utf-8")
    first = contents.index("[exercises.xor]")
    (course / "course.toml").write_text(contents[: contents.index("[exercises", first + 1)], encoding="utf-8")
    return course


def test_assignments_are_up_to_date_and_the_same_bytes_on_every_machine(built, root):
    course = read_course(root)
    for name, files in built.items():
        assert drift(course, name, files) == [], "Run “autograder release”, and commit what it wrote."


def test_no_line_of_a_solution_is_released(built, root):
    for name, files in built.items():
        lines = solution_lines(read_reference(root / "solutions" / name / f"{name}.py"))
        assert len(lines) > 10
        for file, data in files.items():
            released = {line.strip() for line in data.decode("utf-8", "replace").splitlines()}
            assert not lines & released, file


def test_drift_is_found_and_the_message_names_the_command(run, small):
    path = small / "assignments" / "xor" / "xor.py"
    path.write_text(path.read_text() + "\n")
    done = run("release", "--check", cwd=small)
    assert done.returncode == 1
    assert "xor.py is out of date" in done.stderr
    assert "autograder release" in done.stderr
    assert run("release", cwd=small).returncode == 0
    assert run("release", "--check", cwd=small).returncode == 0


def test_a_solution_line_in_the_checks_is_refused(run, small, one_line):
    checks = small / "solutions" / "xor" / "test_xor.py"
    checks.write_text(checks.read_text() + "\n\ndef spill(X, W0, b0, beta, b1):\n"
                      "    return np.maximum(X @ W0.T + b0, 0) @ beta + b1\n")  # fmt: skip
    assert "line of the solution" in one_line(run("release", cwd=small))


def test_a_stray_or_missing_file_is_an_error(run, small, one_line):
    stray = small / "solutions" / "xor" / "notes.txt"
    stray.touch()
    assert "notes.txt" in one_line(run("release", cwd=small))
    stray.unlink()
    (small / "solutions" / "xor" / "hints.md").unlink()
    assert "hints.md" in one_line(run("release", cwd=small))


def test_the_students_repository_works_on_its_own(run, root, tmp_path, reference_code):
    out = tmp_path / "students"
    assert run("release", "--to", out).returncode == 0
    assert not (out / "solutions").exists()
    assert not list(out.rglob("misconceptions.py"))
    lines = solution_lines(read_reference(root / "solutions" / "xor" / "xor.py"))
    for path in out.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            assert not lines & {line.strip() for line in text.splitlines()}, path
    (out / "assignments" / "xor" / "xor.py").write_text(reference_code)
    environment = {**os.environ, "PYTHONPATH": str(out), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "import autograder; print(autograder.__file__)\n"
         "from autograder.cli import main; raise SystemExit(main(['check', 'xor']))"],
        cwd=out, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(str(out))
    assert "10 of 10 points" in done.stdout


def test_a_target_that_is_in_use_is_not_touched(run, tmp_path, one_line):
    target = tmp_path / "target"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    line = one_line(run("release", "--to", target))
    assert str(target) in line
    assert [path.name for path in target.iterdir()] == ["mine.txt"]


def test_an_exercise_can_be_added_as_a_folder_and_a_line(run, small):
    shutil.copytree(small / "solutions" / "xor", small / "solutions" / "nor")
    for path in (small / "solutions" / "nor").glob("*xor*"):
        path.rename(path.with_name(path.name.replace("xor", "nor")))
    (small / "course.toml").open("a").write('\n[exercises.nor]\ntitle = "Again"\nlecture = "L10"\nminutes = 5\n')
    done = run("release", cwd=small)
    assert done.returncode == 0, done.stderr
    assert (small / "assignments" / "nor" / "nor.ipynb").is_file()
