"""Notebooks, as Jupyter, Colab and VS Code write them: which cells are the student's, and which code of them runs."""

import json

import nbformat
import pytest

from autograder.submission import Unreadable, read_source

CHECK = 'from autograder.notebook import check\n\ncheck("xor.a")'
GRADED = {"grade": True, "solution": False, "locked": True, "grade_id": "xor-a"}


def notebook(*cells, **top):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **top}).encode()


def code(source, **metadata):
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def read(*cells):
    return read_source("xor.ipynb", notebook(*cells))


def codes(*cells):
    return [unit.code for unit in read(*cells).units]


def refusal(data):
    with pytest.raises(Unreadable) as caught:
        read_source("xor.ipynb", data)
    (line,) = str(caught.value).splitlines()
    return line


def test_cells_are_taken_as_tools_write_them():
    source = read(
        {"cell_type": "markdown", "source": ["# Title"]},
        code(["x = 1\n", "y = 2"], colab={"base_uri": "x"}, id="4", tags=["skip-execution"]),
        {"cell_type": "raw", "source": "raw"},
        {"cell_type": "code", "source": "z = 'ü'\r\nw = 4", "vscode": {"languageId": "python"}},
        {"cell_type": "code", "metadata": None},
        {**code("v = 5"), "outputs": [{"data": {"image/png": "AAAA" * 1000}}, "\ud83d\ude00", 10**400]},
    )
    assert [(unit.label, unit.code) for unit in source.units] == [
        ("xor.ipynb, cell 1", "x = 1\ny = 2"),
        ("xor.ipynb, cell 2", "z = 'ü'\nw = 4"),
        ("xor.ipynb, cell 4", "v = 5"),
    ]
    assert source.notes == ()


def test_a_byte_order_mark_is_allowed():
    assert read_source("xor.ipynb", b"\xef\xbb\xbf" + notebook(code("x = 1"))).units[0].code == "x = 1"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"{", "cut off"),
        (notebook(code("x = 1"))[:-9], "cut off"),
        (b'{"x": ' + b"[" * 200_000, "cut off"),
        (b"x = 1\n", "cut off"),
        (b"[]", "not a notebook"),
        (b"{}", "not a notebook"),
        (b'{"cells": 3}', "not a notebook"),
        (b'{"cells": ["x"]}', "not a notebook"),
        ('{"cells": []}'.encode("utf-16"), "UTF-8"),
        (notebook(), "no code"),
        (notebook({"cell_type": "markdown", "source": "x"}), "no code"),
        (notebook(code(CHECK)), "no code"),
        (notebook(code("%%bash\nls")), "left out “%%bash”"),
        (b" " * (100 << 20) + b"{", "larger than 100 MiB"),
        (notebook(code("x" * (5 << 20))), "more than 5 MiB of code"),
        (notebook(code("x = 1"), metadata=[{}] * 1_000_000), "too much besides code"),
    ],
)
def test_what_cannot_be_read_gets_one_line(data, word):
    assert word in refusal(data)


@pytest.mark.parametrize("version", [2, 3])
def test_older_notebooks_are_read(version):
    old = getattr(nbformat, f"v{version}")
    cells = [old.new_text_cell("html" if version == 2 else "markdown", "# Title"), old.new_code_cell("x = 1\ny = 2")]
    text = old.writes_json(old.new_notebook(worksheets=[old.new_worksheet(cells=cells)]))
    (unit,) = read_source("xor.ipynb", text.encode()).units
    assert unit.code == "x = 1\ny = 2"


def test_the_graders_cells_are_left_out():
    assert codes(
        code(CHECK, nbgrader=GRADED),
        code("x = 1"),
        code(CHECK.replace(".a", ".b")),
        code('check("xor");'),
        code("assert x == 1\nprint(x)", nbgrader=GRADED),
    ) == ["x = 1"]


@pytest.mark.parametrize(
    "text",
    ["def f():\n    return 1", "f = lambda: 1", "class A: pass", "import numpy as np", "def f(:", "if x:\n    y = 1"],
)
def test_a_forged_mark_loses_nothing_that_the_student_defined(text):
    assert codes(code(text, nbgrader=GRADED)) == [text]
    assert codes(code(text, nbgrader={**GRADED, "solution": True})) == [text]


