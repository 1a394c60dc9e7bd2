"""The module that students fill in."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.release.stub import stub_module

EXPECTED = '''\
"""Straight lines.

A line is one feature times a slope; see `slope`.
"""

import numpy as np

# Part a: the slope
# -----------------
#
# Divide the rise by the run:
#
#     slope = rise / run


def slope(rise, run):
    """The slope of a line."""
    raise NotImplementedError


# Part b: the distance
# --------------------

TOLERANCE = 1e-9


def distance(points):
    """The distance of two points."""
    points = np.asarray(points)
    raise NotImplementedError


# Why is a line straight?
# -----------------------
#
# Answer in one sentence.
'''


def functions(source: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def test_it_reads_like_a_module_that_a_person_wrote(lines):
    assert stub_module(lines) == EXPECTED


def test_it_is_stable_under_the_formatter(lines, xor):
    ruff = Path(sys.executable).with_name("ruff")
    for module in (stub_module(lines), stub_module(xor)):
        command = [ruff, "format", "--isolated", "--line-length", "110", "-"]
        formatted = subprocess.run(command, input=module, capture_output=True, text=True, check=True).stdout
        assert formatted == module


def test_signatures_and_docstrings_are_those_of_the_reference(xor):
    stub = functions(stub_module(xor))
    reference = functions("\n".join(cell.text for cell in xor.cells if cell.kind == "code" and cell.tag is None))
    assert list(stub) == list(reference)
    for name, node in stub.items():
        assert ast.dump(node.args) == ast.dump(reference[name].args)
        assert ast.get_docstring(node) == ast.get_docstring(reference[name])


def test_each_function_of_the_real_stub_is_to_do(xor):
    namespace: dict[str, object] = {}
    exec(stub_module(xor), namespace)
    for name, node in functions(stub_module(xor)).items():
        with pytest.raises(NotImplementedError):
            namespace[name](*[None] * len(node.args.args))


def test_nothing_of_the_format_is_left(lines, xor):
    for module in (stub_module(lines), stub_module(xor)):
        for mark in ("# %%", "###", "tags=", "SOLUTION", "MARK SCHEME"):
            assert mark not in module


def test_text_is_wrapped(xor):
    module = stub_module(xor)
    comments = [line for line in module.splitlines() if line.startswith("#")]
    assert max(map(len, comments)) <= 88
    assert max(map(len, (ast.get_docstring(ast.parse(module)) or "").splitlines())) <= 88


def test_a_title_may_hold_backslashes_and_quotes(read):
    stub = stub_module(read('# %% [markdown]\n# # Is \\alpha enough?\n#\n# Write `"""` around it.\n'))
    assert ast.get_docstring(ast.parse(stub)) == "Is \\alpha enough?\n\nWrite `'''` around it."


def test_a_title_alone_is_a_docstring_on_one_line(read):
    assert stub_module(read("# %% [markdown]\n# # Lines\n\n# %%\nx = 1\n")) == '"""Lines."""\n\nx = 1\n'
