"""The reports of a run, in a file: each is read when it is asked for, so a class of any size takes little memory."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, overload

from autograder.errors import UserError
from autograder.report import Report, Status, load_line


class Entry(NamedTuple):
    """Where the line of a report lies in a file, in bytes, and what is looked at without reading it."""

    student: str
    exercise: str
    source: str
    digest: str
    status: Status
    start: int
    length: int

    @property
    def of(self) -> tuple[str, str, str]:
        """What names a hand-in within a run."""
        return self.student, self.exercise, self.source


def entry_of(report: Report, start: int, length: int) -> Entry:
    return Entry(report.student, report.exercise, report.source, report.digest, report.status, start, length)


class Results(Sequence[Report]):
    """The reports that the entries of a file stand for. Raises `UserError` if the file has gone."""

    def __init__(self, path: Path, entries: Iterable[Entry]) -> None:
        self._path = path
        self.entries = list(entries)

    def sorted(self, key: Callable[[Entry], Any]) -> "Results":
        """The same reports in another order."""
        return Results(self._path, sorted(self.entries, key=key))

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, place: int) -> Report: ...

    @overload
    def __getitem__(self, place: slice) -> "Results": ...

    def __getitem__(self, place: int | slice) -> "Report | Results":
        if isinstance(place, slice):
            return Results(self._path, self.entries[place])
        entry = self.entries[place]
        try:
            with self._path.open("rb") as file:
                file.seek(entry.start)
                return load_line(file.read(entry.length))
        except OSError as error:
            raise UserError(f"{self._path} cannot be read: {error.strerror or error}.") from error
