"""Our engine, on the same nine tests written as exercises of a small course, and on the checks of the course itself."""

import json
import shutil
import sys
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import ClassVar

from autograder.course import CONTENTS
from benchmarks import ROOT
from benchmarks.peers.nine_tests import EXERCISES, Test, nine_of
from benchmarks.peers.spending import Command
from benchmarks.peers.students import Student, class_of
from benchmarks.peers.tool import Points, Tool


class Ours(Tool):
    """A class is one command, on all cores."""

    sizes: ClassVar[tuple[int, ...]] = (6, 60)

    def write(self, folder: Path) -> None:
        self._course = folder / "course"
        self._course.mkdir()
        self.write_course(self._course)
        for size in self.sizes:
            for name, student in class_of(size).items():
                handed_in = self._submissions(size) / name
                handed_in.mkdir(parents=True)
                for exercise, code in student.modules.items():
                    (handed_in / f"{exercise}.py").write_text(code, encoding="utf-8")

    @abstractmethod
    def write_course(self, folder: Path) -> None:
        """Writes what the author writes."""

    def commands(self, size: int) -> Sequence[Command]:
        # With --fresh, since what was graded in the last round would not be graded again.
        grade = [sys.executable, "-m", "autograder", "grade", self._submissions(size), "--out", self._out(size)]
        return [Command([*grade, "--fresh", "--seed", "peers"], self._course)]

    def _submissions(self, size: int) -> Path:
        return self._course / f"class-of-{size}"

    def _out(self, size: int) -> Path:
        return self._course / f"grades-of-{size}"

    def points(self, size: int) -> Mapping[str, Points]:
        found: dict[str, dict[str, float]] = {}
        for line in (self._out(size) / "results.jsonl").read_text(encoding="utf-8").splitlines():
            report = json.loads(line)
            found.setdefault(report["student"], {})[report["exercise"]] = report["score"]
        return found

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"PYTHONPATH": str(ROOT)}


class OursOnNineTests(Ours):
    """The four exercises with the nine tests as their checks."""

    name = "ours"

    def write_course(self, folder: Path) -> None:
        entries = [f'[exercises.{it}]\ntitle = "{it}"\nlecture = "benchmark"\nminutes = 60\n' for it in EXERCISES]
        (folder / CONTENTS).write_text("\n".join(['title = "Peers"\n', *entries]))
        for exercise in EXERCISES:
            solution = folder / "solutions" / exercise
            solution.mkdir(parents=True)
            shutil.copy(ROOT / "solutions" / exercise / f"{exercise}.py", solution)
            checks = '"""The checks."""\n\nimport numpy as np\n\nfrom autograder.checking import part\n'
            checks += "".join(map(_check, nine_of(exercise)))
            (solution / f"test_{exercise}.py").write_text(checks, encoding="utf-8")
            # The peers name no mistakes either.
            (solution / "misconceptions.py").write_text('"""None."""\n')


class OursOnAllChecks(Ours):
    """The course as it is."""

    name = "ours, all checks of the course"

    def write_course(self, folder: Path) -> None:
        for kind in ("solutions", "assignments"):
            shutil.copytree(ROOT / kind, folder / kind, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / CONTENTS, folder)

    def is_right(self, student: Student, points: Points) -> bool:
        """All points for the exercises that are right, and fewer for the others: these checks have other points."""
        deserved, most = student.deserved, {it: sum(test.points for test in nine_of(it)) for it in EXERCISES}
        return points.keys() == deserved.keys() and all(
            (points[it] == 10.0) == (deserved[it] == most[it]) for it in EXERCISES
        )


def _check(test: Test) -> str:
    taken = "".join(f"{it} = submission.{it}\n" for it in test.functions)
    return f'''

@part("{test.name}", points={test.points})
def test_{test.name}(submission):
    """{test.title}"""
{indent(taken + test.body, "    ")}
'''
