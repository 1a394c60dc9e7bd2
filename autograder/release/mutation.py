"""Mutation operators: small changes to an expression or a statement that a good check should notice."""

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)

_SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_AT_THE_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_INTEGERS = {0: (1,), 1: (0, 2), 2: (1, 3)}


@dataclass(frozen=True)
class Change:
    """`target`, a node of the tree, is to be replaced."""

    operator: str
    target: ast.AST
    replacement: ast.AST


Operator = Callable[[ast.AST], Iterator[Change]]


def number(node: ast.AST | None) -> int | float | None:
    """The value of a number as it is written, with its sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = number(node.operand)
        return None if value is None or not isinstance(node.operand, ast.Constant) else -value
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value  # type: ignore[return-value]
    return None


def literal(value: int | float) -> ast.expr:
    """A negative number is written as minus a number, so that precedence stays right."""
    if value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(abs(value))


def shifted(node: ast.expr, step: int) -> ast.expr:
    """The expression plus 1 or minus 1."""
    value = number(node)
    if value is not None:
        return literal(value + step)
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(abs(step)))


def altered(node: Node, **fields: object) -> Node:
    """A copy of the node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def replaced(nodes: Sequence[Node], position: int, node: Node) -> list[Node]:
    """A copy of the list with another node at that position."""
    return [*nodes[:position], node, *nodes[position + 1 :]]


def _swap_operator(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BinOp) and type(node.op) in _SWAPPED and not _is_text(node.left):
        yield Change("swap operator", node, altered(node, op=_SWAPPED[type(node.op)]()))
    if isinstance(node, ast.AugAssign) and type(node.op) in _SWAPPED:
        yield Change("swap augmented operator", node, altered(node, op=_SWAPPED[type(node.op)]()))
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield Change("swap boolean operator", node, altered(node, op=other))


def _remove_operator(node: ast.AST) -> Iterator[Change]:
    names = {ast.USub: "remove minus", ast.Not: "remove not", ast.Invert: "remove inversion"}
    if isinstance(node, ast.UnaryOp) and type(node.op) in names:
        yield Change(names[type(node.op)], node, node.operand)


def _change_comparison(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Compare):
        return
    for name, others in (("change comparison", _AT_THE_BOUNDARY), ("negate comparison", _NEGATED)):
        for position, operator in enumerate(node.ops):
            if type(operator) in others:
                other = others[type(operator)]()
                yield Change(name, node, altered(node, ops=replaced(node.ops, position, other)))


def _change_constant(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield Change("change constant", node, ast.Constant(not node.value))
    value = number(node)
    if isinstance(value, int):
        others: tuple[int | float, ...] = _INTEGERS.get(value, (value + 1,))
    else:
        others = () if value is None else (2 * value, 0.0) if value else (1.0,)
    for other in others:
        yield Change("change constant", node, literal(other))


def _change_index(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Subscript):
        return
    indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for position, index in enumerate(indices):
        for name, other in _other_indices(index):
            elements = replaced(indices, position, other)
            whole = altered(node.slice, elts=elements) if isinstance(node.slice, ast.Tuple) else other
            yield Change(name, node, altered(node, slice=whole))


def _other_indices(index: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(index, ast.Name | ast.BinOp) or isinstance(number(index), int):
        for step in (1, -1):
            yield "change index", shifted(index, step)
    if isinstance(index, ast.Slice):
        for field in ("lower", "upper", "step"):
            bound = getattr(index, field)
            if bound is None:
                continue
            yield "change slice", altered(index, **{field: None})
            if field != "step":
                for step in (1, -1):
                    yield "change slice", altered(index, **{field: shifted(bound, step)})


def _change_transpose(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Attribute) and node.attr == "T" and isinstance(node.ctx, ast.Load):
        yield Change("remove transpose", node, node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            operand = getattr(node, side)
            if isinstance(operand, ast.Name):
                transposed = ast.Attribute(operand, "T", ast.Load())
                yield Change("add transpose", node, altered(node, **{side: transposed}))


def _force_condition(node: ast.AST) -> Iterator[Change]:
    tests: list[ast.expr] = []
    if isinstance(node, ast.If | ast.IfExp):
        tests = [node.test]
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        tests = [test for part in node.generators for test in part.ifs]
    for test in tests:
        for value in (True, False):
            yield Change("force condition", test, ast.Constant(value))


def _swap_results(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        results = node.value.elts
        for position in range(len(results) - 1):
            swapped = [*results[:position], results[position + 1], results[position], *results[position + 2 :]]
            yield Change("swap results", node.value, altered(node.value, elts=swapped))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


EXPRESSION_OPERATORS: tuple[Operator, ...] = (
    _swap_operator,
    _remove_operator,
    _change_comparison,
    _change_index,
    _change_constant,
    _change_transpose,
    _force_condition,
    _swap_results,
)
