"""nbgrader's gradebook: what exercises consist of, and what submissions got."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from nbgrader.api import Gradebook, InvalidEntry, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import ComputeChecksums, SaveCells
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from autograder.errors import UserError
from autograder.nbgrader.graded_notebook import Released, Shown
from autograder.report import Report

NO_RESPONSE = "No response."  # as nbgrader says it


class Book:
    """An open gradebook."""

    def __init__(self, gradebook: Gradebook, url: str) -> None:
        self._gradebook = gradebook
        self._url = url

    def register(self, released: Released) -> None:
        """Makes the exercise and its cells known. Raises `UserError` if cells came or went that have been graded."""
        import nbformat

        name = released.exercise
        self._gradebook.update_or_create_assignment(name)
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

    def knows(self, exercise: str) -> bool:
        try:
            self._gradebook.find_notebook(exercise, exercise)
        except MissingEntry:
            return False
        return True

    def save(
        self, report: Report, released: Released, shown: Shown, handed_in: datetime | None, late: BasePlugin | None
    ) -> None:
        """What a submission got. Marks that a person gave stay, and are put up for another look."""
        name, student = report.exercise, report.student
        self._gradebook.update_or_create_student(student)
        submission = self._gradebook.update_or_create_submission(name, student, timestamp=handed_in)
        (notebook,) = (it for it in submission.notebooks if it.name == name)
        scores = {part.part: part for part in report.parts}
        for grade in notebook.grades:
            part = scores.get(released.part_of(grade.name) or "")
            if part is not None and part.score is not None:
                grade.auto_score = min(max(part.score, 0.0), grade.cell.max_score)
                grade.needs_manual_grade = grade.manual_score is not None
            elif released.is_written(grade.name) and grade.name in shown.unanswered:
                grade.auto_score = 0.0
                grade.needs_manual_grade = grade.manual_score is not None
            else:
                grade.auto_score = None
                grade.needs_manual_grade = True
        for comment in notebook.comments:
            comment.auto_comment = NO_RESPONSE if comment.name in shown.unanswered else None
        self._gradebook.db.commit()
        if late is not None:
            self._take_off(submission, notebook, late)

    def _take_off(self, submission: SubmittedAssignment, notebook: SubmittedNotebook, late: BasePlugin) -> None:
        """The penalty for what came late."""
        penalty = None
        if submission.total_seconds_late > 0:
            penalty = late.late_submission_penalty(submission.student.id, notebook.score, submission.total_seconds_late)
        notebook.late_submission_penalty = None if penalty is None else min(max(penalty, 0.0), notebook.score)
        self._gradebook.db.commit()

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


@contextmanager
def open_gradebook(url: str, course: str) -> Iterator[Book]:
    """Raises `UserError` if the database cannot be used."""
    find_alembic()
    # nbgrader relates objects that are not in a session yet, which SQLAlchemy remarks on for each submission.
    warnings.filterwarnings("ignore", category=SAWarning)
    try:
        with Gradebook(url, course) as gradebook:
            yield Book(gradebook, url)
    except (SQLAlchemyError, InvalidEntry) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"The gradebook {url} cannot be used: {reason}.") from error
