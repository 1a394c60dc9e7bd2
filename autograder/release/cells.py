"""The cells of an exercise's script in percent format."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from autograder.errors import UserError
from autograder.release.regions import regions

SOLUTION, NOTEBOOK, WRITTEN = "solution", "notebook", "written"

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_OPTIONS = {"tags", "points"}
_OF_JUPYTEXT = {"lines_to_next_cell", "cell_marker"}
_SECTION = re.compile(r"^## .*$", re.MULTILINE)
_PART = re.compile(r"## Part ([a-z]): \S")


@dataclass(frozen=True)
class Cell:
    """A cell. `line` is where its text begins in the file, `points` are those of a written answer."""

    kind: Literal["markdown", "code"]
    text: str
    line: int
    tag: str | None = None
    part: str | None = None
    points: float | None = None

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """Functions and classes at the top level; none in a notebook cell, which need not be plain Python."""
        if self.kind != "code" or self.tag == NOTEBOOK:
            return {}
        return {node.name: node for node in ast.parse(self.text).body if isinstance(node, Definition)}

    @property
    def to_write(self) -> Sequence[str]:
        """Those whose body students write."""
        if self.tag == SOLUTION:
            return ()
        begins = [region.start + 1 for region in regions(self.text)]
        return [
            name
            for name, node in self.definitions.items()
            if any(node.lineno < begin <= (node.end_lineno or 0) for begin in begins)
        ]


def read_cells(text: str, path: Path) -> tuple[Cell, ...]:
    """The cells of a script that are not empty. Raises `UserError`, which names `path`."""
    import jupytext
    from nbformat import ValidationError

    try:
        raw_cells = jupytext.reads(text, fmt="py:percent").cells
    except ValidationError as error:
        raise UserError(f"{path}: the options of a cell are wrong: {error.message}.") from error
    return tuple(_in_parts(_cells(raw_cells, text.splitlines(), path), path))


def mistake(path: Path, line: int, message: str) -> UserError:
    """An author's mistake, in the form that editors turn into a link."""
    return UserError(f"{path}:{line}: {message}.")


def _cells(raw_cells: list[Any], lines: list[str], path: Path) -> Iterator[Cell]:
    at = 0
    for raw in raw_cells:
        text = raw.source.strip("\n")
        if not text.strip():
            continue
        first = text.splitlines()[0]
        # Code stands in the file as it is, save for magics; text stands in comments.
        starts = (first, f"# {first}", f"#{first}")
        at = next((number for number in range(at, len(lines)) if lines[number].rstrip() in starts), at)
        yield _cell(raw, text, at + 1, path)
        at += len(text.splitlines())


def _cell(raw: Any, text: str, line: int, path: Path) -> Cell:
    if raw.cell_type not in ("markdown", "code") or set(raw.metadata) - _OPTIONS - _OF_JUPYTEXT:
        raise mistake(path, line, 'a cell begins with "# %%" or "# %% [markdown]", and perhaps tags=["…"]')
    tags, points = raw.metadata.get("tags", []), raw.metadata.get("points")
    if len(tags) > 1 or not {SOLUTION, NOTEBOOK, WRITTEN}.issuperset(tags):
        raise mistake(path, line, f'a cell has one tag at most: "{SOLUTION}", "{NOTEBOOK}" or "{WRITTEN}"')
    tag = tags[0] if tags else None
    has_points = type(points) in (int, float) and points > 0
    if (tag == WRITTEN) != (points is not None) or (tag == WRITTEN and not has_points):
        raise mistake(path, line, 'a written question, and nothing else, has points: tags=["written"] points=1.5')
    if tag == WRITTEN and raw.cell_type != "markdown":
        raise mistake(path, line, "a written question is a markdown cell")
    return Cell(raw.cell_type, text, line, tag, points=points if points is None else float(points))


def _in_parts(cells: Iterator[Cell], path: Path) -> Iterator[Cell]:
    part: str | None = None
    seen: set[str] = set()
    for cell in cells:
        if cell.kind == "markdown" and cell.tag != SOLUTION:
            for heading in _SECTION.findall(cell.text):
                match = _PART.match(heading)
                part = match[1] if match else None
                if part in seen:
                    raise mistake(path, cell.line, f"part {part} has a heading already")
                seen |= {part} if part else set()
        yield replace(cell, part=part)
