"""Solution regions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.release.regions import BEGIN, END, STUB, MarkerError, cut, regions, without_markers

FUNCTION = f'def f():\n    """Doc."""\n    {BEGIN}\n    return 1\n    {END}\n'


def test_a_region_includes_its_markers():
    assert regions(FUNCTION) == [range(2, 5)]


def test_a_function_raises_in_place_of_its_solution():
    assert cut(FUNCTION) == 'def f():\n    """Doc."""\n    raise NotImplementedError'


def test_each_region_is_replaced_at_its_own_indentation():
    text = f"def f():\n    if x:\n        {BEGIN}\n        y\n        {END}\n    {BEGIN}\n    z\n    {END}\n    return"
    assert cut(text).splitlines() == ["def f():", "    if x:", f"        {STUB}", f"    {STUB}", "    return"]


def test_a_region_outside_of_functions_disappears_with_its_blank_lines():
    text = f"import a\n\n{BEGIN}\nimport b\n{END}\n\n\nx = 1"
    assert cut(text) == "import a\n\n\nx = 1"


def test_a_cell_that_is_all_solution_leaves_nothing():
    assert cut(f"{BEGIN}\nx = 1\n{END}\n") == ""


def test_the_solution_without_its_markers_is_the_code():
    assert without_markers(FUNCTION) == 'def f():\n    """Doc."""\n    return 1'


@pytest.mark.parametrize(
    ("text", "number", "message"),
    [
        (f"{BEGIN}\nx", 0, "missing"),
        (f"x\n{END}", 1, "never began"),
        (f"{BEGIN}\n{BEGIN}\n{END}\n{END}", 1, "inside another"),
        (f"{BEGIN}\nx\n  {END}", 2, "indented alike"),
        ("x\n# BEGIN SOLUTION\ny", 1, "a line of its own"),
        ("### Begin solution", 0, "a line of its own"),
        ("### BEGIN SOLUTIONS", 0, "a line of its own"),
        (f"x = 1  {BEGIN}", 0, "a line of its own"),
        (f"{BEGIN}:\nx\n{END}", 0, "a line of its own"),
    ],
)
def test_a_marker_out_of_place_is_named(text, number, message):
    with pytest.raises(MarkerError, match=message) as caught:
        regions(text)
    assert caught.value.number == number


def test_prose_about_a_solution_is_no_marker():
    assert regions("# We begin: a solution of the equation is a number.\nx = begin(solution)") == []


@given(st.lists(st.tuples(st.sampled_from(["given", "hidden"]), st.integers(0, 2), st.integers(0, 99)), max_size=12))
def test_whatever_is_hidden_is_cut_and_whatever_is_given_stays(blocks):
    lines = []
    for number, (kind, depth, value) in enumerate(blocks):
        indent = "    " * depth
        line = f"{indent}{kind}_{number} = {value}"
        lines += [line] if kind == "given" else [indent + BEGIN, line, indent + END]
    text = "\n".join(lines)
    left = cut(text).splitlines()
    assert [line for line in left if "given" in line] == [line for line in lines if "given" in line]
    assert not any("hidden" in line or BEGIN in line or END in line for line in left)
    assert left.count(STUB) == 0
    assert sum(line.strip() == STUB for line in left) == sum(
        kind == "hidden" and depth > 0 for kind, depth, _ in blocks
    )
    assert without_markers(text) == "\n".join(line for line in lines if "###" not in line)
