"""Grades as a table that spreadsheets and gradebooks read."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.feedback.summary import STANDINGS, by_student, report_of, standing
from autograder.report import Report

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MISSING = "not handed in"


def write_grades_csv(reports: Sequence[Report], path: Path, exercises: Sequence[str]) -> None:
    """One row for each student: `student`, the score in each of `exercises`, `total` and `max`.

    A score is empty if nothing was handed in or it could not be graded. An exercise with a report that was
    not plainly graded has a column `NAME status` beside it. An archive that cannot be opened stands for every
    exercise that its student lacks. `total` is empty while one of its scores is not known, and counts nothing
    for what was not handed in. `max` is the sum of the points of the exercises that anyone handed in. A
    student's name that a spreadsheet would run as a formula begins with an apostrophe.
    """
    students = by_student(report for report in reports if report.exercise in ("", *exercises))
    found = {name: [it for theirs in students.values() if (it := report_of(theirs, name))] for name in exercises}
    unclear = [name for name in exercises if any(standing(it) != "graded" for it in found[name])]
    columns = [[name, f"{name} status"] if name in unclear else [name] for name in exercises]
    most = sum(max((it.max_score for it in found[name]), default=0.0) for name in exercises)
    # A folder's name may hold bytes that are no UTF-8; their escapes are better than no table.
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["student", *(cell for column in columns for cell in column), "total", "max"])
        for student, theirs in students.items():
            cells = [cell for name in exercises for cell in _cells(report_of(theirs, name), name in unclear)]
            writer.writerow([_inert(student), *cells, _total(theirs), _number(most)])


def _cells(report: Report | None, with_status: bool) -> list[str]:
    score = "" if report is None or report.score is None else _number(report.score)
    status = MISSING if report is None else STANDINGS[standing(report)]
    return [score, status] if with_status else [score]


def _total(reports: Mapping[str, Report]) -> str:
    scores = [report.score for report in reports.values()]
    known = [score for score in scores if score is not None]
    return _number(sum(known)) if len(known) == len(scores) else ""


def _number(points: float) -> str:
    return f"{round(points, 6):.15g}"


def _inert(name: str) -> str:
    return f"'{name}" if name.startswith(_FORMULA) else name
