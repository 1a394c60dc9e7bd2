"""Opening and reading files that a stranger put there."""

import errno
import io
import os
import stat
from pathlib import Path
from typing import Protocol

_CHUNK = 1 << 20


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def open_regular(path: Path) -> io.FileIO:
    """Follows no link, and waits for no pipe. Raises `OSError`."""
    file = io.FileIO(path, opener=_open)
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "not a regular file")
    return file


def read_at_most(file: Readable, limit: int) -> bytes | None:
    """All that can be read, or None if that is more than `limit` bytes."""
    data = io.BytesIO()
    while chunk := file.read(_CHUNK):
        if data.tell() + len(chunk) > limit:
            return None
        data.write(chunk)
    return data.getvalue()


def _open(path: str, flags: int) -> int:
    # Both flags are unknown to Windows, which has neither such pipes nor links by default.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