@pytest.mark.parametrize("marks", [None, [], {"grade": "yes"}, {"grade": 1}, {"grade": None}])
def test_strange_marks_are_none(marks):
    assert codes(code("print(1)", nbgrader=marks)) == ["print(1)"]


def test_a_check_in_a_cell_of_the_students_is_taken_out_of_it():
    mixed = (
        'def f():\n    return check(1)\n\nfrom autograder.notebook import check as check\ncheck(\n    "xor.a"\n)\ny = f'
    )
    assert codes(code(mixed)) == ["def f():\n    return check(1)\n\n\n\n\n\ny = f"]
    assert codes(code("x = 1"), code(CHECK), code('z = 3\ncheck("xor.b")')) == ["x = 1", "z = 3\n"]


@pytest.mark.parametrize(
    "text", ["print(x)", "check('xor.a')", "x = check('xor.a')", "print('autograder')", "a(); b = 1"]
)
def test_calls_of_anything_else_are_the_students(text):
    assert codes(code(text)) == [text]


def test_a_statement_beside_a_check_stays():
    assert codes(code(CHECK), code("check(1); y = 2")) == ["check(1); y = 2"]


def test_what_only_ipython_understands_is_left_out_at_the_same_line_numbers():
    source = read(
        code("%matplotlib inline\nimport numpy as np\nif True:\n    !ls\nfiles = !ls\na, b = %sx ls\nnp?\n??np\nx = 1"),
        code("!pip install \\\n    numpy\ny = 2"),
    )
    assert [unit.code for unit in source.units] == [
        "pass\nimport numpy as np\nif True:\n    pass\npass\npass\npass\npass\nx = 1",
        "pass\n\ny = 2",
    ]
    assert source.notes[0] == "Cell 1: left out “%matplotlib inline”."
    assert [note.split("“")[1] for note in source.notes[1:]] == [
        "!ls”.", "files = !ls”.", "a, b = %sx ls”.", "np?”.", "??np”.", "!pip install \\\\”.",
    ]  # fmt: skip


@pytest.mark.parametrize("magic", ["%%time", "%%timeit -n 3", "%%capture out", "%%prun"])
def test_a_magic_that_runs_python_loses_only_its_line(magic):
    source = read(code(f"\n{magic}\n%ls\ny = 2"))
    assert source.units[0].code == "\n\npass\ny = 2"
    assert len(source.notes) == 2


def test_a_magic_that_runs_something_else_loses_the_cell():
    source = read(code("x = 1"), code("%%bash\nrm -rf /"), code("%%html\n<b>"))
    assert [unit.code for unit in source.units] == ["x = 1"]
    assert source.notes == ("Cell 2: left out “%%bash”.", "Cell 3: left out “%%html”.")


@pytest.mark.parametrize(
    "text",
    [
        'text = """\n%not magic\n!important\nhelp?\n"""',
        "y = (10\n% 3)",
        "a = 5\na %= 3",
        "if a != b:\n    pass",
        "x = = 1",
    ],
)
def test_other_code_stays_as_it_is(text):
    source = read(code(text))
    assert [unit.code for unit in source.units] == [text]
    assert source.notes == ()


def test_a_string_beside_a_magic_keeps_its_lines():
    source = read(code('%ls\ntext = """\n!important\n"""\nz = (10\n    % 3)'))
    assert source.units[0].code == 'pass\ntext = """\n!important\n"""\nz = (10\n    % 3)'
    assert source.notes == ("Cell 1: left out “%ls”.",)


def test_remarks_are_few_and_short_and_show_what_cannot_be_seen():
    source = read(code("\n".join(f"!echo \x1b[31m\u202e {'x' * 500} {number}" for number in range(200))))
    assert len(source.notes) == 21
    assert source.notes[0].startswith("Cell 1: left out “!echo \\x1b[31m\\u202e xxx")
    assert source.notes[-1] == "And 180 more lines."
    assert all(len(note) < 120 for note in source.notes)


def test_a_pile_of_magics_is_no_reason_to_fail():
    source = read(code("%%time\n" * 10_000 + "x = 1"))
    assert source.units[0].code.endswith("\nx = 1")


def test_the_released_notebook_holds_the_students_cells_only(root):
    source = read_source("xor.ipynb", (root / "assignments" / "xor" / "xor.ipynb").read_bytes())
    assert any("def relu_net" in unit.code for unit in source.units)
    assert not any("check(" in unit.code for unit in source.units)
