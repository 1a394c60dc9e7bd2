"""`autograder check xor`: what is right and wrong, in a second, on the student's own machine."""

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import autograder
from autograder.checking.newest import newest_handin
from autograder.checking.recorded import PUBLIC_SEED, read_expectations
from autograder.commands.arguments import add_json, console, new_command
from autograder.course import Course, Exercise, find_course
from autograder.errors import UserError
from autograder.progress import recall, remember
from autograder.report import Report, dump_line
from autograder.sandbox.confinement import unavailable
from autograder.sandbox.starters import LIBRARIES, ConfinedStarter, DirectStarter, PlainStarter, Starter
from autograder.submission import Handin, Source, Unreadable, imports

if TYPE_CHECKING:
    from autograder.checking.warm import Suites
    from autograder.commands.arguments import Commands


def add(commands: "Commands") -> None:
    parser = new_command(
        commands,
        "check",
        run,
        "Checks your work on an exercise, part by part.",
        "autograder check xor --watch",
    )
    parser.add_argument(
        "exercise", nargs="?", help="an exercise, or a file or folder of it; by default what you saved last"
    )
    parser.add_argument("--watch", action="store_true", help="check again whenever you save; Ctrl-C ends it")
    parser.add_argument("--debug", action="store_true", help="run your code in this process, for breakpoint()")
    parser.add_argument("--verbose", action="store_true", help="show the message of every check, and what was printed")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    course = find_course()
    exercise, folder, only = _chosen(course, given.exercise)
    handin = newest_handin(folder, exercise.name, only)
    source = _read(handin)
    starter = _starter(given.debug)
    try:
        if isinstance(starter, ConfinedStarter):
            # The server imports NumPy while this process imports pytest.
            starter.prepare([name for name in LIBRARIES if name in exercise.needs or imports(source, name)])
        return _check(given, course, exercise, handin, folder, only, starter)
    finally:
        starter.close()


def _check(
    given: argparse.Namespace,
    course: Course,
    exercise: Exercise,
    handin: Handin,
    folder: Path,
    only: Path | None,
    starter: Starter,
) -> int:
    from autograder.checking.examine import Examiner, fill
    from autograder.checking.warm import with_checks

    released = course.assignment(exercise.name)
    knowledge = read_expectations(released)
    reports: list[Report] = []

    def use(suites: "Suites") -> None:
        examiner = Examiner(suites, starter, PUBLIC_SEED)
        for current in _handins(given.watch, handin, folder, exercise.name, only):
            report = Report(
                student="",
                exercise=exercise.name,
                source=str(current.path),
                digest="",
                status="unreadable",
                message=current.note,
                max_score=0.0,
                engine=autograder.__version__,
            )
            try:
                source = _read(current)
            except UserError as error:
                if not given.watch:
                    raise
                console(stderr=True).print(f"autograder: {error}", markup=False)
                continue
            report.digest = source.digest
            report.message = " ".join(filter(None, (current.note, *source.notes))) or None
            fill(report, examiner.examine(exercise, source, knowledge))
            report.max_score = sum(check.points for check in report.checks)
            reports[:] = [report]
            _remember(course, report)
            _show(given, report)

    with_checks({exercise.name: released / f"test_{exercise.name}.py"}, use)
    return 0 if reports and reports[0].score == reports[0].max_score else 1


def _chosen(course: Course, named: str | None) -> tuple[Exercise, Path, Path | None]:
    """The exercise, the folder to look in, and the one file that was named, if one was."""
    if named is None:
        return _latest(course)
    if named in course.exercises:
        return course[named], course.assignment(named), None
    path = Path(named)
    if path.is_dir() and path.resolve().name in course.exercises:
        return course[path.resolve().name], path, None
    if path.is_file():
        name = path.stem if path.stem in course.exercises else path.resolve().parent.name
        return course[name], path.parent, path
    return course[named], course.assignment(named), None


def _latest(course: Course) -> tuple[Exercise, Path, Path | None]:
    saved: dict[str, float] = {}
    for exercise in course.exercises.values():
        folder = course.assignment(exercise.name)
        for path in (folder / f"{exercise.name}.py", folder / f"{exercise.name}.ipynb"):
            if path.is_file():
                saved[exercise.name] = max(saved.get(exercise.name, 0.0), path.stat().st_mtime)
    if not saved:
        raise UserError(f"There is nothing to check in {course.root / 'assignments'}.")
    name = max(saved, key=lambda it: saved[it])
    return course[name], course.assignment(name), None


def _starter(debug: bool) -> Starter:
    if debug:
        return DirectStarter()
    return ConfinedStarter() if unavailable() is None else PlainStarter()


def _handins(watch: bool, first: Handin, folder: Path, exercise: str, only: Path | None) -> Iterator[Handin]:
    yield first
    if not watch:
        return
    from watchfiles import watch as changes

    names = {f"{exercise}.py", f"{exercise}.ipynb"} if only is None else {only.name}
    screen = console(stderr=True)
    screen.print("Watching. Save the file to check again; Ctrl-C ends it.", style="dim")
    for changed in changes(folder, recursive=False, step=50, debounce=200):
        if any(Path(path).name in names for _, path in changed):
            try:
                yield newest_handin(folder, exercise, only)
            except UserError as error:  # an editor may just be replacing the file
                screen.print(f"autograder: {error}", markup=False)


def _read(handin: Handin) -> Source:
    try:
        return handin.read()
    except Unreadable as unreadable:
        raise UserError(str(unreadable)) from unreadable


def _remember(course: Course, report: Report) -> None:
    memory = recall(course.root)
    memory.points[report.exercise] = {part.part: (part.score or 0.0, part.max_score) for part in report.parts}
    remember(course.root, memory)


def _show(given: argparse.Namespace, report: Report) -> None:
    if given.json:
        print(dump_line(report).decode(), end="", flush=True)
        return
    from autograder.feedback.terminal import show_report

    screen = console()
    if given.watch and os.isatty(1):
        screen.clear()
        screen.print(time.strftime("%H:%M:%S"), style="dim")
    show_report(report, screen, verbose=given.verbose)
