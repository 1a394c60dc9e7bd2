"""Results in a terminal: one report for a student, a class for an instructor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograder.feedback.advice import next_step
from autograder.feedback.sheet import COLOURS, Sheet
from autograder.feedback.statuses import LOOKS, LOST
from autograder.feedback.summary import STANDINGS, by_student, fraction, mean, report_of, standing, summarise
from autograder.feedback.text import clean, count, cut, one_line, points, student_name
from autograder.report import CheckReport, Report

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

ROWS = 60
MISCONCEPTIONS = 10
_SHORT, _LONG = 3_000, 100_000


def show_report(report: Report, console: Console, *, verbose: bool = False) -> None:
    """One report, part by part. `verbose` adds names, times, whole messages and what was printed."""
    sheet = Sheet(console)
    _head(sheet, report)
    for part in report.parts:
        heading = sheet.text((f"Part {one_line(part.part)}", "bold"))
        total = sheet.text((f"{points(part.score)} of {points(part.max_score)}", "bold"))
        sheet.rows([(heading, sheet.text(), total)])
        members = [check for check in report.checks if check.part == part.part]
        todo = [check for check in members if check.status == "todo" and not verbose]
        for check in members:
            if check not in todo:
                _check(sheet, check, verbose)
        if todo:
            _todo(sheet, todo)
        sheet.gap()
    if verbose and report.output.strip():
        sheet.print(sheet.text(("Your code printed", "bold")))
        sheet.block(sheet.text(cut(clean(report.output).rstrip(), _LONG)), 4)
        sheet.gap()
    sheet.print(sheet.text((next_step(report), "bold")))


def show_class(reports: Sequence[Report], console: Console, *, rest: str = "grades.csv") -> None:
    """A row for each student, a column for each exercise. After `ROWS` students it refers to `rest`.

    From four exercises on, cells are as short as they can be, so that seven fit into 80 columns.
    """
    from rich import box
    from rich.table import Table

    sheet = Sheet(console)
    summaries = summarise(reports)
    short = len(summaries) > 3
    table = Table(box=box.SIMPLE, show_footer=True, pad_edge=False, collapse_padding=short)
    table.add_column("student", footer="mean\nof" if short else "mean", overflow="fold")
    for summary in summaries:
        footer = sheet.text(f"{points(mean(summary.scores))}{chr(10) if short else '/'}{points(summary.max_score)}")
        table.add_column(sheet.text(one_line(summary.name)), footer=footer, justify="right")
    students = by_student(reports)
    for student, theirs in list(students.items())[:ROWS]:
        cells = [_cell(sheet, report_of(theirs, summary.name), short) for summary in summaries]
        table.add_row(sheet.text(student_name(student)), *cells)
    console.print(table)
    if short:
        sheet.print(sheet.text(("– not handed in, u unreadable, n not graded", "dim")))
    if (more := len(students) - ROWS) > 0:
        sheet.print(sheet.text(f"and {count(more, 'more student')}: see {rest}"))


def show_summary(reports: Sequence[Report], console: Console) -> None:
    """How many were graded, and the mistakes that most students make."""
    sheet = Sheet(console)
    counts = Counter(standing(report) for report in reports)
    totals = ", ".join(f"{counts[it]:,} {word}" for it, word in STANDINGS.items() if counts[it])
    sheet.print(sheet.text((f"{count(len(reports), 'submission')}: {totals or 'none'}", "bold")))
    found = [it for summary in summarise(reports) for it in summary.misconceptions]
    found.sort(key=lambda it: -len(it.students))
    if found:
        sheet.gap()
        sheet.print(sheet.text(("Most frequent misconceptions", "bold")))
        sheet.rows(
            (
                sheet.text((f"{one_line(it.exercise)}.{one_line(it.part)}", "bold")),
                sheet.text(one_line(it.diagnosis or it.name)),
                sheet.text(count(len(it.students), "student")),
            )
            for it in found[:MISCONCEPTIONS]
        )


def _head(sheet: Sheet, report: Report) -> None:
    total = f"{points(report.score)} of {points(report.max_score)} points"
    sheet.rows([(sheet.text((one_line(report.exercise), "bold")), sheet.text(), sheet.text((total, "bold")))])
    if report.source:
        sheet.print(sheet.text((f"read from {one_line(report.source)}", "dim")))
    if report.message:
        sheet.gap()
        style = COLOURS["limit" if report.status == "graded" else "wrong"]
        sheet.print(sheet.text((cut(clean(report.message), _SHORT), style)))
    sheet.gap()


def _check(sheet: Sheet, check: CheckReport, verbose: bool) -> None:
    look = LOOKS[check.status]
    word = "" if check.status in ("passed", "failed") else f" ({look.word})"
    title = sheet.text(one_line(check.title), (word, COLOURS[look.tone]))
    earned = points(None if check.status == "not_graded" else check.earned)
    mark = sheet.text("  ", sheet.mark(check.status))
    sheet.rows([(mark, title, sheet.text(f"{earned}/{points(check.points)}"))])
    if verbose:
        sheet.block(sheet.text((f"{one_line(check.name)}, {check.seconds:.3f} s", "dim")), 4)
    if check.message:
        message = cut(clean(check.message), _LONG if verbose else _SHORT)
        sheet.block(sheet.text((message, "" if check.status in LOST else "dim")), 4)
    if check.diagnosis and check.status != "passed":
        sheet.gap()
        sheet.block(sheet.text(("This looks like: ", "bold yellow"), clean(check.diagnosis)), 4)
    if check.status in LOST:
        sheet.gap()


def _todo(sheet: Sheet, checks: list[CheckReport]) -> None:
    titles = "; ".join(one_line(check.title) for check in checks)
    total = sum(check.points for check in checks)
    mark = sheet.text("  ", sheet.mark("todo"))
    sheet.rows([(mark, sheet.text((f"to do: {titles}", "dim")), sheet.text(f"0/{points(total)}"))])


def _cell(sheet: Sheet, report: Report | None, short: bool) -> Text:
    if report is None:
        return sheet.text(("–", "dim"))
    if standing(report) != "graded":
        tone = COLOURS["wrong" if report.status == "unreadable" else "ours"]
        word = STANDINGS[standing(report)]
        return sheet.text((word[0] if short else word, tone))
    share = fraction(report.score, report.max_score)
    style = "bold green" if share == 1 else "green" if share >= 0.75 else "yellow" if share >= 0.5 else "red"
    return sheet.text((points(report.score) if short else f"{points(report.score)}/{points(report.max_score)}", style))
