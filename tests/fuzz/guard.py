"""While a foreign input is read, nothing else is: no file but Python's own, no process, no connection."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PYTHONS = tuple(f"{os.path.realpath(it)}{os.sep}" for it in (sys.prefix, sys.base_prefix, Path(__file__).parents[2]))
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_HARMLESS = ("os.listdir", "os.scandir")
_MODULES = ("os", "shutil", "socket", "subprocess", "tempfile", "ctypes", "urllib", "pty")
_FOLDER = tempfile.TemporaryDirectory(prefix="fuzz-")


class _Watch:
    def __init__(self) -> None:
        self.is_on = False
        self.is_installed = False
        self.allowed: tuple[str, ...] = ()
        self.seen: list[str] = []

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_on:
            return
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, int) and not self._may_open(os.path.realpath(str(path)), flags):
                self.seen.append(f"open {path!r}")
        elif event.partition(".")[0] in _MODULES and event not in _HARMLESS:
            self.seen.append(f"{event} {arguments!r}"[:200])

    def _may_open(self, path: str, flags: object) -> bool:
        writes = isinstance(flags, int) and flags & _WRITES
        return not writes and (path.startswith((*self.allowed, *_PYTHONS)))


_watch = _Watch()


@contextmanager
def only_file(name: str, data: bytes, *others: str) -> Iterator[Path]:
    """A file of these bytes in a folder of its own: meanwhile nothing else is read but what begins as
    `others` do, and nothing is written.

    Raises `AssertionError` only at the end, as a reader may take what is raised in it for damage.
    """
    path = Path(_FOLDER.name) / name
    path.write_bytes(data)
    if not _watch.is_installed:
        sys.addaudithook(_watch.hear)
        _watch.is_installed = True
    _watch.seen, _watch.allowed, _watch.is_on = [], (os.path.realpath(path), *others), True
    try:
        yield path
    finally:
        _watch.is_on = False
        there = os.listdir(_FOLDER.name)
        path.unlink()
    assert there == [name], there
    assert not _watch.seen, _watch.seen
