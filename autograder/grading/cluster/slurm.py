"""Workers as jobs of Slurm, configured by the user's own jobqueue.yaml."""

import asyncio
import contextlib
import os
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE
from typing import Any

from distributed.core import Status
from distributed.security import Security

from autograder.errors import UserError
from autograder.grading.cluster.connection import Outlook

_WAIT = {"PENDING", "CONFIGURING", "REQUEUED", "SUSPENDED"}
_WORK = {"RUNNING", "COMPLETING"}
_ANSWER_SECONDS = 30.0


class Slurm:
    """A scheduler in this process, and jobs with its workers; a context manager that cancels them."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._ids: set[str] = set()
        try:
            self._cluster: Any = _import()(security=_security())
        except Exception as error:  # whatever may be missing in the configuration
            raise _unusable(error) from error
        self.address: str = self._cluster.scheduler_address
        self.security = self._cluster.security

    def start(self) -> None:
        """Submits the jobs. Raises `UserError` if Slurm refuses one."""
        for _ in range(self._jobs):  # `scale` would submit them in the background, where no refusal is heard of
            self._cluster.worker_spec.update(self._cluster.new_worker_spec())
        try:
            self._cluster.sync(self._cluster._correct_state)
        except Exception as error:
            raise _unusable(error) from error
        self._ids = {job.job_id for job in self._cluster.workers.values()}

    async def outlook(self) -> Outlook:
        """What the queue says of the jobs."""
        try:
            said = await _squeue()
        except (OSError, TimeoutError):
            return Outlook("Slurm does not say how its jobs are", waits=True)
        jobs = [line.split(maxsplit=2) for line in said.splitlines()]
        ours = [(state, reason) for number, state, reason in jobs if number in self._ids]
        if waiting := [reason for state, reason in ours if state in _WAIT]:
            reasons = ", ".join(sorted(set(waiting) - {"None"})) or "just submitted"
            return Outlook(f"{_jobs(len(waiting))} in Slurm's queue ({reasons})", waits=True)
        if begun := sum(state in _WORK for state, _ in ours):
            return Outlook(f"Slurm has begun {_jobs(begun)}")
        ends = ", ".join(sorted({state for state, _ in ours})) or "long ago"
        return Outlook(f"all jobs of Slurm have ended ({ends}). See their slurm-*.out", is_over=True)

    def close(self) -> None:
        for job in list(self._cluster._created):
            job.status = Status.closing  # which dask-jobqueue forgets, and Dask waits for when Python ends
        with contextlib.suppress(Exception):  # jobs end without their scheduler as well
            self._cluster.close()


async def _squeue() -> str:
    """Number, state and reason of each of the user's jobs. Raises `OSError` or `TimeoutError`."""
    command = ("squeue", "--noheader", "--states=all", f"--user={os.getuid()}", "--format=%i %T %r")
    async with asyncio.timeout(_ANSWER_SECONDS):
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL)
        said, _ = await process.communicate()
    if process.returncode:
        raise ChildProcessError
    return said.decode(errors="replace")


def _import() -> Any:
    """Importing it takes signals away, Ctrl-C among them."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    from dask_jobqueue.slurm import SLURMCluster

    for number, handler in handlers.items():
        signal.signal(number, handler)
    return SLURMCluster


def _security() -> Security | None:
    """Where Dask's configuration names certificates, they are used."""
    security = Security()
    has_certificate = security.get_listen_args("scheduler")["ssl_context"] is not None
    return security if has_certificate else None


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count} jobs"


def _unusable(error: Exception) -> UserError:
    if isinstance(error, FileNotFoundError):
        return UserError(f"Slurm cannot be used: there is no {error.filename} on this machine. See docs/cluster.md.")
    said = re.split(r"^stderr:$", str(error), flags=re.MULTILINE)[-1]  # of sbatch, if it was that
    line = next(iter(said.strip().splitlines()), type(error).__name__)
    return UserError(f"Slurm cannot be used: {line.rstrip(',:.')}. See docs/cluster.md.")
