"""Submissions that an audit tries: the reference with one of its functions replaced."""

import ast
from dataclasses import dataclass
from pathlib import Path

from autograder.checking.knowledge import load_module
from autograder.checking.marks import Way, ways_in
from autograder.submission import Source, Unit

# What a confused student's function may return; none of it may break a check, or earn anything.
JUNK = {
    "None": "None",
    "a string": "'0.5'",
    "an empty list": "[]",
    "NaN": "float('nan')",
    "infinity": "float('inf')",
    "zero": "0.0",
    "a complex number": "1j",
    "a ragged list": "[[1.0], [1.0, 2.0]]",
    "a list of None": "[None, None]",
    "a list of strings": "['a', 'b', 'c', 'd']",
    "a generator": "(i for i in range(3))",
    "a function": "len",
    "a class": "dict",
    "a dict": "{'a': 1.0}",
    "a huge int": "10 ** 400",
    "an array of NaN": "__import__('numpy').full(4, float('nan'))",
    "an array without entries": "__import__('numpy').zeros((0, 10**9))",
    "an array of many dimensions": "__import__('numpy').zeros((1,) * 20)",
    "an array of strings": "__import__('numpy').array(['a', 'b'])",
    "a tuple of junk": "(None, 'x', [], {})",
    "a pair of junk": "((), object())",
    "a set": "{1.0, 2.0}",
}


@dataclass(frozen=True)
class Variant:
    """A submission: the reference with `function` replaced."""

    name: str
    function: str
    source: Source


def ways(folder: Path, file: str) -> list[Variant]:
    """The functions of `misconceptions.py` or `alternatives.py`, each in the place of the one it replaces."""
    name = folder.name
    path = folder / file
    reference = (folder / f"{name}.py").read_text(encoding="utf-8")
    body = _without_vocabulary(path.read_text(encoding="utf-8"))
    found = ways_in(load_module(path, f"{name}_{path.stem}"))
    names = {way.name for way in found}
    return [
        Variant(
            way.name,
            way.replaces,
            _source(name, reference, file, _substitution(_without_others(body, way.name, names), way)),
        )
        for way in found
    ]


def junk(folder: Path, function: str) -> list[Variant]:
    """The function returns each kind of junk."""
    return [
        Variant(kind, function, _with_body(folder, function, f"return {expression}"))
        for kind, expression in JUNK.items()
    ]


def unwritten(folder: Path, function: str) -> Source:
    """The reference with that function still to do."""
    return _with_body(folder, function, "raise NotImplementedError")


def module(name: str, code: str) -> Source:
    """A module's text as a submission."""
    return Source("module", (Unit(f"{name}.py", code),), "", ())


def _source(name: str, reference: str, file: str, code: str) -> Source:
    return Source("module", (Unit(f"{name}.py", reference), Unit(file, code)), "", ())


def _with_body(folder: Path, function: str, statement: str) -> Source:
    reference = (folder / f"{folder.name}.py").read_text(encoding="utf-8")
    return _source(folder.name, reference, "junk.py", f"def {function}(*_, **__):\n    {statement}\n")


def _substitution(body: list[ast.stmt], way: Way) -> str:
    # In a scope of its own, so that a helper there cannot stand in for one of the reference's; and as code, not as
    # text to execute, so that the sandbox sees what it imports.
    scope = ast.parse(f"def _way():\n    return {way.name}\n\n{way.replaces} = _way()\n")
    function = scope.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body[:0] = body
    return ast.unparse(scope) + "\n"


def _without_vocabulary(code: str) -> list[ast.stmt]:
    """The statements without what only authors have: the import of the vocabulary, and its decorators."""
    body = [
        node
        for node in ast.parse(code).body
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograder")
    ]
    for node in body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = [it for it in node.decorator_list if not _is_replaces(it)]
    return body


def _without_others(body: list[ast.stmt], way: str, ways: set[str]) -> list[ast.stmt]:
    """The statements without the other ways, save for those that something left uses: a shorter text runs sooner."""
    gone = {node.name: node for node in body if isinstance(node, ast.FunctionDef) and node.name in ways - {way}}
    found = [node for node in body if node not in gone.values()]
    for node in found:  # which grows
        for used in {it.id for it in ast.walk(node) if isinstance(it, ast.Name)} & gone.keys():
            found.append(gone.pop(used))
    return [node for node in body if node not in gone.values()]


def _is_replaces(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "replaces"
