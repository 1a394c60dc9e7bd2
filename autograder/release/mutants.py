"""Mutants of a reference: each is wrong in one small way, and so tests whether the checks notice.

A mutant that no check notices shows a gap in the checks, or computes the same as the reference.
"""

import ast
import copy
import textwrap
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.release.cells import SOLUTION, read_cells
from autograder.release.mutation import EXPRESSION_OPERATORS, Change, Operator, number
from autograder.release.mutation_of_calls import call_operators
from autograder.release.mutation_of_statements import removals
from autograder.release.regions import END, regions

Function = ast.FunctionDef | ast.AsyncFunctionDef

# Arguments that have operators of their own, or that only guard against mistakes.
_LEFT_ALONE = {"axis", "keepdims", "keepdim", "strict"}


@dataclass(frozen=True)
class Mutant:
    """A module with one change, in `function`. `key` names it, independently of where it stands in the file."""

    function: str
    operator: str
    before: str
    after: str
    line: int
    source: str
    key: str


def mutants(source: str, functions: Collection[str] | None = None) -> list[Mutant]:
    """All mutants of a module's solutions, in order: what is between the markers, and solution cells.

    `functions` limits them to those; a method is called `Class.method`. What is outside of functions, docstrings
    and signatures are left as they are.
    """
    tree = ast.parse(source)
    lines = _solution_lines(source)
    operators = (*call_operators(_modules(tree)), *EXPRESSION_OPERATORS)
    made: list[Mutant] = []
    for name, function in _functions(tree):
        if functions is not None and not {name, name.split(".")[0]} & set(functions):
            continue
        changes = [*_changes(function, operators), *removals(function)]
        inside = [it for it in changes if _line(it) in lines]
        made += _mutants_of(name, function, sorted(inside, key=_line), source)
    return made


def _mutants_of(name: str, function: Function, changes: list[Change], source: str) -> Iterator[Mutant]:
    seen = {ast.unparse(function)}
    uses: Counter[str] = Counter()
    for change in changes:
        mutated = copy.deepcopy(function, {id(change.target): change.replacement})
        code = ast.unparse(mutated)
        if code in seen:
            continue
        seen.add(code)
        before, after = (" ".join(ast.unparse(it).split()) for it in (change.target, change.replacement))
        key = f"{name}: {change.operator}: {before} → {after}"
        uses[key] += 1
        ordinal = f" #{uses[key]}" if uses[key] > 1 else ""
        module = _spliced(source, function, code)
        yield Mutant(name, change.operator, before, after, _line(change), module, key + ordinal)


def _spliced(source: str, function: Function, code: str) -> str:
    lines = source.splitlines()
    first = min([function.lineno, *(it.lineno for it in function.decorator_list)])
    rest = lines[function.end_lineno :]
    if rest and rest[0].strip() == END:
        rest = rest[1:]
    return "\n".join([*lines[: first - 1], textwrap.indent(code, " " * function.col_offset), *rest]) + "\n"


def _changes(node: ast.AST, operators: Collection[Operator]) -> Iterator[Change]:
    for operator in operators:
        yield from operator(node)
    for child in _children(node):
        yield from _changes(child, operators)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr) or number(node) is not None:
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            is_left_alone = isinstance(child, ast.keyword) and child.arg in _LEFT_ALONE
            if isinstance(child, ast.AST) and not isinstance(child, ast.arguments) and not is_left_alone:
                yield child


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    for node in tree.body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{it.name}", it) for it in node.body if isinstance(it, Function))


def _solution_lines(source: str) -> set[int]:
    lines: set[int] = set()
    for cell in read_cells(source, Path("the source")):
        if cell.tag == SOLUTION:
            lines.update(range(cell.line, cell.line + len(cell.text.splitlines())))
        elif cell.kind == "code":
            lines.update(cell.line + number for region in regions(cell.text) for number in region)
    return lines


def _modules(tree: ast.Module) -> set[str]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    aliases = [alias for node in imports for alias in node.names]
    return {(alias.asname or alias.name).split(".")[0] for alias in aliases}


def _line(change: Change) -> int:
    line: int = change.target.lineno  # type: ignore[attr-defined]
    return line
