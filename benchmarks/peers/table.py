"""The measurements as Markdown."""

import math
from collections.abc import Iterator

from benchmarks.peers.check50 import Check50
from benchmarks.peers.measure import Measured, Result
from benchmarks.peers.nbgrader import Nbgrader
from benchmarks.peers.otter import Otter
from benchmarks.peers.ours import OursOnAllChecks, OursOnNineTests
from benchmarks.peers.spending import Spent
from benchmarks.record import Headline

# How many times our processor time, and our wall time, a peer is to take.
TARGETS = {Nbgrader.name: 100, Otter.name: 100, Check50.name: 50}


def lines(measured: Measured) -> Iterator[str]:
    """What each tool takes for a submission, and how many times ours that is."""
    unit = measured.bare_import
    yield "### Seconds for one submission: all four exercises of one student"
    yield ""
    yield (
        f"`import numpy, torch` alone takes {unit.wall:.2f} s, and {unit.processor:.2f} s of processors. "
        "Times of that in brackets."
    )
    yield ""
    yield (
        "| | class of | wall, start included | processors, start included | wall, one more | processors, one more "
        "| most memory (MiB) | misgraded |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for name, result in measured.results.items():
        yield from _rows(name, result, unit)
    for name, reason in measured.left_out.items():
        yield f"| {name} | left out: {reason.replace('|', '/')} | | | | | | |"
    for ours in (OursOnNineTests.name, OursOnAllChecks.name):
        if ours in measured.results:
            yield ""
            yield from _ratios(measured, ours)


def headlines(measured: Measured) -> Iterator[Headline]:
    """How many times our time one more submission takes with each peer, where there is a target."""
    for ours, tests in ((OursOnNineTests.name, "the same nine tests"), (OursOnAllChecks.name, "all our checks")):
        for peer, target in TARGETS.items():
            if ours in measured.results and peer in measured.results:
                theirs, own = measured.results[peer].one_more, measured.results[ours].one_more
                yield Headline(
                    f"{peer}, one more submission of four exercises, against {tests} here: wall, processors",
                    f"{theirs.wall / own.wall:.0f}, {theirs.processor / own.processor:.0f} times",
                    f"≥ {target} times",
                )


def _rows(name: str, result: Result, unit: Spent) -> Iterator[str]:
    for place, (size, spent) in enumerate(result.each.items()):
        cells = [name if place == 0 else "", str(size)]
        cells += [_seconds(spent.wall, unit.wall), _seconds(spent.processor, unit.processor)]
        if place == len(result.each) - 1:
            more = result.one_more
            cells += [_seconds(more.wall, unit.wall), _seconds(more.processor, unit.processor)]
            cells += [f"{result.memory:.0f}", f"{result.misgraded} of {result.graded}"]
        else:
            cells += [""] * 4
        yield f"| {' | '.join(cells)} |"


def _seconds(seconds: float, unit: float) -> str:
    return f"{seconds:.3f} ({seconds / unit:.2f})"


def _ratios(measured: Measured, name: str) -> Iterator[str]:
    ours = measured.results[name]
    small, large = ours.each
    yield f"### Times {name}"
    yield ""
    yield (
        f"With a class of {small}, both include the start of their commands. With a class of {large}, ours does, and "
        "theirs is one more submission: a class of any size costs them that at least for each."
    )
    yield ""
    yield (
        f"| | target | wall, class of {small} | processors, class of {small} | wall, one more | processors, one more "
        f"| wall, class of {large} | processors, class of {large} |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for peer, result in measured.results.items():
        if peer in (OursOnNineTests.name, OursOnAllChecks.name):
            continue
        pairs = ((result.each[small], ours.each[small]), (result.one_more, ours.one_more))
        target = TARGETS.get(peer)
        cells = [peer, f"at least {target}" if target else "none"]
        for theirs, own in (*pairs, (result.one_more, ours.each[large])):
            cells += [_ratio(theirs.wall, own.wall, target), _ratio(theirs.processor, own.processor, target)]
        yield f"| {' | '.join(cells)} |"


def _ratio(theirs: float, own: float, target: int | None) -> str:
    ratio = theirs / own
    said = f"{math.floor(10 * ratio) / 10}"  # never rounded up to the target
    return said if target is None else f"{said}, {'met' if ratio >= target else 'missed'}"
