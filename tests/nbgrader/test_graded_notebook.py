"""The graded notebook shows what was handed in, and is ours in everything that carries points."""

import base64
import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter

from autograder.nbgrader.graded_notebook import Released, graded_notebook, marks
from autograder.nbgrader.harmless import harmless_markdown
from autograder.report import CheckReport, PartReport, Report
from autograder.submission.notebook import NotebookCell, notebook_cells

ROOT = Path(__file__).parents[2]
NOTEBOOK = json.loads((ROOT / "assignments" / "dropout" / "dropout.ipynb").read_text(encoding="utf-8"))
CHECKS = ["dropout-a", "dropout-b", "dropout-c"]
WRITTEN = "dropout-written-1"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(200))).decode()


@pytest.fixture
def released():
    return Released("dropout", copy.deepcopy(NOTEBOOK))


@pytest.fixture
def report():
    parts = [PartReport(part=part, score=1.0, max_score=most) for part, most in (("a", 3.0), ("b", 4.0), ("c", 3.0))]
    check = CheckReport(name="test_x", part="a", title="<b>x</b>", points=3, earned=1, status="failed", message="<i>")
    return Report(
        student="ada",
        exercise="dropout",
        source="ada/dropout/dropout.ipynb",
        digest="",
        status="graded",
        score=3.0,
        max_score=10.0,
        parts=parts,
        checks=[check],
        engine="1",
    )


def handed_in(change=lambda cells: cells):
    """The released notebook after `change` of its list of cells, read as a student's."""
    notebook = copy.deepcopy(NOTEBOOK)
    notebook["cells"] = change(notebook["cells"])
    return notebook_cells("dropout.ipynb", json.dumps(notebook).encode())


def names(shown):
    return [marks(cell).get("grade_id") for cell in shown.notebook["cells"]]


def named(shown, name):
    (cell,) = [cell for cell in shown.notebook["cells"] if marks(cell).get("grade_id") == name]
    return cell


def number_of(cells, name):
    return next(number for number, cell in enumerate(cells) if marks(cell).get("grade_id") == name)


def without_marks(cells):
    return [{key: {} if key == "metadata" else it for key, it in cell.items()} for cell in cells]


def without_identifiers(cells):
    return [{key: it for key, it in cell.items() if key != "id"} for cell in without_marks(cells)]


def answered(cells, text="Because."):
    cells[number_of(cells, WRITTEN)]["source"] = text
    return cells


def assert_sound(shown, released):
    """Every cell with points is there once, with the points and, if it is locked, the text of the release."""
    nbformat.validate(nbformat.from_dict(shown.notebook))
    for name in (*CHECKS, WRITTEN):
        cell = named(shown, name)
        assert marks(cell) == marks(released.named[name])
        if name != WRITTEN:
            assert cell["source"] == released.text(name)
            (output,) = cell["outputs"]
            assert "&lt;b&gt;x&lt;/b&gt;" in output["data"]["text/html"] or name != "dropout-a"


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells,
        lambda cells: cells[::-1],
        lambda cells: [],
        lambda cells: cells + copy.deepcopy(cells),
        lambda cells: [cell for cell in cells if not marks(cell).get("grade")],
        without_marks,
        without_identifiers,
    ],
    ids=["as released", "reversed", "emptied", "doubled", "without checks", "without marks", "without identifiers"],
)
def test_cells_with_points_are_ours_whatever_was_done_to_them(released, report, change):
    assert_sound(graded_notebook(released, report, handed_in(change), None), released)


def test_the_students_order_is_kept(released, report):
    shown = graded_notebook(released, report, handed_in(), None)
    assert [it for it in names(shown) if it] == [
        name for name in released.named if released.is_answer(name) or released.is_check(name)
    ]


def test_a_check_that_is_gone_comes_after_the_functions_of_its_part(released, report):
    def change(cells):
        return [cell for cell in cells if marks(cell).get("grade_id") != "dropout-b"]

    shown = names(graded_notebook(released, report, handed_in(change), None))
    functions = [name for name in shown if name and "dropout-" not in name]
    before = [name for name in shown[: shown.index("dropout-b")] if name]
    assert before[-1] in functions
    assert shown.index("dropout-a") < shown.index("dropout-b") < shown.index("dropout-c")


@pytest.mark.parametrize("change", [lambda cells: cells, without_marks, without_identifiers])
def test_a_written_answer_is_found_by_its_name_or_by_its_question(released, report, change):
    shown = graded_notebook(released, report, handed_in(lambda cells: change(answered(cells))), None)
    assert named(shown, WRITTEN)["source"] == "Because."
    assert WRITTEN not in shown.unanswered


def test_no_answer_is_seen(released, report):
    for change in (
        lambda cells: cells,
        lambda cells: [],
        lambda cells: answered(cells, "*Write your answer here.* \n"),
    ):
        assert WRITTEN in graded_notebook(released, report, handed_in(change), None).unanswered


