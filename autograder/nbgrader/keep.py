"""What remains of a graded submission: a notebook in `autograded/`, and rows in the gradebook."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from nbgrader.plugins import BasePlugin
from nbgrader.utils import rmtree

from autograder.nbgrader.folder import SECRET, Folder, folder_of, module_text
from autograder.nbgrader.gradebook import Book
from autograder.nbgrader.graded_notebook import Released, graded_notebook
from autograder.report import Report
from autograder.submission import Handin

_TIME = "%Y-%m-%d %H:%M:%S.%f UTC"


@dataclass
class Keeper:
    """Keeps the results of one exercise. `late` says what is taken off for coming late."""

    book: Book
    released: Released
    late: BasePlugin | None = None

    def keep_handin(self, report: Report, handin: Handin, handed_in: datetime | None, autograded: Path) -> None:
        """Writes below the folder `autograded` and into the gradebook, from any layout of hand-ins."""
        dest = autograded / report.student / report.exercise
        self.keep(report.student, report, folder_of(handin), module_text(handin), handed_in, dest)

    def keep(
        self,
        student: str,
        report: Report,
        folder: Folder | None,
        module: str | None,
        handed_in: datetime | None,
        dest: Path,
    ) -> None:
        """Writes into the folder `dest` and the gradebook. `module` is the text of the module if that is what counted,
        `folder` what else was handed in."""
        cells = folder.cells(report.exercise) if folder else None
        shown = graded_notebook(self.released, report, cells, module)
        if dest.exists():
            rmtree(str(dest))
        dest.mkdir(parents=True)
        (dest / f"{report.exercise}.ipynb").write_bytes(msgspec.json.encode(shown.notebook))
        if handed_in is not None:
            (dest / "timestamp.txt").write_text(handed_in.strftime(_TIME), encoding="utf-8")
        if folder is not None and (secret := folder.secret()) is not None:
            (dest / SECRET).write_bytes(secret)
        try:
            self.book.save(student, report, self.released, shown, handed_in, self.late)
        except BaseException:
            rmtree(str(dest))  # so that the next run does not take it for graded
            raise
