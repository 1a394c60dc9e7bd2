"""A hand-in together with its bytes, as it travels to another machine."""

import msgspec

from autograder.submission.handin import Handin
from autograder.submission.reading import read_source
from autograder.submission.source import Source, Unreadable


class Parcel(msgspec.Struct, frozen=True):
    """What grading asks of a `Handin`, without a file: `data` are the bytes of the student's file `name`."""

    student: str
    exercise: str
    source: str
    name: str
    data: bytes
    problem: str | None
    note: str | None

    def read(self) -> Source:
        """Raises `Unreadable`."""
        return read_source(self.name, self.data)


def pack(handin: Handin) -> Parcel:
    """Reads the file; that it cannot be read is the problem with the hand-in then."""
    name, data, problem = "", b"", handin.problem
    if problem is None:
        try:
            name, data = handin.load()
        except Unreadable as unreadable:
            problem = str(unreadable)
    return Parcel(handin.student, handin.exercise, handin.source, name, data, problem, handin.note)
