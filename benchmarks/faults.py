"""Kills processes of grading runs at random moments, and looks whether anything comes of it: `make faults`.

In each round a small class is graded, and SIGKILL strikes the grader, a grading process or a fork server. The run is
resumed until everything is graded, and must then be as a run that nobody disturbed.
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.feedback.bar import progress_bar
from benchmarks import processes
from benchmarks.disturbed import THIRDS, VICTIMS, Round, grade_undisturbed, make_class, play

ROUNDS = 100


def main() -> int:
    given = _arguments()
    chance = random.Random(given.seed)
    folder = Path(tempfile.mkdtemp(prefix="autograder-faults-"))
    rounds: list[Round] = []
    processes.adopt_orphans()
    try:
        make_class(folder / "class")
        grade_undisturbed(folder / "class", folder / "cold")  # reads from the disk what later runs find in memory
        undisturbed = grade_undisturbed(folder / "class", folder / "undisturbed")
        with progress_bar("killing", given.rounds) as advance:
            for number, victim in enumerate(_victims(chance, given.rounds), 1):
                here = folder / f"round-{number}"
                while (played := play(folder / "class", here, undisturbed, victim, chance)) is None:
                    shutil.rmtree(here)  # this run was quicker than the moment was late
                if not played.problems:
                    shutil.rmtree(here)
                rounds.append(played)
                advance()
    finally:
        processes.end_all()
        if not any(it.problems for it in rounds):
            shutil.rmtree(folder)
    _show(rounds, folder, undisturbed.seconds)
    return 1 if any(it.problems for it in rounds) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.faults",
        description="Kills processes of grading runs at random moments, and looks whether anything comes of it.",
        epilog="example:\n  python -m benchmarks.faults --rounds 20 --seed 7",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help=f"default: {ROUNDS}")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of victims and moments (default: 1)")
    return parser.parse_args()


def _victims(chance: random.Random, rounds: int) -> Iterator[str]:
    """In random order, and each as often as the others."""
    for number in range(rounds):
        if number % len(VICTIMS) == 0:
            shuffled = chance.sample(VICTIMS, len(VICTIMS))
        yield shuffled[number % len(VICTIMS)]


def _show(rounds: Sequence[Round], folder: Path, seconds: float) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("killed")
    for heading in (*THIRDS, "rounds", "with --resume"):
        table.add_column(heading, justify="right")
    for name in (*VICTIMS, "all"):
        theirs = [it for it in rounds if name in (it.victim, "all")]
        counts = [sum(it.third == third for it in theirs) for third in THIRDS]
        table.add_row(name, *map(str, (*counts, len(theirs), sum(it.resumed > 0 for it in theirs))))
    console = Console(highlight=False)
    console.print(table)
    for number, it in enumerate(rounds, 1):
        if it.problems:
            where = f"kept in {folder / f'round-{number}'}"
            console.print(f"\nRound {number}, {it.victim}, {it.third}; {where}:", style="bold red", soft_wrap=True)
            for problem in it.problems:
                console.print(f"  {problem}", markup=False, soft_wrap=True)
    good = sum(not it.problems for it in rounds)
    console.print(f"\n{good} of {len(rounds)} as if undisturbed; a run takes {seconds:.1f} s.", markup=False)


if __name__ == "__main__":
    sys.exit(main())
