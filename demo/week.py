"""`python -m demo.week`: a week of a course with nbgrader's own commands, from release to feedback."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from demo import handins

ROOT = Path(__file__).resolve().parents[1]
EXERCISE = "dropout"
COURSE = "deep-learning"
STUDENT_SETTINGS = """\
c = get_config()
c.CourseDirectory.course_id = "{course}"
c.Exchange.root = "{exchange}"
c.Exchange.cache = "{cache}"
"""


@dataclass(frozen=True)
class Row:
    """What the gradebook holds of one student: points by cell, and the total after a penalty for coming late."""

    student: str
    cells: Mapping[str, float]
    penalty: float
    total: float
    most: float


class Week:
    """The folders of a week: the course, the exchange, and a home for each student."""

    def __init__(self, folder: Path, console: Console) -> None:
        self.course = folder / "course"
        self._exchange = folder / "exchange"
        self._homes = folder / "homes"
        self._console = console
        for name in ("solutions", "assignments"):
            shutil.copytree(ROOT / name / EXERCISE, self.course / name / EXERCISE)
        for name in ("course.toml", "nbgrader_config.py"):
            shutil.copy(ROOT / name, self.course)
        self._exchange.mkdir()
        self._exchange.chmod(0o777)
        with (self.course / "nbgrader_config.py").open("a") as settings:
            settings.write(f'c.Exchange.root = "{self._exchange}"\n')

    @property
    def url(self) -> str:
        return f"sqlite:///{self.course / 'gradebook.db'}"

    def home(self, student: str) -> Path:
        """The folder of a student, with the settings that every student gets."""
        home = self._homes / student
        if not home.exists():
            home.mkdir(parents=True)
            text = STUDENT_SETTINGS.format(course=COURSE, exchange=self._exchange, cache=home / ".cache")
            (home / "nbgrader_config.py").write_text(text)
        return home

    def instructor(self, *command: str) -> None:
        self._run("instructor", self.course, command)

    def student(self, student: str, *command: str) -> None:
        # nbgrader takes the name of the system's user for the student, unless one is told.
        self._run(student, self.home(student), (*command, f"--student={student}"))

    def _run(self, who: str, folder: Path, command: Sequence[str]) -> None:
        self._console.print(f"[bold]{who:>10}[/]  nbgrader {' '.join(command)}", end="", highlight=False)
        started = time.monotonic()
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self._console.print(f"  [dim]{time.monotonic() - started:.1f} s[/]")
        if done.returncode != 0:
            raise SystemExit(f"nbgrader {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        for line in done.stderr.splitlines():
            if " points" in line or "not collected" in line:
                self._console.print(f"{'':>10}    {line.rpartition('] ')[2]}", style="dim", markup=False)


def play(week: Week) -> None:
    """From release to feedback."""
    week.instructor("generate_assignment", EXERCISE)
    week.instructor("release_assignment", EXERCISE)
    for student in ("ada", "bo", "cy"):
        week.student(student, "fetch_assignment", EXERCISE)
    handins.write_module(week.home("ada") / EXERCISE, ROOT)
    handins.write_notebook(week.home("bo") / EXERCISE, ROOT)
    handins.write_hostile(week.home("cy") / EXERCISE, ROOT)
    for student in ("ada", "bo"):
        week.student(student, "submit", EXERCISE)
    due = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    week.instructor("db", "assignment", "add", EXERCISE, f"--duedate={due}")
    time.sleep(1.5)
    week.student("cy", "submit", EXERCISE)
    week.instructor("collect", EXERCISE)
    week.instructor("autograde", EXERCISE)
    mark(week, "bo", 2.0, "You say what the penalty is, but not what is paid for it.")
    week.instructor("generate_feedback", EXERCISE)
    week.instructor("release_feedback", EXERCISE)
    week.student("bo", "fetch_feedback", EXERCISE)
    week.instructor("export")


def mark(week: Week, student: str, points: float, comment: str) -> None:
    """What an instructor does in formgrader with a written answer."""
    from nbgrader.api import Gradebook

    name = f"{EXERCISE}-written-1"
    with Gradebook(week.url, COURSE) as gradebook:
        grade = gradebook.find_grade(name, EXERCISE, EXERCISE, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment(name, EXERCISE, EXERCISE, student).manual_comment = comment
        gradebook.db.commit()


def rows(week: Week) -> list[Row]:
    """The gradebook by student."""
    from nbgrader.api import Gradebook

    found = []
    with Gradebook(week.url, COURSE) as gradebook:
        for submission in gradebook.assignment_submissions(EXERCISE):
            (notebook,) = submission.notebooks
            penalty = notebook.late_submission_penalty or 0.0
            cells = {grade.name: grade.score for grade in notebook.grades}
            total = submission.score - penalty
            found.append(Row(submission.student.id, cells, penalty, total, submission.max_score))
    return sorted(found, key=lambda row: row.student)


def show(found: Sequence[Row], console: Console) -> None:
    table = Table(title="The gradebook", box=None, title_justify="left")
    table.add_column("student")
    cells = sorted(found[0].cells)
    for name in (*cells, "late", "total"):
        table.add_column(name, justify="right")
    for row in found:
        total = f"{row.total:g} of {row.most:g}"
        table.add_row(row.student, *(f"{row.cells[name]:g}" for name in cells), f"{0 - row.penalty:g}", total)
    console.print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: python -m demo.week --keep week")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a new folder to play in, which stays")
    given = parser.parse_args()
    console = Console(highlight=False)
    if given.keep is not None:
        if given.keep.exists():
            raise SystemExit(f"{given.keep} is there already. Choose another folder.")
        given.keep.mkdir(parents=True)
        _play_in(given.keep.resolve(), console)
    else:
        with tempfile.TemporaryDirectory() as folder:
            _play_in(Path(folder), console)
    return 0


def _play_in(folder: Path, console: Console) -> None:
    week = Week(folder, console)
    play(week)
    show(rows(week), console)
    (page,) = week.home("bo").glob(f"{EXERCISE}/feedback/*/{EXERCISE}.html")
    console.print(f"bo's feedback: {page.relative_to(week.home('bo'))}, {page.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
