"""What only IPython understands in the code of a cell."""

import ast
import re

from autograder.submission.source import parse

_RUNS_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun")
_SPECIAL = re.compile(
    r"""([ \t]*)
    (?: (?: [\w.] [\w., \t]* = [ \t]* )? (?: ! | %%?\w ) .*   # commands and magics, also where their result is taken
      | (?: \?\??[\w.]+ | [\w.]+\?\?? ) [ \t]*                # questions for help
    )$""",
    re.VERBOSE,
)


def plain_python(code: str) -> tuple[str, list[str]]:
    """The code as Python, at the same line numbers, and the lines that were left out."""
    first = next((line for line in code.split("\n") if line.strip()), "")
    magic = first.split()[0] if first.startswith("%%") else None
    if magic is None:
        return _without_special_lines(code)
    if magic not in _RUNS_PYTHON:
        return "", [first]
    plain, left_out = _without_special_lines(code.replace(first, "", 1))
    return plain, [first, *left_out]


def _without_special_lines(code: str) -> tuple[str, list[str]]:
    """Puts `pass` in the place of lines that keep the code from being valid; if that is no cure, it stays as it is."""
    if parse(code) is not None:
        return code, []
    lines = code.split("\n")
    plain = list(lines)
    special: dict[int, str] = {}
    continues = False
    for number, line in enumerate(lines):
        if continues:
            plain[number] = ""
        elif match := _SPECIAL.match(line):
            plain[number] = f"{match[1]}pass"
            special[number] = line.strip()
        else:
            continue
        continues = line.endswith("\\")
    tree = parse("\n".join(plain))
    if tree is None:
        return code, []
    statements = {node.lineno - 1 for node in ast.walk(tree) if isinstance(node, ast.Pass)}
    for number in special.keys() - statements:  # within a string that goes over several lines
        plain[number] = lines[number]
        del special[number]
    return "\n".join(plain), list(special.values())
