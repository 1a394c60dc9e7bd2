"""`autograder grade PATH`: one submission or a class of any size."""

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.arguments import add_json, console, new_command
from autograder.course import Course, find_course
from autograder.errors import UserError
from autograder.report import dump_line

if TYPE_CHECKING:
    from autograder.commands.arguments import Commands
    from autograder.grading.results import Results
    from autograder.grading.run import Run
    from autograder.submission import Discovery


def add(commands: "Commands") -> None:
    parser = new_command(
        commands,
        "grade",
        run,
        "Grades a file, a student's folder, an archive, or a class of them.",
        "autograder grade submissions --out grades",
    )
    parser.add_argument("path", type=Path, help="what was handed in")
    parser.add_argument("--out", type=Path, default=Path("grades"), metavar="DIR", help="results (default: grades)")
    parser.add_argument(
        "--jobs", type=_positive, metavar="N", help="processes (default: one for each core), or jobs of Slurm"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="grade on Dask: tcp://host:8786, tls://host:8786 or slurm"
    )
    parser.add_argument("--seed", metavar="TEXT", help="default: the course's own, in .autograder/seed")
    parser.add_argument("--exercise", metavar="NAME", help="only this one; names a single file's exercise")
    parser.add_argument("--resume", action="store_true", help="grade only what is new, changed or was not graded")
    parser.add_argument("--fresh", action="store_true", help="replace results that are there")
    parser.add_argument("--unconfined", action="store_true", help="run student code without confinement: dangerous")
    parser.add_argument("--gradebook", metavar="URL", help="also write nbgrader's, such as sqlite:///gradebook.db")
    parser.add_argument("--roster", type=Path, metavar="FILE", help="students and due dates (default: roster.csv)")
    parser.add_argument("--file-times", action="store_true", help="a file was handed in when it was saved")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    from autograder.feedback.bar import progress_bar
    from autograder.grading.run import find, grade, require_confinement
    from autograder.grading.seed import course_seed

    course = find_course()
    if not course.has_solutions:
        raise UserError("Grading needs the solutions, and there are none here. Students use “autograder check”.")
    if given.exercise is not None:
        course[given.exercise]
    if given.scheduler is None:  # workers of a cluster are asked one by one
        require_confinement(given.unconfined)
    if given.gradebook is None and (given.roster is not None or given.file_times):
        raise UserError("--roster and --file-times belong to a gradebook: give --gradebook as well.")
    if given.gradebook is not None:
        require_nbgrader()
    found = find(course, given.path, given.exercise)
    seed = given.seed or course_seed(course.root)
    with progress_bar("grading", len(found.handins), quiet=given.json) as advance:
        done = grade(
            course,
            found,
            given.out,
            seed=seed,
            jobs=given.jobs,
            scheduler=given.scheduler,
            confined=not given.unconfined,
            resume=given.resume,
            fresh=given.fresh,
            progress=advance,
            tell=lambda line: print(f"autograder: {line}", file=sys.stderr),
        )
    _write_tables(course, done, given.out)
    if len(done.reports) == 1 and done.reports[0].status == "unreadable" and not given.json:
        raise UserError(done.reports[0].message or "The submission cannot be read.")
    remarks = _keep(given, course, done, found) if given.gradebook is not None else []
    _show(given, course, done)
    if not given.json:
        for line in remarks:
            console().print(line, markup=False)
    return 1 if any(entry.status == "not_graded" for entry in done.reports.entries) else 0


def require_nbgrader() -> None:
    if importlib.util.find_spec("nbgrader") is None:
        raise UserError("The gradebook is nbgrader's. Install it: pip install 'autograder[nbgrader]'")


def _keep(given: argparse.Namespace, course: Course, done: "Run", found: "Discovery") -> list[str]:
    from autograder.nbgrader.keep_all import keep_all

    return keep_all(
        course,
        done.reports,
        found.handins,
        url=given.gradebook,
        roster=given.roster,
        file_times=given.file_times,
    )


def _write_tables(course: Course, done: "Run", out: Path) -> None:
    from autograder.feedback.html import write_site
    from autograder.feedback.tables import write_grades_csv

    graded = {entry.exercise for entry in done.reports.entries}
    exercises = [name for name in course.exercises if name in graded]
    reports = _in_course_order(course, done.reports)
    try:
        write_grades_csv(reports, out / "grades.csv", exercises)
        write_site(reports, out, title=course.title, ignored=done.ignored)
    except OSError as error:
        raise UserError(
            f"{out} cannot be written: {error.strerror or error}. The results are in results.jsonl; "
            "make room and use --resume."
        ) from error


def _in_course_order(course: Course, reports: "Results") -> "Results":
    """By exercise: tables have their columns in the order in which exercises first appear."""
    places = {name: place for place, name in enumerate(course.exercises)}
    return reports.sorted(lambda entry: places.get(entry.exercise, len(places)))


def _show(given: argparse.Namespace, course: Course, done: "Run") -> None:
    if given.json:
        for report in done.reports:
            sys.stdout.write(dump_line(report).decode())
        return
    from autograder.feedback.terminal import show_class, show_report, show_summary

    screen = console()
    if len(done.reports) == 1:
        show_report(done.reports[0], screen)
    else:
        reports = _in_course_order(course, done.reports)
        show_class(reports, screen)
        show_summary(reports, screen)
    for path, reason in done.ignored[:10]:
        screen.print(f"ignored {path}: {reason}", style="dim", markup=False)
    if len(done.ignored) > 10:
        screen.print(f"ignored {len(done.ignored) - 10} more: see the report", style="dim", markup=False)
    if done.reused:
        screen.print(f"{done.reused} of {len(done.reports)} were graded before and have not changed.", markup=False)
    screen.print(f"\nReport: {given.out / 'index.html'}", markup=False)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
