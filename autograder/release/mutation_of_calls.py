"""Mutation operators for calls, above all those of NumPy and PyTorch."""

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from autograder.release.mutation import Change, Operator, altered, literal, number, replaced, shifted

_REDUCTIONS = {"sum", "mean", "max", "min", "prod", "std", "var", "any", "all", "argmax", "argmin", "cumsum"}
_PAIRS = (
    ("sum", "mean"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("fmax", "fmin"),
    ("argmax", "argmin"),
    ("any", "all"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
)
_OTHERS = {name: other for pair in _PAIRS for name, other in (pair, pair[::-1])}
_ELEMENTWISE = {"abs", "absolute", "sqrt", "square", "exp", "expm1", "log", "log1p", "tanh", "sign", "clip"}
_ORDERINGS = {"transpose", "flip", "sort", "sorted", "reversed"}
_CHOICES = {"maximum", "minimum", "fmax", "fmin", "max", "min"}
_COPIES = {"copy", "deepcopy", "clone", "array", "list"}
_COMMUTATIVE = _CHOICES | {"isinstance", "hypot", "logaddexp", "allclose", "isclose", "array_equal"}


@dataclass(frozen=True)
class _Called:
    """A call, seen as that of a function: `x.sum()` is `sum` of the one operand `x`."""

    node: ast.Call
    name: str
    is_method: bool
    operands: list[ast.expr]


def call_operators(modules: Collection[str]) -> tuple[Operator, ...]:
    """The operators, for code in which `modules` are the names of modules."""

    def on_calls(operator: Callable[[_Called], Iterator[Change]]) -> Operator:
        def mutate(node: ast.AST) -> Iterator[Change]:
            if isinstance(node, ast.Call) and (called := _called(node, modules)) is not None:
                yield from operator(called)

        return mutate

    operators = (_change_axis, _change_keepdims, _change_range, _swap_function, _remove_call, _swap_arguments)
    return tuple(on_calls(operator) for operator in operators)


def _called(node: ast.Call, modules: Collection[str]) -> _Called | None:
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    if isinstance(node.func, ast.Name):
        return _Called(node, node.func.id, False, node.args)
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        root = owner
        while isinstance(root, ast.Attribute):
            root = root.value
        is_method = not (isinstance(root, ast.Name) and root.id in modules)
        return _Called(node, node.func.attr, is_method, [owner, *node.args] if is_method else node.args)
    return None


def _change_axis(called: _Called) -> Iterator[Change]:
    node = called.node
    for position, keyword in enumerate(node.keywords):
        if keyword.arg == "axis":
            keywords = node.keywords
            for other in _other_axes(keyword.value):
                changed = replaced(keywords, position, altered(keyword, value=other))
                yield Change("change axis", node, altered(node, keywords=changed))
            rest = keywords[:position] + keywords[position + 1 :]
            yield Change("remove axis", node, altered(node, keywords=rest))
    position = 0 if called.is_method else 1
    if called.name in _REDUCTIONS and len(node.args) == position + 1 and _is_axis(node.args[position]):
        for other in _other_axes(node.args[position]):
            yield Change("change axis", node, altered(node, args=replaced(node.args, position, other)))
        yield Change("remove axis", node, altered(node, args=node.args[:position]))


def _is_axis(node: ast.expr) -> bool:
    return isinstance(number(node), int)


def _other_axes(node: ast.expr) -> Iterator[ast.expr]:
    if _is_axis(node):
        yield literal(1 if number(node) == 0 else 0)


def _change_keepdims(called: _Called) -> Iterator[Change]:
    for position, keyword in enumerate(called.node.keywords):
        if keyword.arg in ("keepdims", "keepdim") and isinstance(keyword.value, ast.Constant):
            other = altered(keyword, value=ast.Constant(not keyword.value.value))
            keywords = replaced(called.node.keywords, position, other)
            yield Change("change keepdims", called.node, altered(called.node, keywords=keywords))


def _change_range(called: _Called) -> Iterator[Change]:
    node = called.node
    if called.name != "range" or called.is_method or not node.args:
        return
    bounds = [0] if len(node.args) == 1 else [1, 0]
    for position in bounds:
        for step in (-1, 1):
            other = shifted(node.args[position], step)
            yield Change("change range", node, altered(node, args=replaced(node.args, position, other)))


def _swap_function(called: _Called) -> Iterator[Change]:
    func, other = called.node.func, _OTHERS.get(called.name)
    if other is None:
        return
    if isinstance(func, ast.Attribute):
        yield Change("swap function", called.node, altered(called.node, func=altered(func, attr=other)))
    elif isinstance(func, ast.Name) and other != "mean":
        yield Change("swap function", called.node, altered(called.node, func=altered(func, id=other)))


def _remove_call(called: _Called) -> Iterator[Change]:
    operands = called.operands
    if called.name in _ELEMENTWISE | _ORDERINGS and operands:
        yield Change("remove call", called.node, operands[0])
    if called.name in _CHOICES and len(operands) == 2 and not called.is_method:
        for operand in operands:
            yield Change("remove call", called.node, operand)
    if called.name == "where" and len(operands) == 3:
        for operand in operands[1:]:
            yield Change("remove call", called.node, operand)
    # An array made from a display is no copy.
    if called.name in _COPIES and operands and isinstance(operands[0], ast.Name | ast.Attribute | ast.Subscript):
        yield Change("remove copy", called.node, operands[0])


def _swap_arguments(called: _Called) -> Iterator[Change]:
    arguments = called.node.args
    if len(arguments) == 2 and called.name not in _COMMUTATIVE:
        yield Change("swap arguments", called.node, altered(called.node, args=arguments[::-1]))
