"""The submissions: the reference and other right ways, and some that are wrong or not finished."""

import ast
import functools
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from benchmarks import ROOT
from benchmarks.peers.nine_tests import EXERCISES, nine_of

TODO = "not written"


@dataclass(frozen=True)
class Student:
    """Somebody who wrote the reference, but for some functions; `loses` names the tests that these deserve to fail."""

    name: str
    changes: Mapping[str, str] = field(default_factory=dict)  # the way by function, as the exercise's files name it
    loses: frozenset[str] = frozenset()

    @property
    def modules(self) -> dict[str, str]:
        """The code by exercise."""
        return {exercise: _module(exercise, self.changes) for exercise in EXERCISES}

    @property
    def deserved(self) -> dict[str, int]:
        """Points by exercise."""
        return {
            exercise: sum(it.points for it in nine_of(exercise) if it.name not in self.loses) for exercise in EXERCISES
        }


STUDENTS = (
    Student("amara"),
    Student(
        "bao",
        {
            "relu_net": "einsum_and_where",
            "train": "in_place_on_copies",
            "gradient_mse": "samples_as_columns",
            "dropout_ridge": "diagonal_divided_by_p",
            "gradient_descent": "rows_of_an_array",
        },
    ),
    Student(
        "chiara",
        {
            "relu_net": "column_by_column",
            "train": "sums_over_samples",
            "gradient_cross_entropy": "class_by_class",
            "inverted_dropout": "element_by_element",
            "min_norm_solution": "solver_of_numpy",
        },
    ),
    Student("dilan", {"train": TODO}, frozenset({"steps_of_training"})),
    Student(
        "elif",
        {
            "relu_net": "output_bias_forgotten",
            "gradient_mse": "mean_for_sum",
            "gradient_cross_entropy": "weights_taken_for_one_hot",
            "dropout_ridge": "plain_ridge",
        },
        frozenset(
            {
                "outputs_of_the_network",
                "gradient_of_the_squares",
                "gradient_of_the_cross_entropy",
                "adaptive_ridge",
            }
        ),
    ),
    Student(
        "farid",
        {
            "forward": "tanh_for_sigmoid",
            "inverted_dropout": "mask_not_rescaled",
            "min_norm_solution": TODO,
            "gradient_descent": TODO,
        },
        frozenset({"forward_pass", "masks_rescaled", "shortest_solution", "iterates"}),
    ),
)


def class_of(size: int) -> dict[str, Student]:
    """So many students by name: these, again and again."""
    return {f"{it.name}{number:03}": it for number, it in enumerate(itertools.islice(itertools.cycle(STUDENTS), size))}


@functools.cache
def _definitions(exercise: str, file: str) -> dict[str, ast.stmt]:
    """What a file defines at its top, by name."""
    tree = ast.parse((ROOT / "solutions" / exercise / f"{file}.py").read_text(encoding="utf-8"))
    return {name: node for node in tree.body for name in _names(node)}


def _names(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [it.asname or it.name for it in names]
    return []


def _module(exercise: str, changes: Mapping[str, str]) -> str:
    """The reference's definitions, each changed function in its place and with what it needs before it."""
    parts: dict[str, str] = {}
    for name, node in _definitions(exercise, exercise).items():
        if name in changes:
            parts |= dict(_way(exercise, name, changes[name]))
        else:
            parts[name] = ast.unparse(node)
    return "\n\n".join(parts.values()) + "\n"


def _way(exercise: str, function: str, way: str) -> Iterator[tuple[str, str]]:
    """The definitions of a way, itself last and under the function's name."""
    if way == TODO:
        yield function, f"def {function}(*arguments):\n    raise NotImplementedError"
        return
    (defined,) = (it for file in ("alternatives", "misconceptions") if way in (it := _definitions(exercise, file)))
    for name in _needed(way, defined):
        if name != way:
            yield name, ast.unparse(defined[name])
    itself = defined[way]
    assert isinstance(itself, ast.FunctionDef)
    renamed = ast.FunctionDef(function, itself.args, itself.body, [], itself.returns, lineno=0)
    yield function, ast.unparse(renamed)


def _needed(name: str, defined: Mapping[str, ast.stmt]) -> list[str]:
    """The definition and all that it uses of the same file, in the file's order."""
    found, waiting = {name}, [name]
    while waiting:
        new = _used(defined[waiting.pop()]) & defined.keys() - found
        found |= new
        waiting += new
    return [it for it in defined if it in found]


def _used(node: ast.stmt) -> set[str]:
    """The names in a function, but for those in its decorators: these mark a way for our checks."""
    parts = [node.args, *node.body] if isinstance(node, ast.FunctionDef) else []
    return {it.id for part in parts for it in ast.walk(part) if isinstance(it, ast.Name)}
