"""What the code of a submission is, once it is read."""

import ast
import warnings
from dataclasses import dataclass
from typing import Literal

_LONGEST_PARSED = 1 << 17


class Unreadable(Exception):
    """A file that cannot be read: one line that says what is wrong, and what the student should do."""


@dataclass(frozen=True)
class Unit:
    """Code that runs as a whole: a module, or one cell. The label is what tracebacks show."""

    label: str
    code: str


@dataclass(frozen=True)
class Source:
    """The student's code in order, the digest of the file's bytes, and remarks for the student."""

    kind: Literal["module", "notebook"]
    units: tuple[Unit, ...]
    digest: str
    notes: tuple[str, ...] = ()


def imports(source: Source, module: str) -> bool:
    """Whether the code imports the module anywhere. Code that does not parse imports nothing.

    Code that is too long to be parsed counts as importing what it seems to import.
    """
    return any(
        _seems_to_import(unit.code, module) and (is_too_long(unit.code) or module in _imported(unit.code))
        for unit in source.units
    )


def _seems_to_import(code: str, module: str) -> bool:
    """Many speak of a library in a comment, and parsing takes as long as starting the submission's process."""
    if module not in code:
        return False
    statements = (line.partition("#")[0] for line in code.splitlines())
    return any("import" in it and module in it for it in statements)


def is_too_long(code: str) -> bool:
    """Whether `parse` refuses the code: a syntax tree takes up to a thousand times the memory of its text."""
    return len(code) > _LONGEST_PARSED


def parse(code: str) -> ast.Module | None:
    """The syntax tree; None for code that is not valid or too long."""
    if is_too_long(code):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what they say about the student's code would go to our stderr
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _imported(code: str) -> set[str]:
    tree = parse(code)
    names: set[str] = set()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names
