"""The course once as it is, and once with the same exercise declared to need torch."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.course import Course, read_course

ROOT = Path(__file__).parents[1]


@contextmanager
def courses() -> Iterator[dict[str, Course]]:
    """By name of the fork server that grades them."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        shutil.copytree(ROOT / "solutions", copy / "solutions")
        contents = (ROOT / "course.toml").read_text(encoding="utf-8")
        marked = contents.replace("[exercises.xor]\n", '[exercises.xor]\nneeds = ["torch"]\n')
        (copy / "course.toml").write_text(marked, encoding="utf-8")
        yield {"NumPy": read_course(ROOT), "torch": read_course(copy)}
