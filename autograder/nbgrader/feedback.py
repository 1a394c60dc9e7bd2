"""`nbgrader generate_feedback`: a page of ours for each student, in which everything is escaped."""

from typing import Any

import msgspec
from nbconvert.exporters import Exporter

from autograder.errors import UserError
from autograder.feedback.html import Marked, feedback_page
from autograder.nbgrader.graded_notebook import RESULT
from autograder.report import Report


class FeedbackExporter(Exporter):
    """Makes the page from a notebook that our `autograde` wrote, and marks and comments from the gradebook."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        """The page and the resources. Raises `UserError` for a notebook that something else graded."""
        nb, resources = super().from_notebook_node(nb, resources, **options)
        if RESULT not in nb.metadata:
            raise UserError("This notebook was not graded by us: run “nbgrader autograde” with --force.")
        report = msgspec.convert(nb.metadata[RESULT], Report)
        got = resources["nbgrader"]
        page = feedback_page(
            report, _marked(nb), total=got["score"], most=got["max_score"], penalty=got["late_penalty"]
        )
        return page, resources


def _marked(notebook: Any) -> list[Marked]:
    found = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        is_written = marks.get("grade") and marks.get("solution")
        if is_written or marks.get("comment"):
            score, points = (marks["score"], marks["points"]) if is_written else (None, None)
            found.append(Marked(marks["grade_id"], cell.source, score, points, marks.get("comment") or ""))
    return found
