"""nbgrader's gradebook: what exercises consist of, and what submissions got."""

import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    InvalidEntry,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import ComputeChecksums, SaveCells
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SAWarning, SQLAlchemyError

from autograder.errors import UserError
from autograder.nbgrader.graded_notebook import Released, Shown, marks
from autograder.nbgrader.roster import Entry
from autograder.report import Report

NO_RESPONSE = "No response."  # as nbgrader says it


class Book:
    """An open gradebook."""

    def __init__(self, gradebook: Gradebook, url: str) -> None:
        self._gradebook = gradebook
        self._url = url
        self._known: dict[str, _Cells] = {}
        self._longer: dict[tuple[str, str], datetime] = {}

    def register(self, released: Released, due: datetime | None) -> None:
        """Makes the exercise known: its cells, and when it is due.

        Raises `UserError` if cells came or went that have been graded.
        """
        import nbformat

        name = released.exercise
        # A date that was given in nbgrader stays if the course says none.
        self._gradebook.update_or_create_assignment(name, **({"duedate": due} if due else {}))
        notebook: Any = nbformat.from_dict(released.notebook)
        resources = {"nbgrader": {"notebook": name, "assignment": name, "db_url": self._url}}
        for cell in notebook.cells:
            cell.source = "".join(cell.source)
        try:
            for preprocessor in (ComputeChecksums(), SaveCells()):
                notebook, resources = preprocessor.preprocess(notebook, resources)
        except RuntimeError as error:
            raise UserError(
                f"The cells of {name} that carry points or answers are others than those of submissions that are in "
                "the gradebook. Keep the names of its parts and functions, or begin a new gradebook."
            ) from error
        self._gradebook.db.expire_all()
        self._known.pop(name, None)

    def enrol(self, roster: Sequence[Entry]) -> None:
        """Makes students known, and keeps how much longer some of them have."""
        for entry in roster:
            self._gradebook.update_or_create_student(entry.student, **entry.about)
        self._longer = {(entry.student, name): due for entry in roster for name, due in entry.due.items()}

    def knows(self, exercise: str) -> bool:
        try:
            self._gradebook.find_notebook(exercise, exercise)
        except MissingEntry:
            return False
        return True

    def require_same_cells(self, released: Released) -> None:
        """Raises `UserError` if the exercise was made anew since the gradebook was told its cells."""
        known = self._cells(released.exercise)
        cells = {name: marks(cell) for name, cell in released.named.items()}
        points = {name: float(it["points"]) for name, it in cells.items() if it["grade"]}
        answers = {name for name, it in cells.items() if it["solution"]}
        if points != known.points or answers | points.keys() != set(known.names.values()):
            raise UserError(
                f"The gradebook knows other cells of {released.exercise}, or other points, than the assignment has. "
                f"Run “nbgrader generate_assignment {released.exercise}” first."
            )

    def save(
        self,
        student: str,
        report: Report,
        released: Released,
        shown: Shown,
        handed_in: datetime | None,
        late: BasePlugin | None,
    ) -> None:
        """What a submission got. Marks that a person gave stay, and are put up for another look.

        All of it is one transaction, of few statements: nbgrader's own ways take ten times as long.
        """
        session = self._gradebook.db
        cells = self._cells(report.exercise)
        submission = self._submission(student, cells)
        submission.timestamp = handed_in
        own_due, due = self._longer.get((student, report.exercise)), submission.assignment.duedate
        if own_due is not None and due is not None:
            submission.extension = own_due.astimezone(UTC).replace(tzinfo=None) - due
        (notebook,) = session.query(SubmittedNotebook).filter_by(
            assignment_id=submission.id, notebook_id=cells.notebook
        )
        scores = {part.part: part for part in report.parts}
        for grade in session.query(Grade).filter_by(notebook_id=notebook.id):
            cell = cells.names[grade.cell_id]
            part = scores.get(released.part_of(cell) or "")
            score = 0.0 if released.is_written(cell) and cell in shown.unanswered else None
            if part is not None and part.score is not None:
                score = min(max(part.score, 0.0), cells.points[cell])
            grade.auto_score = score
            grade.needs_manual_grade = score is None or grade.manual_score is not None
        for comment in session.query(Comment).filter_by(notebook_id=notebook.id):
            comment.auto_comment = NO_RESPONSE if cells.names[comment.cell_id] in shown.unanswered else None
        session.flush()
        _take_off(submission, notebook, late)
        session.commit()

    def _cells(self, exercise: str) -> "_Cells":
        if exercise not in self._known:
            notebook = self._gradebook.find_notebook(exercise, exercise)
            graded, answers = notebook.grade_cells, notebook.solution_cells
            self._known[exercise] = _Cells(
                assignment=notebook.assignment_id,
                notebook=notebook.id,
                graded=[cell.id for cell in graded],
                answers=[cell.id for cell in answers],
                names={cell.id: cell.name for cell in (*graded, *answers)},
                points={cell.name: cell.max_score for cell in graded},
            )
        return self._known[exercise]

    def _submission(self, student: str, cells: "_Cells") -> SubmittedAssignment:
        """The student's row, made with all that belongs to it if it is not there."""
        session = self._gradebook.db
        if session.get(Student, student) is None:
            session.add(Student(id=student))
            session.flush()
        own = {"assignment_id": cells.assignment, "student_id": student}
        submission = session.query(SubmittedAssignment).filter_by(**own).one_or_none()
        if submission is None:
            submission = SubmittedAssignment(**own)
            session.add(submission)
            session.flush()
            notebook = SubmittedNotebook(assignment_id=submission.id, notebook_id=cells.notebook)
            session.add(notebook)
            session.flush()
            session.add_all(Grade(cell_id=it, notebook_id=notebook.id) for it in cells.graded)
            session.add_all(Comment(cell_id=it, notebook_id=notebook.id) for it in cells.answers)
            session.flush()
        return submission

    def scores(self, exercise: str) -> dict[str, dict[str, float | None]]:
        """By student and cell, the points that were given automatically."""
        return {
            submission.student.id: {grade.name: grade.auto_score for it in submission.notebooks for grade in it.grades}
            for submission in self._gradebook.assignment_submissions(exercise)
        }


