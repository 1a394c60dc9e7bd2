"""How long a process of student code is waited for: when the machine did not let it compute, the time is not its own.

A machine may have more to do than it can, or be suspended. Only the process's own computing and sleeping count.
"""

import math
import time

from autograder.sandbox.limits import SandboxFault

_OVERSLEPT = 1.0
_MOST = 20


class Patience:
    """Judges deadlines for one process, by its number. Times are in seconds, of `time.monotonic`."""

    def __init__(self, pid: int) -> None:
        self._clock = (~pid << 3) | 2  # what clock_getcpuclockid gives
        self._schedstat = f"/proc/{pid}/schedstat"
        self._waited = 0.0
        self._late = 0.0
        self._deadline = -math.inf
        self._allowed = self._extra = self._used_before = 0.0
        self.excused = 0.0

    def remaining(self, deadline: float) -> float:
        """Until it has had all the time that it was given; 0 or less if it has.

        Raises `SandboxFault` if the machine leaves it next to nothing.
        """
        now = time.monotonic()
        if deadline != self._deadline:
            self._deadline, self._allowed, self._extra = deadline, deadline - now, 0.0
            self._used_before = self._used() or 0.0
        if deadline + self._extra <= now:
            self._excuse()
        return deadline + self._extra - now

    def slept(self, asked: float, took: float) -> None:
        """Tells of a sleep of the grader's; one that took much longer says that the machine stood still."""
        if took > asked + _OVERSLEPT:
            self._late += took - asked

    def _excuse(self) -> None:
        used = self._used()
        # Threads of its own may keep it from computing, but then the process computes as a whole.
        if used is None or used - self._used_before >= self._allowed:
            return
        waited = self._waiting()
        more = waited - self._waited + self._late
        self._waited, self._late = waited, 0.0
        self._extra += more
        self.excused += more
        if self._extra > _MOST * max(self._allowed, 1.0):
            raise SandboxFault("the machine has too much to do, and the submission got no time to compute")

    def _used(self) -> float | None:
        """Of processors, by all its threads; None if it has ended."""
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return None

    def _waiting(self) -> float:
        """In line for a processor."""
        try:
            with open(self._schedstat, "rb") as file:
                return int(file.read().split()[1]) / 1e9
        except (OSError, IndexError, ValueError):  # a kernel without these numbers
            return self._waited
