"""Stock nbgrader: a notebook for the assignment, hidden tests in cells with points, `autograde` for the whole class."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell

from benchmarks.peers.nine_tests import EXERCISES, nine_of
from benchmarks.peers.notebooks import fill_in, mark, write_notebook
from benchmarks.peers.spending import Command, run
from benchmarks.peers.students import STUDENTS, class_of
from benchmarks.peers.tool import ASSIGNMENT, Points, Tool

_CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "peers"\n'


class Nbgrader(Tool):
    """A class is one command, whose start all of its students share."""

    name = "nbgrader autograde"
    sizes = (1, 6)

    def write(self, folder: Path) -> None:
        self._course = folder
        (folder / "nbgrader_config.py").write_text(_CONFIG)
        write_notebook(folder / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", _cells())
        run(Command([self.programs / "nbgrader", "generate_assignment", ASSIGNMENT], folder), self.environment)
        released = folder / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        for name, student in class_of(max(self.sizes)).items():
            fill_in(released, folder / "submitted" / name / ASSIGNMENT / released.name, student.modules)

    def commands(self, size: int) -> Sequence[Command]:
        # With --force, since what was graded in the last round would be skipped.
        grade = [self.programs / "nbgrader", "autograde", ASSIGNMENT, "--force"]
        (first, *others) = class_of(size)
        return [Command(grade if others else [*grade, f"--student={first}"], self._course)]

    def points(self, size: int) -> Mapping[str, Points]:
        from nbgrader.api import Gradebook

        found: dict[str, Points] = {}
        with Gradebook(f"sqlite:///{self._course / 'gradebook.db'}", "peers") as gradebook:
            for student in class_of(size):
                (notebook,) = gradebook.find_submission(ASSIGNMENT, student).notebooks
                earned = {it.name: it.auto_score or 0.0 for it in notebook.grades}
                found[student] = {it: sum(earned[test.name] for test in nine_of(it)) for it in EXERCISES}
        return found


def _cells() -> Iterator[Any]:
    yield new_code_cell("import numpy as np\nimport torch")
    for exercise in EXERCISES:
        answer = f"{mark(exercise)}\n### BEGIN SOLUTION\n{STUDENTS[0].modules[exercise]}### END SOLUTION"
        yield _cell(exercise, answer, solution=True)
        for test in nine_of(exercise):
            text = f"# {test.title}\n### BEGIN HIDDEN TESTS\n{test.body}\n### END HIDDEN TESTS"
            yield _cell(test.name, text, grade=True, locked=True, points=test.points)


def _cell(name: str, source: str, **more: Any) -> Any:
    meta = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False, "locked": False, "task": False}
    return new_code_cell(source, id=name.replace("_", "-"), metadata={"nbgrader": meta | more})
