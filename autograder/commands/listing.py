"""`autograder list`: the exercises and the points so far."""

import argparse
import json
from typing import TYPE_CHECKING

from autograder.commands.arguments import add_json, console, new_command
from autograder.course import find_course
from autograder.progress import recall
from autograder.report import total

if TYPE_CHECKING:
    from autograder.commands.arguments import Commands


def add(commands: "Commands") -> None:
    parser = new_command(commands, "list", run, "The exercises, and your points so far.", "autograder list")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    course = find_course()
    points = recall(course.root).points
    rows = []
    for exercise in course.exercises.values():
        parts = points.get(exercise.name, {})
        earned = total(score for score, _ in parts.values()) if parts else None
        possible = total(most for _, most in parts.values()) if parts else None
        rows.append((exercise, earned, possible))
    if given.json:
        print(
            json.dumps(
                [
                    {
                        "exercise": exercise.name,
                        "title": exercise.title,
                        "lecture": exercise.lecture,
                        "minutes": exercise.minutes,
                        "score": earned,
                        "max_score": possible,
                    }
                    for exercise, earned, possible in rows
                ],
                indent=2,
            )
        )
        return 0
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("exercise", "title", "lecture", "minutes", "points"):
        table.add_column(heading, justify="right" if heading in ("minutes", "points") else "left")
    for exercise, earned, possible in rows:
        score = "–" if earned is None else f"{earned:g} of {possible:g}"
        style = "green" if earned is not None and earned == possible else None
        table.add_row(exercise.name, exercise.title, exercise.lecture, str(exercise.minutes), score, style=style)
    console().print(table)
    return 0
