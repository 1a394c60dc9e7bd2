"""The one format of results: what `results.jsonl` holds a line of, and everything else is rendered from.

The format is specified in `docs/results.md`.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

SCHEMA = 1

CheckStatus = Literal[
    "passed",
    "failed",
    "todo",
    "blocked",
    "error",
    "timeout",
    "memory",
    "output",
    "crashed",
    "skipped",
    "not_graded",
]
Status = Literal["graded", "unreadable", "not_graded"]


class CheckReport(msgspec.Struct, kw_only=True):
    """What one check found. `not_graded` is our fault; every other status is about the submission."""

    name: str
    part: str
    title: str
    points: float
    earned: float
    status: CheckStatus
    message: str | None = None
    misconception: str | None = None
    diagnosis: str | None = None
    seconds: float = 0.0


class PartReport(msgspec.Struct, kw_only=True):
    """The points of one part; `score` is null if one of its checks was not graded."""

    part: str
    score: float | None
    max_score: float


class Seconds(msgspec.Struct, kw_only=True):
    """Wall time: `student` was spent in student code, `total` includes everything of ours."""

    student: float = 0.0
    total: float = 0.0


class Report(msgspec.Struct, kw_only=True):
    """One submission of one exercise, graded or not."""

    schema: int = SCHEMA
    student: str
    exercise: str
    source: str
    digest: str
    status: Status
    message: str | None = None
    score: float | None = None
    max_score: float
    parts: list[PartReport] = []
    checks: list[CheckReport] = []
    output: str = ""
    seconds: Seconds = msgspec.field(default_factory=Seconds)
    engine: str


def parts_of(checks: list[CheckReport]) -> list[PartReport]:
    """Adds the points of the checks up by part, in the order in which parts first appear."""
    parts: dict[str, list[CheckReport]] = {}
    for check in checks:
        parts.setdefault(check.part, []).append(check)
    return [
        PartReport(
            part=part,
            score=total(check.earned for check in members)
            if all(check.status != "not_graded" for check in members)
            else None,
            max_score=total(check.points for check in members),
        )
        for part, members in parts.items()
    ]


def total(points: Iterable[float]) -> float:
    """A sum without the dust of binary fractions."""
    return round(sum(points), 6)


def dump_line(report: Report) -> bytes:
    """One line of `results.jsonl`, with its newline."""
    return msgspec.json.encode(report) + b"\n"


_DECODER = msgspec.json.Decoder(Report)


def load_line(line: bytes) -> Report:
    """The report in a line of `results.jsonl`. Raises `msgspec.DecodeError` or `msgspec.ValidationError`."""
    return _DECODER.decode(line)
