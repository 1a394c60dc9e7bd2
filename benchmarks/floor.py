"""What a submission costs at least, and why: its process, messages of every call, pages that are touched first."""

import mmap
import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.sandbox.limits import Limits
from autograder.sandbox.starters import ConfinedStarter
from benchmarks import cost
from benchmarks.record import Headline, Section

CALLS = (1, 101)
CHECK = """
from autograder.checking import part, same

@part("a", points=1)
def test_nothing(submission):
    \"\"\"What comes back is what was given\"\"\"
    for number in range({number}):
        same(submission.same_again(float(number)), float(number))
"""
PROCESSES = 60
PAGES = 1 << 14


def nothing() -> list[cost.Cost]:
    """Exercises of one call and of many calls of a function that gives back what it gets."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        entries = ['title = "Nothing"\n']
        for number in CALLS:
            name = f"nothing_{number}"
            entries.append(f'[exercises.{name}]\ntitle = "{name}"\nlecture = "none"\nminutes = 1\n')
            solution = root / "solutions" / name
            solution.mkdir(parents=True)
            (solution / f"{name}.py").write_text("def same_again(x):\n    return x\n", encoding="utf-8")
            (solution / f"test_{name}.py").write_text(CHECK.format(number=number), encoding="utf-8")
            (solution / "misconceptions.py").write_text("", encoding="utf-8")
        (root / "course.toml").write_text("\n".join(entries), encoding="utf-8")
        return cost.measure(root)


def processes() -> tuple[float, float]:
    """Milliseconds to start and end a process, without confinement and with it, medians of rounds that take turns."""
    starters = ConfinedStarter(confined=False), ConfinedStarter()
    times: tuple[list[float], list[float]] = [], []
    for _ in range(PROCESSES):
        for starter, found in zip(starters, times, strict=True):
            started = time.perf_counter()
            starter.start(Limits()).end()
            found.append(1e3 * (time.perf_counter() - started))
    for starter in starters:
        starter.close()
    without, confined = map(statistics.median, times)
    return without, confined


def page_fault() -> float:
    """Microseconds from touching a page of memory for the first time until it is there."""
    found = []
    for _ in range(9):
        with mmap.mmap(-1, PAGES * mmap.PAGESIZE) as memory:
            memory.madvise(mmap.MADV_NOHUGEPAGE)
            touched = range(0, len(memory), mmap.PAGESIZE)
            seconds = []
            for _ in range(2):  # the second time nothing is left but the loop
                started = time.perf_counter()
                for place in touched:
                    memory[place] = 1
                seconds.append(time.perf_counter() - started)
            found.append(1e6 * (seconds[0] - seconds[1]) / PAGES)
    return statistics.median(found)


def section() -> Section:
    """By exercise, what process, messages and pages cost, and what is left of what we cost."""
    costs, (once, often) = cost.measure(), nothing()
    print("measuring processes and pages ...", file=sys.stderr)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        (without, confined), fault = processes(), page_fault()
    finally:
        os.sched_setaffinity(0, cores)
    a_call = (often.beyond - once.beyond) / (CALLS[1] - CALLS[0])
    lines = [
        f"A submission that does nothing, called once, takes {once.whole:.1f} ms. To fork a process and end it takes "
        f"{without:.1f} ms without confinement and {confined:.1f} ms with it. Each further call with one number takes "
        f"{1e3 * a_call:.0f} µs: two messages, each written, sent, waited for and read in Python. A page that a "
        f"process touches first costs a fault of {fault:.2f} µs; the copy of one that it shared costs more. So much a "
        "process of its own that is asked call by call costs, as far as a sum of medians tells. What is left is Python "
        "at work on both sides: inputs and modules that are made, arrays that are sent there and back and compared.",
        "",
        "| exercise | calls and callbacks | ms | page faults | ms | with the process | beyond its own computing "
        "| what is left |",
        "|---|" + "---:|" * 7,
    ]
    for it in costs:
        messages, faults = it.calls + it.callbacks, max(0, it.faults - once.faults)
        called, faulted = (messages - 1) * a_call, 1e-3 * faults * fault
        least = once.whole + called + faulted
        lines.append(
            f"| {it.exercise} | {messages} | {called:.1f} | {faults:,} | {faulted:.1f} | {least:.1f} | {it.beyond:.1f} "
            f"| {it.beyond - least:.1f} |"
        )
    headline = Headline(
        "a submission that does nothing, called once; each further call", f"{once.whole:.0f} ms; {a_call:.2f} ms"
    )
    return Section("What a submission costs at least", lines, [headline])
