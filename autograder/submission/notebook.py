"""The student's cells of a notebook: all code cells but the grader's own."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from autograder.submission.checks import without_checks
from autograder.submission.magics import plain_python
from autograder.submission.names import cut, visible
from autograder.submission.pictures import Picture, pictures
from autograder.submission.raw import decoded
from autograder.submission.source import Unit, Unreadable, parse

_MAX_OBJECTS = 1_000_000
_SHOWN = 80
_MOST_NOTES = 20
_NOTHING = msgspec.Raw(b'""')


@dataclass(frozen=True)
class NotebookCell:
    """A cell as it was handed in; the `names` by which its release may know it again come first from nbgrader's
    metadata, and can be forged. Of its outputs and attachments the pictures remain."""

    kind: str
    text: str
    names: Sequence[str]
    pictures: Sequence[Picture] = ()


class _Cell(msgspec.Struct, gc=False):
    """Outputs are never made into objects, and the rest only when they are asked for."""

    cell_type: str = ""
    id: msgspec.Raw = _NOTHING
    source: msgspec.Raw = _NOTHING
    input: msgspec.Raw = _NOTHING  # the name of `source` before version 4
    metadata: msgspec.Raw = _NOTHING
    outputs: msgspec.Raw = _NOTHING
    attachments: msgspec.Raw = _NOTHING


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    cells: list[_Cell] | None = None
    worksheets: list[_Worksheet] | None = None  # before version 4


class _Marks(msgspec.Struct):
    grade: bool = False
    solution: bool = False


class _Name(msgspec.Struct):
    grade_id: str = ""


class _Named(msgspec.Struct):
    nbgrader: _Name = msgspec.field(default_factory=_Name)


class _Metadata(msgspec.Struct):
    nbgrader: _Marks = msgspec.field(default_factory=_Marks)


def student_units(name: str, data: bytes, limit: int) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """The code to run, from at most `limit` bytes, and remarks for the student. Raises `Unreadable`."""
    cells = [cell for cell in _cells(name, data) if cell.cell_type == "code"]
    if sum(len(memoryview(cell.source)) + len(memoryview(cell.input)) for cell in cells) > limit:
        raise Unreadable(f"{name} holds more than {limit >> 20} MiB of code. Take the data out of it.")
    plain = [plain_python(_text(cell)) for cell in cells]
    codes = without_checks([code for code, _ in plain])
    units = tuple(
        Unit(f"{name}, cell {number}", code)
        for number, (cell, code) in enumerate(zip(cells, codes, strict=True), start=1)
        if code.strip() and not (_is_marked(cell) and _defines_nothing(code))
    )
    notes = [
        f"Cell {number}: left out “{cut(visible(line), _SHOWN)}”."
        for number, (_, left_out) in enumerate(plain, start=1)
        for line in left_out
    ]
    if len(notes) > _MOST_NOTES:
        notes[_MOST_NOTES:] = [f"And {len(notes) - _MOST_NOTES} more lines."]
    if not units:
        raise Unreadable(" ".join([f"{name} holds no code of yours. Save it and hand it in again.", *notes]))
    return units, tuple(notes)


def notebook_cells(name: str, data: bytes) -> list[NotebookCell]:
    """All cells in order. Raises `Unreadable`."""
    return [
        NotebookCell(cell.cell_type, _text(cell), _names(cell), pictures(cell.outputs, cell.attachments))
        for cell in _cells(name, data)
    ]


def _names(cell: _Cell) -> list[str]:
    named = decoded(cell.metadata, _Named)
    names = [named.nbgrader.grade_id if named else "", decoded(cell.id, str) or ""]
    return [name for name in names if name]


def _cells(name: str, data: bytes) -> list[_Cell]:
    if data.count(b"{") > _MAX_OBJECTS:
        raise Unreadable(f"{name} holds too much besides code. Clear its outputs and hand it in again.")
    try:
        notebook = msgspec.json.decode(data, type=_Notebook)
    except msgspec.ValidationError:
        raise _no_notebook(name) from None
    except (ValueError, RecursionError):
        raise Unreadable(f"{name} was cut off or damaged. Open it in Jupyter, save it and hand it in again.") from None
    if notebook.cells is not None:
        return notebook.cells
    if notebook.worksheets is not None:
        return [cell for sheet in notebook.worksheets for cell in sheet.cells]
    raise _no_notebook(name)


def _no_notebook(name: str) -> Unreadable:
    return Unreadable(f"{name} is not a notebook: it has no list of cells. Save it in Jupyter and hand it in again.")


def _text(cell: _Cell) -> str:
    lines, old = (decoded(it, str | list[str]) or "" for it in (cell.source, cell.input))
    # Version 2 has no line ends in its lists.
    text = "".join(lines) or "\n".join(it.removesuffix("\n") for it in ([old] if isinstance(old, str) else old))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_marked(cell: _Cell) -> bool:
    """Whether nbgrader's metadata call it a check. They can be forged onto a cell of the student's."""
    metadata = decoded(cell.metadata, _Metadata)
    return metadata is not None and metadata.nbgrader.grade and not metadata.nbgrader.solution


def _defines_nothing(code: str) -> bool:
    tree = parse(code)
    return tree is not None and all(isinstance(it, (ast.Expr, ast.Assert)) for it in tree.body)
