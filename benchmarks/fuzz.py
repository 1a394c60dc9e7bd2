"""Feeds damaged input to everything that reads what strangers send: `python -m benchmarks.fuzz --inputs 200000`.

What sets off anything but a one-line refusal is kept in `tests/fuzz/found/`, where a test tries it for ever after.
"""

import argparse
import hashlib
import multiprocessing
import sys

from rich.console import Console
from rich.table import Table

from autograder.feedback.bar import progress_bar
from benchmarks import ROOT
from tests.fuzz.running import Result, run
from tests.fuzz.targets import TARGETS

FOUND = ROOT / "tests" / "fuzz" / "found"
_PIECE = 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: python -m benchmarks.fuzz --inputs 200000")
    parser.add_argument("--inputs", type=int, default=200_000, help="in all (default: 200000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", choices=TARGETS, action="append", help="default: all")
    given = parser.parse_args()
    names = given.target or list(TARGETS)
    pieces = max(1, given.inputs // (len(names) * _PIECE))
    jobs = [(name, _PIECE, given.seed * 1_000_000 + piece) for piece in range(pieces) for name in names]
    totals = {name: Result(name) for name in names}
    with multiprocessing.get_context("spawn").Pool() as pool, progress_bar("fuzzing", len(jobs)) as advance:
        for it in pool.imap_unordered(_run, jobs):
            total = totals[it.target]
            total.inputs += it.inputs
            total.outcomes += it.outcomes
            total.finds += it.finds
            total.slowest = max(total.slowest, it.slowest)
            total.seconds += it.seconds
            advance()
    console = Console()
    console.print(_table(list(totals.values())))
    for total in totals.values():
        for data, what in total.finds:
            path = FOUND / f"{total.target}-{hashlib.sha256(data).hexdigest()[:10]}.bin"
            path.write_bytes(data)
            console.print(f"{path.relative_to(ROOT)}: {what.strip().splitlines()[-1]}", markup=False)
    console.print(f"{sum(it.inputs for it in totals.values()):,} inputs.")
    return 1 if any(total.finds for total in totals.values()) else 0


def _run(job: tuple[str, int, int]) -> Result:
    return run(*job)


def _table(results: list[Result]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("target")
    for heading in ("inputs", "outcomes", "finds", "longest (s)", "inputs / s"):
        table.add_column(heading, justify="right")
    for it in results:
        rate = it.inputs / it.seconds if it.seconds else 0.0
        cells = (f"{it.inputs:,}", str(len(it.outcomes)), str(len(it.finds)), f"{it.slowest:.2f}", f"{rate:,.0f}")
        table.add_row(it.target, *cells)
    return table


if __name__ == "__main__":
    sys.exit(main())
