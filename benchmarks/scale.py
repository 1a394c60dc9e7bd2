"""Classes of several sizes, graded by the command: whether a submission costs the same in each, and memory too."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.course import find_course
from autograder.report import load_line
from benchmarks import ROOT
from benchmarks.own import computing_of_ways, right_ways
from benchmarks.processes import Memory, processor_of_children
from benchmarks.record import Headline, Section

SIZES = (10, 100, 1_000, 10_000)
EXERCISE = "dropout"
STUDENTS = 300
MINUTES, EFFICIENCY, FLAT = 15, 0.85, 0.10  # targets


@dataclass(frozen=True)
class Graded:
    """A class of right submissions: seconds of wall time and processors, MiB of the grader's own process at its peak
    and of all processes together."""

    submissions: int
    wall: float
    processor: float
    grader: float
    everything: float


def grade(exercises: Sequence[str], students: int) -> Graded:
    """Grades a class that hands in all right ways in turn, each with another last line."""
    with TemporaryDirectory() as folder:
        submissions = Path(folder) / "submissions"
        ways = {
            name: ["\n".join(unit.code for unit in way.units) for way in right_ways(ROOT, name)] for name in exercises
        }
        for number in range(students):
            student = submissions / f"s{number:05}"
            student.mkdir(parents=True)
            for name, codes in ways.items():
                code = f"{codes[number % len(codes)]}\n# {number}\n"
                (student / f"{name}.py").write_text(code, encoding="utf-8")
        command = [sys.executable, "-m", "autograder", "grade", str(submissions), "--out", str(Path(folder) / "out")]
        command += ["--seed", "benchmark"]
        memory, before, started = Memory(every=1.0), processor_of_children(), time.perf_counter()
        with memory.watching():
            run = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        wall, processor = time.perf_counter() - started, processor_of_children() - before
        if run.returncode != 0:
            raise RuntimeError(f"grading a class of {students} ended with {run.returncode}")
        with (Path(folder) / "out" / "results.jsonl").open("rb") as lines:
            full = sum(it.score == it.max_score for it in map(load_line, lines))
        if full != students * len(exercises):
            raise RuntimeError(f"{full} of {students * len(exercises)} submissions got all points")
    return Graded(students * len(exercises), wall, processor, memory.command, memory.everything)


def section() -> Section:
    """Cost and memory by size of class."""
    found = []
    for size in SIZES:
        print(f"grading a class of {size:,} ...", file=sys.stderr)
        found.append(grade([EXERCISE], size))
    lines = [
        f"All right ways of {EXERCISE} in turn, by the command, on all cores, with the start of the command and the "
        "pages for every student. *One more* is what a submission costs beyond those of the class above.",
        "",
        "| submissions | wall (s) | wall of one more (ms) | processors of one more (ms) | memory of the grader (MiB) "
        "| of all processes (MiB) |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    more: list[float] = []
    for less, it in zip([None, *found], found, strict=False):
        cells = ["", ""]
        if less is not None:
            number = it.submissions - less.submissions
            more.append(1e3 * (it.wall - less.wall) / number)
            cells = [f"{more[-1]:.1f}", f"{1e3 * (it.processor - less.processor) / number:.1f}"]
        lines.append(
            f"| {it.submissions:,} | {it.wall:.1f} | {' | '.join(cells)} | {it.grader:.0f} | {it.everything:.0f} |"
        )
    first, last = found[0], found[-1]
    return Section(
        "Classes of 10 to 10,000",
        lines,
        [
            Headline(
                f"one more submission in a class of {SIZES[-1]:,}, against one in a class of {SIZES[-2]:,}",
                f"{100 * (more[-1] / more[-2] - 1):+.0f} %",
                f"within {100 * FLAT:.0f} %",
            ),
            Headline(
                f"memory of all processes, {SIZES[0]} and {SIZES[-1]:,} submissions",
                f"{first.everything:.0f}, {last.everything:.0f} MiB",
                "flat",
            ),
        ],
    )


def course_section() -> Section:
    """A whole course, and how much of the cores' time is the students' own computing."""
    exercises = list(find_course(ROOT).exercises)
    print(f"grading {STUDENTS} students × {len(exercises)} exercises: minutes ...", file=sys.stderr)
    it = grade(exercises, STUDENTS)
    print("measuring what they compute themselves: minutes ...", file=sys.stderr)
    ways = [computing_of_ways(ROOT, name) for name in exercises]
    own = sum(seconds[number % len(seconds)] for seconds in ways for number in range(STUDENTS))
    cores = len(os.sched_getaffinity(0))
    efficiency = own / (it.wall * cores)
    lines = [
        f"{STUDENTS} students × {len(exercises)} exercises, all right ways in turn, MNIST included, on {cores} cores: "
        f"{it.wall / 60:.1f} minutes, {it.processor / 60:.1f} minutes of processors. The students' own computing is "
        f"{own / 60:.1f} minutes of these, as it takes without us, with all cores at work: {efficiency:.2f} of what "
        "the cores could have done.",
    ]
    headlines = [
        Headline(
            f"{STUDENTS} students × {len(exercises)} exercises on {cores} cores",
            f"{it.wall / 60:.1f} min",
            f"< {MINUTES} min",
        ),
        Headline(
            "share of the cores' time that is the students' own computing", f"{efficiency:.2f}", f"≥ {EFFICIENCY}"
        ),
    ]
    return Section("A whole course", lines, headlines)
