"""The one source of an exercise: read, and checked for what an author may get wrong."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UserError
from autograder.release.cells import NOTEBOOK, SOLUTION, WRITTEN, Cell, mistake, read_cells
from autograder.release.regions import MarkerError, cut, regions
from autograder.release.written import LIKE_A_SCHEME_MARKER, SCHEME_MARKERS


@dataclass(frozen=True)
class Reference:
    """An exercise's cells, in order."""

    path: Path
    cells: tuple[Cell, ...]

    def part_of(self, function: str) -> str | None:
        """The letter of the part under whose heading the function stands."""
        for cell in self.cells:
            if function in cell.definitions:
                return cell.part
        raise UserError(f"{self.path} has no function {function!r}.")


def read_reference(path: Path) -> Reference:
    """Reads `solutions/NAME/NAME.py`. Raises `UserError` with file and line for an author's mistake."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: save it in that encoding.") from error
    reference = Reference(path, read_cells(text, path))
    if not reference.cells or not re.match(r"# \S", reference.cells[0].text):
        raise mistake(path, 1, 'the first cell is markdown and begins with the title, "# …"')
    for cell in reference.cells:
        _check_markers(cell, path)
        if cell.kind == "code":
            _check_code(cell, path)
    return reference


def _check_markers(cell: Cell, path: Path) -> None:
    try:
        found = regions(cell.text)
    except MarkerError as error:
        raise mistake(path, cell.line + error.number, error.message) from error
    if found and (cell.kind == "markdown" or cell.tag == NOTEBOOK):
        raise mistake(
            path,
            cell.line + found[0].start,
            "a solution region stands in a code cell for module and notebook",
        )
    for number, line in enumerate(cell.text.splitlines()):
        if LIKE_A_SCHEME_MARKER.search(line) and (cell.tag != WRITTEN or line not in SCHEME_MARKERS):
            raise mistake(path, cell.line + number, f"{SCHEME_MARKERS[0]!r} is a line of a written question")


def _check_code(cell: Cell, path: Path) -> None:
    lines = cell.text.splitlines()
    for number, line in enumerate(lines):
        # A cell magic out of place is the header of a cell that lacks a space: "# %%tags=…".
        if line.startswith("%%") and (number or cell.tag != NOTEBOOK):
            raise mistake(path, cell.line + number, 'a cell begins with "# %%" and a space')
    if cell.tag == NOTEBOOK:
        return
    tree = _parse(cell, cell.text, path)
    if cell.tag == SOLUTION:
        return
    found = regions(cell.text)
    for region in found:
        _check_region(region, lines, tree, cell, path)
    _parse(cell, cut(cell.text), path, "without its solution the cell is not valid Python: ")
    hidden = {number for region in found for number in region}
    for name, node in cell.definitions.items():
        if node.lineno - 1 in hidden or name.startswith("_"):
            continue
        if ast.get_docstring(node) is None or node.body[0].lineno - 1 in hidden:
            raise mistake(path, cell.line + node.lineno - 1, f"{name} has no docstring for students")
    if cell.to_write and cell.part is None:
        raise mistake(path, cell.line, 'a function to be written stands under a heading "## Part a: …"')


def _check_region(region: range, lines: list[str], tree: ast.Module, cell: Cell, path: Path) -> None:
    inside = [line.strip() for line in lines[region.start + 1 : region.stop - 1]]
    if all(not line or line.startswith("#") for line in inside):
        raise mistake(path, cell.line + region.start, "the solution region is empty")
    if lines[region.start].startswith(" ") and not any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno - 1 < region.start <= (node.end_lineno or 0)
        for node in ast.walk(tree)
    ):
        raise mistake(path, cell.line + region.start, "a solution region stands in a function, or not indented")


def _parse(cell: Cell, text: str, path: Path, context: str = "") -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        line = cell.line + (error.lineno or 1) - 1
        raise mistake(path, line, f"{context}{error.msg}") from error
