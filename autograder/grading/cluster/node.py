"""What happens in a Dask worker: it is asked what it has, gets the course of a run, and grades what comes.

A client calls these functions by name. What it sends is bytes, and so is what it gets, as long as students had a hand
in it: Dask pickles, and must not be given anything else that they could shape.
"""

import asyncio
import importlib.metadata
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from distributed import Worker, WorkerPlugin, get_worker

import autograder
from autograder.errors import UserError
from autograder.grading.pool import Pool, Stopped
from autograder.grading.worker import Settings
from autograder.sandbox.confinement import unavailable
from autograder.submission import Parcel

_KEPT_SECONDS = 120.0  # by a worker that hears no more of a run, whose client may have been killed


class Mission(msgspec.Struct, frozen=True):
    """What a worker needs for a run besides hand-ins: files of the course by path, exercises, and the seed."""

    files: Mapping[str, bytes]
    exercises: tuple[str, ...]
    confined: bool
    seed: str


class Answer(msgspec.Struct, frozen=True):
    """Lines of `results.jsonl`, the seconds that they took, and how many points each exercise has.

    Without lines, `problem` says in one line what is wrong with the worker; None if the run is unknown to it.
    """

    lines: Sequence[bytes] = ()
    seconds: float = 0.0
    points: Mapping[str, float] = {}
    problem: str | None = None


class Desk(WorkerPlugin):
    """Where a run works in a Dask worker: a private folder with the course, and a grading process for each thread."""

    def __init__(self, name: str, mission: Mission) -> None:
        self._name = name
        self._mission = mission
        self._lock = threading.Lock()
        self._over = False
        self._used = time.monotonic()

    def setup(self, worker: Worker) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="autograder-", dir=worker.local_directory))
        try:
            for name, data in self._mission.files.items():
                path = self._folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            given = self._mission
            settings = Settings(self._folder, given.exercises, given.seed, given.confined, root_is_temporary=True)
            self._pools = [Pool(settings, 1) for _ in range(worker.state.nthreads)]
            for pool in self._pools:
                pool.start(1)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._idle = list(self._pools)
        self._leave_if_forgotten(worker)

    async def teardown(self, worker: Worker) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            idle, self._idle = self._idle, []
        for pool in self._pools:
            if pool not in idle:
                pool.stop()
        for pool in idle:
            await asyncio.to_thread(pool.__exit__)
        shutil.rmtree(self._folder, ignore_errors=True)

    def grade(self, parcels: Sequence[Parcel]) -> Answer:
        """Grades them one after another, in the thread that calls."""
        with self._lock:
            if self._over:
                raise Stopped
            pool = self._idle.pop()
        started = time.monotonic()
        try:
            lines = list(pool.grade(parcels))
            return Answer(lines, time.monotonic() - started, pool.points)
        finally:
            with self._lock:
                self._used = time.monotonic()
                if not self._over:
                    self._idle.append(pool)
            if self._over:
                pool.__exit__()

    def _leave_if_forgotten(self, worker: Worker) -> None:
        everybody_idles = len(self._idle) == len(self._pools)
        if everybody_idles and time.monotonic() - self._used > _KEPT_SECONDS:
            self._leaving = asyncio.ensure_future(worker.plugin_remove(self._name))
        else:
            self._timer = asyncio.get_running_loop().call_later(_KEPT_SECONDS / 4, self._leave_if_forgotten, worker)


def versions(libraries: Sequence[str]) -> dict[str, str]:
    """What has to be the same everywhere for results to be the same."""
    return {
        "autograder": autograder.__version__,
        "Python": ".".join(map(str, sys.version_info[:2])),
        **{name: _version(name) for name in libraries},
    }


async def describe(libraries: Sequence[str]) -> tuple[dict[str, str], str | None]:
    """The versions here, and why student code cannot be confined."""
    return versions(libraries), await asyncio.to_thread(unavailable)


async def begin(run: str, mission: bytes, dask_worker: Worker | None = None) -> str | None:
    """Prepares the worker for the run; says in one line why it cannot be."""
    assert dask_worker is not None
    if run not in dask_worker.plugins:
        desk = Desk(run, msgspec.msgpack.decode(mission, type=Mission))
        try:
            await dask_worker.plugin_add(desk, name=run, catch_errors=False)
        except OSError as error:
            dask_worker.plugins.pop(run, None)
            return f"the course cannot be unpacked: {error}"
    return None


async def end(run: str, dask_worker: Worker | None = None) -> None:
    """Ends what the run began, whether or not it is done."""
    assert dask_worker is not None
    if run in dask_worker.plugins:
        await dask_worker.plugin_remove(run)


def grade(run: str, parcels: bytes) -> bytes:
    """The task that is sent for some hand-ins. Raises nothing, since Dask would log what it was given."""
    desk = get_worker().plugins.get(run)
    if not isinstance(desk, Desk):
        return msgspec.msgpack.encode(Answer())
    try:
        answer = desk.grade(msgspec.msgpack.decode(parcels, type=list[Parcel]))
    except Stopped:
        answer = Answer()
    except (UserError, OSError) as error:
        answer = Answer(problem=str(error))
    return msgspec.msgpack.encode(answer)


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "none"
