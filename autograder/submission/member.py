"""What archives of every kind have in common."""

from dataclasses import dataclass

MAX_MEMBERS = 10_000
MAX_UNPACKED = 256 << 20


@dataclass(frozen=True)
class Member:
    """A file in an archive: its path, when it was saved by its sender's clock, and what it is if it is no regular file.

    The time is in seconds since some day, and 0 if it is unknown.
    """

    name: str
    modified: float
    oddity: str | None = None


class TooMuch(Exception):
    """An archive that holds more than a hand-in does."""
