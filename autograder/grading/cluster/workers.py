"""One worker of the cluster, from the first question to its last batch."""

import asyncio
import concurrent.futures
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from distributed import Client
from distributed.scheduler import KilledWorker

from autograder.grading.cluster import node
from autograder.grading.cluster.backlog import Backlog, Batch

_ANSWER_SECONDS = 30.0
_AHEAD = 2  # batches for each thread: one to work on, and one that is there already


class Refused(Exception):
    """A worker must not grade, for a reason in one line."""


@dataclass(frozen=True)
class Terms:
    """What every worker of a run has to agree to, and gets."""

    run: str
    libraries: Sequence[str]
    versions: Mapping[str, str]
    confined: bool
    mission: bytes


async def ask(client: Client, address: str, terms: Terms) -> None:
    """Raises `Refused` if the worker cannot grade as it would be done here, and `OSError` if it is gone."""
    there, unconfined = await _call(client, address, node.describe, terms.libraries)
    for name, version in terms.versions.items():
        if there[name] != version:
            raise Refused(f"it has {name} {there[name]}, and here is {version}")
    if terms.confined and unconfined is not None:
        raise Refused(f"it cannot confine student code: {unconfined}")


class Worker:
    """A worker that grades; with `is_gone`, what it worked on was lost with it."""

    def __init__(self, address: str, threads: int) -> None:
        self.address = address
        self.threads = threads
        self.is_gone = False
        self._held: dict[tuple[str, int], Batch] = {}  # in the order in which it works on them

    @property
    def slots(self) -> int:
        """How many batches it holds at most."""
        return _AHEAD * self.threads

    async def grade(
        self, client: Client, terms: Terms, backlog: Backlog, keys: Iterator[int], slots: Callable[[], int]
    ) -> None:
        """Grades until it is cancelled or the worker loses the run. Raises `Refused`, and `OSError` if it is gone."""
        try:
            problem = await _call(client, self.address, node.begin, terms.run, terms.mission)
            if problem is not None:
                raise Refused(problem)
            work = [asyncio.create_task(self._work(client, terms, backlog, keys, slots)) for _ in range(self.slots)]
            try:
                ended, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
                for one in ended:
                    one.result()
            finally:
                for one in work:
                    one.cancel()
                await asyncio.gather(*work, return_exceptions=True)
        finally:
            for place, batch in enumerate(self._held.values()):
                backlog.give_back(batch, lost=self.is_gone and place < self.threads)
            self._held.clear()

    async def _work(
        self, client: Client, terms: Terms, backlog: Backlog, keys: Iterator[int], slots: Callable[[], int]
    ) -> None:
        while True:
            batch = await backlog.take(slots())
            key = (f"autograder-{terms.run}", next(keys))
            self._held[key] = batch
            answer = await self._answer(client, key, terms.run, batch)
            if answer is None:
                return
            if answer.problem is not None:
                raise Refused(answer.problem)
            if not answer.lines:
                return
            del self._held[key]
            backlog.done(batch, answer.lines, answer.seconds, answer.points)

    async def _answer(self, client: Client, key: tuple[str, int], run: str, batch: Batch) -> node.Answer | None:
        """None if there will be none."""
        future = client.submit(node.grade, run, batch.packed, key=key, workers=[self.address], pure=False)
        try:
            return msgspec.msgpack.decode(await future, type=node.Answer)
        except KilledWorker:  # one at this address died and came again, too often
            self.is_gone = True
            return None
        except concurrent.futures.CancelledError:  # by Dask, when the scheduler was lost
            return None
        except OSError:
            return None
        except Exception as error:
            raise Refused(f"{type(error).__name__}: {error}") from error


async def _call(client: Client, address: str, function: Callable[..., object], *arguments: object) -> Any:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            answers = await client.run(function, *arguments, workers=[address], on_error="return")
    except TimeoutError:
        raise Refused(f"no answer within {_ANSWER_SECONDS:.0f} s") from None
    answer = answers.get(address)
    if isinstance(answer, OSError):
        raise answer
    if isinstance(answer, ImportError | AttributeError):
        raise Refused(f"it has no autograder of this version ({answer})")
    if isinstance(answer, Exception):
        raise Refused(f"{type(answer).__name__}: {answer}")
    return answer
