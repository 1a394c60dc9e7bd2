"""One file that was handed in, found but not read yet."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.submission.archive import read_member
from autograder.submission.reading import LIMITS, read_source
from autograder.submission.source import Source, Unreadable


@dataclass(frozen=True)
class Handin:
    """A student's file for one exercise.

    `member` is its path within the archive `path`; `problem` says in one line why it cannot be graded; `note` is a
    remark for the student; `shown` is its path relative to what was searched.
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
        return f"{self.shown}/{self.member}" if self.member else self.shown

    def read(self) -> Source:
        """Raises `Unreadable`."""
        name = f"{self._stem}{Path(self.name).suffix}"
        limit = LIMITS.get(Path(self.name).suffix, 0)
        if self.member is not None:
            return read_source(name, read_member(self.path, self.member, limit))
        try:
            if self.path.stat().st_size > limit:
                raise Unreadable(f"{self.name} is larger than {limit >> 20} MiB. Clear its outputs and try again.")
            return read_source(name, self.path.read_bytes())
        except OSError as error:
            raise Unreadable(f"{self.name} cannot be read: {error.strerror}.") from error

    @property
    def _stem(self) -> str:
        return self.exercise or Path(self.name).stem


Untouched = Callable[[str, Source], bool]
