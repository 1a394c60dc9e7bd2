"""check50: a package of checks, and one command in the folder of each student."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent

from benchmarks.peers.nine_tests import EXERCISES, NINE, Test, nine_of
from benchmarks.peers.spending import Command
from benchmarks.peers.students import class_of
from benchmarks.peers.tool import Points, Tool

# torch is imported here, once: the processes that run the checks are forked after that.
_HEAD = """\
import check50
import check50.py
import numpy as np
import torch
"""


class Check50(Tool):
    """Each submission is a command of its own, which runs its checks on all cores."""

    name = "check50"

    def write(self, folder: Path) -> None:
        self._folder = folder
        self._checks = folder / "checks"
        self._checks.mkdir()
        (self._checks / "__init__.py").write_text(_HEAD + "".join(map(_check, NINE)), encoding="utf-8")
        files = "".join(f"    - !require {exercise}.py\n" for exercise in EXERCISES)
        (self._checks / ".cs50.yml").write_text(f'check50:\n  files:\n    - !exclude "*"\n{files}')
        for name, student in class_of(max(self.sizes)).items():
            handed_in = folder / "submitted" / name
            handed_in.mkdir(parents=True)
            for exercise, code in student.modules.items():
                (handed_in / f"{exercise}.py").write_text(code, encoding="utf-8")

    def commands(self, size: int) -> Sequence[Command]:
        # Without a network, with which it would look for checks and for newer versions, and without a page for each.
        grade = [self.programs / "check50", "--dev", "--output", "json", "--output-file"]
        found = []
        for student in class_of(size):
            self._results(student).unlink(missing_ok=True)
            command = [*grade, self._results(student), self._checks]
            # It exits with 1 if a check fails.
            found.append(Command(command, self._folder / "submitted" / student, codes=(0, 1)))
        return found

    def _results(self, student: str) -> Path:
        return self._folder / f"{student}.json"

    def points(self, size: int) -> Mapping[str, Points]:
        found: dict[str, Points] = {}
        for student in class_of(size):
            results = json.loads(self._results(student).read_text())["results"]
            passed = {it["name"] for it in results if it["passed"]}
            found[student] = {
                exercise: sum(it.points for it in nine_of(exercise) if it.name in passed) for exercise in EXERCISES
            }
        return found


def _check(test: Test) -> str:
    """Whatever is raised is the student's failure."""
    taken = "".join(f"{it} = student.{it}\n" for it in test.functions)
    body = indent(f'student = check50.py.import_("{test.exercise}.py")\n{taken}{test.body}', "        ")
    return f'''

@check50.check()
def {test.name}():
    """{test.title}"""
    try:
{body}
    except Exception as error:
        raise check50.Failure(str(error))
'''
