"""Grading on a Dask cluster. Nothing but this is imported unless `--scheduler` is given."""

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING

from autograder.errors import UserError
from autograder.grading.worker import Settings

if TYPE_CHECKING:
    from autograder.grading.cluster.run import Cluster


def open_cluster(settings: Settings, scheduler: str, jobs: int | None, tell: Callable[[str], None]) -> "Cluster":
    """Grades at the scheduler of that address, or as so many jobs of Slurm; `tell` gets lines for the terminal."""
    needed = ("distributed", "dask_jobqueue") if scheduler == "slurm" else ("distributed",)
    if any(importlib.util.find_spec(name) is None for name in needed):
        raise UserError("A cluster is Dask's. Install it: pip install 'autograder[cluster]'")
    from autograder.grading.cluster.run import Cluster

    return Cluster(settings, scheduler, jobs, tell)
