"""Grades everything that is right under many seeds, counts what fails, and measures how near to its tolerance it came.

Writes a row for each exercise to `benchmarks/fairness.md`: `python -m benchmarks.fairness xor cpa --seeds 200`.
"""

import argparse
import multiprocessing
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.checking import ladder
from autograder.checking.coerce import to_array
from autograder.checking.tolerances import Tolerance
from autograder.course import find_course
from autograder.release.audit import Audit, audit
from autograder.sandbox.starters import ConfinedStarter
from benchmarks import ROOT

RECORD = ROOT / "benchmarks" / "fairness.md"
HEAD = """\
# Nobody wrongly failed

Made by `python -m benchmarks.fairness`: the reference and every alternative, graded under many seeds, each with the
checks that reach what it replaces. The margin says how many times smaller than the tolerance the largest difference of
any entry was.

| exercise | right ways × seeds | false failures | comparisons | smallest margin | nine of ten margins above | minutes |
|---|---:|---:|---:|---:|---:|---:|
"""


class Margins:
    """Of every comparison that passed: the tolerance over the largest difference."""

    def __init__(self) -> None:
        self.found: list[float] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While this holds, comparisons of checks are measured."""
        compare = ladder._same_numbers

        def measured(got: Any, expected: Any, tolerance: Tolerance, name: str) -> None:
            compare(got, expected, tolerance, name)
            self._note(to_array(got, name), expected, tolerance)

        ladder._same_numbers = measured
        try:
            yield
        finally:
            ladder._same_numbers = compare

    def _note(self, values: Any, expected: Any, tolerance: Tolerance) -> None:
        with np.errstate(all="ignore"):
            difference = np.abs(values.reshape(expected.shape).astype(complex) - expected.astype(complex))
            allowed = tolerance.absolute + tolerance.relative * np.abs(expected)
            ratios = (allowed / difference)[np.isfinite(difference) & (difference > 0)]
        self.found.append(float(ratios.min()) if ratios.size else np.inf)


def measure(exercise: str, seeds: int) -> tuple[Audit, list[float], float]:
    """The audit, the margins, and minutes."""
    margins, starter, started = Margins(), ConfinedStarter(), time.monotonic()
    try:
        with margins.watching():
            result = audit(find_course(ROOT), exercise, starter, seeds=seeds, right_only=True)
    finally:
        starter.close()
    return result, margins.found, (time.monotonic() - started) / 60


def row(result: Audit, seeds: int, margins: list[float], minutes: float) -> str:
    """The line of one exercise in the table."""
    tried = sum(section.tried for section in result.sections[1:])
    failures = sum(len(section.problems) for section in result.sections)
    tenth = np.percentile(margins, 10, method="lower")
    cells = (
        f"{tried} × {seeds}",
        failures,
        f"{len(margins):,}",
        f"{min(margins):.3g}",
        f"{tenth:.3g}",
        f"{minutes:.1f}",
    )
    return f"| {result.exercise} | " + " | ".join(map(str, cells)) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: python -m benchmarks.fairness --seeds 200")
    parser.add_argument("exercises", nargs="*", help="default: all")
    parser.add_argument("--seeds", type=int, default=200)
    given = parser.parse_args()
    names = given.exercises or list(find_course(ROOT).exercises)
    rows = dict(re.findall(r"^\| (\w+) (.*)$", RECORD.read_text("utf-8"), re.MULTILINE)) if RECORD.exists() else {}
    clean = True
    with multiprocessing.get_context("spawn").Pool(2, maxtasksperchild=1) as pool:
        found = [(name, pool.apply_async(measure, (name, given.seeds))) for name in names]
        for name, it in found:
            result, margins, minutes = it.get()
            clean &= result.clean
            for problem in (problem for section in result.sections for problem in section.problems):
                print(f"{name}: {problem}", file=sys.stderr)
            line = row(result, given.seeds, margins, minutes)
            print(line, flush=True)
            rows[name] = line.removeprefix(f"| {name} ")
            ordered = [f"| {it} {rows[it]}" for it in find_course(ROOT).exercises if it in rows]
            RECORD.write_text(HEAD + "\n".join(ordered) + "\n", encoding="utf-8")
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
