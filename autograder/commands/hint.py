"""`autograder hint xor.b`: one step more up the ladder at each call."""

import argparse
import json
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.arguments import add_json, new_command
from autograder.course import find_course
from autograder.errors import UserError
from autograder.progress import recall, remember

if TYPE_CHECKING:
    from autograder.commands.arguments import Commands

_WIDTH = 88


def add(commands: "Commands") -> None:
    parser = new_command(
        commands,
        "hint",
        run,
        "A hint for a part of an exercise; each call gives one more.",
        "autograder hint xor.b",
    )
    parser.add_argument("part", metavar="EXERCISE.PART", help="such as xor.b")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    course = find_course()
    name, _, part = given.part.partition(".")
    exercise = course[name]
    ladders = read_hints(course.assignment(exercise.name) / "hints.md")
    if part not in ladders:
        example = f"{name}.{next(iter(ladders), 'a')}"
        raise UserError(f"Say which part: one of {', '.join(ladders)}, as in “autograder hint {example}”.")
    ladder = ladders[part]
    memory = recall(course.root)
    shown = min(memory.hints.get(given.part, 0) + 1, len(ladder))
    memory.hints[given.part] = shown
    remember(course.root, memory)
    if given.json:
        print(json.dumps({"part": given.part, "hints": ladder[:shown], "of": len(ladder)}, indent=2))
        return 0
    for number, hint in enumerate(ladder[:shown], start=1):
        print(textwrap.fill(hint, _WIDTH, initial_indent=f"{number}. ", subsequent_indent="   "))
    left = len(ladder) - shown
    print(
        f"\n{left} more: call again." if left else "\nThat was the last hint. Ask a person, and bring what you tried."
    )
    return 0


def read_hints(path: Path) -> dict[str, list[str]]:
    """The ladders by part: a heading for each part, a numbered list below it."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"There are no hints in {path}: {error.strerror}.") from error
    ladders: dict[str, list[str]] = {}
    for line in text.splitlines():
        if heading := re.match(r"#+ (?:Part )?(\w+)", line):
            ladder = ladders.setdefault(heading[1], [])
        elif step := re.match(r"\d+\. +(.*)", line):
            ladder.append(step[1])
        elif line.strip() and ladders and ladder:
            ladder[-1] += f" {line.strip()}"
    return {part: ladder for part, ladder in ladders.items() if ladder}
