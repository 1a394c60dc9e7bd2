"""Audits of several exercises, side by side on as many processes as asked."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.queues import Queue
from queue import Empty

from autograder.course import Course
from autograder.errors import UserError
from autograder.release.audit import Audit, audit
from autograder.sandbox.starters import ConfinedStarter

_HEARS_EVERY = 0.2


def audit_side_by_side(
    course: Course,
    names: Sequence[str],
    *,
    seeds: int,
    right_only: bool = False,
    every: int = 1,
    jobs: int,
    progress: Callable[[str], None],
) -> list[Audit]:
    """In the order of the names. `progress` hears of each submission that is tried."""
    if min(jobs, len(names)) == 1:
        return [_audit_alone(course, name, seeds, right_only, every, _prefixed(progress, name)) for name in names]
    context = multiprocessing.get_context("spawn")
    told: Queue[str] = context.Queue()
    workers = ProcessPoolExecutor(min(jobs, len(names)), context, _begin, (told,), max_tasks_per_child=1)
    with workers:
        results = [workers.submit(_work, course, name, seeds, right_only, every) for name in names]
        while not all(result.done() for result in results):
            try:
                progress(told.get(timeout=_HEARS_EVERY))
            except Empty:
                continue
        try:
            return [result.result() for result in results]
        except BrokenProcessPool as error:
            raise UserError("A process of the audit died. Try again, with --jobs 1 if memory is short.") from error


def _audit_alone(
    course: Course, name: str, seeds: int, right_only: bool, every: int, progress: Callable[[str], None]
) -> Audit:
    starter = ConfinedStarter()
    try:
        return audit(course, name, starter, seeds=seeds, right_only=right_only, every=every, progress=progress)
    finally:
        starter.close()


def _begin(told: "Queue[str]") -> None:
    global _told  # noqa: PLW0603  a queue can be handed over only when the process starts
    _told = told


def _work(course: Course, name: str, seeds: int, right_only: bool, every: int) -> Audit:
    return _audit_alone(course, name, seeds, right_only, every, _prefixed(_told.put, name))


def _prefixed(tell: Callable[[str], None], name: str) -> Callable[[str], None]:
    return lambda text: tell(f"{name}: {text}")


_told: "Queue[str]"
