"""Where the time of grading one right submission goes, for each exercise, with everything on one core."""

import functools
import gc
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.checking.examine import libraries_of, limits_of
from autograder.checking.knowledge import LiveKnowledge
from autograder.checking.warm import Suites, with_checks
from autograder.course import find_course
from autograder.grading.worker import Grader, Settings
from autograder.report import dump_line
from autograder.sandbox.confined import ConfinedProcess, ForkServer
from autograder.sandbox.conversation import Conversation
from autograder.sandbox.starters import ConfinedStarter
from autograder.submission import Handin, read_source
from benchmarks import ROOT, processes
from benchmarks.own import computing
from benchmarks.record import Headline, Section
from benchmarks.stopwatch import Stopwatch

ROUNDS, SECONDS = 40, 20.0
WARM_UP = 3
PHASES = ("reading", "process", "definition", "calls", "checks", "reporting")
TARGETS = {"NumPy": 10, "torch": 25}  # milliseconds beyond the student's own computing


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one submission by phase, of which the student's own computing is part of definition and calls;
    of one whose answers nobody gave before; how many calls and callbacks there are, and page faults of the child; and
    MiB of memory of grader, fork server and child."""

    exercise: str
    holds: str
    phases: Mapping[str, float]
    unlike: float
    student: float
    calls: int
    callbacks: int
    faults: int
    memory: tuple[float, float, float]

    @property
    def whole(self) -> float:
        return sum(self.phases.values())

    @property
    def beyond(self) -> float:
        return self.whole - self.student

    @property
    def unlike_beyond(self) -> float:
        return self.unlike - self.student


@functools.cache
def measure(root: Path = ROOT) -> list[Cost]:
    """Every exercise of the course, each in a process of its own; measured once."""
    costs = []
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in find_course(root).exercises:
            print(f"measuring the cost of a submission of {name} ...", file=sys.stderr)
            costs.append(pool.apply(cost, (root, name)))
    return costs


def cost(root: Path, exercise: str) -> Cost:
    """Medians over rounds in which the submission is graded, and then run without our processes."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    folder, found = find_course(root).solution(exercise), []
    with_checks(
        {exercise: folder / f"test_{exercise}.py"}, lambda suites: found.append(_measured(root, exercise, suites))
    )
    return found[0]


def _measured(root: Path, exercise: str, suites: Suites) -> Cost:
    course, starter = find_course(root), ConfinedStarter()
    path = course.solution(exercise) / f"{exercise}.py"
    source, knowledge = read_source(path.name, path.read_bytes()), LiveKnowledge(path.parent)
    handin = Handin("student", exercise, path, None, 0.0, path.name)
    grader = Grader(Settings(root, (exercise,), "benchmark", True), suites, starter)
    for _ in range(WARM_UP):
        report = grader.grade(handin)
        if report.score != report.max_score:
            raise RuntimeError(f"{exercise} was not graded as right")
    libraries = libraries_of(course[exercise], source)
    server, child = starter.prepare(libraries), starter.start(limits_of(course[exercise]), libraries)
    memory = processes.memory(os.getpid()), processes.memory(server.pid), child.end().memory / 1024
    own = computing(exercise, suites, source, knowledge)
    faults = _page_faults(grader, handin)
    gc.collect()
    gc.freeze()
    rounds, unlike, alone = [], [], []
    deadline = time.monotonic() + SECONDS
    while len(rounds) < ROUNDS and (len(rounds) < 3 or time.monotonic() < deadline):
        rounds.append(_graded(grader, handin))
        grader.transcripts.clear()
        unlike.append(sum(_graded(grader, handin).values()))
        alone.append(computing(exercise, suites, source, knowledge).seconds)
    starter.close()
    phases = {phase: 1e3 * statistics.median(it[phase] for it in rounds) for phase in PHASES}
    unlike_others, student = (1e3 * statistics.median(it) for it in (unlike, alone))
    holds = server_name(libraries)
    return Cost(exercise, holds, phases, unlike_others, student, own.calls, own.callbacks, faults, memory)


def server_name(libraries: Sequence[str]) -> str:
    """What the fork server holds at most."""
    names = {"scipy": "SciPy", "torch": "torch"}
    return names[libraries[-1]] if libraries else "NumPy"


def _graded(grader: Grader, handin: Handin) -> Mapping[str, float]:
    watch = Stopwatch()
    functions: dict[str, list[tuple[Any, str]]] = {
        "reading": [(Handin, "read")],
        "process": [(ForkServer, "start"), (ConfinedProcess, "discard"), (ConfinedProcess, "end")],
        "definition": [(Conversation, "define")],
        "calls": [(Conversation, it) for it in ("begin", "follow", "call", "attribute", "pretend")],
    }
    with watch.watching(functions):
        with watch.span("checks"):
            report = grader.grade(handin)
        with watch.span("reporting"):
            dump_line(report)
    return watch.seconds


def _page_faults(grader: Grader, handin: Handin) -> int:
    """Those of the process of a submission whose answers somebody gave before."""
    discard, found = ConfinedProcess.discard, 0

    def counted(process: ConfinedProcess) -> None:
        nonlocal found
        found += processes.page_faults(process._pid)
        discard(process)

    ConfinedProcess.discard = counted  # type: ignore[method-assign]
    try:
        grader.grade(handin)
    finally:
        ConfinedProcess.discard = discard  # type: ignore[method-assign]
    return found


def section() -> Section:
    """The table, with the targets beside the figures."""
    costs = measure()
    lines = [
        "Milliseconds, medians, everything on one core. *Process* is fork, confinement and its end; *calls* are those "
        "of the student's functions, with the messages there and back; *checks* are inputs, comparisons and the "
        "reference's results, which are remembered. The student's own computing is what module and functions take in "
        "one process without any of this. A check is not run again for answers with which it was passed before; in the "
        "last column nobody gave the same answers, and all checks are run.",
        "",
        "| exercise | holds | whole | "
        + " | ".join(PHASES)
        + " | number of calls | student's own computing | beyond it | if all checks are run |",
        "|---|---|" + "---:|" * (len(PHASES) + 5),
    ]
    for it in costs:
        cells = [f"{it.whole:.1f}", *(f"{it.phases[phase]:.2f}" for phase in PHASES), str(it.calls)]
        cells += [f"{it.student:.1f}", f"{it.beyond:.1f}", f"{it.unlike_beyond:.1f}"]
        lines.append(f"| {it.exercise} | {it.holds} | {' | '.join(cells)} |")
    lines += [
        "",
        "| MiB of memory | grader | fork server | child at its peak, mostly shared |",
        "|---|---:|---:|---:|",
    ]
    lines += [f"| {it.exercise} | " + " | ".join(f"{mib:.0f}" for mib in it.memory) + " |" for it in costs]
    headlines = []
    for name, target in TARGETS.items():
        some = [it for it in costs if (it.holds == "torch") == (name == "torch")]
        names = ", ".join(it.exercise for it in some)
        for what, values in (
            ("beyond its own computing", [it.beyond for it in some]),
            ("if nobody gave these answers before", [it.unlike_beyond for it in some]),
        ):
            figures = ", ".join(f"{value:.0f}" for value in values)
            headlines.append(
                Headline(
                    f"grading a right submission on one core {what}, {name}: {names}", f"{figures} ms", f"≤ {target} ms"
                )
            )
    return Section("One submission", lines, headlines)
