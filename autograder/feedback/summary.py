"""A class in numbers: what its tables, charts and pages are drawn from."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from autograder.report import CheckReport, CheckStatus, Report, Status

_Found = TypeVar("_Found")

STANDINGS: dict[Status, str] = {"graded": "graded", "unreadable": "unreadable", "not_graded": "not graded"}


@dataclass
class CheckSummary:
    """How one check ended, by status."""

    name: str
    part: str
    title: str
    points: float
    counts: Counter[CheckStatus] = field(default_factory=Counter)


@dataclass
class Misconception:
    """A known mistake, and who makes it."""

    exercise: str
    part: str
    name: str
    diagnosis: str | None
    students: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ExerciseSummary:
    """One exercise, with the outlines of its reports in the order of students."""

    name: str
    max_score: float
    reports: list[Report]
    parts: list[str]
    checks: list[CheckSummary]
    misconceptions: list[Misconception]

    @property
    def scores(self) -> list[float]:
        return [report.score for report in self.reports if standing(report) == "graded" and report.score is not None]

    @property
    def median(self) -> float | None:
        return statistics.median(self.scores) if self.scores else None

    @property
    def full_marks(self) -> int:
        return sum(fraction(score, self.max_score) == 1 for score in self.scores)

    def having(self, status: Status) -> list[Report]:
        return [report for report in self.reports if standing(report) == status]


def places(reports: Iterable[Report]) -> dict[str, dict[str, int]]:
    """Where the report of each student and exercise is, in the order of students. The last one of several counts."""
    students: dict[str, dict[str, int]] = {}
    for place, report in enumerate(reports):
        students.setdefault(report.student, {})[report.exercise] = place
    return _in_order(students)


def _in_order(students: dict[str, _Found]) -> dict[str, _Found]:
    return dict(sorted(students.items(), key=lambda item: (item[0].casefold(), item[0])))


def by_student(reports: Iterable[Report]) -> dict[str, dict[str, Report]]:
    """The outlines of the reports of each student by exercise, in the order of students. The last of several counts."""
    students: dict[str, dict[str, Report]] = {}
    for report in reports:
        students.setdefault(report.student, {})[report.exercise] = outline(report)
    return _in_order(students)


def outline(report: Report) -> Report:
    """A report without its checks and output, of which a large class has too many to keep; its message says why there
    is no score, if there is none."""
    lost = (check.message for check in report.checks if check.status == "not_graded" and check.message)
    message = None if standing(report) == "graded" else report.message or next(lost, "")
    return msgspec.structs.replace(report, checks=[], output="", message=message)


def report_of(theirs: Mapping[str, Report], exercise: str) -> Report | None:
    """A student's report of an exercise. An archive that cannot be opened may be what is missing: it has no name."""
    return theirs.get(exercise) or theirs.get("")


def summarise(reports: Sequence[Report]) -> list[ExerciseSummary]:
    """One summary for each exercise, in the order in which the exercises first appear."""
    names = dict.fromkeys(report.exercise for report in reports if report.exercise)
    students = places(reports).values()
    return [_summarise(name, (reports[it[name]] for it in students if name in it)) for name in names]


def standing(report: Report) -> Status:
    """A report with a check that was not graded counts as not graded itself: its score is not known."""
    return "not_graded" if report.status == "graded" and report.score is None else report.status


def fraction(score: float | None, most: float) -> float:
    """The share of the points, 0 to 1; exactly 1 only for full marks."""
    if score is None or most <= 0:
        return 0.0
    return 1.0 if score >= most - 1e-6 else max(0.0, score / most)


def level(score: float | None, most: float) -> int:
    """The share of the points in tenths, rounded down: 10 only for full marks."""
    return int(10 * fraction(score, most) + 1e-9)


def histogram(scores: Sequence[float], most: float) -> list[int]:
    """How many scores lie in each tenth of `most`, and, as the eleventh, how many are full marks."""
    counts = Counter(level(score, most) for score in scores)
    return [counts[tenth] for tenth in range(11)]


def mean(scores: Sequence[float]) -> float | None:
    return statistics.fmean(scores) if scores else None


def _summarise(name: str, reports: Iterable[Report]) -> ExerciseSummary:
    checks: dict[str, CheckSummary] = {}
    mistakes: dict[tuple[str, str], Misconception] = {}
    outlines = []
    for report in reports:
        outlines.append(outline(report))
        for check in report.checks:
            _count(check, checks)
            if check.misconception is not None:
                _note(report, check, mistakes)
    parts = dict.fromkeys(part.part for it in outlines for part in it.parts)
    return ExerciseSummary(
        name=name,
        max_score=max((it.max_score for it in outlines), default=0.0),
        reports=outlines,
        parts=list(parts),
        checks=sorted(checks.values(), key=lambda it: list(parts).index(it.part) if it.part in parts else len(parts)),
        misconceptions=sorted(mistakes.values(), key=lambda it: (-len(it.students), it.part, it.name)),
    )


def _count(check: CheckReport, checks: dict[str, CheckSummary]) -> None:
    summary = checks.setdefault(check.name, CheckSummary(check.name, check.part, check.title, check.points))
    summary.counts[check.status] += 1


def _note(report: Report, check: CheckReport, mistakes: dict[tuple[str, str], Misconception]) -> None:
    key = (check.part, check.misconception or "")
    it = mistakes.setdefault(key, Misconception(report.exercise, *key, check.diagnosis))
    if report.student not in it.students:
        it.students.append(report.student)
