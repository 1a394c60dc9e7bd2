"""The student's cells of a notebook: all code cells but the grader's own."""

import ast
from collections.abc import Iterable
from typing import Any

import msgspec

from autograder.submission.magics import plain_python
from autograder.submission.names import cut, visible
from autograder.submission.source import Unit, Unreadable, parse

_OURS = "autograder"
_MAX_OBJECTS = 1_000_000
_SHOWN = 80
_NOTHING = msgspec.Raw(b'""')


class _Cell(msgspec.Struct, gc=False):
    """Outputs are never made into objects, and the rest only for cells of code."""

    cell_type: str = ""
    source: msgspec.Raw = _NOTHING
    input: msgspec.Raw = _NOTHING  # the name of `source` before version 4
    metadata: msgspec.Raw = _NOTHING


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    cells: list[_Cell] | None = None
    worksheets: list[_Worksheet] | None = None  # before version 4


class _Marks(msgspec.Struct):
    grade: bool = False
    solution: bool = False


class _Metadata(msgspec.Struct):
    nbgrader: _Marks = msgspec.field(default_factory=_Marks)


def student_units(name: str, data: bytes, limit: int) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """The code to run, at most `limit` bytes, and remarks for the student. Raises `Unreadable`."""
    cells = [cell for cell in _cells(name, data) if cell.cell_type == "code"]
    if sum(len(memoryview(cell.source)) + len(memoryview(cell.input)) for cell in cells) > limit:
        raise Unreadable(f"{name} holds more than {limit >> 20} MiB of code. Take the data out of it.")
    plain = [plain_python(_text(name, cell)) for cell in cells]
    checks = _imported_from_us(code for code, _ in plain)
    units: list[Unit] = []
    notes: list[str] = []
    for number, (cell, (code, left_out)) in enumerate(zip(cells, plain, strict=True), start=1):
        notes += [f"Cell {number}: left out “{cut(visible(line), _SHOWN)}”." for line in left_out]
        code = _without_checks(code, checks)
        if code.strip() and not (_is_marked(cell) and _defines_nothing(code)):
            units.append(Unit(f"{name}, cell {number}", code))
    if not units:
        raise Unreadable(" ".join([f"{name} holds no code of yours. Save it and hand it in again.", *notes[:1]]))
    return tuple(units), tuple(notes)


def _cells(name: str, data: bytes) -> list[_Cell]:
    if data.count(b"{") > _MAX_OBJECTS:
        raise Unreadable(f"{name} holds too much besides code. Clear its outputs and hand it in again.")
    try:
        notebook = msgspec.json.decode(data, type=_Notebook)
    except msgspec.ValidationError:
        raise Unreadable(f"{name} is not a notebook. Save it in Jupyter and hand it in again.") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"{name} was cut off or damaged. Open it in Jupyter, save it and hand it in again.") from None
    if notebook.cells is not None:
        return notebook.cells
    if notebook.worksheets is not None:
        return [cell for sheet in notebook.worksheets for cell in sheet.cells]
    raise Unreadable(f"{name} has no cells, so it is no notebook. Save it in Jupyter and hand it in again.")


def _text(name: str, cell: _Cell) -> str:
    parts = (_decoded(it, str | list[str]) for it in (cell.source, cell.input))
    lines = next((it for it in parts if it), "")
    text = lines if isinstance(lines, str) else "".join(lines)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(raw: msgspec.Raw, kind: Any) -> Any:
    """None if it is anything else."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (ValueError, RecursionError):
        return None


def _is_marked(cell: _Cell) -> bool:
    """Whether nbgrader's metadata call it a check. They can be forged onto a cell of the student's."""
    metadata = _decoded(cell.metadata, _Metadata)
    return metadata is not None and metadata.nbgrader.grade and not metadata.nbgrader.solution


def _defines_nothing(code: str) -> bool:
    tree = parse(code)
    return tree is not None and all(isinstance(it, (ast.Expr, ast.Assert)) for it in tree.body)


def _imported_from_us(codes: Iterable[str]) -> set[str]:
    trees = (parse(code) for code in codes if _OURS in code)
    statements = (statement for tree in trees if tree for statement in tree.body)
    return {
        (alias.asname or alias.name).split(".")[0] for it in statements if _is_our_import(it) for alias in it.names
    }


def _is_our_import(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return (statement.module or "").split(".")[0] == _OURS
    return isinstance(statement, ast.Import) and all(it.name.split(".")[0] == _OURS for it in statement.names)


def _without_checks(code: str, checks: set[str]) -> str:
    """Blanks imports of ours and calls of what they bring, wherever they stand alone on their lines."""
    if not any(name in code for name in checks):
        return code
    tree = parse(code)
    statements = tree.body if tree else []
    others = [it for it in statements if not (_is_our_import(it) or _is_call_of(it, checks))]
    kept = {number for it in others for number in _lines(it)}
    blank = {number for it in statements if it not in others for number in _lines(it)} - kept
    return "\n".join("" if number in blank else line for number, line in enumerate(code.split("\n"), start=1))
