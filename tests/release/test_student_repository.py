"""The repository that students receive."""

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import autograder
from autograder.course import Course, read_course
from autograder.errors import UserError
from autograder.release.student_repository import MANIFEST, write_student_repository

ROOT = Path(__file__).parents[2]
RELEASED = ("lines.py", "lines.ipynb", "test_lines.py", "hints.md", "expectations.msgpack")
COURSE = """
title = "Lines & curves"
[exercises.lines]
title = "Straight lines"
lecture = "L1"
minutes = 30
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    root = tmp_path / "course"
    for name in ("pyproject.toml", "environment.yml", "LICENSE", ".gitignore"):
        root.mkdir(exist_ok=True)
        (root / name).write_bytes((ROOT / name).read_bytes())
    (root / "course.toml").write_text(COURSE)
    for folder, names in {"solutions": ("lines.py",), "assignments": RELEASED, "tests": ("test_all.py",)}.items():
        (root / folder / "lines").mkdir(parents=True)
        for name in names:
            (root / folder / "lines" / name).write_text(f"{folder} {name}\n")
    caches = root / "assignments" / "lines" / "__pycache__"
    caches.mkdir()
    (caches / "lines.pyc").write_bytes(b"cache")
    return read_course(root)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "students"


def run_in(repository: Path, *arguments: str) -> str:
    """Runs the repository's own engine."""
    return subprocess.run(
        [sys.executable, "-m", "autograder", *arguments],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_holds_what_students_need_and_nothing_else(course, out):
    assert write_student_repository(course, out) == []
    top = {name for name in files_in(out) if not name.startswith("autograder/")}
    assert top == {
        MANIFEST,
        ".gitignore",
        "LICENSE",
        "README.md",
        "course.toml",
        "environment.yml",
        "pyproject.toml",
        *(f"assignments/lines/{name}" for name in RELEASED),
    }
    assert (out / "assignments/lines/lines.py").read_text() == "assignments lines.py\n"


def test_the_engine_is_whole(course, out):
    write_student_repository(course, out)
    package = Path(autograder.__file__).parent
    assert files_in(out / "autograder") == {path for path in files_in(package) if "__pycache__" not in path}


def test_the_engine_works_on_its_own(course, out):
    write_student_repository(course, out)
    rows = json.loads(run_in(out, "list", "--json"))
    assert [row["exercise"] for row in rows] == ["lines"]


def test_each_command_of_the_readme_exists(course, out):
    write_student_repository(course, out)
    commands = set(re.findall(r"autograder (\w+)", (out / "README.md").read_text()))
    assert commands >= {"list", "check", "hint"}
    for command in commands:
        assert f"usage: autograder {command} " in run_in(out, command, "--help")


def test_the_readme_is_about_this_course(course, out):
    write_student_repository(course, out)
    readme = (out / "README.md").read_text()
    assert readme.startswith("# Lines & curves\n")
    assert "| `lines` | Straight lines | L1 | 30 minutes |" in readme
    assert "autograder check lines --watch" in readme
    assert "$" not in readme
    name = re.search(r"^name: (\S+)", (out / "environment.yml").read_text(), re.MULTILINE)
    assert name is not None
    assert f"conda activate {name[1]}\n" in readme


def test_releasing_again_changes_nothing(course, out):
    write_student_repository(course, out)
    before = {name: (out / name).stat().st_mtime_ns for name in files_in(out)}
    write_student_repository(course, out)
    assert {name: (out / name).stat().st_mtime_ns for name in files_in(out)} == before


def test_what_nobody_edited_is_brought_up_to_date(course, out):
    write_student_repository(course, out)
    for name in ("lines.py", "test_lines.py"):
        (course.assignment("lines") / name).write_text("new\n")
    assert write_student_repository(course, out) == []
    assert (out / "assignments/lines/lines.py").read_text() == "new\n"
    assert (out / "assignments/lines/test_lines.py").read_text() == "new\n"


def test_work_is_never_overwritten(course, out):
    write_student_repository(course, out)
    work = out / "assignments/lines/lines.py"
    work.write_text("my work\n")
    (out / "assignments/lines/test_lines.py").write_text("edited checks\n")
    (course.assignment("lines") / "lines.py").write_text("new\n")
    assert write_student_repository(course, out) == ["assignments/lines/lines.py"]
    assert work.read_text() == "my work\n"
    assert (out / "assignments/lines/test_lines.py").read_text() == "assignments test_lines.py\n"


def test_files_of_others_stay(course, out):
    write_student_repository(course, out)
    (out / "assignments/lines/notes.txt").write_text("mine\n")
    (out / "mine").mkdir()
    write_student_repository(course, out)
    assert (out / "assignments/lines/notes.txt").read_text() == "mine\n"
    assert (out / "mine").is_dir()


def test_what_is_released_no_longer_goes_unless_it_was_edited(course, out):
    write_student_repository(course, out)
    (out / "assignments/lines/lines.ipynb").write_text("my work\n")
    for name in ("hints.md", "lines.ipynb"):
        (course.assignment("lines") / name).unlink()
    write_student_repository(course, out)
    assert not (out / "assignments/lines/hints.md").exists()
    assert (out / "assignments/lines/lines.ipynb").read_text() == "my work\n"


def test_a_folder_with_nothing_but_git_is_empty(course, out):
    (out / ".git").mkdir(parents=True)
    assert write_student_repository(course, out) == []
    assert (out / "README.md").exists()


def test_a_folder_of_something_else_is_refused(course, out):
    out.mkdir()
    (out / "thesis.tex").write_text("mine\n")
    with pytest.raises(UserError, match="not empty"):
        write_student_repository(course, out)
    assert files_in(out) == {"thesis.tex"}


def test_the_course_itself_is_refused(course):
    before = files_in(course.root)
    for folder in (course.root, course.assignment("lines") / "out", course.solution("lines")):
        with pytest.raises(UserError, match=r"not empty|lies in"):
            write_student_repository(course, folder)
    assert files_in(course.root) == before


def test_a_file_in_the_way_is_refused_before_anything_is_written(course, out):
    write_student_repository(course, out)
    (course.assignment("lines") / "new.txt").write_text("ours\n")
    (course.assignment("lines") / "lines.py").write_text("new\n")
    (out / "assignments/lines/new.txt").write_text("mine\n")
    with pytest.raises(UserError, match="in the way"):
        write_student_repository(course, out)
    assert (out / "assignments/lines/new.txt").read_text() == "mine\n"
    assert (out / "assignments/lines/lines.py").read_text() == "assignments lines.py\n"


def test_a_damaged_manifest_is_refused(course, out):
    write_student_repository(course, out)
    (out / MANIFEST).write_text("{")
    with pytest.raises(UserError, match="damaged"):
        write_student_repository(course, out)


@pytest.mark.parametrize("name", ["LICENSE", "assignments/lines/"])
def test_what_is_missing_from_the_course_is_named(course, out, name):
    path = course.root / name
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(UserError, match=name.rstrip("/")):
        write_student_repository(course, out)
    assert not out.exists()


def test_a_target_that_cannot_be_written_gives_one_line(course, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="Not a directory") as caught:
        write_student_repository(course, tmp_path / "file" / "students")
    assert "\n" not in str(caught.value)


def test_a_full_disk_leaves_whole_files_and_can_be_made_good(course, out):
    write_student_repository(course, out)
    stub = course.assignment("lines") / "lines.py"
    stub.write_text("x" * 200_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(UserError, match="File too large") as caught:
            write_student_repository(course, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value)
    assert (out / "assignments/lines/lines.py").read_text() == "assignments lines.py\n"
    assert not list(out.rglob("*.new"))
    stub.write_text("newer\n")
    assert write_student_repository(course, out) == []
    assert (out / "assignments/lines/lines.py").read_text() == "newer\n"
