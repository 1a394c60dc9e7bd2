"""Several grading processes side by side; one that dies is replaced, and what it held is graded again."""

import contextlib
import multiprocessing
import sys
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType

import autograder
from autograder.course import read_course
from autograder.errors import UserError
from autograder.grading.worker import Settings, work
from autograder.report import Report, dump_line
from autograder.submission import Handin

_PREFETCH = 2
_ATTEMPTS = 2
# Limits hold for student code. What is made of its answers here has none, and takes a fraction of that time.
_PATIENCE = 3.0
_PATIENCE_AT_LEAST = 60.0  # seconds


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    held: deque[int] = field(default_factory=deque)
    ready: bool = False
    since: float = 0.0  # when it began with the first of those that it holds, in seconds of `time.monotonic`


@contextlib.contextmanager
def _no_main_module() -> Iterator[None]:
    """A new process would import the program that started it, such as nbgrader, and needs nothing of it."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class Pool:
    """Grades hand-ins on `jobs` processes; a context manager that leaves no process behind."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        self._settings = settings
        self._jobs = jobs
        self._workers: list[_Worker] = []
        self._stillborn = 0
        self._points: dict[str, float] = {}
        exercises = read_course(settings.root).exercises.values()
        self._budgets = defaultdict(lambda: _PATIENCE_AT_LEAST, {it.name: _patience(it.seconds) for it in exercises})

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(timeout=5)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def start(self, handins: int) -> None:
        """Starts the processes that so many hand-ins need, and does not wait for them: they take a second."""
        while len(self._workers) < min(self._jobs, handins):
            self._workers.append(self._start())

    def grade(self, handins: Sequence[Handin]) -> Iterator[bytes]:
        """A line of `results.jsonl` for each hand-in, in the order in which they are done."""
        waiting = deque(range(len(handins)))
        attempts = [0] * len(handins)
        remaining = len(handins)
        while remaining:
            self.start(remaining)
            for worker in self._workers:
                while worker.ready and waiting and len(worker.held) < _PREFETCH:
                    self._hand_out(worker, waiting.popleft(), handins)
            for connection in wait([worker.connection for worker in self._workers], self._end_the_stuck(handins)):
                worker = next(worker for worker in self._workers if worker.connection is connection)
                try:
                    if not worker.ready:
                        self._greet(worker)
                        continue
                    line = worker.connection.recv_bytes()
                except (EOFError, OSError):
                    for place, number in enumerate(self._bury(worker)):
                        attempts[number] += place == 0  # it worked on the first, and only held the others
                        if attempts[number] < _ATTEMPTS:
                            waiting.appendleft(number)
                        else:
                            remaining -= 1
                            yield dump_line(self._not_graded(handins[number]))
                    continue
                worker.held.popleft()
                worker.since = time.monotonic()
                remaining -= 1
                yield line

    def _end_the_stuck(self, handins: Sequence[Handin]) -> float | None:
        """Kills processes that have been at one hand-in for too long, and says in how many seconds to look again."""
        left = []
        for worker in self._workers:
            if worker.held:
                budget = self._budgets[handins[worker.held[0]].exercise]
                left.append(worker.since + budget - time.monotonic())
                if left[-1] <= 0:
                    worker.process.kill()  # reading from it will say that it died
        return max(0.1, min(left)) if left else None

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, self._settings), daemon=True)
        with _no_main_module():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _greet(self, worker: _Worker) -> None:
        problem, self._points = worker.connection.recv()
        if problem:
            raise UserError(problem)
        worker.ready = True
        self._stillborn = 0

    def _hand_out(self, worker: _Worker, number: int, handins: Sequence[Handin]) -> None:
        worker.since = worker.since if worker.held else time.monotonic()
        worker.held.append(number)
        with contextlib.suppress(OSError):  # it died, and reading from it will say so
            worker.connection.send(handins[number])

    def _bury(self, worker: _Worker) -> list[int]:
        """Removes a dead process, and says what it held, the one it was working on first."""
        worker.process.join()
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn == _ATTEMPTS:
                raise UserError(f"A grading process could not start (exit status {worker.process.exitcode}).")
        self._workers.remove(worker)
        worker.connection.close()
        return list(worker.held)

    def _not_graded(self, handin: Handin) -> Report:
        return Report(
            student=handin.student,
            exercise=handin.exercise,
            source=handin.source,
            digest="",
            status="not_graded",
            message="Not graded, because the grading process died twice, or took too long. Try again with --resume.",
            max_score=self._points.get(handin.exercise, 0.0),
            engine=autograder.__version__,
        )


def _patience(seconds: float) -> float:
    return max(_PATIENCE * seconds, _PATIENCE_AT_LEAST)
