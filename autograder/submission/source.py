"""What the code of a submission is, once it is read."""

import ast
from dataclasses import dataclass
from typing import Literal


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
    """Whether the code imports the module anywhere. Code that does not parse imports nothing."""
    return any(module in unit.code and module in _imported(unit.code) for unit in source.units)


def _imported(code: str) -> set[str]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names
