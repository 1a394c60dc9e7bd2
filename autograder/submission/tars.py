"""Tar archives, plain or compressed."""

import bz2
import gzip
import io
import lzma
import re
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import IO, Any, cast

from autograder.submission.member import MAX_MEMBERS, MAX_UNPACKED, Member, TooMuch
from autograder.submission.regular import read_at_most

OPENERS: dict[str, Callable[..., Any]] = {
    ".tar.gz": gzip.open,
    ".tgz": gzip.open,
    ".tar.bz2": bz2.open,
    ".tar.xz": lzma.open,
    ".tar": io.BufferedReader,
}
_LONGEST_HEADER = 8 << 10
_CHUNK = 1 << 20
_LATEST = datetime.max.replace(tzinfo=UTC).timestamp()
_SLOW = re.compile(rb"\d{256}")  # older versions of tarfile search a header with many digits in quadratic time


def members(file: io.FileIO, ending: str) -> Iterator[Member]:
    """Raises `TooMuch`, or whatever damage sets off."""
    with OPENERS[ending](file) as unpacked:
        for info in _Tar(unpacked):
            if not info.isdir():
                yield Member(info.name, _time(info), None if info.isreg() else "a link or a special file")


def read(file: io.FileIO, ending: str, name: str, limit: int) -> bytes | None:
    """None if there are more than `limit` bytes. Raises `TooMuch`, or whatever damage sets off."""
    with OPENERS[ending](file) as unpacked:
        archive = _Tar(unpacked)
        info = next(info for info in archive if info.name == name and info.isreg())
        return archive.read(info, limit)


class _Stream(io.RawIOBase):
    """What an archive unpacks to, read once from front to back; it ends what takes too much, or points back."""

    def __init__(self, unpacked: IO[bytes]) -> None:
        self._unpacked = unpacked
        self._position = 0
        self.header: int | None = _LONGEST_HEADER  # what the current header may still take, or None in a file
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        if self.header is None:
            return self._forward(size)
        self.header -= size
        if size < 0 or self.header < 0:
            raise tarfile.HeaderError
        self.last = self._forward(size)
        if _SLOW.search(self.last):
            raise tarfile.HeaderError
        return self.last

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        while self._position < offset and self._forward(min(_CHUNK, offset - self._position)):
            pass
        if self._position != offset:
            raise tarfile.ReadError
        return offset

    def tell(self) -> int:
        return self._position

    def _forward(self, size: int) -> bytes:
        data = self._unpacked.read(size)
        self._position += len(data)
        if self._position > MAX_UNPACKED:
            raise TooMuch
        return data


class _Tar:
    """The headers in order. A file is read right after its header."""

    def __init__(self, unpacked: IO[bytes]) -> None:
        self._stream = _Stream(unpacked)
        self._archive = tarfile.TarFile(fileobj=cast(IO[bytes], self._stream), encoding="utf-8")

    def __iter__(self) -> Iterator[tarfile.TarInfo]:
        count = 0
        while info := self._archive.next():
            count += 1
            if count > MAX_MEMBERS:
                raise TooMuch
            yield info
            self._stream.header = _LONGEST_HEADER
            # It keeps all headers, and what they share.
            self._archive.members.clear()  # type: ignore[attr-defined]
            cast(dict[str, str], self._archive.pax_headers).clear()
        if self._stream.last.strip(b"\0"):
            raise tarfile.ReadError  # no end of an archive, but something that is no header

    def read(self, info: tarfile.TarInfo, limit: int) -> bytes | None:
        self._stream.header = None
        content = self._archive.extractfile(info)
        return read_at_most(content, limit) if content else None


def _time(info: tarfile.TarInfo) -> float:
    """0 if no calendar holds it."""
    return float(info.mtime) if 0 <= info.mtime < _LATEST else 0.0
