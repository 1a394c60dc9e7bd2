"""Rosters as instructors save them, and the times that students' folders tell."""

from datetime import datetime
from random import Random

from autograder.errors import UserError
from autograder.nbgrader.folder import TIMESTAMP, Folder
from autograder.nbgrader.roster import read_roster
from tests.fuzz.guard import only_file
from tests.fuzz.mutation import mutated_bytes
from tests.fuzz.targets import made, one_line

_ZONES = ("/usr/share/zoneinfo/", "/usr/lib/zoneinfo/", "/usr/share/lib/zoneinfo/", "/etc/zoneinfo/")
_COLUMNS = ("student", "first_name", "last_name", "email", "xor", "cpa", "notes", " student ", "")
_FIELDS = (
    "ada", "bob", "", " ", "a/b", ".hidden", '"quoted, name"', '"', '"a\nb"', "2026-12-03", "2026-12-03T18:00+01:00",
    "soon", "0001-01-01T00:00+23:59", "9999-12-31", "2026-W01-1", "20261203", "\0", "é", "\ud7ff", "\x85", "\u2028x",
    "a" * 200_000, "2026-12-03T18:00:00Z", "=1+1", "2026-1", "9" * 5000,
)  # fmt: skip
_STAMPS = (
    "2026-12-01 10:00:00", "2026-12-01 10:00:00.5 UTC", "2026-12-01 10:00:00 Europe/Zurich",
    "0001-01-01 00:00:00 +9999", "2026-12-01 10:00:00 9999999999999999999999", "2026-12-01 10:00:00 /etc/passwd",
    "2026-12-01T10:00:00Z", "now", "1e999", "2026-12-01 10:00:00 ../../../etc/passwd", "9999-12-31 23:59:59 -9999",
    "2026-12-01 10:00:00 GMT+3", "12", "May", "::",
)  # fmt: skip
_STAMP_PIECES = (
    " ", ":", "-", "+", "T", "Z", ".", ",", "9" * 30, "am", "AM", "Sunday", "UTC", "nan", "inf", "/", "\0", "a.m.",
    "1st", "²", "٣", "%", "EST5EDT", "12", "0", "\n", "infinity", "2026", "-12-",
)  # fmt: skip


def _roster(rng: Random) -> bytes:
    separator = rng.choice((",", ";", "\t"))
    columns = ["student", *(rng.choice(_COLUMNS[1:6]) for _ in range(rng.randrange(4)))]
    rng.shuffle(columns)
    if rng.random() < 0.1:
        columns.append(rng.choice(_COLUMNS))
    lines = [separator.join(columns)]
    for number in range(rng.randrange(4)):
        fields = [rng.choice(_FIELDS) for _ in range(rng.randrange(len(columns) + 2))]
        if fields and rng.random() < 0.7:
            fields[min(columns.index("student"), len(fields) - 1)] = f"student{number}"
        lines.append(separator.join(fields))
    text = rng.choice(("\n", "\r\n", "\r")).join(lines)
    data = text.encode(rng.choice(("utf-8", "utf-8", "utf-8-sig", "latin-1", "utf-16")), "replace")
    return mutated_bytes(data, rng) if rng.random() < 0.4 else data


@made(_roster)
def spreadsheet(data: bytes) -> str:
    """The students, or one line."""
    with only_file("roster.csv", data) as path:
        try:
            entries = read_roster(path, ["xor", "cpa"])
        except UserError as error:
            return one_line(error).replace(str(path.parent), "")
    assert all(entry.student and all(it.tzinfo for it in entry.due.values()) for entry in entries)
    return f"{min(len(entries), 3)} students"


def _timestamp(rng: Random) -> bytes:
    if rng.random() < 0.3:
        return "".join(rng.choice(_STAMP_PIECES) for _ in range(rng.randrange(9))).encode()
    stamp = rng.choice(_STAMPS).encode()
    return mutated_bytes(stamp, rng) if rng.random() < 0.7 else stamp


@made(_timestamp)
def timestamp(data: bytes) -> str:
    """A time, or none, and no file is looked into but those of time zones."""
    with only_file(TIMESTAMP, data, *_ZONES) as path:
        stamp = Folder(path.parent).timestamp()
    assert stamp is None or (type(stamp) is datetime and stamp.tzinfo is None)
    return "no time" if stamp is None else "a time"
