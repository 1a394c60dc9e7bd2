"""otter-grader: `otter assign` makes the autograder from a master notebook, `otter run` grades one submission with it.

`otter grade`, which grades a class, does so in Docker containers alone, and starts the same for each submission.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

from nbformat.v4 import new_code_cell, new_raw_cell

from benchmarks.peers.nine_tests import EXERCISES, Test, nine_of
from benchmarks.peers.notebooks import fill_in, mark, write_notebook
from benchmarks.peers.spending import Command, run
from benchmarks.peers.students import STUDENTS, class_of
from benchmarks.peers.tool import ASSIGNMENT, Points, Tool


class Otter(Tool):
    """Each submission is a command of its own."""

    name = "otter run"

    def write(self, folder: Path) -> None:
        self._folder = folder
        master = folder / f"{ASSIGNMENT}.ipynb"
        write_notebook(master, cells())
        # It runs the tests on the author's solution, too.
        run(Command([self.programs / "otter", "assign", master, "dist"], folder), self.environment)
        (self._autograder,) = (folder / "dist" / "autograder").glob("*.zip")
        for name, student in class_of(max(self.sizes)).items():
            path = folder / "submitted" / name / master.name
            fill_in(folder / "dist" / "student" / master.name, path, student.modules)

    def commands(self, size: int) -> Sequence[Command]:
        return [self._command(student) for student in class_of(size)]

    def _command(self, student: str) -> Command:
        self._results(student).unlink(missing_ok=True)
        folder = self._folder / "submitted" / student
        grade = [self.programs / "otter", "run", "--no-logo", "--autograder", self._autograder]
        return Command([*grade, f"{ASSIGNMENT}.ipynb"], folder)

    def _results(self, student: str) -> Path:
        return self._folder / "submitted" / student / "results.json"

    def points(self, size: int) -> Mapping[str, Points]:
        found: dict[str, Points] = {}
        for student in class_of(size):
            # The entry that is no exercise sums up the tests that students can see: none.
            tests = json.loads(self._results(student).read_text())["tests"]
            found[student] = {it["name"]: it["score"] for it in tests if it["name"] in EXERCISES}
        return found


def cells() -> Iterator[Any]:
    yield new_raw_cell("# ASSIGNMENT CONFIG\ntests:\n  ok_format: false\ngenerate: true")
    yield new_code_cell("import numpy as np\nimport torch")
    for exercise in EXERCISES:
        yield new_raw_cell(f"# BEGIN QUESTION\nname: {exercise}")
        yield new_raw_cell("# BEGIN SOLUTION")
        yield new_code_cell(f"{mark(exercise)}\n# BEGIN SOLUTION\n{STUDENTS[0].modules[exercise]}# END SOLUTION")
        yield new_raw_cell("# END SOLUTION")
        yield new_raw_cell("# BEGIN TESTS")
        for test in nine_of(exercise):
            yield new_code_cell(_test(test))
        yield new_raw_cell("# END TESTS")
        yield new_raw_cell("# END QUESTION")


def _test(test: Test) -> str:
    """A test case based on exceptions: otter hands in the student's functions by name."""
    head = f'""" # BEGIN TEST CONFIG\npoints: {test.points}\nhidden: true\n""" # END TEST CONFIG\n'
    body = indent(f"import numpy as np\n{test.body}", "    ")
    return f"{head}def test_{test.name}({', '.join(test.functions)}):\n{body}"
