"""One file that was handed in, found but not read yet."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.submission.archive import read_member
from autograder.submission.names import visible
from autograder.submission.reading import LIMITS, read_source, too_large
from autograder.submission.regular import open_regular, read_at_most
from autograder.submission.source import Source, Unreadable


@dataclass(frozen=True)
class Handin:
    """A student's file for one exercise.

    `member` is its path within the archive `path`; `modified` is when it was saved, in seconds, and 0 if unknown;
    `shown` is where `path` was found below what was searched; `problem` says in one line why it cannot be graded;
    `note` is a remark for the student. Of an archive that cannot be opened, `exercise` is empty if it could be several.
    """

    student: str
    exercise: str
    path: Path
    member: str | None
    modified: float
    shown: str
    problem: str | None = None
    note: str | None = None

    @property
    def name(self) -> str:
        return PurePosixPath(self.member).name if self.member else self.path.name

    @property
    def source(self) -> str:
        """Where it was found, safe to show."""
        return f"{self.shown}/{visible(self.member)}" if self.member else self.shown

    def read(self) -> Source:
        """Raises `Unreadable`."""
        return read_source(*self.load())

    def load(self) -> tuple[str, bytes]:
        """The file as the course calls it, and its bytes. Raises `Unreadable`."""
        name = f"{self.exercise}{PurePosixPath(self.name).suffix}"
        data = self._bytes(LIMITS.get(PurePosixPath(name).suffix, 0), name)
        if data is None:
            raise too_large(name, "unpacks to more than" if self.member else "is larger than")
        return name, data

    def _bytes(self, limit: int, name: str) -> bytes | None:
        """None if there are more than `limit`."""
        if self.member is not None:
            return read_member(self.path, self.member, limit)
        try:
            with open_regular(self.path) as file:
                return read_at_most(file, limit)
        except OSError as error:
            raise Unreadable(f"{name} cannot be read: {error.strerror}.") from error
