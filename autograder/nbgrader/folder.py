"""What lies beside the file that counts, in the folder that a student handed in. Nothing of it is believed."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.submission import Handin, Unreadable
from autograder.submission.notebook import NotebookCell, notebook_cells
from autograder.submission.reading import LIMITS
from autograder.submission.regular import open_regular, read_at_most

SECRET = "submission_secret.txt"  # by which nbgrader gives feedback to whoever handed in
TIMESTAMP = "timestamp.txt"
_LONGEST_LINE = 1000
_ZONE = re.compile(r"[A-Za-z]\w*([/+-]\w+)*|[+-]?\d+", re.ASCII)


@dataclass(frozen=True)
class Folder:
    path: Path

    def cells(self, exercise: str) -> list[NotebookCell] | None:
        """Those of the notebook, if there is one that can be read: written answers are in it."""
        name = f"{exercise}.ipynb"
        data = _read(self.path / name, LIMITS[".ipynb"])
        with suppress(Unreadable):
            return None if data is None else notebook_cells(name, data.removeprefix(b"\xef\xbb\xbf"))
        return None

    def secret(self) -> bytes | None:
        return _read(self.path / SECRET, _LONGEST_LINE)

    def has_timestamp(self) -> bool:
        return (self.path / TIMESTAMP).is_file()

    def timestamp(self) -> datetime | None:
        """When it was handed in, in UTC without a zone; None if that is not told, or not in a way that can be read."""
        text = (_read(self.path / TIMESTAMP, _LONGEST_LINE) or b"").decode("utf-8", "replace").strip()
        words = text.split(" ")
        if len(words) == 3 and not _ZONE.fullmatch(words[2]):
            return None  # a path, which would be opened as a file of a time zone
        with suppress(ValueError, ArithmeticError, TypeError):
            stamp: datetime | None = parse_utc(text) if text else None
            return stamp
        return None


def folder_of(handin: Handin) -> Folder | None:
    """Where the file lies that counts; none if that is in an archive."""
    return Folder(handin.path.parent) if handin.member is None and handin.path.is_file() else None


def module_text(handin: Handin) -> str | None:
    """The text of the module, if that is what counted."""
    with suppress(Unreadable):
        source = handin.read()
        return source.units[0].code if source.kind == "module" else None
    return None


def _read(path: Path, limit: int) -> bytes | None:
    with suppress(OSError), open_regular(path) as file:
        return read_at_most(file, limit)
    return None
