"""What a student does next."""

from collections.abc import Collection

from autograder.feedback.statuses import LOST
from autograder.feedback.text import one_line, points
from autograder.report import CheckReport, CheckStatus, Report


def next_step(report: Report) -> str:
    """One line: the first check that is wrong, else the first to write, and how to get a hint."""
    exercise = one_line(report.exercise)
    total = f"{points(report.score)} of {points(report.max_score)} points"
    if report.status == "unreadable":
        return f"Next: make the file readable, then check again: autograder check {exercise}"
    if check := _first(report, LOST) or _first(report, {"todo", "blocked"}):
        part = one_line(check.part)
        return f"Next: part {part}, “{one_line(check.title)}”. A hint: autograder hint {exercise}.{part}"
    if report.status == "not_graded" or _first(report, {"not_graded"}):
        return "Not everything could be graded, which is not your fault. Check again, and tell your teacher."
    if _first(report, {"skipped"}):
        return f"What could be checked here is right: {total}."
    return f"All done, {total}. Hand it in: autograder submit {exercise}"


def _first(report: Report, statuses: Collection[CheckStatus]) -> CheckReport | None:
    return next((check for check in report.checks if check.status in statuses), None)
