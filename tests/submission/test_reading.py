"""From bytes to the student's code: tolerant of what tools write, one clear line for what cannot be read."""

import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.submission import Source, Unreadable, imports, read_source


def notebook(*cells, **top):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **top}).encode()


def code(source, **metadata):
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def codes(data):
    return [unit.code for unit in read_source("xor.ipynb", data).units]


@pytest.mark.parametrize(
    "data",
    [
        "x = 'ü'\n".encode(),
        "x = 'ü'\n".encode("utf-8-sig"),
        "# -*- coding: latin-1 -*-\nx = 'ü'\n".encode("latin-1"),
        "x = 'ü'\r\n".encode(),
    ],
)
def test_a_module_may_have_any_declared_encoding(data):
    (unit,) = read_source("xor.py", data).units
    namespace = {}
    exec(unit.code.split("\n", 1)[-1] if "coding" in unit.code else unit.code, namespace)
    assert namespace["x"] == "ü"
    assert "\r" not in unit.code


def test_a_syntax_error_is_told_later():
    assert read_source("xor.py", b"def f(:\n").units[0].code == "def f(:\n"


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("xor.py", b"", "empty"),
        ("xor.py", b" \n\t", "empty"),
        ("xor.py", b"a\0b", "not a text file"),
        ("xor.py", "ü".encode("latin-1"), "UTF-8"),
        ("xor.py", b"# coding: no-such-codec\n", "UTF-8"),
        ("xor.py", b"#" * (5 << 20) + b"#", "larger than 5 MiB"),
        ("xor.ipynb", b"{", "cut off"),
        ("xor.ipynb", b"[" * 200_000, "cut off"),
        ("xor.ipynb", b"[]", "not a notebook"),
        ("xor.ipynb", b"{}", "no cells"),
        ("xor.ipynb", b'{"cells": 3}', "no cells"),
        ("xor.ipynb", b"\xff\xfe{}", "UTF-8"),
        ("xor.ipynb", notebook(), "no code"),
        ("xor.ipynb", notebook({"cell_type": "markdown", "source": "x"}), "no code"),
        ("xor.txt", b"x", "neither"),
    ],
)
def test_what_cannot_be_read_gets_one_line(name, data, word):
    with pytest.raises(Unreadable, match=word) as caught:
        read_source(name, data)
    assert "\n" not in str(caught.value)


def test_cells_are_taken_as_tools_write_them():
    data = notebook(
        {"cell_type": "markdown", "source": ["# Title"]},
        code(["x = 1\n", "y = 2"], colab={"base_uri": "x"}, tags=["skip-execution"]),
        {"cell_type": "raw", "source": "raw"},
        {"cell_type": "code", "source": "z = 3"},
        "not a cell",
        code(None),
    )
    source = read_source("xor.ipynb", data)
    assert [(unit.label, unit.code) for unit in source.units] == [
        ("xor.ipynb, cell 1", "x = 1\ny = 2"),
        ("xor.ipynb, cell 2", "z = 3"),
    ]


def test_the_graders_cells_are_left_out_and_forged_marks_are_not_believed():
    graded = {"grade": True, "solution": False, "locked": True, "grade_id": "xor-a"}
    assert codes(
        notebook(
            code('from autograder.notebook import check\n\ncheck("xor.a")'),
            code('check("xor.b")', nbgrader=graded),
            code("def f():\n    return 1", nbgrader=graded),
            code("def g():\n    return 2", nbgrader={**graded, "solution": True}),
        )
    ) == ["def f():\n    return 1", "def g():\n    return 2"]


def test_what_only_ipython_understands_is_left_out_at_the_same_line_numbers():
    data = notebook(
        code("%matplotlib inline\nimport numpy as np\nif True:\n    !ls\nfiles = !ls\nnp?\nx = 1"),
        code("%%time\ny = 2"),
        code("%%bash\nrm -rf /"),
        code('text = """\n%not magic\n"""'),
    )
    source = read_source("xor.ipynb", data)
    assert [unit.code for unit in source.units] == [
        "pass\nimport numpy as np\nif True:\n    pass\npass\npass\nx = 1",
        "\ny = 2",
        'text = """\n%not magic\n"""',
    ]
    assert len(source.notes) == 6
    assert source.notes[0] == "Cell 1: left out “%matplotlib inline”."


def test_older_notebooks_are_read():
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("x = 1")])])
    assert codes(nbformat.v3.writes_json(old).encode()) == ["x = 1"]


def test_imports_are_seen_wherever_they_stand():
    source = read_source("xor.py", b"def f():\n    import torch.nn\n    from scipy import linalg\n# import jax\n")
    assert [name for name in ("torch", "scipy", "jax", "numpy") if imports(source, name)] == ["torch", "scipy"]
    assert not imports(read_source("xor.py", b"import torch ("), "torch")


def is_read_or_refused(name, data):
    """Any other exception than `Unreadable` passes through, and fails the test."""
    try:
        return isinstance(read_source(name, data), Source)
    except Unreadable as unreadable:
        return "\n" not in str(unreadable)


@given(st.sampled_from(["xor.py", "xor.ipynb"]), st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(name, data):
    assert is_read_or_refused(name, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from("cells cell_type source metadata nbgrader worksheets nbformat grade code".split()), inner
        )
    ),
    max_leaves=15,
)


@given(JSON, st.lists(JSON, max_size=3))
def test_random_json_is_read_or_refused(top, cells):
    assert is_read_or_refused("xor.ipynb", json.dumps(top).encode())
    assert is_read_or_refused("xor.ipynb", json.dumps({"cells": cells}).encode())
