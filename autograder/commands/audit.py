"""`autograder audit xor`: tests the checks of an exercise."""

import argparse
import sys
from typing import TYPE_CHECKING

from autograder.commands.arguments import add_json, console, new_command
from autograder.course import find_course
from autograder.errors import UserError

if TYPE_CHECKING:
    from autograder.commands.arguments import Commands
    from autograder.release.audit import Audit


def add(commands: "Commands") -> None:
    parser = new_command(
        commands,
        "audit",
        run,
        "Tests an exercise's checks on stubs, right ways, wrong ways, junk and mutants.",
        "autograder audit xor",
    )
    parser.add_argument("exercise", nargs="*")
    parser.add_argument("--all", action="store_true", help="every exercise of the course")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="exercises at the same time (default: 1)")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="for what must pass (default: 20)")
    parser.add_argument("--right", action="store_true", help="try only what is right")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of junk and mutants, try one in N")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    course = find_course()
    if not course.has_solutions:
        raise UserError("An audit needs the solutions, and there are none here.")
    names = list(course.exercises) if given.all else [course[name].name for name in given.exercise]
    if not names:
        raise UserError("Say which exercise to audit, or --all.")
    for option in ("seeds", "jobs", "every"):
        if getattr(given, option) < 1:
            raise UserError(f"--{option} must be at least 1.")
    from autograder.grading.run import require_confinement
    from autograder.release.audits import audit_side_by_side

    require_confinement(unconfined=False)
    with console(stderr=True).status("auditing") as status:
        results = audit_side_by_side(
            course,
            names,
            seeds=given.seeds,
            right_only=given.right,
            every=given.every,
            jobs=given.jobs,
            progress=status.update,
        )
    if given.json:
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode(results)).decode() + "\n")
    else:
        for result in results:
            _show(result)
    return 0 if all(result.clean for result in results) else 1


def _show(result: "Audit") -> None:
    from rich.table import Table

    screen = console()
    table = Table(title=f"audit of {result.exercise}", title_justify="left", box=None, pad_edge=False)
    table.add_column("tried", justify="right")
    table.add_column("what must hold")
    table.add_column("")
    for section in result.sections:
        verdict = f"[red]✗ {len(section.problems)}[/]" if section.problems else "[green]✓[/]"
        table.add_row(str(section.tried), section.title, verdict)
    screen.print(table)
    alive = result.mutants - result.equivalent
    if alive:
        rate = 100 * (result.killed / alive)
        screen.print(
            f"{result.killed} of {alive} mutants killed ({rate:.1f} %); {result.equivalent} more are equivalent."
        )
    for section in result.sections:
        for problem in section.problems:
            screen.print(f"  {section.title.split(':')[0]}: {problem}", markup=False, style="red")
