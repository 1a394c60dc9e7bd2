"""Several grading processes side by side; one that dies is replaced, and what it held is graded again."""

import contextlib
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait

import autograder
from autograder.course import read_course
from autograder.errors import UserError
from autograder.grading.process import GradingProcess
from autograder.grading.worker import Settings
from autograder.report import Report, dump_line
from autograder.submission import Handin, Parcel

_PREFETCH = 2
_ATTEMPTS = 2
_WHY = "the grading process died twice, or took too long"
# Limits hold for student code. What is made of its answers here has none, and takes a fraction of that time.
_PATIENCE = 3.0
_PATIENCE_AT_LEAST = 60.0  # seconds


@dataclass
class _Worker:
    process: GradingProcess
    held: deque[int] = field(default_factory=deque)
    ready: bool = False
    since: float = 0.0  # when it began with the first of those that it holds, in seconds of `time.monotonic`


class Stopped(Exception):
    """The pool was ended by another thread."""


class Pool:
    """Grades hand-ins on `jobs` processes; a context manager that leaves no process behind."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        self._settings = settings
        self._jobs = jobs
        self._workers: list[_Worker] = []
        self._stillborn = 0
        self._stopped = False
        self._points: dict[str, float] = {}
        exercises = read_course(settings.root).exercises.values()
        self._budgets = defaultdict(lambda: _PATIENCE_AT_LEAST, {it.name: _patience(it.seconds) for it in exercises})

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.process.connection.close()
        for worker in self._workers:
            worker.process.close()

    def start(self, handins: int) -> None:
        """Starts the processes that so many hand-ins need, and does not wait for them: they take a second."""
        while len(self._workers) < min(self._jobs, handins):
            self._workers.append(_Worker(GradingProcess(self._settings)))

    def stop(self) -> None:
        """Ends it from another thread: `grade` raises `Stopped` in the one that it runs in."""
        self._stopped = True
        for worker in list(self._workers):
            worker.process.kill()

    @property
    def points(self) -> Mapping[str, float]:
        """How many points each exercise has, as soon as a process has said so."""
        return self._points

    def grade(self, handins: Sequence[Handin | Parcel]) -> Iterator[bytes]:
        """A line of `results.jsonl` for each hand-in, in the order in which they are done."""
        waiting = deque(range(len(handins)))
        attempts = [0] * len(handins)
        remaining = len(handins)
        while remaining:
            self.start(remaining)
            if self._stopped:
                raise Stopped
            for worker in self._workers:
                while worker.ready and waiting and len(worker.held) < _PREFETCH:
                    self._hand_out(worker, waiting.popleft(), handins)
            connections = {worker.process.connection: worker for worker in self._workers}
            for connection in wait(list(connections), self._end_the_stuck(handins)):
                worker = connections[connection]  # type: ignore[index]
                try:
                    if not worker.ready:
                        self._greet(worker)
                        continue
                    line = worker.process.connection.recv_bytes()
                except (EOFError, OSError):
                    if self._stopped:
                        raise Stopped from None
                    for place, number in enumerate(self._bury(worker)):
                        attempts[number] += place == 0  # it worked on the first, and only held the others
                        if attempts[number] < _ATTEMPTS:
                            waiting.appendleft(number)
                        else:
                            remaining -= 1
                            yield not_graded(handins[number], self._points, _WHY)
                    continue
                worker.held.popleft()
                worker.since = time.monotonic()
                remaining -= 1
                yield line

    def _end_the_stuck(self, handins: Sequence[Handin | Parcel]) -> float | None:
        """Kills processes that have been at one hand-in for too long, and says in how many seconds to look again."""
        left = []
        for worker in self._workers:
            if worker.held:
                budget = self._budgets[handins[worker.held[0]].exercise]
                left.append(worker.since + budget - time.monotonic())
                if left[-1] <= 0:
                    worker.process.kill()  # reading from it will say that it died
        return max(0.1, min(left)) if left else None

    def _greet(self, worker: _Worker) -> None:
        problem, self._points = worker.process.connection.recv()
        if problem:
            raise UserError(problem)
        worker.ready = True
        self._stillborn = 0

    def _hand_out(self, worker: _Worker, number: int, handins: Sequence[Handin | Parcel]) -> None:
        worker.since = worker.since if worker.held else time.monotonic()
        worker.held.append(number)
        with contextlib.suppress(OSError):  # it died, and reading from it will say so
            worker.process.connection.send(handins[number])

    def _bury(self, worker: _Worker) -> list[int]:
        """Removes a dead process, and says what it held, the one it was working on first."""
        status = worker.process.wait()
        self._workers.remove(worker)
        worker.process.close()
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn == _ATTEMPTS:
                raise UserError(f"A grading process could not start (exit status {status}).")
        return list(worker.held)


def not_graded(handin: Handin | Parcel, points: Mapping[str, float], why: str) -> bytes:
    """The line for a hand-in that could not be graded through our fault."""
    report = Report(
        student=handin.student,
        exercise=handin.exercise,
        source=handin.source,
        digest="",
        status="not_graded",
        message=f"Not graded, because {why}. Try again with --resume.",
        max_score=points.get(handin.exercise, 0.0),
        engine=autograder.__version__,
    )
    return dump_line(report)


def _patience(seconds: float) -> float:
    return max(_PATIENCE * seconds, _PATIENCE_AT_LEAST)
