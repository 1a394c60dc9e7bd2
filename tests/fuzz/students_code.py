"""Modules under any encoding that they declare, and cells with magics and our calls."""

import ast
import encodings.aliases
import json
import warnings
from random import Random

from autograder.submission import Unreadable, imports, read_source
from autograder.submission.checks import without_checks
from autograder.submission.magics import plain_python
from autograder.submission.notebook import notebook_cells
from autograder.submission.source import parse
from tests.fuzz.mutation import mutated_bytes
from tests.fuzz.targets import ROOT, made, one_line

_SEEDS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "assignments").glob("*/*.py"))]
_ENCODINGS = sorted({*encodings.aliases.aliases, *encodings.aliases.aliases.values(), "aliases", "utf-8-sig", "no", ""})
_COOKIES = ("# coding: {}", "# -*- coding: {} -*-", "#!/usr/bin/python\n# vim: set fileencoding={} :", "#coding={}\r")
_TOKENS = (
    "\0", "\r", "\r\n", "\x0c", "\x1a", "\ufeff", "# coding: latin-1\n", "import torch", "(" * 300, "\\", '"""', "\t",
    "\x85", "\u2028", "-" * 5000, "1_000", "9" * 5000, "if 1:\n" * 101, "\n" * 3, "'\\N{BULLET}'", "𝐱 = 1", "é",
)  # fmt: skip
_LINES = (
    "x = 1", "def f():", "    return 1", "    pass", "%%time", "%%bash", "%ls", "!ls \\", "y = !ls", "np?", "??np", "",
    '"""', "'''", "check('xor.a')", "check(1); z = 2", "from autograder.notebook import check", "if x:", "\\",
    "é = 'ü'", "import autograder.x as y", "assert x", "\x0c", "\r", "x = [", "]", "\t!pip install x", "a %= 3",
    "async def g(): ...", "from autograder.notebook import *", "class A: check = 1", "\u2028", "\0",
    "lambda: (yield)", "match x:", "f'{x!r}'", " " * 3000, "a, " * 1500, "from autograder import check as f", "f()",
    "\x0b", "%%time\r%%time", "?", "!", "%%", "%",
)  # fmt: skip


def _module(rng: Random) -> bytes:
    text = rng.choice(("x = 1\n", "# ü\nimport torch\nx = 'é'\n", "x = [\n", rng.choice(_SEEDS)))
    for _ in range(rng.randrange(3)):
        place = rng.randrange(len(text) + 1)
        text = text[:place] + rng.choice(_TOKENS) + text[place:]
    encoding = rng.choice(_ENCODINGS)
    if rng.random() < 0.7:
        text = rng.choice(_COOKIES).format(encoding) + "\n" + text
    try:
        data = text.encode(encoding if rng.random() < 0.8 else "utf-8", "replace")
    except Exception:  # no encoding of text, or none that works
        data = text.encode("utf-8", "replace")
    data = rng.choice((b"", b"", b"\xef\xbb\xbf", b"\xff\xfe")) + data
    return mutated_bytes(data, rng) if rng.random() < 0.4 else data


@made(_module)
def declared_encoding(data: bytes) -> str:
    """The code that Python itself would compile, or one line."""
    try:
        source = read_source("xor.py", data)
    except Unreadable as unreadable:
        return one_line(unreadable)
    (unit,) = source.units
    unit.code.encode()
    assert "\r" not in unit.code
    assert type(imports(source, "torch")) is bool
    ours, pythons = _tree(unit.code), _tree(data)
    assert ours is None or pythons is None or ours == pythons
    return "read" if ours else "read, no Python"


def _tree(code: str | bytes) -> str | None:
    if len(code) > 20_000:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _cells(rng: Random) -> bytes:
    codes = ["\n".join(rng.choice(_LINES) for _ in range(rng.randrange(9))) for _ in range(rng.randrange(1, 4))]
    return json.dumps({"cells": [{"cell_type": "code", "source": code} for code in codes]}).encode()


@made(_cells)
def magics_and_checks(data: bytes) -> str:
    """What was Python stays so, with the same definitions, and lines keep their numbers."""
    try:
        codes = [cell.text for cell in notebook_cells("xor.ipynb", data)]
    except Unreadable as unreadable:
        return one_line(unreadable)
    plain = []
    for code in codes:
        text, left_out = plain_python(code)
        assert not text or text.count("\n") == code.count("\n")
        assert parse(code) is None or (text, left_out) == (code, [])
        plain.append(text)
    rest = without_checks(plain)
    for before, after in zip(plain, rest, strict=True):
        assert after.count("\n") == before.count("\n")
        if (tree := parse(before)) is not None:
            assert _definitions(parse(after)) == _definitions(tree)
    return f"{'magics' if plain != codes else ''} {'checks' if rest != plain else ''}"


def _definitions(tree: ast.Module | None) -> list[str]:
    assert tree is not None
    return [ast.dump(it) for it in tree.body if isinstance(it, (ast.FunctionDef, ast.ClassDef, ast.Assign))]
