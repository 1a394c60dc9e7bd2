"""Lines of the solution in what is released."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.release.leaks import find_leaks, solution_lines
from autograder.release.notebook import solved_notebook
from autograder.release.stub import stub_module

SECRET = "quotient = rise / run"
TITLE = "# %% [markdown]\n# # T\n#\n# ## Part a: it\n\n"


def notebook(source: object, outputs: object = ()) -> bytes:
    return json.dumps({"cells": [{"source": source, "outputs": outputs}]}).encode()


def test_secret_is_what_stands_in_solutions_and_says_something(lines):
    assert solution_lines(lines) == {
        "from math import prod as secret_product",
        SECRET,
        "**Solution.** The quotient is the slope.",
        "def squared(x):",
        "return secret_product([x, x])",
        "return np.sqrt(squared(points[1] - points[0]).sum())",
        "Its slope is constant (1.5).",
    }


@pytest.mark.parametrize(
    "line",
    ["else:", "return None", "return a, b", "# a comment, however long", "x = 1", "(1.25, 3.75)", "losses = []",
     "for i in range(n):", "continue", "n, d = X.shape", "try:"],
)  # fmt: skip
def test_a_line_that_many_programs_hold_is_no_secret(read, line):
    body = "\n".join(f"    {it}" for it in ("### BEGIN SOLUTION", '"""', line, '"""', "### END SOLUTION"))
    assert solution_lines(read(f'{TITLE}# %%\ndef f():\n    """Doc."""\n{body}\n')) == set()


def test_a_line_that_students_are_given_is_no_secret(read):
    script = f'{TITLE}# %%\nscale = 2.5\n\n\ndef f():\n    """Doc."""\n    ### BEGIN SOLUTION\n    scale = 2.5\n'
    assert solution_lines(read(script + "    other = 3.5\n    ### END SOLUTION\n")) == {"other = 3.5"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("lines.py", f"def f():\n    {SECRET}\n".encode()),
        ("hints.md", f"Write `{SECRET}`.".encode()),
        ("expectations.msgpack", b"\x00\xff\xd9\x15" + SECRET.encode() + b"\xc3"),
        ("lines.ipynb", notebook(["x = 1\n", f"    {SECRET}\n"])),
        ("lines.ipynb", notebook(f"x = 1\n{SECRET}")),
        ("lines.ipynb", notebook([], [{"text": [f"{SECRET}\n"]}])),
        ("lines.ipynb", b"{ broken " + SECRET.encode()),
    ],
)
def test_a_leak_is_found_wherever_it_hides(lines, name, data):
    assert find_leaks(lines, {"clean.py": b"x = 1", name: data}) == [f"{name}: {SECRET}"]


def test_in_a_notebook_only_whole_lines_count(lines):
    assert find_leaks(lines, {"lines.ipynb": notebook([f"# not {SECRET}\n"])}) == []


def test_the_stubs_leak_nothing_and_the_solved_notebook_all(lines, xor):
    assert find_leaks(lines, {"lines.py": stub_module(lines).encode()}) == []
    assert find_leaks(xor, {"xor.py": stub_module(xor).encode()}) == []
    solved = solved_notebook(lines, {"a": 1.0, "b": 1.0}, "lines").encode()
    assert find_leaks(lines, {"n.ipynb": solved}) == [f"n.ipynb: {line}" for line in sorted(solution_lines(lines))]


@given(before=st.binary(max_size=50), after=st.binary(max_size=50), data=st.data())
def test_no_bytes_around_a_secret_hide_it(xor_lines, before, after, data):
    reference, secrets = xor_lines
    line = data.draw(st.sampled_from(secrets))
    assert f"data.bin: {line}" in find_leaks(reference, {"data.bin": before + line.encode() + after})


@pytest.fixture(scope="session")
def xor_lines():
    from pathlib import Path

    from autograder.release.source import read_reference

    reference = read_reference(Path(__file__).parents[2] / "solutions" / "xor" / "xor.py")
    return reference, sorted(solution_lines(reference))
