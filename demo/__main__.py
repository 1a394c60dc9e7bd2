"""`python -m demo`: grades the example class, and compares with what each hand-in deserves."""

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.cli import main as autograder
from autograder.course import read_course
from autograder.report import Report, load_line

HERE = Path(__file__).resolve().parent
CLASS, OUT = HERE / "class", HERE / "grades"
KINDS = {
    "right": "All right, in many ways",
    "partly": "Partly right",
    "unreadable": "Cannot be read",
    "hostile": "Hostile: exactly the points of what they got right",
}

Key = tuple[str, str]  # student and exercise


def main() -> int:
    os.chdir(HERE.parent)
    print("Grading demo/class; two of its submissions never return, and are stopped after 10 s ...", flush=True)
    status = autograder(["grade", str(CLASS), "--out", str(OUT), "--seed", "demo", "--fresh"])
    if status not in (0, 1):  # 1: something was not graded, which the legend shows
        return status
    kinds = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
    lines = (OUT / "results.jsonl").read_bytes().splitlines()
    reports = {(it.student, it.exercise): it for it in map(load_line, lines)}
    console = Console(highlight=False)
    for kind, heading in KINDS.items():
        console.print(f"\n{heading}", style="bold")
        console.print(_legend(_by_key(kinds[kind]), reports))
    entries = {key: entry for kind in KINDS for key, entry in _by_key(kinds[kind]).items()}
    console.print("\nSeveral exercises: the points got, and those deserved if they differ", style="bold")
    console.print(_overview(entries, reports))
    wrong = sorted(
        " ".join(key).strip()
        for key in entries.keys() | reports.keys()
        if not _is_deserved(entries.get(key), reports.get(key))
    )
    console.print()
    if wrong:
        console.print(f"Not what they deserve: {', '.join(wrong)}.", style="bold red", markup=False)
    else:
        console.print(f"All {len(entries)} submissions got exactly the points that they deserve.", style="bold green")
    console.print(f"\nThe report: {(OUT / 'index.html').as_uri()}", soft_wrap=True, markup=False)
    console.print("Try next:")
    console.print("  .venv/bin/autograder check demo/class/giulia/xor.py    what a student sees")
    console.print("  .venv/bin/autograder hint xor.e                        a hint")
    console.print("  .venv/bin/autograder audit xor                         author's test: minutes")
    return 1 if wrong else 0


def _by_key(exercises: Mapping[str, Mapping[str, Any]]) -> dict[Key, Any]:
    return {(student, exercise): entry for exercise, entries in exercises.items() for student, entry in entries.items()}


def _legend(expected: Mapping[Key, Any], reports: Mapping[Key, Report]) -> Table:
    """A row for each hand-in, with a line above those of each exercise."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("student", width=16)
    table.add_column("deserves", justify="right", width=8)
    table.add_column("got", justify="right", width=5)
    table.add_column("what was handed in")
    before = None
    for key, entry in expected.items():
        student, exercise = key
        if exercise != before:
            table.add_row(Text(exercise or "any exercise", "bold dim"))
            before = exercise
        report = reports.get(key)
        tone = "" if _is_deserved(entry, report) else "bold red"
        table.add_row(student, f"{_deserved(entry):g}", Text(_got(report), tone), Text(entry["what"]))
    return table


def _overview(expected: Mapping[Key, Any], reports: Mapping[Key, Report]) -> Table:
    """A row for each student who did more than one exercise, and a column for each exercise."""
    keys = expected.keys() | reports.keys()
    exercises = [name for name in read_course(HERE.parent).exercises if any(key[1] == name for key in keys)]
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("student", width=16)
    for exercise in exercises:
        table.add_column(exercise, justify="right")
    for student in sorted({student for student, _ in keys}):
        theirs = [(student, exercise) for exercise in exercises]
        if sum(key in keys for key in theirs) > 1:
            table.add_row(student, *(_cell(expected.get(key), reports.get(key)) for key in theirs))
    return table


def _cell(entry: Any, report: Report | None) -> Text:
    if entry is None and report is None:
        return Text("–", "dim")
    if _is_deserved(entry, report):
        return Text(_got(report))
    return Text(f"{_got(report)}/{'–' if entry is None else f'{_deserved(entry):g}'}", "bold red")


def _got(report: Report | None) -> str:
    return "–" if report is None or report.score is None else f"{report.score:g}"


def _deserved(entry: Any) -> float:
    return round(sum(entry["points"].values()), 6)


def _is_deserved(entry: Any, report: Report | None) -> bool:
    if entry is None or report is None or report.status != entry.get("status", "graded"):
        return False
    return {part.part: part.score for part in report.parts} == entry["points"]


if __name__ == "__main__":
    sys.exit(main())
