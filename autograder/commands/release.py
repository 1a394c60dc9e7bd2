"""`autograder release`: makes `assignments/` from `solutions/`."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.arguments import new_command
from autograder.course import find_course
from autograder.errors import UserError

if TYPE_CHECKING:
    from autograder.commands.arguments import Commands


def add(commands: "Commands") -> None:
    parser = new_command(
        commands,
        "release",
        run,
        "Makes what students receive from what authors wrote.",
        "autograder release xor\n  autograder release --to ../course-for-students",
    )
    parser.add_argument("exercise", nargs="*", help="by default all of them")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if something is out of date")
    parser.add_argument("--to", type=Path, metavar="DIR", help="write a complete repository for students there")


def run(given: argparse.Namespace) -> int:
    course = find_course()
    if not course.has_solutions:
        raise UserError("There is no folder “solutions” here: only a course's authors can release it.")
    names = [course[name].name for name in given.exercise] or list(course.exercises)
    from autograder.release.build import build, drift, write
    from autograder.release.student_repository import require_target, write_student_repository

    if given.to:
        require_target(course, given.to)
    stale = 0
    for name in names:
        files = build(course, name)
        if given.check or given.to:
            for file in drift(course, name, files):
                stale += 1
                print(f"{course.assignment(name) / file} is out of date.", file=sys.stderr)
        else:
            changed = write(course, name, files)
            print(f"{name}: {', '.join(changed) if changed else 'up to date'}")
    if stale:
        print("Run “autograder release”, and commit what it wrote.", file=sys.stderr)
        return 1
    if given.to:
        write_student_repository(course, given.to)
        print(f"Students' repository: {given.to}")
    elif given.check:
        print("Up to date.")
    return 0
