"""Running a target on many inputs: every find is an input, and what it set off."""

import random
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

# Each of these registers what it tries.
from tests.fuzz import (  # noqa: F401
    course_files,
    damaged_messages,
    forged_messages,
    hostile_archives,
    rendered_markdown,
    students_code,
)
from tests.fuzz.targets import TARGETS

SLOW = 5.0


@dataclass
class Result:
    """What came of many inputs to one target: how often which outcome, finds, and the longest time for one."""

    target: str
    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    finds: list[tuple[bytes, str]] = field(default_factory=list)
    slowest: float = 0.0
    seconds: float = 0.0


def run(name: str, inputs: int, seed: int, progress: Callable[[], None] = lambda: None) -> Result:
    """Gives the target `inputs` inputs, the same for the same seed."""
    rng = random.Random(f"{name} {seed}")
    result = Result(name)
    started = time.monotonic()
    for _ in range(inputs):
        try_one(result, TARGETS[name].input(rng))
        progress()
    result.seconds = time.monotonic() - started
    return result


def try_one(result: Result, data: bytes) -> None:
    """Adds one input to the result."""
    started = time.monotonic()
    try:
        result.outcomes[TARGETS[result.target].run(data)] += 1
    except Exception:
        result.finds.append((data, traceback.format_exc()))
    took = time.monotonic() - started
    result.slowest = max(result.slowest, took)
    if took > SLOW:
        result.finds.append((data, f"took {took:.1f} s"))
    result.inputs += 1
