"""Runs the checks of one exercise on one submission."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.checking.bench import Bench
from autograder.checking.transcripts import Transcripts
from autograder.checking.trial import Knowledge
from autograder.checking.warm import Choice, Suites
from autograder.course import Exercise
from autograder.report import CheckReport, Report, Seconds, parts_of, total
from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.starters import LIBRARIES, Starter
from autograder.submission import Source, imports


@dataclass(frozen=True)
class Examination:
    """What the checks found, the functions that each of them called, what went wrong while the submission was loaded,
    and what it printed."""

    checks: list[CheckReport]
    called: Mapping[str, frozenset[str]]
    message: str | None
    output: str
    seconds: Seconds


@dataclass(frozen=True)
class Examiner:
    """Examines submissions of any of the collected exercises, with one seed."""

    suites: Suites
    starter: Starter
    seed: str
    transcripts: Transcripts = field(default_factory=Transcripts)

    def examine(
        self,
        exercise: Exercise,
        source: Source,
        knowledge: Knowledge,
        limits: Limits | None = None,
        *,
        only: Choice | None = None,
        until_failure: bool = False,
    ) -> Examination:
        """All checks, or those chosen, or those up to the first failure. Raises nothing, whatever it does."""
        started = time.perf_counter()
        libraries = libraries_of(exercise, source)
        limits = limits or limits_of(exercise)
        guest = Guest(source, exercise.name, limits, lambda: self.starter.start(limits, libraries))
        try:
            bench = Bench(exercise.name, self.seed, guest, knowledge, self.transcripts)
            checks = self.suites.run(exercise.name, bench, only, until_failure=until_failure)
        finally:
            guest.close()
        seconds = Seconds(student=round(guest.seconds, 6), total=round(time.perf_counter() - started, 6))
        called = {trial.check: trial.called for trial in bench.trials}
        return Examination(checks, called, guest.load_message, guest.output, seconds)


def libraries_of(exercise: Exercise, source: Source) -> list[str]:
    """What the submission should find ready, because the exercise says so or its code imports it."""
    return [name for name in LIBRARIES if name in exercise.needs or imports(source, name)]


def limits_of(exercise: Exercise) -> Limits:
    """The exercise's budgets, as the table of contents has them."""
    return Limits(
        memory=exercise.memory_mib * MIB,
        call_seconds=exercise.seconds_per_call,
        start_seconds=exercise.seconds_to_start,
        total_seconds=exercise.seconds,
    )


def fill(report: Report, examination: Examination) -> None:
    """Files an examination in a report."""
    report.checks = examination.checks
    report.parts = parts_of(examination.checks)
    report.output = examination.output
    report.seconds = examination.seconds
    report.message = " ".join(filter(None, (report.message, examination.message))) or None
    faults = [check.message for check in examination.checks if check.status == "not_graded"]
    if faults:
        report.status, report.message, report.score = "not_graded", faults[0], None
    else:
        report.status, report.score = "graded", total(check.earned for check in examination.checks)
