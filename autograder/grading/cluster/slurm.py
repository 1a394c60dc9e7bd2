"""Workers as jobs of Slurm, configured by the user's own jobqueue.yaml."""

import contextlib
import signal
from typing import Any

from autograder.errors import UserError


class Slurm:
    """A scheduler in this process, and jobs with its workers; a context manager that cancels them."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        try:
            self._cluster: Any = _import()()
        except Exception as error:  # whatever may be missing in the configuration
            raise _unusable(error) from error
        self.address: str = self._cluster.scheduler_address
        self.security = self._cluster.security

    def start(self) -> None:
        """Submits the jobs. Raises `UserError`."""
        try:
            self._cluster.scale(jobs=self._jobs)
            self._cluster.sync(self._cluster._correct_state)
        except Exception as error:
            raise _unusable(error) from error

    def close(self) -> None:
        with contextlib.suppress(Exception):  # jobs end without their scheduler as well
            self._cluster.close()


def _import() -> Any:
    """Importing it takes signals away, Ctrl-C among them."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    from dask_jobqueue.slurm import SLURMCluster

    for number, handler in handlers.items():
        signal.signal(number, handler)
    return SLURMCluster


def _unusable(error: Exception) -> UserError:
    said = (str(error).strip() or type(error).__name__).splitlines()
    return UserError(f"Slurm cannot be used: {said[0].rstrip(',:.')}. See docs/cluster.md.")
