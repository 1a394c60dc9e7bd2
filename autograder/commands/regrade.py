"""`autograder regrade xor`: whose points would change after a check has changed, and by which check."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.arguments import add_json, console, new_command
from autograder.commands.grade import require_nbgrader
from autograder.course import find_course
from autograder.errors import UserError

if TYPE_CHECKING:
    from autograder.commands.arguments import Commands
    from autograder.nbgrader.regrade import Regrading


def add(commands: "Commands") -> None:
    parser = new_command(
        commands,
        "regrade",
        run,
        "Grades a class again, and says whose points in the gradebook would change, and by which check.",
        "autograder regrade xor --write",
    )
    parser.add_argument("exercise")
    parser.add_argument("--submissions", type=Path, metavar="DIR", help="default: submitted/ in the course's folder")
    parser.add_argument("--write", action="store_true", help="write the changes; without it you are asked")
    parser.add_argument("--gradebook", metavar="URL", help="default: gradebook.db in the course's folder")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    from autograder.feedback.bar import progress_bar
    from autograder.grading.run import find, require_confinement

    course = find_course()
    course[given.exercise]
    if not course.has_solutions:
        raise UserError("Grading needs the solutions, and there are none here.")
    require_nbgrader()
    require_confinement(unconfined=False)
    url = given.gradebook or f"sqlite:///{course.root / 'gradebook.db'}"
    if given.gradebook is None and not (course.root / "gradebook.db").exists():
        raise UserError("There is no gradebook.db yet. Grade first, or name another gradebook with --gradebook.")
    from autograder.nbgrader.regrade import regrade

    handins = find(course, given.submissions or course.root / "submitted", given.exercise).handins
    jobs = len(os.sched_getaffinity(0))
    with progress_bar("grading", len(handins), quiet=given.json) as advance:
        found = regrade(course, given.exercise, url, handins, jobs=jobs, progress=advance)
    if given.json:
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found.changes)).decode() + "\n")
    else:
        _show(found)
    number = sum(change.is_one and change.after is not None for change in found.changes)
    if number and (given.write or (not given.json and _agreed(number))):
        found.write()
        if not given.json:
            console().print(f"Written: {number}.")
    return 1 if any(change.after is None for change in found.changes) else 0


def _agreed(number: int) -> bool:
    if not sys.stdin.isatty():
        console().print("Nothing was written. Write it with --write.")
        return False
    return input(f"Write {number} changes? [y/N] ").strip().lower() in ("y", "yes")


def _show(found: "Regrading") -> None:
    from rich.table import Table

    from autograder.feedback.text import points, student_name

    changes = [change for change in found.changes if change.is_one or change.after is None]
    screen = console()
    if not changes:
        screen.print(f"None of {len(found.changes)} submissions would change.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("student", "before", "after", "by these checks"):
        table.add_column(heading, justify="right" if heading in ("before", "after") else "left")
    for change in changes:
        why = change.message or ", ".join(change.checks) or "not graded by us before"
        table.add_row(student_name(change.student), points(change.before), points(change.after), why)
    screen.print(table)
    screen.print(f"{len(found.changes) - len(changes)} more would stay as they are.")
