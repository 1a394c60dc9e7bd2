"""A course that the installed nbgrader works on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def small_course(tmp_path_factory):
    """Makes a course of some exercises, with nbgrader's settings."""

    def make(*names):
        folder = tmp_path_factory.mktemp("course")
        for name in names:
            for kind in ("solutions", "assignments"):
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / kind / name, folder / kind / name, ignore=ignored)
        for name in ("course.toml", "nbgrader_config.py"):
            shutil.copy(ROOT / name, folder)
        return folder

    return make


@pytest.fixture(scope="session")
def nbgrader():
    """Runs one of nbgrader's commands, as an instructor does."""

    def call(*arguments, cwd, code=0, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    return call


@pytest.fixture(scope="session")
def graded():
    """The graded notebook of a student, by the names of its cells that carry points or answers."""

    def read(course, student, exercise):
        path = course / "autograded" / student / exercise / f"{exercise}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = {}
        for cell in notebook["cells"]:
            if marks := cell["metadata"].get("nbgrader"):
                assert marks["grade_id"] not in cells
                cells[marks["grade_id"]] = cell
        return notebook, cells

    return read
