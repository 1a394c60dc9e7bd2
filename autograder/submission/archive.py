"""Archives, read in memory and never believed: names, links and sizes are all the sender's to choose."""

import bz2
import contextlib
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from autograder.submission.source import Unreadable

ENDINGS = (".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")
MAX_MEMBERS = 10_000
MAX_SCANNED = 300 << 20
_CHUNK = 1 << 20
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    UnicodeError,
    OverflowError,
    MemoryError,
)


@dataclass(frozen=True)
class Member:
    """A regular file in an archive, or something that is none, with the reason."""

    name: str
    modified: float
    reason: str | None = None


def ending_of(name: str) -> str | None:
    """The archive's ending, if it is one."""
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)


def members(path: Path) -> list[Member]:
    """What is in the archive. Raises `Unreadable` if it is damaged or tries something."""
    with _one_line(path):
        found = list(_zip_members(path) if ending_of(path.name) == ".zip" else _tar_members(path))
    for member in found:
        parts = member.name.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise Unreadable(f"{path.name} holds a path that leaves the archive: {member.name!r}. Pack it afresh.")
    return found


def read_member(path: Path, name: str, limit: int) -> bytes:
    """The bytes of one member, at most `limit`, whatever its header says. Raises `Unreadable`."""
    with _one_line(path):
        if ending_of(path.name) == ".zip":
            with zipfile.ZipFile(path) as archive, archive.open(name) as file:
                return _limited(file, name, limit)
        with _open_tar(path) as (archive_, _):
            file_ = archive_.extractfile(name)
            if file_ is None:
                raise Unreadable(f"{path.name}: {name} is not a file.")
            return _limited(file_, name, limit)


def _limited(file: IO[bytes], name: str, limit: int) -> bytes:
    data = bytearray()
    while chunk := file.read(_CHUNK):
        data += chunk
        if len(data) > limit:
            raise Unreadable(f"{name} unpacks to more than {limit >> 20} MiB. Hand in the file as you wrote it.")
    return bytes(data)


def _zip_members(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        listed = archive.infolist()
        if len(listed) > MAX_MEMBERS:
            raise Unreadable(f"{path.name} holds more than {MAX_MEMBERS} files. Pack only your exercises.")
        for info in listed:
            if info.is_dir():
                continue
            reason = None
            if (info.external_attr >> 28) == 0xA:
                reason = "a link"
            elif info.flag_bits & 0x1:
                reason = "encrypted"
            yield Member(info.filename, _zip_time(info), reason)


def _zip_time(info: zipfile.ZipInfo) -> float:
    """Only compared with other members' times; a zip knows no time zone."""
    year, month, day, hour, minute, second = info.date_time
    return float(((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60 + second)


def _tar_members(path: Path) -> Iterator[Member]:
    with _open_tar(path) as (archive, counter):
        for number, info in enumerate(archive):
            if number >= MAX_MEMBERS:
                raise Unreadable(f"{path.name} holds more than {MAX_MEMBERS} files. Pack only your exercises.")
            if counter.total > MAX_SCANNED:
                raise Unreadable(f"{path.name} unpacks to more than {MAX_SCANNED >> 20} MiB. Pack only your exercises.")
            if not info.isdir():
                yield Member(info.name, float(info.mtime), None if info.isreg() else "a link or a special file")


class _Counter:
    """A reader that counts what a compressed archive unpacks to, and stops a bomb."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = name
        self.total = 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, _CHUNK) if size >= 0 else _CHUNK)
        self.total += len(data)
        if self.total > MAX_SCANNED:
            raise Unreadable(f"{self._name} unpacks to more than {MAX_SCANNED >> 20} MiB. Pack only your exercises.")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


@contextlib.contextmanager
def _open_tar(path: Path) -> Iterator[tuple[tarfile.TarFile, _Counter]]:
    openers = {".gz": gzip.open, ".tgz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    opener = openers.get(path.suffix.lower(), open)
    with contextlib.ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(opener(path, "rb"))  # type: ignore[operator]
        counter = _Counter(file, path.name)
        yield stack.enter_context(tarfile.open(fileobj=counter, mode="r:")), counter  # type: ignore[call-overload]


@contextlib.contextmanager
def _one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except Unreadable:
        raise
    except KeyError as error:
        raise Unreadable(f"{path.name} changed while it was read: {error}.") from error
    except (*_BROKEN, RecursionError) as error:
        raise Unreadable(f"{path.name} is damaged or encrypted and cannot be opened. Pack it afresh.") from error
