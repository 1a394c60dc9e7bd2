"""The notebook that students fill in, with the metadata that nbgrader reads."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from autograder.errors import UserError
from autograder.release.cells import SOLUTION, WRITTEN, Cell
from autograder.release.regions import cut, without_markers
from autograder.release.source import Reference
from autograder.release.written import split_question

ANSWER = "*Write your answer here.*"
CHECK = 'from autograder.notebook import check\n\ncheck("{exercise}.{part}")'

_SCHEMA = 3  # of nbgrader's metadata
_LONGEST_ID = 64  # that nbformat allows
_LONGEST_SLUG = 40
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def student_notebook(reference: Reference, points: Mapping[str, float], exercise: str) -> str:
    """The notebook's JSON, the same bytes at every call. `points` are those of each part's checks."""
    return _notebook(reference, points, exercise, solved=False)


def solved_notebook(reference: Reference, points: Mapping[str, float], exercise: str) -> str:
    """The same notebook with the solutions, and with the mark schemes as written answers."""
    return _notebook(reference, points, exercise, solved=True)


def _notebook(reference: Reference, points: Mapping[str, float], exercise: str, *, solved: bool) -> str:
    import nbformat

    maker = _CellMaker(exercise, solved)
    last = _last_cells_to_write(reference, points)
    cells: list[dict[str, Any]] = []
    for cell in reference.cells:
        if cell.tag != SOLUTION or solved:
            cells += maker.make(cell)
        if cell.part is not None and last.get(cell.part) is cell:
            cells.append(maker.check(cell.part, points[cell.part]))
    notebook = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    nbformat.validate(notebook)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _last_cells_to_write(reference: Reference, points: Mapping[str, float]) -> dict[str, Cell]:
    last = {cell.part: cell for cell in reference.cells if cell.to_write and cell.part}
    for part in sorted(last.keys() ^ points.keys()):
        lacks = "checks for it" if part in last else "function to write in it"
        raise UserError(f"{reference.path}: part {part} has no {lacks}.")
    return last


class _CellMaker:
    """Makes cells. What identifies one is made from its first line, and so the same at every release."""

    def __init__(self, exercise: str, solved: bool) -> None:
        self._exercise = exercise
        self._solved = solved
        self._taken: set[str] = set()
        self._written = 0

    def make(self, cell: Cell) -> Iterator[dict[str, Any]]:
        """No cell, if nothing of it is left; two for a written question."""
        if cell.tag == WRITTEN:
            yield from self._question(cell)
        elif cell.kind == "markdown":
            yield self._text(cell.text)
        elif text := without_markers(cell.text) if self._solved else cut(cell.text):
            if cell.to_write:
                yield self._graded("code", text, cell.to_write[0], solution=True)
            else:
                yield self._graded("code", text, f"given-{next(iter(cell.definitions), _slug(text))}")

    def check(self, part: str, points: float) -> dict[str, Any]:
        """The cell that checks a part, and carries its points."""
        text = CHECK.format(exercise=self._exercise, part=part)
        return self._graded("code", text, f"{self._exercise}-{part}", points=points)

    def _question(self, cell: Cell) -> Iterator[dict[str, Any]]:
        written = split_question(cell.text)
        self._written += 1
        yield self._text(written.question)
        answer = written.mark_scheme if self._solved and written.mark_scheme else ANSWER
        name = f"{self._exercise}-written-{self._written}"
        yield self._graded("markdown", answer, name, solution=True, points=cell.points)

    def _text(self, text: str) -> dict[str, Any]:
        return self._cell("markdown", text, self._identifier(f"text-{_slug(text)}"), {})

    def _graded(
        self,
        kind: Literal["markdown", "code"],
        text: str,
        name: str,
        *,
        solution: bool = False,
        points: float | None = None,
    ) -> dict[str, Any]:
        """A cell that nbgrader knows: students' own if it is a `solution`, and locked if it is not."""
        identifier = self._identifier(name)
        metadata = {
            "schema_version": _SCHEMA,
            "grade_id": identifier,
            "grade": points is not None,
            "solution": solution,
            "locked": not solution,
            "task": False,
        }
        if points is not None:
            metadata["points"] = points
        return self._cell(kind, text, identifier, {"nbgrader": metadata})

    @staticmethod
    def _cell(kind: str, text: str, identifier: str, metadata: dict[str, Any]) -> dict[str, Any]:
        lines = text.splitlines(keepends=True)
        cell = {"cell_type": kind, "id": identifier, "metadata": metadata, "source": lines}
        return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}

    def _identifier(self, name: str) -> str:
        """The name, with a number from its second use on."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
        number, identifier = 1, plain[:_LONGEST_ID]
        while identifier in self._taken:
            number += 1
            suffix = f"-{number}"
            identifier = plain[: _LONGEST_ID - len(suffix)] + suffix
        self._taken.add(identifier)
        return identifier


def _slug(text: str) -> str:
    """The first words of a text, as they may stand in an identifier."""
    words = "-".join(re.findall("[a-z0-9]+", text.lstrip().split("\n")[0].lower()))
    return words if len(words) <= _LONGEST_SLUG else words[:_LONGEST_SLUG].rpartition("-")[0]
