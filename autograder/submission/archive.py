"""Archives, read in memory and never believed: names, links, sizes and times are all the sender's to choose."""

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

from autograder.submission import tars, zips
from autograder.submission.member import MAX_MEMBERS, MAX_UNPACKED, Member, TooMuch
from autograder.submission.names import cut, visible
from autograder.submission.regular import open_regular
from autograder.submission.source import Unreadable

ENDINGS = (".zip", *tars.OPENERS)
_LONGEST_NAME = 1000
_LEAVES = re.compile(r"/|[A-Za-z]:|(.*/)?\.\.(/|$)|.*\\", re.DOTALL)


def ending_of(name: str) -> str | None:
    """The archive's ending, if it is one."""
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)


def members(path: Path) -> list[Member]:
    """What is in the archive. Raises `Unreadable` if it is damaged or tries something."""
    with _opened(path) as file:
        is_zip = ending_of(path.name) == ".zip"
        found = list(zips.members(file) if is_zip else tars.members(file, ending_of(path.name) or ""))
    for member in found:
        if _LEAVES.match(member.name) or len(member.name) > _LONGEST_NAME:
            name = cut(visible(member.name), 100)
            raise Unreadable(
                f"{visible(path.name)} holds a path that leaves the archive or is too long: {name}. Pack it afresh."
            )
    return found


def read_member(path: Path, name: str, limit: int) -> bytes | None:
    """The bytes of one member, or None if there really are more than `limit`. Raises `Unreadable`."""
    with _opened(path) as file:
        if ending_of(path.name) == ".zip":
            return zips.read(file, name, limit)
        return tars.read(file, ending_of(path.name) or "", name, limit)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[io.FileIO]:
    shown = visible(path.name)
    try:
        file = open_regular(path)
    except OSError as error:
        raise Unreadable(f"{shown} cannot be read: {error.strerror}.") from error
    with file:
        try:
            yield file
        except TooMuch as error:
            raise Unreadable(
                f"{shown} holds more than {MAX_MEMBERS} files or {MAX_UNPACKED >> 20} MiB. Pack only your exercises."
            ) from error
        except Exception as error:  # whatever damage sets off in the parsers
            raise Unreadable(
                f"{shown} is damaged, encrypted or packed in an unusual way, and cannot be opened. Pack it afresh."
            ) from error
