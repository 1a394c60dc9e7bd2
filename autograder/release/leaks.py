"""Lines of a solution that must not be in what students receive."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.release.cells import SOLUTION, WRITTEN
from autograder.release.regions import regions
from autograder.release.source import Reference
from autograder.release.written import split_question

_SHORTEST = 8
_SAYS_NOTHING = re.compile(
    r"#.*"
    r"|(else|try|finally|continue|break|pass|return)\b[\w, ]*:?"
    r"|for [\w, ]+ in range\([^()]*\):"
    r"|[\w, ]+ = (\[\]|\{\}|0|0\.0|len\(\w+\)|\w+\.shape)"
)


def solution_lines(reference: Reference) -> set[str]:
    """The lines, without indentation, that give something of the solution away and stand nowhere else."""
    secret: set[str] = set()
    public: set[str] = set()
    for cell in reference.cells:
        lines = cell.text.splitlines()
        hidden = {number for region in regions(cell.text) for number in region}
        if cell.tag == SOLUTION:
            hidden = set(range(len(lines)))
        for number, line in enumerate(lines):
            (secret if number in hidden else public).add(line.strip())
        if cell.tag == WRITTEN:
            scheme = {line.strip() for line in split_question(cell.text).mark_scheme.splitlines()}
            secret |= scheme
            public -= scheme
    return {line for line in secret - public if _says_something(line)}


def find_leaks(reference: Reference, files: Mapping[str, bytes]) -> list[str]:
    """Where such a line stands, as "file: line".

    A notebook is searched for whole lines of its cells and outputs, any other file for the bytes of the line.
    """
    secret = sorted(solution_lines(reference))
    return [f"{name}: {line}" for name, data in files.items() for line in secret if _holds(name, data, line)]


def _says_something(line: str) -> bool:
    has_letter = any(character.isalpha() for character in line)
    return len(line) >= _SHORTEST and has_letter and not _SAYS_NOTHING.fullmatch(line)


def _holds(name: str, data: bytes, line: str) -> bool:
    if name.endswith(".ipynb"):
        try:
            return any(line == its.strip() for text in _strings(json.loads(data)) for its in text.splitlines())
        except ValueError:
            pass
    return line.encode() in data


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _strings(item)
