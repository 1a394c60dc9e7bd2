"""Grading on Dask with one worker and with two, beside local processes; unit costs, and a plan for many more."""

import multiprocessing
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autograder.course import find_course
from autograder.grading.cluster import open_cluster
from autograder.grading.cluster.backlog import Backlog
from autograder.grading.pool import Pool
from autograder.grading.run import Graders
from autograder.grading.worker import Settings
from autograder.submission import Handin
from benchmarks import ROOT, cost, processes
from benchmarks.dask_processes import DaskProcesses
from benchmarks.plan import UnitCosts, simulate
from benchmarks.record import Headline, Section

EXERCISE, SUBMISSIONS, ROUNDS = "xor", 120, 3
IDLE_SECONDS = 5.0
TARGET = 1.8  # times as fast with two workers as with one, on two cores
STUDENTS, CORES = 100_000 // 7, (1, 8, 32, 128, 512, 2048)


@dataclass(frozen=True)
class Run:
    """Seconds of wall time; per submission: seconds of the client and of the scheduler, and bytes on the wire; and the
    number of batches."""

    wall: float
    client: float
    scheduler: float
    moved: float
    batches: int


@dataclass(frozen=True)
class Measured:
    """Runs by what graded; seconds from nothing to the first result of a worker; and the share of a core that a
    scheduler takes when there is nothing to do."""

    runs: dict[str, list[Run]]
    start: float
    idle: float

    @property
    def a_batch(self) -> float:
        """Seconds of the scheduler for one batch, beyond what it takes when there is nothing to do."""
        name = "2 on Dask"
        return statistics.median(
            (it.scheduler * SUBMISSIONS - self.idle * it.wall) / it.batches for it in self.runs[name]
        )

    def median(self, name: str, field: str = "wall") -> float:
        return statistics.median(getattr(it, field) for it in self.runs[name])


