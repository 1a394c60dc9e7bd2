"""`nbgrader autograde`: our engine grades, on all cores, and nothing of a submission runs in this process."""

import glob
import os
import re
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from nbgrader.converters import Autograde as OfNbgrader
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc, rmtree

from autograder.course import Course, read_course
from autograder.errors import UserError
from autograder.feedback.bar import progress_bar
from autograder.grading.pool import Pool
from autograder.grading.run import find, require_confinement
from autograder.grading.seed import course_seed
from autograder.grading.worker import Settings
from autograder.nbgrader.gradebook import Book, open_gradebook
from autograder.nbgrader.graded_notebook import Released, graded_notebook
from autograder.report import Report, load_lines
from autograder.submission import Handin, Unreadable
from autograder.submission.names import visible
from autograder.submission.notebook import NotebookCell, notebook_cells
from autograder.submission.regular import open_regular, read_at_most

_LONGEST_LINE = 1000
_SECRET = "submission_secret.txt"  # by which nbgrader gives feedback to whoever handed in


@dataclass(frozen=True)
class Submitted:
    """What one student handed in: nbgrader's name of the student, the folder, and the file that counts."""

    student: str
    folder: Path
    handin: Handin


class Autograde(OfNbgrader):
    """Grades what is in `submitted/`, and writes `autograded/` and the gradebook."""

    def start(self) -> None:
        try:
            failed = self._grade()
        except UserError as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from error
        if failed:
            message = f"{failed} of the submissions could not be graded. Run the same command again."
            self.log.error(message)
            raise NbGraderException(message)

    def _grade(self) -> int:
        """The number of those that could not be graded."""
        name = self.coursedir.assignment_id
        course = read_course(Path(self.coursedir.root))
        course[name]
        require_confinement(unconfined=False)
        folders = {student: it for student, it in self._submitted().items() if self._is_due(name, student, it)}
        if not folders:
            return 0
        submitted = _read_folders(course, name, folders)
        released = Released.from_json(name, (course.assignment(name) / f"{name}.ipynb").read_bytes())
        settings = Settings(course.root, (name,), course_seed(course.root), confined=True)
        failed = 0
        with ExitStack() as stack:
            pool = stack.enter_context(Pool(settings, len(os.sched_getaffinity(0))))
            pool.start(len(submitted))
            book = stack.enter_context(open_gradebook(self.coursedir.db_url, self.coursedir.course_id))
            advance = stack.enter_context(progress_bar("grading", len(submitted)))
            if not book.knows(name):
                book.register(released)
            late = AssignLatePenalties(parent=self)
            late.init_plugin()
            for line in pool.grade([it.handin for it in submitted.values()]):
                (report,) = load_lines(line)
                failed += not self._keep(book, report, submitted[report.student], released, late)
                advance()
        return failed

    def _submitted(self) -> Mapping[str, Path]:
        """By student, the folder that was handed in."""
        name = self.coursedir.assignment_id
        root = Path(self.coursedir.root)
        pattern = self._format_source(re.escape(name), "(?P<student_id>[^/]+)", escape=True)
        folders = {}
        for found in sorted(glob.glob(self._format_source(name, self.coursedir.student_id))):
            match = re.fullmatch(pattern, found)
            if match and os.path.isdir(found) and not os.path.islink(found):
                folders[match["student_id"]] = root / found
        if not folders:
            raise UserError(
                f"There is no submission of {name} by {self.coursedir.student_id!r} in "
                f"{self.coursedir.submitted_directory}. Run “nbgrader collect {name}” first."
            )
        return folders

    def _is_due(self, name: str, student: str, folder: Path) -> bool:
        """Whether it was not graded yet, or has changed since, or is to be graded again."""
        if student in self.coursedir.student_id_exclude.split(","):
            return False
        dest = self._graded_folder(name, student)
        if self.force or not (dest / f"{name}.ipynb").exists():
            return True
        new, old = self._timestamp(folder), self._timestamp(dest)
        if new is not None and old is not None and new > old:
            return True
        self.log.info("Skipping %s, which was graded before. Grade it again with --force.", student)
        return False

    def _graded_folder(self, name: str, student: str) -> Path:
        place: str = self.coursedir.format_path(self.coursedir.autograded_directory, student, name)
        return Path(self.coursedir.root) / place

    def _keep(
        self, book: Book, report: Report, submitted: Submitted, released: Released, late: AssignLatePenalties
    ) -> bool:
        """Writes what a submission got. False if it was not graded; then nothing is written."""
        name, student, folder = report.exercise, submitted.student, submitted.folder
        if report.status == "not_graded":
            self.log.error("%s: %s", student, report.message or "not graded, because a check could not be made")
            return False
        shown = graded_notebook(released, report, _cells(folder, name), _module(submitted.handin))
        dest = self._graded_folder(name, student)
        if dest.exists():
            rmtree(str(dest))
        dest.mkdir(parents=True)
        (dest / f"{name}.ipynb").write_bytes(msgspec.json.encode(shown.notebook))
        stamp = self._timestamp(folder)
        if stamp is not None:
            (dest / "timestamp.txt").write_text(stamp.strftime("%Y-%m-%d %H:%M:%S.%f UTC"), encoding="utf-8")
        if (secret := _read(folder / _SECRET, _LONGEST_LINE)) is not None:
            (dest / _SECRET).write_bytes(secret)
        try:
            book.save(student, report, released, shown, stamp, late.plugin_inst)
        except BaseException:
            rmtree(str(dest))  # so that the next run does not take it for graded
            raise
        self.set_permissions(name, student)
        self.log.info("%s: %s of %s points", student, report.score, report.max_score)
        return True

    def _timestamp(self, folder: Path) -> datetime | None:
        """When it was handed in, if that is told in a way that can be read."""
        text = _read(folder / "timestamp.txt", _LONGEST_LINE)
        if text is None:
            return None
        with suppress(ValueError, OverflowError, TypeError):
            stamp: datetime = parse_utc(text.decode("utf-8", "replace").strip())
            return stamp
        self.log.warning("%s holds no time that can be read; it counts as in time.", folder / "timestamp.txt")
        return None


