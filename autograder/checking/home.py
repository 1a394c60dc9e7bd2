"""Checking on a student's own machine, in this process."""

from pathlib import Path
from typing import Any

from autograder.checking.bench import Bench
from autograder.checking.newest import newest_handin
from autograder.checking.recorded import PUBLIC_SEED, read_expectations
from autograder.errors import UserError
from autograder.sandbox.direct import DirectProcess
from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import Limits
from autograder.submission import Source, Unreadable


def direct_guest(source: Source, module: str, namespace: dict[str, Any] | None = None) -> Guest:
    """A submission in this process: a debugger works, and no limit holds."""
    return Guest(source, module, Limits(), lambda: DirectProcess(namespace))


def home_bench(folder: Path) -> Bench:
    """The submission in an exercise's folder, on recorded expectations."""
    exercise = folder.name
    handin = newest_handin(folder, exercise)
    try:
        source = handin.read()
    except Unreadable as unreadable:
        raise UserError(str(unreadable)) from unreadable
    return Bench(exercise, PUBLIC_SEED, direct_guest(source, exercise), read_expectations(folder))
