"""A grading process, started beside the one that collects results, and ended with it."""

import json
import os
import socket
import subprocess
import sys
from multiprocessing.connection import Connection

from autograder.grading.worker import Settings

_BOOT = "import json, sys; sys.path[:], descriptor = json.loads(sys.argv[1]); "
_BOOT += "from autograder.grading.worker import main; main(descriptor)"
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class GradingProcess:
    """Begins to start it; what comes first over its `connection` is said by `autograder.grading.worker.work`.

    It is no child of multiprocessing, since a Dask worker may have none, and would not import the main program.
    """

    def __init__(self, settings: Settings) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            # Its standard input is a lifeline: nothing is written, and it is closed with us, however we end.
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BOOT, json.dumps([sys.path, theirs.fileno()])],
                pass_fds=[theirs.fileno()],
                env={**os.environ, **_ONE_THREAD},
                stdin=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C in the terminal is for the process that collects
            )
        self.connection = Connection(ours.detach())
        self.connection.send(settings)

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """Kills it; reading from the connection will say so."""
        self._process.kill()

    def wait(self) -> int:
        """Waits until it has died, and gives its exit status."""
        return self._process.wait()

    def close(self) -> None:
        """Lets it end in order, or kills it if it takes long."""
        self.connection.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
