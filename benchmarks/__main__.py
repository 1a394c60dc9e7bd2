"""Runs every measurement, prints the tables, and writes them to `benchmarks/results.md`."""

import multiprocessing
import os
import platform
import sys

import numpy

from benchmarks import cost, nbgrader, start
from benchmarks.course_with_torch import ROOT, courses


def main() -> int:
    lines = [
        "# Measurements",
        "",
        f"Made by `make bench` on Python {platform.python_version()}, NumPy {numpy.__version__}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores. Medians; the ratios are what carries over.",
        "",
        "## One submission of xor that is right, everything on one core",
        "",
        "| fork server | whole (ms) | student's own computing (ms) | beyond it (ms) | grader (MiB) | fork server (MiB) "
        "| child at its peak (MiB, mostly shared) |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    with courses() as by_server, multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for server, course in by_server.items():
            print(f"measuring the cost of a submission on the {server} server ...", file=sys.stderr)
            it = pool.apply(cost.measure, (server, course))
            lines.append(
                f"| {server} | {it.total:.1f} | {it.student:.1f} | {it.overhead:.1f} | {it.grader_memory:.0f} "
                f"| {it.server_memory:.0f} | {it.child_memory:.0f} |"
            )
    print("measuring the cold start of check ...", file=sys.stderr)
    times = start.measure()
    numpy_seconds = times["import numpy"]
    lines += ["", "## A cold start", "", "| command | seconds | in units of `import numpy` |", "|---|---:|---:|"]
    lines += [f"| {name} | {it:.2f} | {it / numpy_seconds:.1f} |" for name, it in times.items()]
    print("measuring nbgrader autograde, with our engine and without: minutes ...", file=sys.stderr)
    lines += [
        "",
        f"## `nbgrader autograde`, {nbgrader.SUBMISSIONS} right submissions of xor, both cores",
        "",
        "| | wall (s each) | processors (s each) | wall without the command's start (s each) | full marks |",
        "|---|---:|---:|---:|---:|",
    ]
    speeds = nbgrader.measure()
    lines += [
        f"| {name} | {it.wall:.3f} | {it.processor:.3f} | {it.further:.3f} | {it.right} of {nbgrader.SUBMISSIONS} |"
        for name, it in speeds.items()
    ]
    stock, ours = speeds.values()
    lines.append(
        f"| times faster | {stock.wall / ours.wall:.1f} | {stock.processor / ours.processor:.1f} "
        f"| {stock.further / ours.further:.1f} | |"
    )
    text = "\n".join(lines) + "\n"
    print(text)
    (ROOT / "benchmarks" / "results.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
