"""The report of a class as web pages: one for the class, and one for each student.

Each page stands alone: no script, nothing loaded, and a content security policy that forbids both. The
environment of the templates cleans and escapes every string, so that no template can forget it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import UserError
from autograder.feedback import chart, text
from autograder.feedback.statuses import LOOKS
from autograder.feedback.summary import STANDINGS, by_student, fraction, level, places, report_of, standing, summarise
from autograder.report import PartReport, Report

if TYPE_CHECKING:
    from jinja2 import Environment

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")


def write_site(reports: Sequence[Report], out: Path, *, title: str, ignored: Sequence[tuple[str, str]] = ()) -> Path:
    """Writes `out/index.html` and `out/students/*.html`, and returns the path of the index.

    `ignored` lists what was found but not graded: a path, and why. Pages of students who are not in the reports any
    more are removed; other files in `out` stay as they are.
    Raises `UserError` without Jinja2.
    """
    students = by_student(reports)
    summaries = summarise(reports)
    pages = out / "students"
    pages.mkdir(parents=True, exist_ok=True)
    for stale in {it.name for it in pages.glob("*.html")} - {page_name(student) for student in students}:
        (pages / stale).unlink()
    page = _environment().get_template("student.html")
    names = [*(summary.name for summary in summaries), ""]
    for student, theirs in places(reports).items():
        sections = [reports[theirs[name]] for name in names if name in theirs]
        _write(pages / page_name(student), page.render(title=title, student=student, reports=sections))
    index = out / "index.html"
    whole = _environment().get_template("class.html")
    _write(index, whole.render(title=title, summaries=summaries, students=students, ignored=ignored))
    return index


@dataclass(frozen=True)
class Marked:
    """A cell that a person marked or commented; `points` is None if it carries none."""

    name: str
    text: str
    score: float | None
    points: float | None
    comment: str


def feedback_page(report: Report, marked: Sequence[Marked], *, total: float, most: float, penalty: float) -> str:
    """One student's page about one exercise, with what a person gave: `total` of `most` points less a penalty.

    Raises `UserError` without Jinja2.
    """
    page = _environment().get_template("feedback.html")
    return page.render(report=report, marked=marked, total=total, most=most, penalty=penalty)


def page_name(student: str) -> str:
    """A file name that is safe on every system, and different for different students."""
    if _PLAIN.fullmatch(student) and not _RESERVED.fullmatch(student):
        return f"{student}.html"
    ascii_ = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-")[:40].strip("-") or "student"
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{slug}.{digest}.html"  # the dot keeps it apart from every name that is used as it is


@cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise UserError("The HTML report needs Jinja2. Install it: pip install 'autograder[instructor]'") from None
    environment = Environment(
        loader=PackageLoader("autograder.feedback"),
        autoescape=True,
        finalize=_cleaned,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "by_part": _by_part,
        "count": text.count,
        "fraction": fraction,
        "having": _having,
        "histogram": chart.histogram,
        "level": level,
        "looks": LOOKS,
        "page_name": page_name,
        "report_of": report_of,
        "standing": standing,
        "standings": STANDINGS,
        "troubled_of": _troubled,
    }
    environment.filters |= {
        "cut": text.cut,
        "line": text.one_line,
        "points": text.points,
        "student": text.student_name,
    }
    return environment


def _troubled(students: Mapping[str, Mapping[str, Report]]) -> list[Report]:
    return [it for theirs in students.values() for it in theirs.values() if standing(it) != "graded"]


def _having(students: Mapping[str, Mapping[str, Report]], exercise: str) -> dict[str, Mapping[str, Report]]:
    return {student: theirs for student, theirs in students.items() if exercise in theirs}


def _by_part(report: Report) -> dict[str, PartReport]:
    return {part.part: part for part in report.parts}


def _cleaned(value: Any) -> Any:
    return text.clean(value) if type(value) is str else value


def _write(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8", newline="\n")
