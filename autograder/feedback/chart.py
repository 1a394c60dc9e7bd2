"""The geometry of the histogram, for the template to draw."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.feedback import summary, text


@dataclass(frozen=True)
class Bar:
    """A tenth of the points: its label is where it begins. Lengths are in units of the drawing."""

    label: str
    students: int
    x: float
    height: float


@dataclass(frozen=True)
class Histogram:
    """Bars from left to right, and ticks of the upright axis with their heights."""

    bars: list[Bar]
    ticks: list[tuple[int, float]]
    most: str


WIDTH, HEIGHT = 352.0, 150.0


def histogram(scores: Sequence[float], most: float) -> Histogram:
    """Eleven bars: the tenths of `most`, and full marks."""
    counts = summary.histogram(scores, most)
    step = _step(max(counts))
    top = step * max(1, math.ceil(max(counts) / step))
    bars = [
        Bar(text.points(tenth * most / 10), number, tenth * WIDTH / 11, HEIGHT * number / top)
        for tenth, number in enumerate(counts)
    ]
    return Histogram(bars, [(tick, HEIGHT * tick / top) for tick in range(0, top + 1, step)], text.points(most))


def _step(most: int) -> int:
    """A round number of students of which about four fit into `most`."""
    rough = max(1, most / 4)
    power = 10 ** math.floor(math.log10(rough))
    return int(next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough))
