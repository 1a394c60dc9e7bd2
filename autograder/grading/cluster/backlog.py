"""What is still to be graded, cut into pieces of which only so many are on their way."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from autograder.grading.pool import not_graded
from autograder.submission import Handin, Parcel, pack

_SECONDS = 2.0  # that a batch should take: less costs the scheduler, more is lost with a worker
_MOST = 16
_BYTES = 256 << 10
_BYTES_ON_THEIR_WAY = 256 << 20
_ATTEMPTS = 3
_WHY = "three workers of the cluster were lost with it"


@dataclass(frozen=True)
class Batch:
    """Hand-ins by their numbers, and packed."""

    numbers: Sequence[int]
    packed: bytes


class Backlog:
    """Gives out batches, and collects lines. A hand-in is in one batch at a time, and gets one line."""

    def __init__(self, handins: Sequence[Handin]) -> None:
        self._handins = handins
        self._waiting = deque(range(len(handins)))
        self._lost = [0] * len(handins)
        self._bytes = 0
        self._seconds = _SECONDS  # that one hand-in takes
        self._points: Mapping[str, float] = {}
        self._changed = asyncio.Event()
        self._lines: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    async def take(self, slots: int) -> Batch:
        """The next batch for one of so many slots, as soon as there is one and not too much is on its way."""
        while not self._waiting or self._bytes >= _BYTES_ON_THEIR_WAY:
            self._changed.clear()
            await self._changed.wait()
        # The last batches are small, so that all slots end together.
        most = max(1, min(_MOST, int(_SECONDS / self._seconds), len(self._waiting) // (2 * slots)))
        numbers: list[int] = []
        parcels: list[Parcel] = []
        size = 0
        while self._waiting and len(numbers) < most and size < _BYTES:
            if numbers and self._lost[self._waiting[0]]:
                break  # it may be what kills workers, and goes alone
            numbers.append(self._waiting.popleft())
            parcels.append(pack(self._handins[numbers[-1]]))
            size += len(parcels[-1].data)
            if self._lost[numbers[-1]]:
                break
        batch = Batch(numbers, msgspec.msgpack.encode(parcels))
        self._bytes += len(batch.packed)
        return batch

    def done(self, batch: Batch, lines: Sequence[bytes], seconds: float, points: Mapping[str, float]) -> None:
        self._points = points
        self._seconds += 0.2 * (max(seconds / len(lines), 1e-3) - self._seconds)
        self._let_go(batch)
        for line in lines:
            self._lines.put_nowait(line)

    def give_back(self, batch: Batch, *, lost: bool) -> None:
        """To be graded elsewhere; `lost` if a worker died that had probably begun with it."""
        self._let_go(batch)
        for number in reversed(batch.numbers):
            self._lost[number] += lost
            if self._lost[number] < _ATTEMPTS:
                self._waiting.appendleft(number)
            else:
                self._lines.put_nowait(not_graded(self._handins[number], self._points, _WHY))

    def fail(self, error: Exception) -> None:
        """Raises it from `lines`, after those that are there."""
        self._lines.put_nowait(error)

    async def lines(self) -> list[bytes]:
        """Those that have come since the last call; waits for one."""
        found = [await self._lines.get()]
        while not self._lines.empty() and isinstance(found[-1], bytes):
            found.append(self._lines.get_nowait())
        if isinstance(found[0], Exception):
            raise found[0]
        if isinstance(found[-1], Exception):
            self._lines.put_nowait(found.pop())
        return [line for line in found if isinstance(line, bytes)]

    def _let_go(self, batch: Batch) -> None:
        self._bytes -= len(batch.packed)
        self._changed.set()