def measure() -> Measured:
    """Everything is warm, and takes turns."""
    settings = Settings(ROOT, (EXERCISE,), "benchmark", True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        handins = _handins(folder)
        graders: dict[str, tuple[Graders, int | None]] = {}
        for jobs in (1, 2):
            graders[f"{jobs} local"] = stack.enter_context(Pool(settings, jobs)), None
        for workers in (1, 2):
            dask = stack.enter_context(DaskProcesses(folder / f"dask-{workers}"))
            for _ in range(workers):
                dask.start_worker("--no-nanny")
            cluster = stack.enter_context(open_cluster(settings, dask.address, None, lambda line: None))
            graders[f"{workers} on Dask"] = cluster, dask.scheduler.pid
        start = 0.0
        for name, (grader, _) in graders.items():
            began = time.monotonic()
            next(lines := iter(grader.grade(handins[:8])))
            start = time.monotonic() - began
            list(lines)
            print(f"{name}: warm", file=sys.stderr)
        idle = _idle(graders["2 on Dask"][1])
        runs: dict[str, list[Run]] = {name: [] for name in graders}
        for _ in range(ROUNDS):
            for name, (grader, scheduler) in graders.items():
                runs[name].append(_run(grader, handins, scheduler))
    return Measured(runs, start, idle)


def _idle(scheduler: int | None) -> float:
    assert scheduler is not None
    before = processes.processor(scheduler)
    time.sleep(IDLE_SECONDS)
    return (processes.processor(scheduler) - before) / IDLE_SECONDS


def _handins(folder: Path) -> list[Handin]:
    path = find_course(ROOT).solution(EXERCISE) / f"{EXERCISE}.py"
    code = path.read_text(encoding="utf-8")
    found = []
    for number in range(SUBMISSIONS):
        copy = folder / f"s{number:03}" / path.name
        copy.parent.mkdir()
        copy.write_text(f"{code}\n# {number}\n", encoding="utf-8")
        found.append(Handin(f"s{number:03}", EXERCISE, copy, None, 0.0, f"s{number:03}/{path.name}"))
    return found


def _run(grader: Graders, handins: Sequence[Handin], scheduler: int | None) -> Run:
    before, batches = _counters(scheduler), 0
    done = Backlog.done

    def counted(backlog: Backlog, *arguments: Any) -> None:
        nonlocal batches
        batches += 1
        done(backlog, *arguments)

    Backlog.done = counted  # type: ignore[method-assign]
    try:
        lines = list(grader.grade(handins))
    finally:
        Backlog.done = done  # type: ignore[method-assign]
    after = _counters(scheduler)
    if len(lines) != len(handins) or any(b'"status":"graded"' not in line for line in lines):
        raise RuntimeError("not everything was graded")
    moved, scheduling, client, wall = (now - then for now, then in zip(after, before, strict=True))
    each = len(handins)
    return Run(wall, client / each, scheduling / each, moved / each, batches)


def _counters(scheduler: int | None) -> tuple[float, ...]:
    """Bytes that went through the loopback device with all their headers, and seconds: of processors, of the scheduler
    and of this process, and of the clock."""
    moved = int(Path("/sys/class/net/lo/statistics/tx_bytes").read_text())
    scheduling = 0.0 if scheduler is None else processes.processor(scheduler)
    return moved, scheduling, time.process_time(), time.monotonic()


def of_two_cores() -> float:
    """How many times as much two cores compute as one: they may share a clock, or be two threads of one core."""
    found = []
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(_compute, range(2), chunksize=1)
        for _ in range(9):
            times = []
            for number in (1, 2):
                started = time.perf_counter()
                pool.map(_compute, range(number), chunksize=1)
                times.append(time.perf_counter() - started)
            found.append(2 * times[0] / times[1])
    return statistics.median(found)


def _compute(_number: int) -> float:
    return sum(float(i) * i for i in range(4_000_000))


def section() -> Section:
    """Scaling, unit costs, and the plan for 100,000 submissions."""
    found = measure()
    lines = [
        f"{SUBMISSIONS} right submissions of {EXERCISE}, everything warm, medians of {ROUNDS} rounds in which all take "
        "turns. Scheduler and client run on the same two cores as the workers.",
        "",
        "| graded by | wall (s) | client (ms each) | scheduler (ms each) | on the wire (KiB each) |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in found.runs:
        client, scheduler = (1e3 * found.median(name, field) for field in ("client", "scheduler"))
        cells = f"{found.median(name):.2f} | {client:.2f} | {scheduler:.2f} | {found.median(name, 'moved') / 1024:.1f}"
        lines.append(f"| {name} | {cells} |")
    both = of_two_cores()
    local, dask = (found.median(f"1 {kind}") / found.median(f"2 {kind}") for kind in ("local", "on Dask"))
    lines += [
        "",
        f"Two are {dask:.2f} times as fast as one on Dask, and {local:.2f} times with local processes. "
        f"A loop of plain Python that runs on both cores at once does {both:.2f} times what it does on one. The "
        f"scheduler takes {found.idle:.1%} of a core when there is nothing to do, and {1e3 * found.a_batch:.1f} ms "
        f"more for each of {found.median('2 on Dask', 'batches'):.0f} batches.",
        "",
    ]
    costs = UnitCosts(
        {it.exercise: it.whole / 1e3 for it in cost.measure()},
        found.start,
        found.median("2 on Dask", "client"),
        found.a_batch,
        found.median("2 on Dask", "moved"),
    )
    lines += [
        f"A plan for 100,000 submissions, {STUDENTS:,} students with all exercises, simulated from these unit costs "
        "and those of each exercise above, with a network of 1 Gbit/s that all share. The columns on the right say for "
        "which part of the time each of them works.",
        "",
        "| cores | hours | core hours | GiB moved | cores | client | scheduler | network |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for cores in CORES:
        it = simulate(costs, STUDENTS, cores)
        shares = " | ".join(f"{100 * share:.0f} %" for share in (it.efficiency, it.client, it.scheduler, it.network))
        hours, core_hours = it.wall / 3600, it.wall * cores / 3600
        lines.append(f"| {cores:,} | {hours:.2f} | {core_hours:.1f} | {it.moved / 2**30:.2f} | {shares} |")
    return Section(
        "On a cluster",
        lines,
        [
            Headline(
                f"two Dask workers against one, on two cores; plain Python on both against one: {both:.2f} times",
                f"{dask:.2f} times",
                f"≥ {TARGET}",
            )
        ],
    )
