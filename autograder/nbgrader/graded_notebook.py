"""The notebook that nbgrader's pages show after grading: what the student wrote, with our feedback.

Made anew from the released notebook, so that cells which a student deleted, copied, edited or moved, and metadata that
were forged, change nothing of what is graded, or shown as ours.
"""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from autograder.feedback.notebook import part_fragment, summary_fragment
from autograder.feedback.text import clean, cut
from autograder.nbgrader.harmless import harmless_markdown
from autograder.report import Report
from autograder.submission.notebook import NotebookCell
from autograder.submission.pictures import Picture
from autograder.submission.source import parse

_LONGEST = 200_000
_MOST_CELLS = 2_000
RESULT = "autograder"  # the key of the report in the notebook's metadata

Cell = dict[str, Any]


@dataclass
class Released:
    """The released notebook of one exercise, and which of its cells are whose."""

    exercise: str
    notebook: dict[str, Any]
    named: Mapping[str, Cell] = field(init=False)

    def __post_init__(self) -> None:
        self.named = {marks(cell)["grade_id"]: cell for cell in self.notebook["cells"] if marks(cell)}

    @classmethod
    def from_json(cls, exercise: str, data: bytes) -> "Released":
        return cls(exercise, json.loads(data))

    def part_of(self, name: str) -> str | None:
        """The part whose points the cell of that name carries."""
        part = name.removeprefix(f"{self.exercise}-")
        return part if self.is_check(name) and part != name else None

    def is_check(self, name: str) -> bool:
        return bool(marks(self.named[name])["grade"] and not marks(self.named[name])["solution"])

    def is_written(self, name: str) -> bool:
        """Whether a person marks the cell."""
        return bool(marks(self.named[name])["grade"] and marks(self.named[name])["solution"])

    def is_answer(self, name: str) -> bool:
        """Whether students write into the cell."""
        return bool(marks(self.named[name])["solution"])

    def text(self, name: str) -> str:
        return "".join(self.named[name]["source"])


@dataclass
class Shown:
    """The notebook to show, and the names of the cells that are still as they were released, or are missing."""

    notebook: dict[str, Any]
    unanswered: frozenset[str]


def marks(cell: Cell) -> dict[str, Any]:
    """What nbgrader knows of a released cell; nothing of a text."""
    found: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return found


def graded_notebook(
    released: Released, report: Report, cells: Sequence[NotebookCell] | None, module: str | None
) -> Shown:
    """`cells` are those of the student's notebook, `module` is the text of the module if that is what counted."""
    layout = _Layout(released)
    for handed_in in list(cells or ())[:_MOST_CELLS]:
        layout.place(handed_in)
    layout.place_the_rest()
    unanswered = layout.unanswered
    shown = [_shown(released, it) for it in layout.placed]
    if module is not None:
        shown = [_plain("code", module), *shown]
    for cell in shown:
        part = released.part_of(marks(cell)["grade_id"]) if marks(cell) else None
        for it in report.parts:
            if it.part == part:
                cell["outputs"] = [_html_output(part_fragment(report, it))]
    head = _plain("code", "# What the autograder found")
    head["outputs"] = [_html_output(summary_fragment(report))]
    notebook = {
        **released.notebook,
        "cells": list(_with_identifiers([head, *shown])),
        "metadata": {**released.notebook["metadata"], RESULT: msgspec.to_builtins(report)},
    }
    return Shown(notebook, unanswered)


@dataclass(frozen=True)
class _Placed:
    """A cell to show, and the name of the released cell that it is, if it is one."""

    name: str | None
    kind: str
    text: str
    pictures: Sequence[Picture] = ()


class _Layout:
    """The cells in the student's order."""

    def __init__(self, released: Released) -> None:
        self._released = released
        self._free = dict(released.named)
        self._questions = _questions(released)
        self.placed: list[_Placed] = []
        self.unanswered: frozenset[str] = frozenset()
        self._changed: set[str] = set()

    def place(self, cell: NotebookCell) -> None:
        name = self._recognise(cell)
        if name is not None:
            del self._free[name]
            if self._released.is_check(name):
                self.placed.append(_Placed(name, cell.kind, self._released.text(name)))
                return
            if self._released.is_answer(name) and cell.text.strip() != self._released.text(name).strip():
                self._changed.add(name)
        self.placed.append(_Placed(name, cell.kind, cell.text, cell.pictures))

    def place_the_rest(self) -> None:
        """Puts cells that carry points, and that the student's notebook lacks, after those they followed."""
        self.unanswered = frozenset(name for name in self._released.named if self._released.is_answer(name))
        self.unanswered -= self._changed
        last: str | None = None
        for name, cell in self._released.named.items():
            if name in self._free and marks(cell)["grade"]:
                places = [number for number, it in enumerate(self.placed) if last and it.name == last]
                at = places[0] + 1 if places else len(self.placed)
                self.placed.insert(at, _Placed(name, cell["cell_type"], self._released.text(name)))
                del self._free[name]
            if name not in self._free:
                last = name

    def _recognise(self, cell: NotebookCell) -> str | None:
        known = (it for it in cell.names if self._is_free(it, cell.kind))
        if (name := next(known, None)) is not None:
            return name
        if cell.kind == "code":
            return next((it for it in _defined(cell.text) if self._is_free(it, "code")), None)
        before = self.placed[-1].text.strip() if self.placed else ""
        name = self._questions.get(before)
        return name if name is not None and self._is_free(name, cell.kind) else None

    def _is_free(self, name: str, kind: str) -> bool:
        return name in self._free and self._free[name]["cell_type"] == kind


def _questions(released: Released) -> dict[str, str]:
    """By the text of a written question, the name of the cell for its answer, which follows it."""
    cells = released.notebook["cells"]
    return {
        "".join(question["source"]).strip(): marks(answer)["grade_id"]
        for question, answer in itertools.pairwise(cells)
        if marks(answer) and answer["cell_type"] == "markdown"
    }


def _defined(code: str) -> Iterator[str]:
    tree = parse(code)
    for node in tree.body if tree else ():
        if name := getattr(node, "name", None):
            yield str(name)


def _shown(released: Released, placed: _Placed) -> Cell:
    """The cell; if it is one that nbgrader knows, with the metadata of its release."""
    cell = _plain(placed.kind, placed.text, placed.pictures)
    name = placed.name
    if name is None:
        return cell
    if released.is_answer(name) or released.is_check(name):
        cell["metadata"] = {"nbgrader": dict(marks(released.named[name]))}
    cell["id"] = released.named[name].get("id", name)
    return cell


def _plain(kind: str, text: str, pictures: Sequence[Picture] = ()) -> Cell:
    if kind == "code":
        text = cut(clean(text), _LONGEST)
        outputs = [_output({it.mime: it.data, "text/plain": "a picture"}) for it in pictures]
        return {"cell_type": "code", "metadata": {}, "source": text, "execution_count": None, "outputs": outputs}
    cell: Cell = {"cell_type": "markdown", "metadata": {}, "source": harmless_markdown(text)}
    if pictures:
        cell["attachments"] = {f"picture-{number}": {it.mime: it.data} for number, it in enumerate(pictures)}
        cell["source"] += "".join(f"\n\n![{name}](attachment:{name})" for name in cell["attachments"])
    return cell


def _html_output(html: str) -> dict[str, Any]:
    return _output({"text/html": html, "text/plain": "feedback"})


def _output(data: dict[str, str]) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _with_identifiers(cells: Iterable[Cell]) -> Iterator[Cell]:
    for number, cell in enumerate(cells):
        yield {"id": f"cell-{number}", **cell}
