"""The grader's own statements in a notebook: imports from this package, and calls of what they bring."""

import ast
from collections.abc import Sequence
from typing import TypeGuard

from autograder.submission.source import parse

_OURS = __name__.split(".")[0]


def without_checks(cells: Sequence[str]) -> list[str]:
    """The code of the cells without those statements, at the same line numbers."""
    imports = (it for code in cells if _OURS in code for it in _statements(code) if _is_our_import(it))
    ours = {alias.asname or alias.name for it in imports for alias in it.names}
    return [_without(code, ours) if any(name in code for name in ours) else code for code in cells]


def _without(code: str, ours: set[str]) -> str:
    """Blanks the lines that hold nothing else."""
    blank: set[int] = set()
    kept: set[int] = set()
    text = code.split("\n")
    for it in _statements(code):
        first = it.lineno
        while first > 1 and text[first - 2].strip() == "\\":  # which continues into the statement
            first -= 1
        lines = range(first, (it.end_lineno or it.lineno) + 1)
        (blank if _is_our_import(it) or _is_call_of(it, ours) else kept).update(lines)
    blank -= kept
    return "\n".join("" if number in blank else line for number, line in enumerate(text, start=1))


def _statements(code: str) -> list[ast.stmt]:
    tree = parse(code)
    return tree.body if tree else []


def _is_our_import(statement: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").split(".")[0] == _OURS


def _is_call_of(statement: ast.stmt, names: set[str]) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names
