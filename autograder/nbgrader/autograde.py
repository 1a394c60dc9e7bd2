"""`nbgrader autograde`: our engine grades, on all cores, and nothing of a submission runs in this process."""

import glob
import os
import re
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from nbgrader.converters import Autograde as OfNbgrader
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties

from autograder.course import Course, read_course
from autograder.errors import UserError
from autograder.feedback.bar import progress_bar
from autograder.grading.pool import Pool
from autograder.grading.run import find, require_confinement
from autograder.grading.seed import course_seed
from autograder.grading.worker import Settings
from autograder.nbgrader.folder import Folder, module_text
from autograder.nbgrader.gradebook import open_gradebook
from autograder.nbgrader.graded_notebook import Released
from autograder.nbgrader.keep import Keeper
from autograder.nbgrader.roster import ROSTER, read_roster
from autograder.report import Report, load_line
from autograder.submission import Handin, NoSubmission
from autograder.submission.names import visible


@dataclass(frozen=True)
class Submitted:
    """What one student handed in: nbgrader's name of the student, the folder, and the file that counts."""

    student: str
    folder: Folder
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
            if book.knows(name):
                book.require_same_cells(released)
            else:
                book.register(released, course[name].due)
            if (course.root / ROSTER).exists():
                book.enrol(read_roster(course.root / ROSTER, course.exercises))
            late = AssignLatePenalties(parent=self)
            late.init_plugin()
            keeper = Keeper(book, released, late.plugin_inst)
            for line in pool.grade([it.handin for it in submitted.values()]):
                report = load_line(line)
                failed += not self._keep(keeper, report, submitted[report.student])
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
        new, old = Folder(folder).timestamp(), Folder(dest).timestamp()
        if new is not None and old is not None and new > old:
            return True
        self.log.info("Skipping %s, which was graded before. Grade it again with --force.", student)
        return False

    def _graded_folder(self, name: str, student: str) -> Path:
        place: str = self.coursedir.format_path(self.coursedir.autograded_directory, student, name)
        return Path(self.coursedir.root) / place

    def _keep(self, keeper: Keeper, report: Report, submitted: Submitted) -> bool:
        """Writes what a submission got. False if it was not graded; then nothing is written."""
        name, student = report.exercise, submitted.student
        if report.status == "not_graded":
            self.log.error("%s: %s", student, report.message or "not graded, because a check could not be made")
            return False
        stamp = submitted.folder.timestamp()
        if stamp is None and submitted.folder.has_timestamp():
            self.log.warning("%s: timestamp.txt holds no time that can be read; it counts as in time.", student)
        dest = self._graded_folder(name, student)
        keeper.keep(student, report, submitted.folder, module_text(submitted.handin), stamp, dest)
        self.set_permissions(name, student)
        self.log.info("%s: %s of %s points", student, report.score, report.max_score)
        return True


def _read_folders(course: Course, name: str, folders: Mapping[str, Path]) -> dict[str, Submitted]:
    """By the student's name in reports; also for a folder that holds nothing of the exercise."""
    found: dict[str, Handin] = {}
    for root in {folder.parent.parent for folder in folders.values()}:
        with suppress(NoSubmission):
            found |= {handin.student: handin for handin in find(course, root, name).handins}
    return {
        visible(student): Submitted(
            student, Folder(folder), found.get(visible(student)) or _nothing(student, name, folder)
        )
        for student, folder in folders.items()
    }


def _nothing(student: str, name: str, folder: Path) -> Handin:
    there = ", ".join(sorted(entry.name for entry in os.scandir(folder) if entry.name != "timestamp.txt")[:5])
    problem = f"There is neither {name}.ipynb nor {name}.py in what was handed in, but: {visible(there) or 'nothing'}."
    return Handin(visible(student), name, folder, None, 0.0, visible(f"{student}/{name}"), problem=problem)
