"""What grading one submission costs beyond the student's own computing, all on one core."""

import copy
import gc
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.checking.bench import Bench
from autograder.checking.examine import Examiner, limits_of
from autograder.checking.home import direct_guest
from autograder.checking.knowledge import LiveKnowledge
from autograder.checking.warm import Suites, with_checks
from autograder.course import Course
from autograder.sandbox.starters import ConfinedStarter
from autograder.submission import Source, read_source

ROUNDS = 60


@dataclass(frozen=True)
class Cost:
    """Milliseconds a submission: all of it, the student's module run and called by itself, and MiB of memory."""

    server: str
    total: float
    student: float
    grader_memory: float
    server_memory: float
    child_memory: float

    @property
    def overhead(self) -> float:
        return self.total - self.student


def measure(server: str, course: Course) -> Cost:
    """Medians over the rounds, the two sides measured in turn."""
    folder = course.solution("xor")
    found: list[Cost] = []
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    def use(suites: Suites) -> None:
        path = folder / "xor.py"
        source = read_source(path.name, path.read_bytes())
        knowledge = LiveKnowledge(folder)
        starter = ConfinedStarter()
        examiner = Examiner(suites, starter, "benchmark")
        calls = _calls(suites, source, knowledge)
        gc.collect()
        gc.freeze()
        totals, students = [], []
        for _ in range(ROUNDS):
            totals.append(examiner.examine(course["xor"], source, knowledge).seconds.total)
            given = copy.deepcopy(calls)
            namespace: dict[str, Any] = {"__name__": "xor"}
            started = time.perf_counter()
            exec(compile(source.units[0].code, "xor.py", "exec"), namespace)
            for name, arguments, keywords in given:
                namespace[name](*arguments, **keywords)
            students.append(time.perf_counter() - started)
        process = starter.start(limits_of(course["xor"]), course["xor"].needs)
        child = process.end()
        found.append(
            Cost(
                server,
                1e3 * statistics.median(totals[5:]),
                1e3 * statistics.median(students[5:]),
                _memory(os.getpid()),
                _memory(starter.prepare(course["xor"].needs).pid),
                child.memory / 1024,
            )
        )
        starter.close()

    with_checks({"xor": folder / "test_xor.py"}, use)
    return found[0]


def _calls(
    suites: Suites, source: Source, knowledge: LiveKnowledge, exercise: str = "xor"
) -> list[tuple[str, list[object], dict[str, object]]]:
    """All that the checks ask of a submission."""
    bench = Bench(exercise, "benchmark", direct_guest(source, exercise), knowledge)
    suites.run(exercise, bench)
    return [(it.function, list(it.arguments), it.keywords) for trial in bench.trials for it in trial.calls]


def _memory(pid: int) -> float:
    """MiB of a process that it shares with nobody, plus its share of the rest."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return float("nan")