def _read_folders(course: Course, name: str, folders: Mapping[str, Path]) -> dict[str, Submitted]:
    """By the student's name in reports; also for a folder that holds nothing of the exercise."""
    found: dict[str, Handin] = {}
    for root in {folder.parent.parent for folder in folders.values()}:
        with suppress(UserError):  # nothing was found there
            found |= {handin.student: handin for handin in find(course, root, name).handins}
    return {
        visible(student): Submitted(student, folder, found.get(visible(student)) or _nothing(student, name, folder))
        for student, folder in folders.items()
    }


def _nothing(student: str, name: str, folder: Path) -> Handin:
    there = ", ".join(sorted(entry.name for entry in os.scandir(folder) if entry.name != "timestamp.txt")[:5])
    problem = f"There is neither {name}.ipynb nor {name}.py in what was handed in, but: {visible(there) or 'nothing'}."
    return Handin(visible(student), name, folder, None, 0.0, visible(f"{student}/{name}"), problem=problem)


def _cells(folder: Path, name: str) -> list[NotebookCell] | None:
    """Those of the notebook, if there is one that can be read: written answers are in it."""
    data = _read(folder / f"{name}.ipynb", 100 << 20)
    with suppress(Unreadable):
        return None if data is None else notebook_cells(f"{name}.ipynb", data.removeprefix(b"\xef\xbb\xbf"))
    return None


def _module(handin: Handin) -> str | None:
    """The text of the module, if that is what counted."""
    with suppress(Unreadable):
        source = handin.read()
        return source.units[0].code if source.kind == "module" else None
    return None


def _read(path: Path, limit: int) -> bytes | None:
    with suppress(OSError), open_regular(path) as file:
        return read_at_most(file, limit)
    return None