def test_forged_marks_give_nothing(released, report):
    def change(cells):
        for cell in cells:
            if marks(cell).get("grade"):
                marks(cell)["points"] = 1000
                cell["metadata"]["tags"] = ["skip-execution"]
        forged = {"grade": True, "solution": False, "grade_id": "dropout-z", "points": 99, "schema_version": 3}
        return [*cells, {"cell_type": "code", "metadata": {"nbgrader": forged}, "source": "1", "outputs": []}]

    shown = graded_notebook(released, report, handed_in(change), None)
    assert_sound(shown, released)
    assert "dropout-z" not in names(shown)
    assert all(set(cell["metadata"]) <= {"nbgrader"} for cell in shown.notebook["cells"])


def test_the_name_of_a_check_on_another_kind_of_cell_is_no_check(released, report):
    text = NotebookCell("markdown", "I claim all points.", ["dropout-a"])
    shown = graded_notebook(released, report, [text, *handed_in()], None)
    assert_sound(shown, released)
    assert "I claim all points." in [cell["source"] for cell in shown.notebook["cells"]]


def test_outputs_of_the_student_are_gone(released, report):
    def change(cells):
        html = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>1</script>"}}
        for cell in cells:
            if cell["cell_type"] == "code":
                cell["outputs"] = [html]
        return cells

    assert "<script>" not in json.dumps(graded_notebook(released, report, handed_in(change), None).notebook)


def test_pictures_that_the_student_drew_or_pasted_stay(released, report):
    drawn = {"output_type": "display_data", "metadata": {}, "data": {"image/png": PNG[:20] + "\n" + PNG[20:]}}

    def change(cells):
        cells[number_of(cells, WRITTEN)]["attachments"] = {'my"><b>.png': {"image/png": PNG}}
        cells.append({"cell_type": "code", "id": "plot", "metadata": {}, "source": "plt.plot(x)", "outputs": [drawn]})
        return answered(cells, "See ![paper](attachment:my.png).")

    shown = graded_notebook(released, report, handed_in(change), None)
    assert_sound(shown, released)
    (plot,) = [cell for cell in shown.notebook["cells"] if cell["source"] == "plt.plot(x)"]
    assert plot["outputs"][0]["data"]["image/png"] == PNG
    answer = named(shown, WRITTEN)
    assert answer["attachments"] == {"picture-0": {"image/png": PNG}}
    assert "![picture-0](attachment:picture-0)" in answer["source"]
    page, _ = HTMLExporter().from_notebook_node(nbformat.from_dict(shown.notebook))
    assert page.count(f"data:image/png;base64,{PNG}") == 2
    assert "my&quot;" not in page


@pytest.mark.parametrize(
    "data",
    [
        {"image/png": '"><script>alert(1)</script>'},
        {"image/png": base64.b64encode(b"<svg onload=alert(1)>").decode()},
        {"image/png": ["iVBO", 3]},
        {"image/png": {}},
        {"image/jpeg": PNG},
        {"image/svg+xml": "<svg onload=alert(1)>"},
        {"image/png": PNG[:-3]},
        {"image/png": PNG[:-4] + "A" * (5 << 20)},
        [],
    ],
)
def test_what_is_no_picture_is_left_out(released, report, data):
    def change(cells):
        outputs = [{"output_type": "display_data", "metadata": {}, "data": data}, 3, {"data": None}]
        cells.append({"cell_type": "code", "id": "plot", "metadata": {}, "source": "plot()", "outputs": outputs})
        cells.append(
            {"cell_type": "markdown", "id": "own", "metadata": {}, "source": "own", "attachments": {"a": data}}
        )
        return cells

    cells = graded_notebook(released, report, handed_in(change), None).notebook["cells"]
    by_text = {cell["source"]: cell for cell in cells}
    assert by_text["plot()"]["outputs"] == []
    assert "attachments" not in by_text["own"]


def test_a_module_stands_before_everything_else(released, report):
    shown = graded_notebook(released, report, handed_in(answered), "def inverted_dropout(): ...\n")
    assert_sound(shown, released)
    assert shown.notebook["cells"][1]["source"] == "def inverted_dropout(): ...\n"
    assert named(shown, WRITTEN)["source"] == "Because."


def test_a_module_alone(released, report):
    shown = graded_notebook(released, report, None, "x = 1\n")
    assert_sound(shown, released)
    assert [it for it in names(shown) if it] == [*CHECKS, WRITTEN]


def test_raw_cells_become_text(released, report):
    raw = NotebookCell("raw", "<script>alert(1)</script>", [])
    (cell,) = [
        cell for cell in graded_notebook(released, report, [raw], None).notebook["cells"] if "alert" in cell["source"]
    ]
    assert cell["cell_type"] == "markdown"
    assert "<script" not in cell["source"]


@pytest.mark.parametrize(
    ("text", "must_not"),
    [
        ("<script>x</script>", "<s"),
        ("a <!-- b", "<!"),
        ("[x](javascript:alert(1))", "]("),
        ("![x](https://a.example/b.png)", "]("),
        ("[x]: javascript:alert(1)", "]:"),
        (r"$\href{javascript:alert(1)}{x}$", r"\href"),
        (r"$\renewcommand\x{}$", r"\renewcommand"),
    ],
)
def test_markdown_is_made_harmless(text, must_not):
    assert must_not not in harmless_markdown(text)


@pytest.mark.parametrize("text", ["a < b and $x<3$, **bold**", "> quoted", "`f(x)` [1]", r"$\frac{1}{2} \delta$"])
def test_ordinary_markdown_stays(text):
    assert harmless_markdown(text) == text
