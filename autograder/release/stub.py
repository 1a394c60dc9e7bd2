"""The module that students fill in."""

import ast
from itertools import pairwise

from autograder.release.cells import NOTEBOOK, SOLUTION, WRITTEN, Cell
from autograder.release.prose import plain_text
from autograder.release.regions import cut
from autograder.release.source import Reference
from autograder.release.written import split_question

WIDTH = 88


def stub_module(reference: Reference) -> str:
    """Text as docstring and comments, functions that raise, and nothing of the format they came in."""
    opening, *cells = reference.cells
    blocks = [_block(cell) for cell in cells if cell.tag not in (SOLUTION, NOTEBOOK)]
    parts = [_docstring(opening.text), *(block for block in blocks if block)]
    gaps = [_gap(before, after) for before, after in pairwise(parts)]
    return "".join(part + gap for part, gap in zip(parts, [*gaps, "\n"], strict=True))


def _block(cell: Cell) -> str:
    if cell.kind == "code":
        return cut(cell.text)
    text = split_question(cell.text).question if cell.tag == WRITTEN else cell.text
    lines = plain_text(text, WIDTH - len("# ")).splitlines()
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _docstring(markdown: str) -> str:
    heading, _, rest = markdown.partition("\n")
    title = plain_text(heading, WIDTH).splitlines()[0]
    summary = title if title.endswith((".", "!", "?")) else f"{title}."
    text = plain_text(rest, WIDTH).replace('"""', "'''")
    prefix = "r" if "\\" in summary + text else ""
    return f'{prefix}"""{summary}\n\n{text}\n"""' if text else f'{prefix}"""{summary}"""'


def _gap(before: str, after: str) -> str:
    return "\n\n\n" if _is_definition(before, -1) or _is_definition(after, 0) else "\n\n"


def _is_definition(block: str, index: int) -> bool:
    body = ast.parse(block).body
    return bool(body) and isinstance(body[index], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
