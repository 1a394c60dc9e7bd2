"""The one source of an exercise, read cell by cell: a script in percent format with the text and the solution."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from autograder.errors import UserError
from autograder.release.regions import MarkerError, regions

SOLUTION, NOTEBOOK, WRITTEN = "solution", "notebook", "written"

_OPTIONS = {"tags", "points"}
_OF_JUPYTEXT = {"lines_to_next_cell", "cell_marker"}
_SECTION = re.compile(r"^##? .*$", re.MULTILINE)
_PART = re.compile(r"## Part ([a-z]): \S")


@dataclass(frozen=True)
class Cell:
    """A cell. `line` is where its text begins in the file, `points` are those of a written answer."""

    kind: Literal["markdown", "code"]
    text: str
    line: int
    tags: frozenset[str] = frozenset()
    part: str | None = None
    points: float | None = None

    @property
    def is_solution(self) -> bool:
        """Students do not receive it."""
        return SOLUTION in self.tags

    @property
    def is_to_be_written(self) -> bool:
        """Students receive it with a function to write."""
        return self.kind == "code" and not self.is_solution and any(line[:1] == " " for line in self.begins())

    def begins(self) -> list[str]:
        """The line with which each solution region begins."""
        lines = self.text.splitlines()
        return [lines[region.start] for region in regions(self.text)]

    def functions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions at its top level."""
        if self.kind != "code" or NOTEBOOK in self.tags:
            return {}
        body = ast.parse(self.text).body
        return {node.name: node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@dataclass(frozen=True)
class Reference:
    """An exercise's cells, in order."""

    path: Path
    cells: tuple[Cell, ...]

    def part_of(self, function: str) -> str | None:
        """The part under whose heading the function stands."""
        for cell in self.cells:
            if function in cell.functions():
                return cell.part
        raise UserError(f"{self.path} has no function {function!r}.")


def read_reference(path: Path) -> Reference:
    """Reads and checks `solutions/NAME/NAME.py`. Raises `UserError` with file and line for an author's mistake."""
    from autograder.release.validation import validate

    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: save it in that encoding.") from error
    reference = Reference(path, read_cells(text, path))
    validate(reference)
    return reference


def read_cells(text: str, path: Path) -> tuple[Cell, ...]:
    """The cells of a script that are not empty. `path` is for messages."""
    import jupytext
    from nbformat import ValidationError

    try:
        raw_cells = jupytext.reads(text, fmt="py:percent").cells
    except ValidationError as error:
        raise UserError(f"{path}: the options of a cell are wrong: {error.message}.") from error
    return tuple(_with_parts(_cells(raw_cells, text.splitlines(), path), path))


def mistake(path: Path, line: int, message: str) -> UserError:
    """An author's mistake, in the form that editors link to."""
    return UserError(f"{path}:{line}: {message}.")


def _cells(raw_cells: list[Any], lines: list[str], path: Path) -> Iterator[Cell]:
    at = 0
    for raw in raw_cells:
        text = raw.source.strip("\n")
        if not text.strip():
            continue
        first = text.splitlines()[0]
        # Code stands as it is, save for magics; text stands in comments.
        starts = (first, f"# {first}", f"#{first}")
        at = next((number for number in range(at, len(lines)) if lines[number] in starts), at)
        yield _cell(raw, text, at + 1, path)
        at += len(text.splitlines())


def _cell(raw: Any, text: str, line: int, path: Path) -> Cell:
    unknown = set(raw.metadata) - _OPTIONS - _OF_JUPYTEXT
    if unknown or raw.cell_type not in ("markdown", "code"):
        raise mistake(path, line, 'a cell begins with "# %%" or "# %% [markdown]", and perhaps tags=["…"]')
    tags = frozenset(raw.metadata.get("tags", ()))
    if tags - {SOLUTION, NOTEBOOK, WRITTEN} or len(tags) > 1:
        raise mistake(path, line, f'a cell has one tag: "{SOLUTION}", "{NOTEBOOK}" or "{WRITTEN}"')
    points = raw.metadata.get("points")
    is_number = isinstance(points, int | float) and not isinstance(points, bool) and points > 0
    if (WRITTEN in tags) != is_number or (points is not None and not is_number):
        raise mistake(path, line, 'a written question has points: tags=["written"] points=1.5')
    if WRITTEN in tags and raw.cell_type != "markdown":
        raise mistake(path, line, "a written question is a markdown cell")
    return Cell(raw.cell_type, text, line, tags, None, None if points is None else float(points))


def _with_parts(cells: Iterator[Cell], path: Path) -> Iterator[Cell]:
    part: str | None = None
    seen: set[str] = set()
    for cell in cells:
        headings = _SECTION.findall(cell.text) if cell.kind == "markdown" and not cell.is_solution else []
        if len(headings) > 1:
            raise mistake(path, cell.line, "a part has a markdown cell of its own, with one heading")
        if headings:
            match = _PART.match(headings[0])
            part = match[1] if match else None
        if headings and part in seen:
            raise mistake(path, cell.line, f"part {part} has a heading already")
        seen |= {part} if headings and part else set()
        yield Cell(cell.kind, cell.text, cell.line, cell.tags, part, cell.points)


__all__ = ["Cell", "MarkerError", "Reference", "mistake", "read_cells", "read_reference"]
