"""pytest-prairielearn-grader: pytest functions with points, student code in a process of its own."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent

from benchmarks.peers.nine_tests import EXERCISES, NINE, Test, nine_of
from benchmarks.peers.spending import Command
from benchmarks.peers.students import class_of
from benchmarks.peers.tool import Points, Tool

# One process for all tests of a student, as the faster of its two fixtures has it. Nothing that students of NumPy may
# well use is forbidden, and there is time for imports.
_HEAD = """\
from functools import partial

import numpy as np
import pytest
from pytest_prairielearn_grader import ConfigObject

autograder_config = ConfigObject(
    sandbox_timeout=60.0,
    builtin_whitelist=["sum", "any", "all", "super", "getattr", "hasattr", "type", "object", "iter", "next"],
)
"""
# Results cross as JSON, which holds a single array but no tuples or dicts of them.
_TRAILING = """
def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return np.asarray(value).tolist()

"""


class PrairieLearn(Tool):
    """Each submission is a command of its own: the folder of the tests, with the student's code in it."""

    name = "pytest-prairielearn-grader"

    def write(self, folder: Path) -> None:
        self._folder = folder
        original = folder / "original"
        (original / "test_student").mkdir(parents=True)
        (original / "pytest.ini").write_text("[pytest]\n")
        (original / "test_student.py").write_text(_HEAD + "".join(map(_test, NINE)), encoding="utf-8")
        trailing = _TRAILING + "".join(map(_wrapper, (it for test in NINE for it in test.functions)))
        (original / "test_student" / "trailing_code.py").write_text(trailing)
        for name, student in class_of(max(self.sizes)).items():
            shutil.copytree(original, folder / name)
            code = "\n".join(student.modules.values())
            (folder / name / "test_student" / "student_code.py").write_text(code, encoding="utf-8")

    def commands(self, size: int) -> Sequence[Command]:
        found = []
        for student in class_of(size):
            self._results(student).unlink(missing_ok=True)
            # It exits with 1 if a test fails.
            found.append(Command([self.programs / "pytest", "test_student.py"], self._folder / student, codes=(0, 1)))
        return found

    def _results(self, student: str) -> Path:
        return self._folder / student / "autograder_results.json"

    def points(self, size: int) -> Mapping[str, Points]:
        found: dict[str, Points] = {}
        for student in class_of(size):
            earned = {it["name"]: it["points"] for it in json.loads(self._results(student).read_text())["tests"]}
            found[student] = {it: sum(earned[test.name] for test in nine_of(it)) for it in EXERCISES}
        return found


def _test(test: Test) -> str:
    call = 'partial(module_sandbox.query_function, "graded_{0}", query_timeout=60.0)'
    taken = "".join(f"{it} = {call.format(it)}\n" for it in test.functions)
    return f"""

@pytest.mark.grading_data(name="{test.name}", points={test.points})
def test_{test.name}(module_sandbox):
{indent(taken + test.body, "    ")}
"""


def _wrapper(function: str) -> str:
    return f"\ndef graded_{function}(*arguments):\n    return _plain({function}(*arguments))\n"
