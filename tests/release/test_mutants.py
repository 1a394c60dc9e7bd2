"""Mutants of a reference."""

import ast
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.release.mutants import Mutant, mutants

XOR = Path(__file__).parents[2] / "solutions" / "xor" / "xor.py"


def module(body: str, name: str = "f", parameters: str = "x, y, z, i") -> str:
    solution = textwrap.indent(f"### BEGIN SOLUTION\n{textwrap.dedent(body).strip()}\n### END SOLUTION", "    ")
    return f'import numpy as np\n\n\ndef {name}({parameters}):\n    """Doc."""\n{solution}\n'


def changes(body: str, operator: str) -> list[tuple[str, str]]:
    """Before and after of the mutants by that operator."""
    return [(it.before, it.after) for it in mutants(module(body)) if it.operator == operator]


def afters(body: str, operator: str) -> list[str]:
    return [after for _, after in changes(body, operator)]


@pytest.mark.parametrize(
    ("operator", "before", "expected"),
    [
        ("swap operator", "x + y", ["x - y"]),
        ("swap operator", "x - y", ["x + y"]),
        ("swap operator", "x * y", ["x / y"]),
        ("swap operator", "x / y", ["x * y"]),
        ("swap operator", "x ** y", ["x * y"]),
        ("swap operator", "x @ y", ["x * y"]),
        ("swap operator", "x & y", ["x | y"]),
        ("swap operator", "'%d' % x", []),
        ("swap boolean operator", "x and y", ["x or y"]),
        ("swap boolean operator", "x or y", ["x and y"]),
        ("remove minus", "-x", ["x"]),
        ("remove minus", "-1.5", ["1.5"]),
        ("remove not", "not x", ["x"]),
        ("remove inversion", "~x", ["x"]),
        ("change comparison", "x < y", ["x <= y"]),
        ("change comparison", "x >= y", ["x > y"]),
        ("change comparison", "x < y < z", ["x <= y < z", "x < y <= z"]),
        ("negate comparison", "x <= y", ["x > y"]),
        ("negate comparison", "x == y", ["x != y"]),
        ("negate comparison", "x is None", ["x is not None"]),
        ("negate comparison", "x not in y", ["x in y"]),
        ("change constant", "0", ["1"]),
        ("change constant", "1", ["0", "2"]),
        ("change constant", "2", ["1", "3"]),
        ("change constant", "7", ["8"]),
        ("change constant", "-3", ["-2"]),
        ("change constant", "0.5", ["1.0", "0.0"]),
        ("change constant", "0.0", ["1.0"]),
        ("change constant", "-0.5", ["-1.0", "0.0"]),
        ("change constant", "True", ["False"]),
        ("change constant", "'text'", []),
        ("change constant", "f'{x:3}'", []),
        ("change index", "x[i]", ["x[i + 1]", "x[i - 1]"]),
        ("change index", "x[-1]", ["x[0]", "x[-2]"]),
        ("change index", "x[i, None]", ["x[i + 1, None]", "x[i - 1, None]"]),
        ("change index", "x['key']", []),
        ("change slice", "x[1:]", ["x[:]", "x[2:]", "x[0:]"]),
        ("change slice", "x[:y]", ["x[:]", "x[:y + 1]", "x[:y - 1]"]),
        ("change slice", "x[::-1]", ["x[:]"]),
        ("change slice", "x[:, 1:]", ["x[:, :]", "x[:, 2:]", "x[:, 0:]"]),
        ("change axis", "x.sum(axis=0)", ["x.sum(axis=1)"]),
        ("change axis", "np.sum(x, axis=-1)", ["np.sum(x, axis=0)"]),
        ("change axis", "x.max(1)", ["x.max(0)"]),
        ("change axis", "np.mean(x, 0)", ["np.mean(x, 1)"]),
        ("change axis", "np.mean(x)", []),
        ("remove axis", "x.sum(axis=0)", ["x.sum()"]),
        ("remove axis", "np.min(x, 1)", ["np.min(x)"]),
        ("remove axis", "np.sum(x, axis=(0, 1), keepdims=y)", ["np.sum(x, keepdims=y)"]),
        ("change keepdims", "x.sum(axis=y, keepdims=True)", ["x.sum(axis=y, keepdims=False)"]),
        ("remove transpose", "x.T", ["x"]),
        ("add transpose", "x @ y", ["x.T @ y", "x @ y.T"]),
        ("add transpose", "x.T @ y", ["x.T @ y.T"]),
        ("remove call", "np.maximum(x, y)", ["x", "y"]),
        ("remove call", "max(x, y)", ["x", "y"]),
        ("remove call", "abs(x)", ["x"]),
        ("remove call", "np.abs(x)", ["x"]),
        ("remove call", "x.clip(y, z)", ["x"]),
        ("remove call", "np.where(x, y, z)", ["y", "z"]),
        ("remove call", "len(x)", []),
        ("swap function", "np.maximum(x, y)", ["np.minimum(x, y)"]),
        ("swap function", "min(x)", ["max(x)"]),
        ("swap function", "x.sum()", ["x.mean()"]),
        ("swap function", "np.mean(x)", ["np.sum(x)"]),
        ("swap function", "sum(x)", []),
        ("remove copy", "x.copy()", ["x"]),
        ("remove copy", "np.array(x)", ["x"]),
        ("remove copy", "np.array([1.0])", []),
        ("swap arguments", "np.outer(x, y)", ["np.outer(y, x)"]),
        ("swap arguments", "np.outer(x, x)", []),
        ("swap arguments", "np.maximum(x, y)", []),
        ("swap arguments", "z(x, y, i)", []),
        ("swap arguments", "z(*x, y)", []),
        ("change range", "range(x)", ["range(x - 1)", "range(x + 1)"]),
        ("change range", "range(10)", ["range(9)", "range(11)"]),
        ("change range", "range(1, x)", ["range(1, x - 1)", "range(1, x + 1)", "range(0, x)", "range(2, x)"]),
        ("force condition", "x if z else y", ["True", "False"]),
        ("force condition", "[it for it in x if it]", ["True", "False"]),
        ("swap results", "(x, y)", ["(y, x)"]),
        ("swap results", "(x, y, z)", ["(y, x, z)", "(x, z, y)"]),
    ],
)
def test_an_expression_is_changed(operator, before, expected):
    assert afters(f"return {before}", operator) == expected


