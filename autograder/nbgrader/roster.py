"""The roster of a course, as a spreadsheet saves it: who takes part, and who has longer."""

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from autograder.errors import UserError

ROSTER = "roster.csv"
_ABOUT = ("first_name", "last_name", "email")
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Entry:
    """One student: what nbgrader keeps of a person, and by exercise a due date of the student's own."""

    student: str
    about: Mapping[str, str]
    due: Mapping[str, datetime]


def read_roster(path: Path, exercises: Collection[str]) -> Sequence[Entry]:
    """The columns are `student`, and perhaps `first_name`, `last_name`, `email`, and exercises with due dates.

    A date such as 2026-12-03 means the end of that day in UTC. Raises `UserError`, which names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text. Save it as CSV with the encoding UTF-8.") from error
    lines = text.splitlines()
    separator = max(_SEPARATORS, key=lines[0].count) if lines else ","
    rows = csv.reader(lines, delimiter=separator, strict=True)
    try:
        columns = [name.strip() for name in next(rows, [])]
        _check_columns(path, columns, exercises)
        entries = [
            _entry(path, rows.line_num, dict(zip(columns, row, strict=False)), exercises)
            for row in rows
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise UserError(f"{path}, line {rows.line_num}: {error}. Save it again as CSV.") from error
    names = [entry.student for entry in entries]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UserError(f"{path} has {twice!r} twice. Keep one line for each student.")
    return entries


def _check_columns(path: Path, columns: Sequence[str], exercises: Collection[str]) -> None:
    if "student" not in columns:
        raise UserError(f"{path} has no column “student”. Its first line must name the columns.")
    stray = next((name for name in columns if name not in ("student", *_ABOUT, *exercises)), None)
    if stray is not None:
        known = ", ".join(("student", *_ABOUT))
        raise UserError(f"{path} has a column {stray!r}, which is none of {known}, and no exercise.")


def _entry(path: Path, line: int, row: Mapping[str, str], exercises: Collection[str]) -> Entry:
    student = row.get("student", "").strip()
    if not student or "/" in student or student.startswith("."):
        raise UserError(f"{path}, line {line}: {student!r} cannot be a student's name.")
    about = {name: row[name].strip() for name in _ABOUT if row.get(name, "").strip()}
    dates = {name: row[name].strip() for name in exercises if row.get(name, "").strip()}
    return Entry(student, about, {name: _date(path, line, text) for name, text in dates.items()})


def _date(path: Path, line: int, text: str) -> datetime:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"{path}, line {line}: {text!r} is no date. Write 2026-12-03 or 2026-12-03T18:00+01:00."
        ) from None
    if len(text) <= len("2026-12-03"):
        date = datetime.combine(date.date(), time(23, 59, 59))
    return date if date.tzinfo else date.replace(tzinfo=UTC)
