"""`autograder reproduce mnist`: a lecture's published results beside those of the reference."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.commands.arguments import add_json, console, new_command
from autograder.course import find_course
from autograder.errors import UserError

if TYPE_CHECKING:
    from autograder.commands.arguments import Commands

FILE = "reproduce.py"


def add(commands: "Commands") -> None:
    parser = new_command(
        commands,
        "reproduce",
        run,
        "Repeats a lecture's experiment with the reference, and prints its results beside the published ones.",
        "autograder reproduce mnist --seeds 1",
    )
    parser.add_argument("exercise")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="how many runs to average (default: 3)")
    parser.add_argument(
        "--epochs", type=int, metavar="N", help="train for N epochs instead of the exercise's own number"
    )
    parser.add_argument("--figure", type=Path, metavar="PNG", help="where to draw (default: EXERCISE-curves.png)")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    course = find_course()
    folder = course.solution(course[given.exercise].name)
    if not course.has_solutions:
        raise UserError("This needs the solutions, and there are none here.")
    if not (folder / FILE).is_file():
        able = [name for name in course.exercises if (course.solution(name) / FILE).is_file()]
        raise UserError(f"{given.exercise} has nothing to reproduce. These have: {', '.join(able) or 'none'}.")
    if given.seeds < 1 or (given.epochs is not None and given.epochs < 1):
        raise UserError("--seeds and --epochs must be at least 1.")
    figure = given.figure or Path(f"{given.exercise}-curves.png")
    if figure.is_dir() or not figure.absolute().parent.is_dir():
        raise UserError(f"{figure} cannot be written: give a file in a folder that exists.")
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    from autograder.checking.knowledge import load_module

    try:
        reference = load_module(folder / f"{given.exercise}.py", given.exercise)
        work = load_module(folder / FILE, f"{given.exercise}_reproduce")
    except ModuleNotFoundError as error:
        raise UserError(f"This needs {error.name}, which is not installed: “pip install {error.name}”.") from error
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    screen = console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        line = bar.add_task("reading data", total=None)

        def progress(text: str, done: int, of: int) -> None:
            bar.update(line, description=text, completed=done, total=of)

        result = work.reproduce(reference, seeds=given.seeds, epochs=given.epochs, progress=progress)
    try:
        work.draw(result, figure)
    except OSError as error:
        raise UserError(f"{figure} cannot be written: {error.strerror}.") from error
    if given.json:
        import msgspec

        data = msgspec.json.encode({**result, "figure": str(figure)})
        sys.stdout.write(msgspec.json.format(data).decode() + "\n")
    else:
        _show(result)
        print(f"Figure: {figure}")
    return 0 if all(row["reproduced"] for row in result["rows"]) else 1


def _show(result: Mapping[str, Any]) -> None:
    from rich.table import Table

    table = Table(title=result["title"], title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column(result["measure"])
    for heading in ("published", "ours", "lowest", "highest", ""):
        table.add_column(heading, justify="right")
    for row in result["rows"]:
        values = row["values"]
        numbers = (row["published"], sum(values) / len(values), min(values), max(values))
        verdict = "[green]✓[/]" if row["reproduced"] else "[red]✗[/]"
        table.add_row(row["name"], *(f"{number:.2f}" for number in numbers), verdict)
    console().print(table)
    console().print(result["remark"])
