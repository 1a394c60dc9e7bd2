"""The notebook that students fill in."""

import json
import re

import nbformat
import pytest

from autograder.errors import UserError
from autograder.release.leaks import find_leaks
from autograder.release.notebook import ANSWER, solved_notebook, student_notebook

POINTS = {"a": 2.0, "b": 3.0}
XOR_POINTS = {"a": 2.0, "b": 3.0, "c": 2.0, "d": 1.0, "e": 2.0}


def cells_of(text: str) -> list[nbformat.NotebookNode]:
    return nbformat.reads(text, as_version=nbformat.NO_CONVERT).cells


def nbgrader_of(text: str) -> dict[str, dict[str, object]]:
    return {cell.id: dict(cell.metadata.nbgrader) for cell in cells_of(text) if "nbgrader" in cell.metadata}


def test_cells_stand_in_the_order_of_the_script_with_a_check_after_each_part(lines):
    assert [(cell.id, cell.cell_type) for cell in cells_of(student_notebook(lines, POINTS, "lines"))] == [
        ("text-straight-lines", "markdown"),
        ("given-import-numpy-as-np", "code"),
        ("text-part-a-the-slope", "markdown"),
        ("slope", "code"),
        ("lines-a", "code"),
        ("given-print-a-picture-of-the-line", "code"),
        ("text-part-b-the-distance", "markdown"),
        ("given-tolerance-1e-9", "code"),
        ("distance", "code"),
        ("lines-b", "code"),
        ("text-why-is-a-line-straight", "markdown"),
        ("lines-written-1", "markdown"),
    ]


def test_a_function_to_write_is_a_solution_cell(lines):
    text = student_notebook(lines, POINTS, "lines")
    assert nbgrader_of(text)["slope"] == {
        "schema_version": 3,
        "grade_id": "slope",
        "grade": False,
        "solution": True,
        "locked": False,
        "task": False,
    }
    (cell,) = [cell for cell in cells_of(text) if cell.id == "slope"]
    assert cell.source == 'def slope(rise, run):\n    """The slope of a line."""\n    raise NotImplementedError'


def test_a_check_cell_is_locked_and_carries_the_points_of_its_part(lines):
    text = student_notebook(lines, POINTS, "lines")
    assert nbgrader_of(text)["lines-b"] == {
        "schema_version": 3,
        "grade_id": "lines-b",
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "points": 3.0,
    }
    (cell,) = [cell for cell in cells_of(text) if cell.id == "lines-b"]
    assert cell.source == 'from autograder.notebook import check\n\ncheck("lines.b")'


def test_given_code_is_locked_and_carries_no_points(lines):
    given = nbgrader_of(student_notebook(lines, POINTS, "lines"))["given-tolerance-1e-9"]
    assert (given["locked"], given["grade"], given["solution"], "points" in given) == (True, False, False, False)


def test_a_written_question_is_followed_by_an_answer_that_a_person_marks(lines):
    text = student_notebook(lines, POINTS, "lines")
    question, answer = cells_of(text)[-2:]
    assert question.source == "### Why is a line straight?\n\nAnswer in one sentence."
    assert answer.source == ANSWER
    marked = nbgrader_of(text)["lines-written-1"]
    assert (marked["grade"], marked["solution"], marked["locked"], marked["points"]) == (True, True, False, 1.5)


def test_nothing_was_run(xor):
    for cell in cells_of(student_notebook(xor, XOR_POINTS, "xor")):
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


def test_it_is_valid_and_ends_in_a_newline(xor):
    text = student_notebook(xor, XOR_POINTS, "xor")
    assert text.endswith("}\n")
    content = json.loads(text)
    nbformat.validate(content)
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert content["metadata"]["kernelspec"]["name"] == "python3"


def test_it_is_the_same_bytes_at_every_call_and_under_nbformat(xor):
    text = student_notebook(xor, XOR_POINTS, "xor")
    assert student_notebook(xor, XOR_POINTS, "xor") == text
    assert nbformat.writes(nbformat.reads(text, as_version=nbformat.NO_CONVERT)) + "\n" == text


def test_the_points_of_the_check_cells_are_those_given(xor):
    cells = nbgrader_of(student_notebook(xor, XOR_POINTS, "xor"))
    points = {name: cell["points"] for name, cell in cells.items() if cell["grade"]}
    assert points == {f"xor-{part}": value for part, value in XOR_POINTS.items()}


def test_identifiers_are_unique_and_of_the_form_that_nbformat_asks_for(read):
    title, long = "# %% [markdown]\n# # Ünïcode ½\n", "x = " + "1 + " * 40 + "1"
    script = title + f"\n# %%\n{long}\n" * 3 + "\n# %%\n½ = 1\n".replace("½", "é") + title
    identifiers = [cell.id for cell in cells_of(student_notebook(read(script), {}, "lines"))]
    assert len(set(identifiers)) == len(identifiers) == 6
    assert all(re.fullmatch("[a-zA-Z0-9-_]{1,64}", identifier) for identifier in identifiers)


@pytest.mark.parametrize(
    ("points", "message"),
    [({"a": 2.0}, "part b has no checks"), ({**POINTS, "c": 1.0}, "part c has no function to write")],
)
def test_parts_and_checks_must_agree(lines, points, message):
    with pytest.raises(UserError, match=message):
        student_notebook(lines, points, "lines")


def test_the_student_notebook_holds_no_solution(lines, xor):
    assert find_leaks(lines, {"lines.ipynb": student_notebook(lines, POINTS, "lines").encode()}) == []
    assert find_leaks(xor, {"xor.ipynb": student_notebook(xor, XOR_POINTS, "xor").encode()}) == []


def test_the_solved_notebook_runs_and_has_the_cells_of_the_students(lines):
    student = [cell.id for cell in cells_of(student_notebook(lines, POINTS, "lines"))]
    solved = cells_of(solved_notebook(lines, POINTS, "lines"))
    assert [cell.id for cell in solved if cell.id in student] == student
    namespace: dict[str, object] = {}
    for cell in solved:
        if cell.cell_type == "code" and not cell.source.startswith("from autograder"):
            exec(cell.source, namespace)
    assert namespace["slope"](3, 2) == 1.5
    assert "###" not in "".join(cell.source for cell in solved if cell.cell_type == "code")
    assert solved[-1].source == "Its slope is constant (1.5)."
