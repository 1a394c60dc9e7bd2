"""The student's cells of a notebook: all code cells but the grader's own."""

import ast
import json
import re
from typing import Any

from autograder.submission.source import Unit, Unreadable

_HELPER = "autograder"
_RUNS_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun")
_SPECIAL = re.compile(r"^(\s*)(?:[%!].*|[\w.]+\s*=\s*[%!].*|\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$")


def student_units(name: str, data: bytes) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """The code to run and remarks for the student. Raises `Unreadable`."""
    units: list[Unit] = []
    notes: list[str] = []
    number = 0
    for cell in _cells(name, data):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        number += 1
        code = _text(cell.get("source", ""))
        if not code.strip() or _is_the_graders(cell, code):
            continue
        code, left_out = _plain_python(code)
        notes += [f"Cell {number}: left out “{line}”." for line in left_out]
        if code.strip():
            units.append(Unit(f"{name}, cell {number}", code))
    if not units:
        raise Unreadable(f"{name} holds no code. Save the notebook and hand it in again.")
    return tuple(units), tuple(notes)


def _cells(name: str, data: bytes) -> list[Any]:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable(f"{name} is not UTF-8 text, so it is no notebook. Save it in Jupyter and try again.") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"{name} was cut off or damaged. Open it in Jupyter, save it and hand it in again.") from None
    if not isinstance(content, dict):
        raise Unreadable(f"{name} is not a notebook. Save it in Jupyter and hand it in again.")
    if isinstance(content.get("worksheets"), list):
        return _upgraded(name, data)
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"{name} has no cells, so it is no notebook. Save it in Jupyter and hand it in again.")
    return cells


def _upgraded(name: str, data: bytes) -> list[Any]:
    """Notebooks before version 4 kept their cells in worksheets."""
    import nbformat

    try:
        cells: list[Any] = nbformat.reads(data.decode("utf-8-sig"), as_version=4)["cells"]  # type: ignore[no-untyped-call]
    except Exception:  # whatever a damaged old notebook sets off in the converter
        raise Unreadable(f"{name} is in an old format that cannot be read. Save it in a current Jupyter.") from None
    return cells


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _is_the_graders(cell: dict[str, Any], code: str) -> bool:
    """By its metadata, or because all it does is to call our check."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(marks, dict) and marks.get("grade") is True and marks.get("solution") is not True:
        # Metadata can be forged onto a student's cell, which then still counts.
        return "def " not in code
    return _HELPER in code and _only_checks(code)


def _only_checks(code: str) -> bool:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(
        (isinstance(it, ast.ImportFrom) and (it.module or "").split(".")[0] == _HELPER)
        or (isinstance(it, ast.Import) and all(name.name.split(".")[0] == _HELPER for name in it.names))
        or (isinstance(it, ast.Expr) and isinstance(it.value, ast.Call) and isinstance(it.value.func, ast.Name))
        for it in body
    )


def _plain_python(code: str) -> tuple[str, list[str]]:
    """The code without what only IPython understands, at the same line numbers; and the lines left out."""
    first = next(line for line in code.splitlines() if line.strip())
    if first.startswith("%%"):
        if first.split()[0] not in _RUNS_PYTHON:
            return "", [first]
        rest, left_out = _plain_python_lines(code.replace(first, "", 1))
        return rest, [first, *left_out]
    return _plain_python_lines(code)


def _plain_python_lines(code: str) -> tuple[str, list[str]]:
    if _parses(code):
        return code, []
    lines, left_out = [], []
    for line in code.split("\n"):
        special = _SPECIAL.match(line)
        lines.append(f"{special[1]}pass" if special else line)
        if special:
            left_out.append(line.strip())
    plain = "\n".join(lines)
    return (plain, left_out) if _parses(plain) else (code, [])


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
