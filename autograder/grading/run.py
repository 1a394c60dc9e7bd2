"""A grading run: what was handed in, graded on all cores, into one folder."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import autograder
from autograder.checking.recorded import FILE, read_expectations
from autograder.course import Course
from autograder.errors import UserError
from autograder.grading.cluster import open_cluster
from autograder.grading.journal import Journal, conditions
from autograder.grading.pool import Pool
from autograder.grading.results import Entry, Results
from autograder.grading.worker import Settings
from autograder.submission import Discovery, Handin, Source, Unreadable, discover


@dataclass(frozen=True)
class Run:
    """What came of it: reports in the order of student and exercise, and what was found but is no submission."""

    reports: Results
    ignored: Sequence[tuple[str, str]]
    reused: int


class Graders(Protocol):
    """Whoever turns hand-ins into lines of `results.jsonl`, in any order."""

    def grade(self, handins: Sequence[Handin]) -> Iterator[bytes]: ...


def find(course: Course, path: Path, only: str | None) -> Discovery:
    """The hand-ins below `path`; a file that is still as it was released loses against an edited one."""
    return discover(path, course.exercises, only=only, untouched=lambda name, it: _is_released(course, name, it))


def grade(
    course: Course,
    found: Discovery,
    out: Path,
    *,
    seed: str,
    jobs: int | None,
    scheduler: str | None = None,
    confined: bool = True,
    resume: bool = False,
    fresh: bool = False,
    progress: Callable[[], None] = lambda: None,
    tell: Callable[[str], None] = lambda line: None,
) -> Run:
    """Grades into the folder `out`, here or at a Dask scheduler.

    Raises `UserError` for anything that the instructor can mend.
    """
    exercises = tuple(sorted({it.exercise for it in found.handins if it.exercise in course.exercises}))
    files = [path for name in exercises for path in sorted(course.solution(name).glob("*.py"))]
    given = conditions(autograder.__version__, seed, files)
    settings = Settings(course.root, exercises, seed, confined)
    # A scheduler that is not there is no reason to begin a folder.
    with (
        _graders(settings, jobs, scheduler, tell) as graders,
        Journal(out, given, resume=resume, fresh=fresh) as journal,
    ):
        entries, todo = _divide(found.handins, journal.earlier)
        reused = len(entries)
        for _ in entries:
            progress()
        for line in graders.grade(todo):
            entries.append(journal.add(line))
            progress()
        results = journal.finish(sorted(entries, key=lambda entry: entry.of))
    return Run(results, found.ignored, reused)


def _graders(
    settings: Settings, jobs: int | None, scheduler: str | None, tell: Callable[[str], None]
) -> AbstractContextManager[Graders]:
    if scheduler is not None:
        return open_cluster(settings, scheduler, jobs, tell)
    return Pool(settings, jobs or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else [0]))


def _divide(handins: Sequence[Handin], earlier: Sequence[Entry]) -> tuple[list[Entry], list[Handin]]:
    """What still holds, and the hand-ins that must be graded."""
    known = {it.of: it for it in earlier if it.status != "not_graded"}
    entries, todo = [], []
    for handin in handins:
        entry = known.get((handin.student, handin.exercise, handin.source))
        if entry is not None and entry.digest and entry.digest == _digest(handin):
            entries.append(entry)
        else:
            todo.append(handin)
    return entries, todo


def _digest(handin: Handin) -> str | None:
    try:
        return handin.read().digest
    except (Unreadable, OSError):
        return None


def _is_released(course: Course, exercise: str, source: Source) -> bool:
    folder = course.assignment(exercise)
    return (folder / FILE).is_file() and read_expectations(folder).is_released(source)


def require_confinement(unconfined: bool) -> None:
    """Grading runs strangers' code: it refuses a machine that cannot confine, unless told to go on."""
    from autograder.sandbox.confinement import unavailable

    reason = None if unconfined else unavailable()
    if reason is not None:
        raise UserError(
            f"This machine cannot confine student code: {reason}. "
            "Grade on Linux 5.13 or newer, or accept the risk with --unconfined."
        )
