"""nbgrader's web pages for one course: a Jupyter server for as long as somebody looks at them."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_STARTS_WITHIN = 60.0


@dataclass(frozen=True)
class Formgrader:
    """Where the pages are, and the token to log in with."""

    server: str
    token: str

    def submission(self, number: str) -> str:
        """The page of a submitted notebook, by its number in the gradebook."""
        return f"{self.server}/formgrader/submissions/{number}/?index=0"


@contextmanager
def formgrader(course: Path) -> Iterator[Formgrader]:
    """Starts the server in the folder of the course, and stops it at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = Formgrader(f"http://127.0.0.1:{port}", secrets.token_hex(16))
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "server",
        "--no-browser",
        f"--port={port}",
        "--ServerApp.port_retries=0",
    ]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={course}"]
    command += ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "JUPYTER_TOKEN": place.token, "PATH": beside}
    with (course / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(place, server)
            yield place
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(place: Formgrader, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"{place.server}/login", timeout=5)
            return
        time.sleep(0.2)
    raise RuntimeError("the Jupyter server did not start; see server.log")
