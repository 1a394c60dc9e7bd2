"""All tools on the same class, in rounds in which they take turns."""

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers import environments
from benchmarks.peers.check50 import Check50
from benchmarks.peers.environments import NotInstalled
from benchmarks.peers.nbgrader import Nbgrader
from benchmarks.peers.otter import Otter
from benchmarks.peers.ours import OursOnAllChecks, OursOnNineTests
from benchmarks.peers.prairielearn import PrairieLearn
from benchmarks.peers.spending import Command, Spent, spend
from benchmarks.peers.students import class_of
from benchmarks.peers.tool import Tool
from benchmarks.processes import Memory

PEERS: Mapping[str, type[Tool]] = {
    "nbgrader": Nbgrader,
    "otter": Otter,
    "check50": Check50,
    "prairielearn": PrairieLearn,
}
OURS: Sequence[type[Tool]] = (OursOnNineTests, OursOnAllChecks)


@dataclass(frozen=True)
class Result:
    """Seconds for one submission by size of the class, and for one more; MiB; and how many were graded, how many not as
    they deserved."""

    each: Mapping[int, Spent]
    one_more: Spent
    memory: float
    graded: int
    misgraded: int


@dataclass(frozen=True)
class Measured:
    """Results by name of the tool, why others are left out, and what a bare import takes."""

    results: Mapping[str, Result]
    left_out: Mapping[str, str]
    bare_import: Spent
    rounds: int


@dataclass
class _Record:
    """What was measured of one tool, round by round."""

    tool: Tool
    memory: float
    spent: dict[int, list[Spent]] = field(default_factory=dict)
    graded: int = 0
    misgraded: int = 0

    def play(self) -> None:
        """Grades a class of each size, and looks at the points."""
        for size in self.tool.sizes:
            self.spent.setdefault(size, []).append(spend(self.tool.commands(size), self.tool.environment))
            points = self.tool.points(size)
            students = class_of(size)
            self.graded += size
            self.misgraded += sum(not self.tool.is_right(it, points.get(name, {})) for name, it in students.items())

    @property
    def result(self) -> Result:
        sizes = self.tool.sizes
        each = {it: _median([_share(spent, it) for spent in self.spent[it]]) for it in sizes}
        one_more = each[sizes[-1]]
        if len(sizes) > 1:
            small, large = sizes
            pairs = zip(self.spent[small], self.spent[large], strict=True)
            one_more = _median([_share(_difference(more, less), large - small) for less, more in pairs])
        return Result(each, one_more, self.memory, self.graded, self.misgraded)


def measure(rounds: int) -> Measured:
    """Medians over the rounds. What it is at is told on stderr."""
    left_out: dict[str, str] = {}
    tools = list(_installed(left_out))
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        records: list[_Record] = []
        for tool in tools:
            with _left_out_if_it_fails(tool, left_out):
                _say(f"{tool.name}: writing the assignment, and grading for the first time")
                records.append(_prepared(tool, Path(folder) / tool.name.replace(" ", "-")))
        imports: list[Spent] = []
        for number in range(1, rounds + 1):
            imports.append(_bare_import())
            for record in records:
                if record.tool.name not in left_out:
                    _say(f"round {number} of {rounds}: {record.tool.name}")
                    with _left_out_if_it_fails(record.tool, left_out):
                        record.play()
        results = {it.tool.name: it.result for it in records if it.tool.name not in left_out}
    return Measured(results, left_out, _median(imports), rounds)


def _installed(left_out: dict[str, str]) -> Iterator[Tool]:
    for ours in OURS:
        yield ours(Path(sys.executable).parent)
    for name, kind in PEERS.items():
        try:
            programs = environments.install(name)
        except NotInstalled as error:
            left_out[kind.name] = f"not installed: {error}"
            _say(f"{kind.name} is left out, {left_out[kind.name]}")
        else:
            yield kind(programs)


def _prepared(tool: Tool, folder: Path) -> _Record:
    """Writes the assignment, and grades once: files are cached after that, and memory is looked at while it is not
    timed."""
    folder.mkdir()
    tool.write(folder)
    memory = Memory(every=0.05)
    with memory.watching():
        spend(tool.commands(tool.sizes[0])[:1], tool.environment)
    return _Record(tool, memory.everything)


@contextmanager
def _left_out_if_it_fails(tool: Tool, left_out: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, OSError, ValueError, LookupError) as error:
        left_out[tool.name] = f"failed: {' '.join(str(error).split())[-200:]}"
        _say(f"{tool.name} is left out, {left_out[tool.name]}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _bare_import() -> Spent:
    return spend([Command([sys.executable, "-c", "import numpy, torch"], Path.cwd())], dict(os.environ))


def _share(spent: Spent, of: int) -> Spent:
    return Spent(spent.wall / of, spent.processor / of)


def _difference(more: Spent, less: Spent) -> Spent:
    return Spent(more.wall - less.wall, more.processor - less.processor)


def _median(spent: Sequence[Spent]) -> Spent:
    return Spent(statistics.median(it.wall for it in spent), statistics.median(it.processor for it in spent))
