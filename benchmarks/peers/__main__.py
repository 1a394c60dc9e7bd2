"""Installs the peers, measures, prints the tables, and writes them to `benchmarks/peers.md`."""

import argparse
import os
import platform
import sys

from benchmarks.course_with_torch import ROOT
from benchmarks.peers.environments import PINS
from benchmarks.peers.measure import measure
from benchmarks.peers.table import lines

HEAD = """\
# Beside other graders

Made by `make peers` on Python {python}, {system}, {cores} cores: medians of {rounds} rounds in which
the tools take turns, each run as its users run it. The ratios are what carries over.

The assignment has four exercises (xor, backprop, dropout, min_norm) and nine tests for 18 points, three of which use
torch's gradients. It is written for each tool in its own way, from one text of the tests. Six students hand in: three
are right in different ways, three have mistakes or functions that are not written. A larger class is these again and
again. Points are read from what each tool writes; a submission is misgraded unless every exercise got what it deserves.

- Processor time is that of every process that comes of a command, also of those that nobody waits for. Memory is
  looked at in a run of its own, every 50 ms; what processes share is counted once.
- `nbgrader autograde` and our `autograder grade` grade a class with one command. The others take one command for each
  submission, so one more costs what each costs.
- check50 and ours grade on all cores; the others do one thing after the other.
- Ours confines each student's code; pytest-prairielearn-grader gives it a process of its own; the others run it in the
  process that holds the tests.

Versions: {versions}; one torch and NumPy for all.
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers",
        description="Measures our engine beside other graders, on the same tests and submissions.",
        epilog="example:\n  python -m benchmarks.peers --rounds 1",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="default: 3")
    measured = measure(parser.parse_args().rounds)
    head = HEAD.format(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cores=os.cpu_count(),
        rounds=measured.rounds,
        versions=", ".join(pins[0].replace("==", " ") for pins in PINS.values()),
    )
    text = "\n".join([head, *lines(measured)]) + "\n"
    print(text)
    (ROOT / "benchmarks" / "peers.md").write_text(text, encoding="utf-8")
    return 1 if measured.left_out else 0


if __name__ == "__main__":
    sys.exit(main())
