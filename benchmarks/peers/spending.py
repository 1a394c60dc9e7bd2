"""What whole commands take: wall time, and processor time of every process that comes of them."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import processes

_LEFT_SECONDS = 5.0


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
        before, wall = processes.processor_of_children(), 0.0
        for command in commands:
            started = time.perf_counter()
            run(command, environment)
            wall += time.perf_counter() - started
            processes.left_behind(_LEFT_SECONDS)
        return Spent(wall, processes.processor_of_children() - before)
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
