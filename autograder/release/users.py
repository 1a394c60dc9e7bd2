"""Which functions of a module a change of one of them can change."""

import ast


def users(code: str, function: str) -> frozenset[str]:
    """The function itself, and all functions and classes of the module whose code names it, or one that does."""
    names = {
        node.name: {it.id for it in ast.walk(node) if isinstance(it, ast.Name)}
        for node in ast.parse(code).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    found: set[str] = set()
    fresh = {function}
    while fresh:
        found |= fresh
        fresh = {name for name, used in names.items() if used & fresh} - found
    return frozenset(found)