def find_alembic() -> None:
    """nbgrader runs the program `alembic`, which lies beside Python also where nobody activated the environment."""
    beside = os.path.dirname(sys.executable)
    path = os.environ.get("PATH", os.defpath)
    if beside not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, path])


@dataclass(frozen=True)
class _Cells:
    """What the gradebook knows of an exercise's cells: their numbers there, names, and points."""

    assignment: str
    notebook: str
    graded: Sequence[str]
    answers: Sequence[str]
    names: Mapping[str, str]
    points: Mapping[str, float]


def _take_off(submission: SubmittedAssignment, notebook: SubmittedNotebook, late: BasePlugin | None) -> None:
    """The penalty for what came late."""
    penalty = None
    if late is not None and submission.total_seconds_late > 0:
        penalty = late.late_submission_penalty(submission.student_id, notebook.score, submission.total_seconds_late)
    notebook.late_submission_penalty = None if penalty is None else min(max(penalty, 0.0), notebook.score)


@contextmanager
def open_gradebook(url: str, course: str) -> Iterator[Book]:
    """Raises `UserError` if the database cannot be used."""
    find_alembic()
    # nbgrader relates objects that are not in a session yet, which SQLAlchemy remarks on for each submission.
    warnings.filterwarnings("ignore", category=SAWarning)
    try:
        with _connected(url, course) as gradebook:
            yield Book(gradebook, url)
    except (SQLAlchemyError, InvalidEntry) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"The gradebook {_without_password(url)} cannot be used: {reason}.") from error


def _connected(url: str, course: str) -> Gradebook:
    try:
        return Gradebook(url, course)
    except ModuleNotFoundError as error:
        raise UserError(
            f"The gradebook {_without_password(url)} needs the package {error.name}. For PostgreSQL: "
            "pip install 'autograder[postgresql]', and an address that begins with postgresql+psycopg://"
        ) from error


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string()
    except (ArgumentError, ValueError):
        return url
