"""What is committed under `assignments/` is what `autograder release` makes, and gives nothing away."""

import os
import shutil
import subprocess
import sys

import pytest

from autograder.course import read_course
from autograder.release.build import build
from autograder.release.leaks import solution_lines
from autograder.release.source import read_reference


@pytest.fixture(scope="module")
def built(root):
    course = read_course(root)
    return {name: build(course, name) for name in course.exercises}


def test_assignments_are_up_to_date(run):
    done = run("release", "--check")
    assert done.returncode == 0, f"{done.stderr}Run “autograder release”, and commit what it wrote."


def test_building_twice_gives_identical_bytes(built, root):
    course = read_course(root)
    for name, files in built.items():
        assert build(course, name) == files


def test_no_line_of_a_solution_is_released(built, root):
    for name, files in built.items():
        lines = solution_lines(read_reference(root / "solutions" / name / f"{name}.py"))
        assert len(lines) > 10
        for file, data in files.items():
            released = {line.strip() for line in data.decode("utf-8", "replace").splitlines()}
            assert not lines & released, file


def test_drift_is_found_and_the_message_names_the_command(run, course):
    path = course / "assignments" / "xor" / "xor.py"
    path.write_text(path.read_text() + "\n")
    done = run("release", "--check", cwd=course)
    assert done.returncode == 1
    assert "xor.py is out of date" in done.stderr
    assert "autograder release" in done.stderr
    assert run("release", cwd=course).returncode == 0
    assert run("release", "--check", cwd=course).returncode == 0


def test_a_solution_line_in_the_checks_is_refused(run, course, one_line):
    checks = course / "solutions" / "xor" / "test_xor.py"
    checks.write_text(checks.read_text() + "\n\ndef spill(X, W0, b0, beta, b1):\n"
                      "    return np.maximum(X @ W0.T + b0, 0) @ beta + b1\n")  # fmt: skip
    assert "line of the solution" in one_line(run("release", cwd=course))


def test_a_stray_or_missing_file_is_an_error(run, course, one_line):
    stray = course / "solutions" / "xor" / "notes.txt"
    stray.touch()
    assert "notes.txt" in one_line(run("release", cwd=course))
    stray.unlink()
    (course / "solutions" / "xor" / "hints.md").unlink()
    assert "hints.md" in one_line(run("release", cwd=course))


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
    (tmp_path / "mine.txt").write_text("mine")
    line = one_line(run("release", "--to", tmp_path))
    assert str(tmp_path) in line
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_exercise_can_be_added_as_a_folder_and_a_line(run, course):
    shutil.copytree(course / "solutions" / "xor", course / "solutions" / "nor")
    for path in (course / "solutions" / "nor").glob("*xor*"):
        path.rename(path.with_name(path.name.replace("xor", "nor")))
    (course / "course.toml").open("a").write('\n[exercises.nor]\ntitle = "Again"\nlecture = "L10"\nminutes = 5\n')
    done = run("release", cwd=course)
    assert done.returncode == 0, done.stderr
    assert (course / "assignments" / "nor" / "nor.ipynb").is_file()