@pytest.mark.parametrize(
    ("body", "removed"),
    [
        ("y = x\nreturn y", ["y = x"]),
        ("new = x\nreturn new", []),
        ("new = x\nnew = new + 1\nreturn new", ["new = new + 1"]),
        ("for new in x:\n    new, y = y, z\nreturn y", ["new, y = (y, z)"]),
        ("for _ in x:\n    new = z\nreturn new", []),
        ("x[0] = y\nreturn x", ["x[0] = y"]),
        ("x.append(y)\nreturn x", ["x.append(y)"]),
        ("x += y\nreturn x", ["x += y"]),
        ("if x:\n    raise ValueError\nreturn y", ["raise ValueError"]),
        ("if x:\n    return y\nreturn z", ["return y"]),
        ("'text'\nreturn x", []),
    ],
)
def test_a_statement_is_removed_where_the_function_can_go_on_without_it(body, removed):
    assert changes(body, "remove statement") == [(statement, "pass") for statement in removed]


def test_an_augmented_assignment_is_turned_round():
    assert changes("x -= y\nreturn x", "swap augmented operator") == [("x -= y", "x += y")]
    assert changes("x *= y\nreturn x", "swap augmented operator") == [("x *= y", "x /= y")]


def test_a_condition_is_forced_both_ways():
    assert changes("if x < y:\n    x = y\nreturn x", "force condition") == [("x < y", "True"), ("x < y", "False")]


def test_a_mutant_is_the_module_with_the_change():
    source = module("total = x + y  # a comment\nreturn total")
    (mutant,) = mutants(source)
    assert mutant == Mutant(
        function="f",
        operator="swap operator",
        before="x + y",
        after="x - y",
        line=7,
        source='import numpy as np\n\n\ndef f(x, y, z, i):\n    """Doc."""\n    total = x - y\n    return total\n',
        key="f: swap operator: x + y → x - y",
    )


def test_only_solutions_are_changed():
    source = (
        'LIMIT = 1\n\n\ndef given(x=1):\n    """Doc."""\n    return x + 2\n\n\n'
        + 'def f(x: "int" = 1):\n    """Doc."""\n    y = x + 2\n    ### BEGIN SOLUTION\n    y = y * 3\n'
        "    ### END SOLUTION\n    return y\n"
    )
    assert {it.before for it in mutants(source)} == {"y * 3", "3", "y = y * 3"}


def test_a_solution_cell_is_changed_as_a_whole_but_for_signature_and_docstring():
    source = '# %% tags=["solution"]\n@cached(1)\ndef helper(x: int = 1) -> "2":\n    """3."""\n    return x + 4\n'
    made = mutants(f"# %%\ny = 5\n\n{source}\n# %%\nz = 6\n")
    assert [(it.function, it.before, it.after) for it in made] == [("helper", "x + 4", "x - 4"), ("helper", "4", "5")]


