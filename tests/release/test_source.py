"""Reading and checking the one source."""

import pytest

from autograder.errors import UserError
from autograder.release.source import read_reference

TITLE = "# %% [markdown]\n# # Title\n\n"
PART = TITLE + "# %% [markdown]\n# ## Part a: it\n\n"
SOLVED = '    """Doc."""\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n'


def test_cells_come_with_kind_tag_part_and_place(lines, script):
    found = [(cell.kind, cell.tag, cell.part) for cell in lines.cells]
    assert found == [
        ("markdown", None, None),
        ("code", None, None),
        ("markdown", None, "a"),
        ("code", None, "a"),
        ("markdown", "solution", "a"),
        ("code", "notebook", "a"),
        ("markdown", None, "b"),
        ("code", "solution", "b"),
        ("code", None, "b"),
        ("code", None, "b"),
        ("markdown", "written", "b"),
    ]
    for cell in lines.cells:
        first = cell.text.splitlines()[0]
        assert script.splitlines()[cell.line - 1] == (first if cell.kind == "code" else f"# {first}")


def test_a_written_question_has_points(lines):
    assert lines.cells[-1].points == 1.5


def test_functions_to_write_are_those_with_a_solution_inside(lines):
    assert [name for cell in lines.cells for name in cell.to_write] == ["slope", "distance"]


def test_a_method_is_written_too(read):
    reference = read(
        PART + '# %%\nclass Net:\n    """Doc."""\n\n    def f(self):\n    ' + SOLVED.replace("\n", "\n    ")
    )
    assert reference.cells[-1].to_write == ["Net"]


def test_a_function_belongs_to_the_part_above_it(lines):
    assert lines.part_of("slope") == "a"
    assert lines.part_of("distance") == "b"
    with pytest.raises(UserError, match="no function 'other'"):
        lines.part_of("other")


def test_another_section_ends_a_part(read):
    reference = read(f"{PART}# %%\ndef f():\n{SOLVED}\n\n# %% [markdown]\n# ## Further reading\n\n# %%\nx = 1\n")
    assert [cell.part for cell in reference.cells] == [None, "a", "a", None, None]


def test_the_real_exercise_is_read(xor):
    written = {name: cell.part for cell in xor.cells for name in cell.to_write}
    assert written == {
        "separation_certificate": "a",
        "relu_net": "b",
        "xor_weights": "b",
        "xor_weights_without_bias": "c",
        "linear_fit": "d",
        "train": "e",
    }


@pytest.mark.parametrize(
    ("script", "line", "message"),
    [
        ("x = 1\n", 1, "begins with the title"),
        ("", 1, "begins with the title"),
        (f"{PART}# %%\ndef f():\n    return 1\n", 8, "f has no docstring"),
        (f'{PART}# %%\ndef f():\n    ### BEGIN SOLUTION\n    """Doc."""\n    ### END SOLUTION\n', 8, "no docstring"),
        (f'{PART}# %%\ndef f():\n    """Doc."""\n    ### BEGIN SOLUTION\n    return 1\n', 10, "is missing"),
        (f'{PART}# %%\ndef f():\n    """Doc."""\n    ### BEGIN SOLUTION\n    ### END SOLUTION\n', 10, "is empty"),
        (f'{PART}# %%\ndef f():\n    """Doc."""\n    return 1\n    ### END SOLUTION\n', 11, "never began"),
        (f"{PART}# %%\nx = [\n    ### BEGIN SOLUTION\n    1,\n    ### END SOLUTION\n]\n", 9, "in a function"),
        (f"{PART}# %%\nif x:\n    ### BEGIN SOLUTION\n    y\n    ### END SOLUTION\n", 9, "in a function"),
        (
            f'{PART}# %%\ndef f():\n    """Doc."""\n    x = [\n        ### BEGIN SOLUTION\n        1,\n'
            "        ### END SOLUTION\n    ]\n",
            11,
            "without its solution the cell is not valid Python",
        ),
        (f"{PART}# %%\nx = = 1\n", 8, "invalid syntax"),
        (f"{TITLE}# %%\ndef f():\n{SOLVED}", 5, "stands under a heading"),
        (f"{PART}# %% [markdown]\n# ## Part a: again\n", 8, "part a has a heading already"),
        (f"{PART}# %% [markdown]\n# ### BEGIN SOLUTION\n# x\n# ### END SOLUTION\n", 8, "in a code cell"),
        (f'{PART}# %% tags=["notebook"]\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n', 8, "in a code cell"),
        (f"{PART}# %% [markdown]\n# ### BEGIN MARK SCHEME\n# x\n", 8, "a line of a written question"),
        (f'{PART}# %% [markdown] tags=["written"] points=1\n# Why?\n# ### BEGIN MARKSCHEME\n', 9, "MARK SCHEME"),
        (f'{PART}# %% [markdown] tags=["written"]\n# Why?\n', 8, "has points"),
        (f'{PART}# %% [markdown] tags=["written"] points=0\n# Why?\n', 8, "has points"),
        (f'{PART}# %% [markdown] tags=["written"] points="two"\n# Why?\n', 8, "has points"),
        (f"{PART}# %% [markdown] points=1\n# Why?\n", 8, "has points"),
        (f'{PART}# %% tags=["written"] points=1\nx = 1\n', 8, "a markdown cell"),
        (f'{PART}# %% tags=["solutions"]\nx = 1\n', 8, "one tag at most"),
        (f'{PART}# %% tags=["solution", "notebook"]\nx = 1\n', 8, "one tag at most"),
        (f"{PART}# %% tags=[solution]\nx = 1\n", 8, "a cell begins with"),
        (f"{PART}# %% solution\nx = 1\n", 8, "a cell begins with"),
        (f"{PART}# %% [raw]\n# x\n", 8, "a cell begins with"),
        (f'{PART}# %% tags=["notebook"]\nx = 1\n\n# %%tags=["solution"]\ny = 2\n', 10, "and a space"),
    ],
)
def test_a_mistake_is_one_line_with_file_and_line(read, tmp_path, script, line, message):
    with pytest.raises(UserError, match=message) as caught:
        read(script)
    assert str(caught.value).startswith(f"{tmp_path / 'lines.py'}:{line}: ")
    assert "\n" not in str(caught.value)


def test_options_of_the_wrong_type_are_a_mistake(read):
    with pytest.raises(UserError, match="the options of a cell are wrong"):
        read(f'{PART}# %% [markdown] tags="solution"\n# x\n')


def test_a_missing_or_foreign_file_is_a_mistake(tmp_path):
    with pytest.raises(UserError, match="No such file"):
        read_reference(tmp_path / "missing.py")
    (tmp_path / "latin.py").write_bytes("# é".encode("latin-1"))
    with pytest.raises(UserError, match="not UTF-8"):
        read_reference(tmp_path / "latin.py")
