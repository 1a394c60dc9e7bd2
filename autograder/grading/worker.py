"""One process of a grading run: a warm session of checks, a fork server, and one submission after another."""

import gc
import os
import shutil
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import autograder
from autograder.checking.examine import Examiner, fill
from autograder.checking.knowledge import LiveKnowledge
from autograder.checking.transcripts import Transcripts
from autograder.checking.warm import Suites, with_checks
from autograder.course import Exercise, read_course
from autograder.errors import UserError
from autograder.report import PartReport, Report, dump_line, total
from autograder.sandbox.starters import ConfinedStarter, PlainStarter, Starter
from autograder.submission import Handin, Parcel, Unreadable


@dataclass(frozen=True)
class Settings:
    """What every process of a run needs to know."""

    root: Path
    exercises: tuple[str, ...]
    seed: str
    confined: bool
    root_is_temporary: bool = False  # whoever is left removes it


class Grader:
    """Grades hand-ins of some exercises, one at a time."""

    def __init__(self, settings: Settings, suites: Suites, starter: Starter) -> None:
        self._course = read_course(settings.root)
        self._suites = suites
        self.transcripts = Transcripts()
        self._examiner = Examiner(suites, starter, settings.seed, self.transcripts)
        self._knowledge = {name: LiveKnowledge(self._course.solution(name)) for name in settings.exercises}

    def grade(self, handin: Handin | Parcel) -> Report:
        """Raises nothing: whatever happens is in the report."""
        report = self.blank(handin)
        if handin.exercise not in self._knowledge or handin.problem is not None:
            report.message = handin.problem
            return report
        try:
            source = handin.read()
        except Unreadable as unreadable:
            report.message = str(unreadable)
            return report
        report.digest = source.digest
        report.message = " ".join(filter(None, (handin.note, *source.notes))) or None
        said = report.message
        for _attempt in range(2):  # a fault of the machine is met with a second attempt
            report.message = said
            exercise = self._course[handin.exercise]
            fill(report, self._examiner.examine(exercise, source, self._knowledge[handin.exercise]))
            if report.status == "graded":
                break
        return report

    def blank(self, handin: Handin | Parcel) -> Report:
        """The report of a hand-in that cannot be read: no points."""
        parts: dict[str, float] = {}
        for check in self._suites.checks(handin.exercise) if handin.exercise in self._knowledge else []:
            parts[check.part] = total((parts.get(check.part, 0.0), check.points))
        return Report(
            student=handin.student,
            exercise=handin.exercise,
            source=handin.source,
            digest="",
            status="unreadable",
            score=0.0,
            max_score=total(parts.values()),
            parts=[PartReport(part=part, score=0.0, max_score=points) for part, points in parts.items()],
            engine=autograder.__version__,
        )


def make_starter(settings: Settings, exercises: Sequence[Exercise]) -> Starter:
    """Confined processes, warming up; plain ones if the instructor asked for them."""
    if not settings.confined:
        return PlainStarter()
    starter = ConfinedStarter()
    for exercise in exercises:
        starter.prepare(exercise.needs)
    return starter


def main(descriptor: int) -> None:
    """What `autograder.grading.process.GradingProcess` starts, with the descriptor of its connection."""
    connection = Connection(descriptor)
    settings: Settings = connection.recv()
    threading.Thread(target=_end_with_grader, args=(settings,), daemon=True).start()
    work(connection, settings)


def _end_with_grader(settings: Settings) -> None:
    """Ends this process when the one that collects is gone, also in the middle of a submission."""
    os.read(0, 1)  # not through `sys.stdin`, whose lock would be missed when this process ends in order
    if settings.root_is_temporary:
        shutil.rmtree(settings.root, ignore_errors=True)
    os._exit(1)


def work(connection: Connection, settings: Settings) -> None:
    """Grades what arrives until the connection closes; each answer is a line of `results.jsonl`.

    The first message says in one line why the process cannot work, or else how many points each exercise has.
    """
    warnings.simplefilter("ignore")
    course = read_course(settings.root)
    starter = make_starter(settings, [course[name] for name in settings.exercises])

    def serve(suites: Suites) -> None:
        grader = Grader(settings, suites, starter)
        gc.collect()
        gc.freeze()
        points = {name: total(check.points for check in suites.checks(name)) for name in settings.exercises}
        connection.send(("", points))
        while True:
            try:
                handin = connection.recv()
            except EOFError:
                return
            connection.send_bytes(dump_line(grader.grade(handin)))

    files = {name: course.solution(name) / f"test_{name}.py" for name in settings.exercises}
    try:
        with_checks(files, serve)
    except UserError as error:
        connection.send((str(error), {}))
    except (BrokenPipeError, ConnectionResetError):
        pass  # the run was stopped
    finally:
        starter.close()
