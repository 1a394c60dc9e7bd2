"""Workers as jobs of Slurm, configured by the user's own jobqueue.yaml."""

import contextlib
from typing import Any

from dask_jobqueue.slurm import SLURMCluster

from autograder.errors import UserError


class Slurm:
    """A scheduler in this process, and jobs with its workers; a context manager that cancels them."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        try:
            self._cluster: Any = SLURMCluster()
        except Exception as error:  # whatever may be missing in the configuration
            raise UserError(f"Slurm cannot be used: {error} See docs/cluster.md.") from error
        self.address: str = self._cluster.scheduler_address
        self.security = self._cluster.security

    def start(self) -> None:
        """Submits the jobs. Raises `UserError`."""
        try:
            self._cluster.scale(jobs=self._jobs)
            self._cluster.sync(self._cluster._correct_state)
        except Exception as error:
            said = str(error).strip().splitlines()
            raise UserError(
                f"Slurm takes no job: {said[-1] if said else type(error).__name__}. See docs/cluster.md."
            ) from error

    def close(self) -> None:
        with contextlib.suppress(Exception):  # jobs end without their scheduler as well
            self._cluster.close()
