"""`python -m demo`: grades the example class, and compares with what each submission deserves."""

import os
import sys
import tomllib
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.cli import main as autograder
from autograder.report import Report, load_lines

HERE = Path(__file__).resolve().parent
CLASS, OUT = HERE / "class", HERE / "grades"
KINDS = {
    "right": "All right, in many ways",
    "partly": "Partly right",
    "unreadable": "Cannot be read",
    "hostile": "Hostile: exactly the points of what they got right",
}


def main() -> int:
    os.chdir(HERE.parent)
    print("Grading demo/class; two of its submissions never return, and are stopped after 10 s ...", flush=True)
    status = autograder(["grade", str(CLASS), "--out", str(OUT), "--seed", "demo", "--fresh"])
    if status not in (0, 1):  # 1: something was not graded, which the legend shows
        return status
    expected = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
    reports = {report.student: report for report in load_lines((OUT / "results.jsonl").read_bytes())}
    console = Console(highlight=False)
    for kind, heading in KINDS.items():
        console.print(f"\n{heading}", style="bold")
        console.print(_legend(expected[kind], reports))
    entries = {student: entry for kind in KINDS for student, entry in expected[kind].items()}
    wrong = sorted(
        student
        for student in entries.keys() | reports.keys()
        if not _is_deserved(entries.get(student), reports.get(student))
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


def _legend(expected: dict[str, Any], reports: dict[str, Report]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("student", width=16)
    table.add_column("deserves", justify="right", width=8)
    table.add_column("got", justify="right", width=5)
    table.add_column("what was handed in")
    for student, entry in expected.items():
        report = reports.get(student)
        got = "–" if report is None or report.score is None else f"{report.score:g}"
        tone = "" if _is_deserved(entry, report) else "bold red"
        table.add_row(student, f"{sum(entry['points'].values()):g}", Text(got, tone), Text(entry["what"]))
    return table


def _is_deserved(entry: dict[str, Any] | None, report: Report | None) -> bool:
    if entry is None or report is None or report.status != entry.get("status", "graded"):
        return False
    return {part.part: part.score for part in report.parts} == entry["points"]


if __name__ == "__main__":
    sys.exit(main())
