"""What the students' own code computes, without any of ours: its module and functions, run by all checks in this very
process."""

import multiprocessing
import os
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from autograder.checking.bench import Bench
from autograder.checking.home import direct_guest
from autograder.checking.knowledge import LiveKnowledge
from autograder.checking.warm import Suites, with_checks
from autograder.course import find_course
from autograder.release import variants
from autograder.sandbox import servant
from autograder.sandbox.servant import Servant
from autograder.submission import Source
from benchmarks.stopwatch import Stopwatch

ROUNDS = 3


class Computing(NamedTuple):
    """Seconds that the module and its functions take, and how many calls and callbacks there are."""

    seconds: float
    calls: int
    callbacks: int


def computing(exercise: str, suites: Suites, source: Source, knowledge: LiveKnowledge) -> Computing:
    """Raises if the submission is wrong."""
    watch, notice = Stopwatch(), servant._noticed_warnings

    @contextmanager
    def noticed() -> Iterator[list[str]]:
        with notice() as warnings, watch.span("calls"):
            yield warnings

    bench = Bench(exercise, "benchmark", direct_guest(source, exercise), knowledge)
    functions = {"definition": [(Servant, "_define")], "callbacks": [(Servant, "_call_back")]}
    servant._noticed_warnings = noticed
    try:
        with (
            open(os.devnull, "w") as nowhere,
            redirect_stdout(nowhere),
            redirect_stderr(nowhere),
            watch.watching(functions),
        ):
            reports = suites.run(exercise, bench)
    finally:
        servant._noticed_warnings = notice
    if failed := [it.name for it in reports if it.status != "passed"]:
        raise RuntimeError(f"a right way of {exercise} failed {', '.join(failed)}")
    seconds = watch.seconds["definition"] + watch.seconds["calls"]
    return Computing(seconds, watch.counts["calls"], watch.counts["callbacks"])


def computing_of_ways(root: Path, exercise: str) -> list[float]:
    """Seconds of each right way of the bank, measured while all cores are at work, as in a class."""
    cores = sorted(os.sched_getaffinity(0))
    with multiprocessing.get_context("spawn").Pool(len(cores)) as pool:
        tasks = [(root, exercise, core, number, len(cores)) for number, core in enumerate(cores)]
        shares = pool.starmap(_share, tasks, chunksize=1)
    ways = len(right_ways(root, exercise))
    return [shares[number % len(cores)][number // len(cores)] for number in range(ways)]


def right_ways(root: Path, exercise: str) -> list[Source]:
    """In the order of the bank."""
    return [way.source for way in variants.ways(find_course(root).solution(exercise), "alternatives.py")]


def _share(root: Path, exercise: str, core: int, first: int, step: int) -> list[float]:
    """Medians for every `step`th way."""
    os.sched_setaffinity(0, {core})
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    folder, ways = find_course(root).solution(exercise), right_ways(root, exercise)[first::step]
    found: list[float] = []

    def use(suites: Suites) -> None:
        knowledge = LiveKnowledge(folder)

        def measured(sources: Sequence[Source]) -> list[float]:
            return [computing(exercise, suites, source, knowledge).seconds for source in sources]

        measured(ways[:1])  # the first call of a library takes longer
        rounds = [measured(ways) for _ in range(ROUNDS)]
        found.extend(map(statistics.median, zip(*rounds, strict=True)))

    with_checks({exercise: folder / f"test_{exercise}.py"}, use)
    return found
