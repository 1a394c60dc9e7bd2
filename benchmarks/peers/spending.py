"""What whole commands take: wall time, and processor time of every process that comes of them."""

import contextlib
import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import processes

_LEFT_SECONDS = 5.0
_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Command:
    """What a user would type, and in which folder; `codes` are the exit statuses with which it has graded."""

    arguments: Sequence[str | Path]
    folder: Path
    codes: Sequence[int] = (0,)


@dataclass(frozen=True)
class Spent:
    """Seconds."""

    wall: float
    processor: float


def spend(commands: Sequence[Command], environment: dict[str, str]) -> Spent:
    """Runs the commands one after the other. Raises `RuntimeError` if one of them fails.

    No process can be missed: one whose parent does not wait for it becomes our child, and is waited for here. The
    wall time ends with the command, and what outlives it by seconds is ended.
    """
    processes.adopt_orphans()
    try:
        before, wall = _processor(), 0.0
        for command in commands:
            started = time.perf_counter()
            run(command, environment)
            wall += time.perf_counter() - started
            processes.left_behind(_LEFT_SECONDS)
        return Spent(wall, _processor() - before)
    finally:
        processes.adopt_orphans(False)


def run(command: Command, environment: dict[str, str]) -> None:
    """Runs a command to its end. Raises `RuntimeError` with what it said if it fails."""
    done = subprocess.run(
        list(map(str, command.arguments)),
        cwd=command.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode not in command.codes:
        raise RuntimeError(f"{Path(command.arguments[0]).name} ended with {done.returncode}: {done.stdout[-2000:]}")


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


class Memory:
    """The most MiB that all processes below this one hold at once; what several share is counted once."""

    def __init__(self) -> None:
        self.most = 0.0
        self._done = threading.Event()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        try:
            yield
        finally:
            self._done.set()
            watcher.join()

    def _watch(self) -> None:
        while not self._done.wait(_LOOK_SECONDS):
            self.most = max(self.most, sum(_proportional_mib(it.pid) for it in processes.descendants(os.getpid())))


def _proportional_mib(pid: int) -> float:
    # A process may end, or change its user, between two looks.
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
