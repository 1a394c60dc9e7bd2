"""The mutation operator that removes a statement, where the function can go on without it."""

import ast
from collections.abc import Iterator

from autograder.release.mutation import Change

_REMOVE = "remove statement"


def removals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Change]:
    """Assignments to what has a value already, calls, appends, `raise`, and `return` out of an inner block."""
    bound = _names(function.args)
    for statement in _statements(function):
        if _can_go(statement, bound, function):
            yield Change(_REMOVE, statement, ast.Pass())
        bound |= _names(statement)


def _can_go(statement: ast.stmt, bound: set[str], function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.Expr() | ast.AugAssign() | ast.Raise():
            return True
        case ast.Assign(targets=targets):
            return all(_has_value(target, bound) for target in targets)
        case ast.AnnAssign(target=target, value=ast.expr()):
            return _has_value(target, bound)
        case ast.Return():
            return statement not in function.body
        case _:
            return False


def _has_value(target: ast.expr, bound: set[str]) -> bool:
    match target:
        case ast.Name(id=name):
            return name in bound
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return all(_has_value(element, bound) for element in elements)
        case ast.Starred(value=value):
            return _has_value(value, bound)
        case _:  # an element or an attribute of something
            return True


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Those inside the node, in the order of the source."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        yield from _statements(child)


def _names(node: ast.AST) -> set[str]:
    """What the node itself gives a value to, apart from the statements inside it."""
    names: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.arg):
            names.add(child.arg)
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            names.add(child.id)
        elif not isinstance(child, ast.stmt):
            names |= _names(child)
    return names
