"""Courses for the tests, made from the real one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.confinement import unavailable
from autograder.sandbox.starters import ConfinedStarter

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items):
    """Puts what takes long first."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture
def course(tmp_path):
    """A copy of the course that a test may write to."""
    folder = tmp_path / "course"
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "course.toml", folder)
    return folder


@pytest.fixture
def run():
    """Runs `autograder` as a user does, in a process of its own."""

    def call(*arguments, cwd=ROOT, **options):
        command = [sys.executable, "-m", "autograder", *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=1500, check=False, **options)

    return call


@pytest.fixture
def one_line():
    """Asserts that a command failed with exit code 2 and one line, and gives that line."""

    def check(done):
        assert done.returncode == 2, done.stdout + done.stderr
        (line,) = done.stderr.splitlines()
        assert line.startswith("autograder: ")
        return line

    return check


@pytest.fixture(scope="session")
def confined():
    """Starts confined processes, all from one server."""
    if unavailable():
        pytest.skip(unavailable())
    starter = ConfinedStarter()
    yield starter
    starter.close()


@pytest.fixture(scope="session")
def reference_code():
    """The reference of xor, as a submission that is right."""
    return (ROOT / "solutions" / "xor" / "xor.py").read_text(encoding="utf-8")
