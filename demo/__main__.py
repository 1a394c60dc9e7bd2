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

HERE = Path(__file__).parent
OUT = HERE / "grades"


def main() -> int:
    os.chdir(HERE.parent)
    status = autograder(["grade", str(HERE / "class"), "--out", str(OUT), "--seed", "demo", "--fresh"])
    if status != 0:
        return status
    expected = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
    reports = {report.student: report for report in load_lines((OUT / "results.jsonl").read_bytes())}
    console = Console(highlight=False)
    console.print(_legend(expected, reports))
    wrong = [student for student in expected if not _is_deserved(expected[student], reports.get(student))]
    if wrong:
        console.print(f"Not what they deserve: {', '.join(wrong)}.", style="bold red")
        return 1
    console.print(f"All {len(expected)} submissions got exactly the points that they deserve.", style="green")
    console.print(f"\nThe report:  {(OUT / 'index.html').resolve().as_uri()}", soft_wrap=True)
    console.print("Next:        .venv/bin/autograder check xor        what a student sees")
    console.print("             .venv/bin/autograder hint xor.b       a hint")
    console.print("             .venv/bin/autograder audit xor        what an author sees")
    return 0


def _legend(expected: dict[str, Any], reports: dict[str, Report]) -> Table:
    table = Table(title="Who is who", title_justify="left", box=None, pad_edge=False)
    table.add_column("student")
    table.add_column("deserves", justify="right")
    table.add_column("got", justify="right")
    table.add_column("what was handed in")
    for student, entry in sorted(expected.items()):
        report = reports.get(student)
        right = _is_deserved(entry, report)
        got = "–" if report is None or report.score is None else f"{report.score:g}"
        deserves = f"{sum(entry['points'].values()):g}"
        table.add_row(Text(student), deserves, Text(got, "" if right else "bold red"), Text(entry["what"]))
    return table


def _is_deserved(entry: dict[str, Any], report: Report | None) -> bool:
    if report is None or report.status != entry["status"]:
        return False
    return {part.part: part.score for part in report.parts} == entry["points"]


if __name__ == "__main__":
    sys.exit(main())
