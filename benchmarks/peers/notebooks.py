"""The cells of notebooks."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_notebook

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def write_notebook(path: Path, cells: Iterable[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=list(cells), metadata=KERNEL), path)


def fill_in(released: Path, path: Path, answers: dict[str, str]) -> None:
    """Copies a released notebook, with answers in place of the cells that hold their exercise's mark."""
    notebook = nbformat.read(released, as_version=4)
    for exercise, answer in answers.items():
        (cell,) = (it for it in notebook.cells if it.cell_type == "code" and mark(exercise) in it.source)
        cell.source = answer
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def mark(exercise: str) -> str:
    """The line with which the cell begins that a student writes into."""
    return f"# Exercise {exercise}"
