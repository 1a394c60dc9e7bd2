"""What checks asked of submissions that passed them, and what they heard.

A check is a function of its seed and of what it hears. Whoever gives the same answers passes without its being run
again.
"""

from collections.abc import Iterable, Iterator, Mapping
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
        self._bytes: dict[tuple[str, str], int] = {}

    def of(self, exercise: str, check: str) -> Mapping[Transcript, Passed]:
        return self._known.get((exercise, check), {})

    def keep(self, exercise: str, check: str, transcript: Transcript, passed: Passed) -> None:
        place = exercise, check
        known = self._known.setdefault(place, {})
        if transcript in known:
            return
        # Most of what is said is the same in all of them, and is held once.
        messages = {message: message for message in _messages(known)}
        known[tuple(tuple(messages.setdefault(it, it) for it in exchange) for exchange in transcript)] = passed
        self._measure(place)
        if len(known) > _PER_CHECK:
            self._drop_oldest(place)
        while sum(self._bytes.values()) > _MOST_BYTES:
            self._drop_oldest(max(self._bytes, key=self._bytes.__getitem__))

    def forget(self, exercise: str, check: str) -> None:
        self._known.pop((exercise, check), None)
        self._bytes.pop((exercise, check), None)

    def clear(self) -> None:
        self._known.clear()
        self._bytes.clear()

    def _drop_oldest(self, place: tuple[str, str]) -> None:
        known = self._known[place]
        del known[next(iter(known))]
        self._measure(place)

    def _measure(self, place: tuple[str, str]) -> None:
        self._bytes[place] = sum(map(len, set(_messages(self._known[place]))))


def _messages(transcripts: Iterable[Transcript]) -> Iterator[bytes]:
    return (message for transcript in transcripts for exchange in transcript for message in exchange)
