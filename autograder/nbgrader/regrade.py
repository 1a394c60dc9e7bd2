"""`autograder regrade`: what the present checks would change in the gradebook, before anything is written."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.course import Course
from autograder.grading.pool import Pool
from autograder.grading.seed import course_seed
from autograder.grading.worker import Settings
from autograder.nbgrader.folder import Folder, folder_of
from autograder.nbgrader.gradebook import open_gradebook
from autograder.nbgrader.graded_notebook import RESULT, Released
from autograder.nbgrader.keep import Keeper
from autograder.nbgrader.late import LatePenalty
from autograder.report import CheckReport, Report, load_line, total
from autograder.submission import Handin


class Change(msgspec.Struct):
    """What a student's automatic points are and would be, None where there are none, and by which checks."""

    student: str
    before: float | None
    after: float | None
    checks: list[str]
    message: str | None = None

    @property
    def is_one(self) -> bool:
        return self.before != self.after or bool(self.checks)


@dataclass
class Regrading:
    """A class graded again, of which nothing is written yet."""

    course: Course
    exercise: str
    url: str
    graded: Sequence[tuple[Handin, Report]]
    changes: Sequence[Change]

    def write(self) -> int:
        """Writes what changes. Returns how many that were."""
        name = self.exercise
        changed = {change.student for change in self.changes if change.is_one and change.after is not None}
        released = Released.from_json(name, (self.course.assignment(name) / f"{name}.ipynb").read_bytes())
        with open_gradebook(self.url, "default_course") as book:
            book.register(released, self.course[name].due)
            keeper = Keeper(book, released, LatePenalty(**msgspec.structs.asdict(self.course.late)))
            for handin, report in self.graded:
                if report.student in changed:
                    autograded = self.course.root / "autograded"
                    now, before = folder_of(handin), Folder(autograded / report.student / name)
                    handed_in = (now and now.timestamp()) or before.timestamp()
                    keeper.keep_handin(report, handin, handed_in, autograded)
        return len(changed)


def regrade(
    course: Course, exercise: str, url: str, found: Sequence[Handin], *, jobs: int, progress: Callable[[], None]
) -> Regrading:
    """Grades hand-ins of the exercise again. Raises `UserError`."""
    handins = {handin.student: handin for handin in found}
    settings = Settings(course.root, (exercise,), course_seed(course.root), confined=True)
    graded = []
    with Pool(settings, jobs) as pool:
        for line in pool.grade(list(handins.values())):
            report = load_line(line)
            graded.append((handins[report.student], report))
            progress()
    graded.sort(key=lambda pair: pair[1].student)
    with open_gradebook(url, "default_course") as book:
        known = book.scores(exercise) if book.knows(exercise) else {}
    released = Released.from_json(exercise, (course.assignment(exercise) / f"{exercise}.ipynb").read_bytes())
    changes = [_change(course, released, report, known.get(report.student)) for _, report in graded]
    return Regrading(course, exercise, url, graded, changes)


def _change(course: Course, released: Released, report: Report, known: dict[str, float | None] | None) -> Change:
    checked = {name: score for name, score in (known or {}).items() if released.part_of(name)}
    scores = [score for score in checked.values() if score is not None]
    before = total(scores) if scores else None
    if report.status == "not_graded":
        return Change(report.student, before, None, [], report.message)
    earlier = _earlier(course.root / "autograded" / report.student / report.exercise / f"{report.exercise}.ipynb")
    return Change(report.student, before, report.score, _differing(earlier, report.checks))


def _earlier(path: Path) -> list[CheckReport]:
    """What the checks found before; nothing, where that is not known."""
    try:
        return msgspec.convert(json.loads(path.read_bytes())["metadata"][RESULT], Report).checks
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _differing(earlier: Sequence[CheckReport], later: Sequence[CheckReport]) -> list[str]:
    if not earlier:
        return []
    before = {check.name: check for check in earlier}
    after = {check.name: check for check in later}
    return [
        name
        for name in sorted(before.keys() | after.keys())
        if (before[name].earned if name in before else None) != (after[name].earned if name in after else None)
    ]
