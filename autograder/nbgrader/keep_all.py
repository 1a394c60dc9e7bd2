"""`autograder grade --gradebook`: puts a class that was graded into nbgrader's gradebook."""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from autograder.course import Course
from autograder.feedback.text import count
from autograder.nbgrader.folder import folder_of
from autograder.nbgrader.gradebook import open_gradebook
from autograder.nbgrader.graded_notebook import Released
from autograder.nbgrader.keep import Keeper
from autograder.nbgrader.late import LatePenalty
from autograder.nbgrader.roster import ROSTER, Entry, read_roster
from autograder.report import Report
from autograder.submission import Handin


def keep_all(
    course: Course,
    reports: Sequence[Report],
    handins: Sequence[Handin],
    *,
    url: str,
    roster: Path | None,
    file_times: bool,
) -> list[str]:
    """Writes what was graded, and says in a line each what an instructor should know.

    The roster is `roster.csv` of the course if there is none given. When something was handed in is told by
    `timestamp.txt`; otherwise by when the file was saved, if `file_times`, or not at all. Raises `UserError`.
    """
    entries = _roster(course, roster)
    late = LatePenalty(**msgspec.structs.asdict(course.late))
    by_source = {(it.student, it.exercise, it.source): it for it in handins}
    remarks = []
    timeless = 0
    with ExitStack() as stack:
        book = stack.enter_context(open_gradebook(url, "default_course"))
        if entries is not None:
            book.enrol(entries)
        keepers: dict[str, Keeper] = {}
        for report in reports:
            name = report.exercise
            if report.status == "not_graded" or name not in course.exercises:
                remarks.append(
                    f"{report.student}, {name or 'any exercise'}: not in the gradebook, as it was not graded."
                )
                continue
            if name not in keepers:
                data = (course.assignment(name) / f"{name}.ipynb").read_bytes()
                keepers[name] = Keeper(book, Released.from_json(name, data), late)
                book.register(keepers[name].released, course[name].due)
            handin = by_source[report.student, name, report.source]
            handed_in = _handed_in(handin, file_times=file_times)
            timeless += handed_in is None and course[name].due is not None
            keepers[name].keep_handin(report, handin, handed_in, course.root / "autograded")
    if entries is not None:
        strangers = {report.student for report in reports} - {entry.student for entry in entries}
        remarks += [f"{student} is not in the roster." for student in sorted(strangers)]
    if timeless:
        remarks.append(
            f"{count(timeless, 'submission')} without a time of handing in (timestamp.txt): counted as in time. "
            "If the files were saved when they were handed in, use --file-times."
        )
    return remarks


def _roster(course: Course, path: Path | None) -> Sequence[Entry] | None:
    given = path or course.root / ROSTER
    return read_roster(given, course.exercises) if path is not None or given.exists() else None


def _handed_in(handin: Handin, *, file_times: bool) -> datetime | None:
    folder = folder_of(handin)
    if folder is None:
        return None  # an archive's clock is not ours
    if folder.has_timestamp() or not file_times:
        return folder.timestamp()
    with suppress(ValueError, OverflowError):  # a file system may hold times that no calendar does
        return datetime.fromtimestamp(handin.modified, UTC).replace(tzinfo=None) if handin.modified > 0 else None
    return None