def test_functions_can_be_chosen():
    source = module("return x + y") + "\n\n" + module("return x * y", name="g")
    assert [it.function for it in mutants(source)] == ["f", "g"]
    assert [it.function for it in mutants(source, {"g"})] == ["g"]
    assert mutants(source, set()) == []


def test_a_method_is_changed_in_place():
    method = textwrap.indent(module("return x + y").partition("\n\n\n")[2], "    ")
    source = f"class Net:\n    width = 1\n\n{method}\n    depth = 2\n"
    (mutant,) = mutants(source)
    assert mutant.function == "Net.f"
    namespace: dict[str, type] = {}
    exec(mutant.source, namespace)
    net = namespace["Net"]
    assert (net.width, net.depth, net.f(5, 3, None, None)) == (1, 2, 2)
    assert mutants(source, {"Net"}) == mutants(source, {"Net.f"}) == [mutant]


def test_the_same_change_in_two_places_has_two_keys():
    keys = [it.key for it in mutants(module("return (x + y) * (x + y)")) if it.before == "x + y"]
    assert keys == ["f: swap operator: x + y → x - y", "f: swap operator: x + y → x - y #2"]


def test_keys_do_not_depend_on_the_place_in_the_file():
    source = module("return x + y[0]")
    moved = "# a comment\n\n\n" + source.replace("    ### BEGIN", "\n    ### BEGIN")
    assert [it.key for it in mutants(moved)] == [it.key for it in mutants(source)]
    assert [it.line for it in mutants(moved)] != [it.line for it in mutants(source)]


def test_a_call_over_several_lines_has_a_key_on_one():
    (key,) = (it.key for it in mutants(module("return x(\n    y,\n    z,\n)")))
    assert key == "f: swap arguments: x(y, z) → x(z, y)"


def test_the_real_exercise_has_mutants_of_every_function():
    made = mutants(XOR.read_text(encoding="utf-8"))
    assert {it.function for it in made} == {
        "separation_certificate",
        "relu_net",
        "xor_weights",
        "xor_weights_without_bias",
        "linear_fit",
        "loss_and_gradients",
        "train",
    }
    require_mutants_of(XOR.read_text(encoding="utf-8"), made)


names = st.sampled_from("xyzi")
atoms = names | st.integers(-3, 3).map(str) | st.sampled_from(["0.5", "True", "x.T", "np.array(x)", "x.copy()", "'a'"])


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.sampled_from([*"+-*/@&<", "**", "//", "and", "==", "not in"])
    call = st.sampled_from(["np.maximum({}, {})", "x.sum({}, axis={})", "range({}, {})", "({}, {})", "x[{}:{}]"])
    return (
        st.builds("({} {} {})".format, parts, binary, parts)
        | st.builds(str.format, call, parts, parts)
        | st.builds("({} if {} else 1)".format, parts, parts)
        | st.builds("x[{}]".format, parts)
        | st.builds("(-{})".format, parts)
        | st.builds("(not {})".format, parts)
        | st.builds("[it for it in {} if {}]".format, parts, parts)
    )


expressions = st.recursive(atoms, combined, max_leaves=6)
statements = (
    st.builds("{} = {}".format, st.sampled_from(["x", "new", "x[0]"]), expressions)
    | st.builds("{} += {}".format, names, expressions)
    | st.builds("if {}:\n    return {}".format, expressions, expressions)
    | st.builds("for new in {}:\n    y.append({})".format, expressions, expressions)
)
bodies = st.builds(
    lambda lines, result: "\n".join([*lines, f"return {result}"]), st.lists(statements, max_size=3), expressions
)


@settings(max_examples=60, deadline=None)
@given(bodies, bodies)
def test_every_mutant_is_another_valid_module_with_one_function_changed(one, other):
    source = module(one) + "\n\n" + module(other, name="g") + "\n\nlast = 1\n"
    made = mutants(source)
    assert made == mutants(source)
    require_mutants_of(source, made)


def require_mutants_of(source: str, made: list[Mutant]) -> None:
    original = {getattr(node, "name", number): node for number, node in enumerate(ast.parse(source).body)}
    for mutant in made:
        compile(mutant.source, "mutant", "exec")
        mutated = {getattr(node, "name", number): node for number, node in enumerate(ast.parse(mutant.source).body)}
        assert list(mutated) == list(original)
        changed = [name for name in original if ast.dump(mutated[name]) != ast.dump(original[name])]
        assert changed == [mutant.function]
        old, new = original[mutant.function], mutated[mutant.function]
        assert ast.get_docstring(new) == ast.get_docstring(old)
        assert ast.dump(new.args) == ast.dump(old.args)
    assert len({mutant.key for mutant in made}) == len(made)
    assert len({mutant.source for mutant in made}) == len(made)
