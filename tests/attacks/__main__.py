"""`python -m tests.attacks`: grades every attack of the bank, and prints what each got, saw, disturbed and left."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.feedback.bar import progress_bar
from autograder.feedback.terminal import show_report
from tests.attacks.arena import Arena, Outcome
from tests.attacks.bank import FAMILIES, Attack, bank

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "docs" / "attacks.md"
COLUMNS = (
    "undeserved points",
    "secrets seen",
    "doors reached",
    "others disturbed",
    "processes left",
    "bytes left",
    "seconds over",
    "live markup",
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.attacks", description=__doc__, epilog="example: python -m tests.attacks forging --verbose"
    )
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--only", metavar="NAME", help="one attack, and what the grader said of it")
    parser.add_argument("--verbose", action="store_true", help="a row for each attack")
    parser.add_argument("--write", action="store_true", help=f"write the table to {RECORD.relative_to(ROOT)}")
    given = parser.parse_args()
    attacks = [
        it
        for it in bank()
        if (not given.families or it.family in given.families) and (given.only is None or it.name == given.only)
    ]
    unknown = [family for family in given.families if family not in FAMILIES]
    if unknown:
        parser.error(f"there is no family {unknown[0]!r}")
    if not attacks:
        parser.error(f"there is no attack {given.only!r}")
    console = Console(highlight=False)
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with Arena(Path(folder)) as arena, progress_bar("attacking", len(attacks)) as advance:
            for attack in attacks:
                outcomes.append(arena.grade(attack))
                advance()
            if given.only:
                _show_report(arena, attacks[0], console)
    harmful = [it for it in outcomes if not it.is_harmless]
    console.print(_table(outcomes, by_attack=given.verbose or given.only is not None))
    for it in harmful:
        console.print(f"{it.attack.family}, {it.attack.name}: {it.attack.tries}", style="bold red", markup=False)
    user = "root" if os.geteuid() == 0 else "an ordinary user"
    console.print(f"{len(outcomes)} attacks as {user}, {len(harmful)} of them with an effect.")
    if given.write and not harmful:
        RECORD.write_text(_markdown(outcomes), encoding="utf-8")
    return 1 if harmful else 0


def _show_report(arena: Arena, attack: Attack, console: Console) -> None:
    show_report(arena.report(attack), console, verbose=True)


def _row(outcomes: Sequence[Outcome]) -> list[str]:
    undeserved = sum(abs((it.got or 0.0) - it.deserved) or (not it.is_deserved) for it in outcomes)
    sums = [
        undeserved,
        *(
            sum(getattr(it, name) for it in outcomes)
            for name in ("secrets", "reached", "disturbed", "processes", "left", "over", "injected")
        ),
    ]
    return [f"{number:g}" for number in sums]


def _groups(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    groups = {family: [it for it in outcomes if it.attack.family == family] for family in FAMILIES}
    return {family: some for family, some in groups.items() if some}


def _table(outcomes: Sequence[Outcome], *, by_attack: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("attacks", no_wrap=True)
    for heading in ("", "deserved", "got", *COLUMNS):
        table.add_column(heading, justify="right", max_width=10)
    for family, some in _groups(outcomes).items():
        deserved, got = (sum(getattr(it, name) or 0.0 for it in some) for name in ("deserved", "got"))
        style = "" if all(it.is_harmless for it in some) else "bold red"
        table.add_row(family, str(len(some)), f"{deserved:g}", f"{got:g}", *_row(some), style=style)
        for it in some if by_attack else ():
            tone = "dim" if it.is_harmless else "red"
            got = "–" if it.got is None else f"{it.got:g}"
            table.add_row(f"  {it.attack.name}", "", f"{it.deserved:g}", got, *_row([it]), style=tone)
    return table


def _markdown(outcomes: Sequence[Outcome]) -> str:
    """The table by family, for the README, and then each attack."""
    lines = [
        "# The bank of attacks",
        "",
        "Made by `make attack`: each attack is handed in by a student and graded between two honest submissions, which "
        "must get the same report as without it. The attacks are in `tests/attacks/`.",
        "",
        "| family | attacks | points deserved | points got | " + " | ".join(COLUMNS) + " |",
        "|---|" + "---:|" * (3 + len(COLUMNS)),
    ]
    for family, some in _groups(outcomes).items():
        deserved, got = (f"{sum(getattr(it, name) or 0.0 for it in some):g}" for name in ("deserved", "got"))
        lines.append(f"| {family} | {len(some)} | {deserved} | {got} | " + " | ".join(_row(some)) + " |")
    for family, some in _groups(outcomes).items():
        lines += [
            "",
            f"## {family.capitalize()}",
            "",
            "| attack | what it tries | deserved | got |",
            "|---|---|---:|---:|",
        ]
        for it in some:
            tries = it.attack.tries.replace("|", "\\|").replace("<", "&lt;")
            lines.append(f"| {it.attack.name} | {tries} | {it.deserved:g} | {it.got or 0:g} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
