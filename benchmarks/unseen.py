"""How many checks of different right submissions need not be run, because somebody gave the same answers before."""

import random
import sys
from collections.abc import Sequence
from typing import Any

from autograder.checking.bench import Bench
from autograder.checking.examine import Examiner
from autograder.checking.knowledge import LiveKnowledge
from autograder.checking.warm import Suites, with_checks
from autograder.course import Course, Exercise, find_course
from autograder.sandbox.starters import ConfinedStarter, Starter
from autograder.submission import Source
from benchmarks import ROOT
from benchmarks.own import right_ways
from benchmarks.record import Headline, Section


def section() -> Section:
    """Each right way of the banks once, in random order, as a class would hand them in."""
    course, starter = find_course(ROOT), ConfinedStarter()
    lines = [
        "All right ways that the course's authors know, each handed in once, in random order. A check is not run for "
        "answers with which another submission passed it.",
        "",
        "| exercise | right ways | checks passed | of them without a run |",
        "|---|---:|---:|---:|",
    ]
    passed = runs = 0
    for exercise in course.exercises.values():
        print(f"grading the right ways of {exercise.name} ...", file=sys.stderr)
        ways = right_ways(ROOT, exercise.name)
        random.Random(0).shuffle(ways)
        checks, run = _graded(course, exercise, ways, starter)
        lines.append(f"| {exercise.name} | {len(ways)} | {checks:,} | {1 - run / checks:.0%} |")
        passed, runs = passed + checks, runs + run
    starter.close()
    headline = Headline("checks that different right submissions pass without a run", f"{1 - runs / passed:.0%}")
    return Section("Answers that somebody gave before", lines, [headline])


def _graded(course: Course, exercise: Exercise, sources: Sequence[Source], starter: Starter) -> tuple[int, int]:
    """How many checks the submissions passed, and how many of these were run."""
    folder, passes_unseen = course.solution(exercise.name), Bench.passes_unseen
    statuses: list[str] = []
    runs = 0

    def counted(*arguments: Any) -> bool:
        nonlocal runs
        is_unseen = passes_unseen(*arguments)
        runs += not is_unseen
        return is_unseen

    def use(suites: Suites) -> None:
        examiner, knowledge = Examiner(suites, starter, "benchmark"), LiveKnowledge(folder)
        for source in sources:
            statuses.extend(check.status for check in examiner.examine(exercise, source, knowledge).checks)

    Bench.passes_unseen = counted  # type: ignore[method-assign]
    try:
        with_checks({exercise.name: folder / f"test_{exercise.name}.py"}, use)
    finally:
        Bench.passes_unseen = passes_unseen  # type: ignore[method-assign]
    if set(statuses) != {"passed"}:
        raise RuntimeError(f"a right way of {exercise.name} was not graded as right")
    return len(statuses), runs
