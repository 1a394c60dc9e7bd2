"""Every notebook, filled in with its solutions, runs from top to bottom, shows figures and gets all points."""

import json
import os
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.course import read_course
from autograder.release.notebook import solved_notebook
from autograder.release.source import read_reference

FIGURES = {"xor": 2, "activations": 3, "backprop": 2, "min_norm": 2, "dropout": 2, "cpa": 3, "mnist": 6}


def points_of(released):
    """By part, from the check cells."""
    cells = json.loads(released.read_text(encoding="utf-8"))["cells"]
    marked = [
        cell["metadata"]["nbgrader"] for cell in cells if cell["cell_type"] == "code" and "nbgrader" in cell["metadata"]
    ]
    return {it["grade_id"].rpartition("-")[2]: it["points"] for it in marked if it["grade"]}


def test_every_exercise_is_here(root):
    assert list(read_course(root).exercises) == list(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_the_solved_notebook_runs_and_shows_its_figures(name, root, course):
    shutil.rmtree(course / "solutions")
    folder = course / "assignments" / name
    points = points_of(folder / f"{name}.ipynb")
    assert sum(points.values()) == 10.0
    text = solved_notebook(read_reference(root / "solutions" / name / f"{name}.py"), points, name)
    notebook = nbformat.reads(text, as_version=4)
    # One thread: torch's threads wait by spinning, which takes minutes where other tests run beside.
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}}).execute(env=environment)
    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    shown = {
        part: " ".join(it["data"]["text/plain"] for it in outputs[f"{name}-{part}"] if "data" in it) for part in points
    }
    for part, value in points.items():
        assert f"{value:g} of {value:g} points" in shown[part]
    figures = [it for some in outputs.values() for it in some if "image/png" in it.get("data", {})]
    assert len(figures) == FIGURES[name]
