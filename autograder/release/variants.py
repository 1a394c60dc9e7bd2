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
    code = _without_vocabulary(path.read_text(encoding="utf-8"))
    return [
        Variant(way.name, way.replaces, _source(name, reference, file, _substitution(code, way)))
        for way in ways_in(load_module(path, f"{name}_{path.stem}"))
    ]


def junk(folder: Path, functions: list[str]) -> list[Variant]:
    """Each function in turn returns each kind of junk."""
    name = folder.name
    reference = (folder / f"{name}.py").read_text(encoding="utf-8")
    return [
        Variant(
            kind,
            function,
            _source(name, reference, "junk.py", f"def {function}(*_, **__):\n    return {expression}\n"),
        )
        for function in functions
        for kind, expression in JUNK.items()
    ]


def module(name: str, code: str) -> Source:
    """A module's text as a submission."""
    return Source("module", (Unit(f"{name}.py", code),), "", ())


def _source(name: str, reference: str, file: str, code: str) -> Source:
    return Source("module", (Unit(f"{name}.py", reference), Unit(file, code)), "", ())


def _substitution(code: str, way: Way) -> str:
    # In a namespace of its own, so that a helper there cannot stand in for one of the reference's.
    return f"_ways = {{'__name__': '_ways'}}\nexec({code!r}, _ways)\n{way.replaces} = _ways[{way.name!r}]\n"


def _without_vocabulary(code: str) -> str:
    """The same code without what only authors have: the import of the vocabulary, and its decorators."""
    tree = ast.parse(code)
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograder")
    ]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = [it for it in node.decorator_list if not _is_replaces(it)]
    return ast.unparse(tree)


def _is_replaces(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "replaces"
