"""A grading run on a Dask cluster, with the results that local processes would give."""

import asyncio
import contextlib
import logging
import secrets
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import dask.config
import msgspec

from autograder.course import CONTENTS, Course, read_course
from autograder.errors import UserError
from autograder.grading.cluster import node
from autograder.grading.cluster.backlog import Backlog
from autograder.grading.cluster.connection import PATIENCE, Place, require_somebody_listens
from autograder.grading.cluster.dispatch import Dispatch
from autograder.grading.cluster.slurm import Slurm
from autograder.grading.cluster.workers import Terms
from autograder.grading.worker import Settings
from autograder.submission import Handin

_START_SECONDS = 300.0  # for workers to come once their job has begun: it reads all that it needs over a network


class Cluster:
    """Grades hand-ins; a context manager that leaves nothing at the cluster. Raises `UserError`."""

    def __init__(self, settings: Settings, scheduler: str, jobs: int | None, tell: Callable[[str], None]) -> None:
        self._settings = settings
        self._scheduler = scheduler
        self._jobs = jobs
        self._tell = tell
        self._slurm: Slurm | None = None

    def __enter__(self) -> "Cluster":
        with contextlib.ExitStack() as stack:
            stack.enter_context(_quiet())
            self._runner = stack.enter_context(asyncio.Runner())
            place = self._find(stack)
            self._dispatch = Dispatch(place, _terms(self._settings), self._tell)
            stack.callback(lambda: self._runner.run(self._dispatch.leave()))
            self._runner.run(self._dispatch.connect())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def grade(self, handins: Sequence[Handin]) -> Iterator[bytes]:
        """A line of `results.jsonl` for each hand-in, in the order in which they are done."""
        if not handins:
            return
        if self._slurm is not None:
            self._slurm.start()
        backlog = Backlog(handins)
        remaining = len(handins)
        dispatch = self._runner.get_loop().create_task(self._dispatch.grade(backlog))
        try:
            while remaining:
                lines = self._runner.run(backlog.lines())
                remaining -= len(lines)
                yield from lines
        finally:
            dispatch.cancel()
            self._runner.run(_end_of(dispatch))

    def _find(self, stack: contextlib.ExitStack) -> Place:
        if self._scheduler != "slurm":
            if self._jobs is not None:
                raise UserError("--jobs is for this machine or Slurm: a scheduler has the workers that it has.")
            self._runner.run(require_somebody_listens(self._scheduler))
            return Place(self._scheduler, PATIENCE)
        if self._jobs is None:
            raise UserError("Say how many jobs Slurm shall run: --jobs 8.")
        self._slurm = Slurm(self._jobs)
        stack.callback(self._slurm.close)
        return Place(self._slurm.address, _START_SECONDS, self._slurm.security, self._slurm.outlook)


def _terms(settings: Settings) -> Terms:
    course = read_course(settings.root)
    libraries = ["numpy", "scipy"]
    if any("torch" in course[name].needs for name in settings.exercises):
        libraries.append("torch")
    mission = node.Mission(_files(course, settings.exercises), settings.exercises, settings.confined, settings.seed)
    return Terms(
        run=secrets.token_hex(8),
        libraries=libraries,
        versions=node.versions(libraries),
        confined=settings.confined,
        mission=msgspec.msgpack.encode(mission),
    )


def _files(course: Course, exercises: Sequence[str]) -> dict[str, bytes]:
    """What grading needs of the course."""
    paths = [course.root / CONTENTS]
    for name in exercises:
        paths += sorted(path for path in course.solution(name).rglob("*") if _counts(path))
    return {path.relative_to(course.root).as_posix(): path.read_bytes() for path in paths}


def _counts(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What Dask logs and warns of is told in our own words, or of no concern."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    settings = {
        "distributed.admin.large-graph-warning-threshold": "1GiB",
        "distributed.deploy.lost-worker-timeout": "365 days",  # Slurm may put a job back into its queue
    }
    try:
        with warnings.catch_warnings(), dask.config.set(settings):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


async def _end_of(task: "asyncio.Task[None]") -> None:
    await asyncio.gather(task, return_exceptions=True)
