"""How each status of a check is shown: the same word and mark in the terminal, in notebooks and on pages."""

from dataclasses import dataclass
from typing import Literal

from autograder.report import CheckStatus

Tone = Literal["right", "wrong", "limit", "waiting", "ours"]


@dataclass(frozen=True)
class Look:
    """A word that stands without colour, a mark, the mark in ASCII, and the family that gives the colour."""

    word: str
    mark: str
    ascii: str
    tone: Tone


LOOKS: dict[CheckStatus, Look] = {
    "passed": Look("right", "✓", "+", "right"),
    "failed": Look("wrong", "✗", "x", "wrong"),
    "error": Look("raised", "!", "!", "wrong"),
    "crashed": Look("crashed", "↯", "#", "wrong"),
    "timeout": Look("time-out", "◷", "T", "limit"),
    "memory": Look("out of memory", "▦", "M", "limit"),
    "output": Look("too much output", "≡", "O", "limit"),
    "blocked": Look("blocked", "⊘", "/", "waiting"),
    "todo": Look("to do", "·", ".", "waiting"),
    "skipped": Look("skipped", "↷", "-", "waiting"),
    "not_graded": Look("not graded, by our fault", "?", "?", "ours"),
}

LOST: frozenset[CheckStatus] = frozenset({"failed", "error", "crashed", "timeout", "memory", "output"})
"""The statuses of a check that found something to mend."""
