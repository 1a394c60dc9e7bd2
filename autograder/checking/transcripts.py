"""What checks asked of submissions that passed them, and what they heard.

A check is a function of its seed and of what it hears. Whoever gives the same answers passes without its being run
again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.sandbox.conversation import Transcript

_PER_CHECK = 16
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class Passed:
    """A check that was passed: what the student reads beside it, and the functions that it called."""

    remarks: tuple[str, ...]
    called: frozenset[str]


class Transcripts:
    """By exercise and check, the newest transcripts in which it was passed, for one seed."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], dict[Transcript, Passed]] = {}
        self._bytes = 0

    def of(self, exercise: str, check: str) -> Mapping[Transcript, Passed]:
        return self._known.get((exercise, check), {})

    def keep(self, exercise: str, check: str, transcript: Transcript, passed: Passed) -> None:
        if transcript in self.of(exercise, check):
            return
        size = _size(transcript)
        if self._bytes + size > _MOST_BYTES:
            self.clear()
        known = self._known.setdefault((exercise, check), {})
        if len(known) >= _PER_CHECK:
            oldest = next(iter(known))
            self._bytes -= _size(oldest)
            del known[oldest]
        self._bytes += size
        known[transcript] = passed

    def forget(self, exercise: str, check: str) -> None:
        self._bytes -= sum(map(_size, self._known.pop((exercise, check), {})))

    def clear(self) -> None:
        self._known.clear()
        self._bytes = 0


def _size(transcript: Transcript) -> int:
    return sum(len(message) for exchange in transcript for message in exchange)
