"""Zip archives."""

import io
import zipfile
from collections.abc import Iterator

from autograder.submission.member import MAX_MEMBERS, Member, TooMuch
from autograder.submission.regular import read_at_most

_LONGEST_READ = 4 << 20
_REGULAR = (0, 0o10)  # no type at all, as on systems without them, or that of a regular file
_DAWN = (1980, 1, 1, 0, 0, 0)


def members(file: io.FileIO) -> Iterator[Member]:
    """Raises `TooMuch`, or whatever damage sets off."""
    with zipfile.ZipFile(_Capped(file)) as archive:
        if len(archive.infolist()) > MAX_MEMBERS:
            raise TooMuch
        for info in archive.infolist():
            if not info.is_dir():
                is_regular = info.external_attr >> 28 in _REGULAR
                yield Member(info.filename, _time(info), None if is_regular else "a link or a special file")


def read(file: io.FileIO, name: str, limit: int) -> bytes | None:
    """None if there are more than `limit` bytes. Raises whatever damage sets off."""
    with zipfile.ZipFile(_Capped(file)) as archive, archive.open(name) as member:
        if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # The module unpacks other methods without a bound on what they give.
            raise NotImplementedError
        return read_at_most(member, limit)


class _Capped(io.BufferedReader):
    """Stops a directory of too many members, which is read at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LONGEST_READ:
            raise TooMuch
        return super().read(size)


def _time(info: zipfile.ZipInfo) -> float:
    """By a calendar whose months all have 31 days; there is no time zone."""
    if info.date_time <= _DAWN:
        return 0.0
    year, month, day, hour, minute, second = info.date_time
    return float(((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60 + second)
