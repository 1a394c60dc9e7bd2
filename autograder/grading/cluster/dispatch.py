"""Hands a backlog out to the workers that are there, whoever comes and goes."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable, Mapping

from distributed import Client

from autograder.errors import UserError
from autograder.grading.cluster import node
from autograder.grading.cluster.backlog import Backlog
from autograder.grading.cluster.connection import Place, close, connect
from autograder.grading.cluster.workers import Refused, Terms, Worker, ask

_LOOK_SECONDS = 0.5
_OUTLOOK_SECONDS = 10.0
_ANSWER_SECONDS = 30.0
_KEPT = "What was graded is kept: see to it, and go on with --resume."


class Dispatch:
    """Grades at the scheduler of a `place` as the `terms` say; `tell` gets lines for the terminal."""

    def __init__(self, place: Place, terms: Terms, tell: Callable[[str], None]) -> None:
        self._place = place
        self._terms = terms
        self._tell = tell
        self._keys = itertools.count()
        self._asked: set[str] = set()
        self._refused: set[str] = set()
        self._staff: dict[str, tuple[Worker, asyncio.Task[None]]] = {}
        self._client: Client | None = None

    async def connect(self) -> None:
        """Asks the scheduler and the workers that are there. Raises `UserError` about the first that cannot grade."""
        client = self._client = await connect(self._place)
        try:
            await client.run_on_scheduler(node.versions, [])
        except Exception as error:
            raise UserError(f"{self._place.address} has no autograder ({error}). Install it there as well.") from error
        addresses = list(await _workers(client))
        findings = await asyncio.gather(
            *(ask(client, address, self._terms) for address in addresses), return_exceptions=True
        )
        for address, finding in zip(addresses, findings, strict=True):
            if isinstance(finding, Refused):
                raise UserError(f"Worker {address} cannot grade: {finding}. Nothing was graded; stop or mend it.")
            if finding is None:
                self._asked.add(address)

    async def grade(self, backlog: Backlog) -> None:
        """Goes on until it is cancelled. What it cannot go on after is raised by the backlog."""
        patience = _Patience(self._place, self._tell)
        try:
            while True:
                if self._client is None:
                    self._client = await self._reconnected(patience)
                with contextlib.suppress(OSError, TimeoutError):
                    await self._employ(self._client, backlog, patience)
                await close(self._client)
                self._client = None
                patience.lose(f"no answer at {self._place.address}", at_once=True)
        except Exception as error:
            backlog.fail(error)

    async def leave(self) -> None:
        """Takes the run away from the workers, and itself from the scheduler."""
        if self._client is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await self._client.run(node.end, self._terms.run, on_error="ignore")
            await close(self._client)

    async def _employ(self, client: Client, backlog: Backlog, patience: "_Patience") -> None:
        """Until the scheduler is lost, also if it came again at once. May raise `OSError` or `TimeoutError` then."""
        registered = client.scheduler_comm
        try:
            while True:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    present = await _workers(client)
                if client.status != "running" or client.scheduler_comm is not registered:
                    return
                for address in self._staff.keys() - present.keys():
                    self._staff[address][0].is_gone = True
                    await self._dismiss(address)
                self._asked &= present.keys()
                self._refused &= present.keys()
                for address in present.keys() - self._staff.keys() - self._refused:
                    worker = Worker(address, present[address])
                    self._staff[address] = worker, asyncio.create_task(self._direct(client, worker, backlog))
                if self._staff:
                    patience.renew()
                else:
                    await patience.look_out()
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            for address in list(self._staff):
                await self._dismiss(address)

    async def _direct(self, client: Client, worker: Worker, backlog: Backlog) -> None:
        """One worker, as long as it is there."""
        try:
            if worker.address not in self._asked:
                await ask(client, worker.address, self._terms)
                self._asked.add(worker.address)
            await worker.grade(client, self._terms, backlog, self._keys, self._slots)
            self._asked.discard(worker.address)  # it may be another one at the same address
        except Refused as refused:
            self._refused.add(worker.address)
            self._tell(f"Worker {worker.address} is not used: {refused}.")
        except OSError:
            pass  # who is gone is found out by the next look
        finally:
            self._staff.pop(worker.address, None)

    async def _dismiss(self, address: str) -> None:
        _, task = self._staff[address]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def _slots(self) -> int:
        return sum(worker.slots for worker, _ in self._staff.values())

    async def _reconnected(self, patience: "_Patience") -> Client:
        while True:
            try:
                return await connect(self._place)
            except UserError:
                patience.lose(f"no answer at {self._place.address}")
                await asyncio.sleep(_LOOK_SECONDS)


class _Patience:
    """With a cluster on which nobody grades. Raises `UserError` when it is at its end."""

    def __init__(self, place: Place, tell: Callable[[str], None]) -> None:
        self._place = place
        self._tell = tell
        self.renew()

    def renew(self) -> None:
        self._since = self._next_outlook = time.monotonic()
        self._told: set[str] = set()

    def lose(self, what: str, *, at_once: bool = False) -> None:
        seconds = self._place.patience
        if time.monotonic() - self._since > seconds:
            raise UserError(f"For {seconds:.0f} s there was {what}. {_KEPT}")
        if what not in self._told and (at_once or time.monotonic() - self._since > 2 * _LOOK_SECONDS):
            self._told.add(what)
            self._tell(f"There is {what}. Waiting ...")

    async def look_out(self) -> None:
        """Where there is no worker."""
        if self._place.outlook is None:
            self.lose(f"no worker at {self._place.address}")
        elif time.monotonic() - self._since > 2 * _LOOK_SECONDS and time.monotonic() > self._next_outlook:
            outlook = await self._place.outlook()
            self._next_outlook = time.monotonic() + _OUTLOOK_SECONDS
            if outlook.is_over:
                raise UserError(f"There is no worker: {outlook.what}. {_KEPT}")
            self.lose(f"no worker: {outlook.what}", at_once=True)
            if outlook.waits:
                self._since = time.monotonic()


async def _workers(client: Client) -> Mapping[str, int]:
    """The threads of each."""
    found: Mapping[str, int] = await client.scheduler.ncores()  # type: ignore[union-attr]
    return found
