"""Processes for student code, forked from a warm server and confined; each costs a few milliseconds."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.channel import ChannelClosed, DeadlinePassed, GuardedChannel
from autograder.sandbox.limits import MIB, Limits, SandboxFault
from autograder.sandbox.patience import Patience

_ENGINE = Path(__file__).resolve().parents[2]
_BOOT = "import json, sys; given = json.loads(sys.argv[1]); sys.path[:] = given.pop('path'); "
_BOOT += "from autograder.sandbox.forkserver import main; main(**given)"
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Blocks of a MiB would else go back to the kernel again and again, and each page of them costs microseconds anew.
    "MALLOC_MMAP_THRESHOLD_": str(32 * MIB),
    "MALLOC_TRIM_THRESHOLD_": str(64 * MIB),
}
_READY_SECONDS = 30.0
_KEPT = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE")


@dataclass(frozen=True)
class Ending:
    """How a process ended: its wait status, CPU seconds, peak memory in KiB, and whether we had to kill it."""

    status: int
    cpu: float
    memory: int
    killed: bool


class ForkServer:
    """A process that holds the libraries, and from which each submission's process is forked."""

    def __init__(self, libraries: Sequence[str], *, confined: bool = True) -> None:
        """Starts it; `ready` waits until it is warm. `libraries` are among "scipy" and "torch"."""
        self.confined = confined
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        given = {
            "path": [entry for entry in sys.path if entry] + [str(_ENGINE)],
            "descriptor": theirs.fileno(),
            "readable": library_folders(),
            "libraries": list(libraries),
            "confined": confined,
        }
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-s", "-c", _BOOT, json.dumps(given)],
                pass_fds=[theirs.fileno()],
                env={**kept, **_ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal is for the grader, who ends this in order
            )
        except OSError as error:
            raise SandboxFault(f"the fork server could not be started: {error}") from error
        finally:
            theirs.close()
        self._is_ready = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def ready(self) -> None:
        """Waits until the libraries are imported. Raises `SandboxFault` if they cannot be."""
        if not self._is_ready:
            self._reply()
            self._is_ready = True

    def start(self, limits: Limits) -> "ConfinedProcess":
        """A new process for student code."""
        self.ready()
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        try:
            request = {"start": {"memory": limits.memory, "cpu_seconds": limits.cpu_seconds}}
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno(), output_end])
            except OSError as error:
                raise SandboxFault(f"the fork server is gone: {error}") from error
            pid = self._reply()["pid"]
        except SandboxFault:
            ours.close()
            os.close(output)
            raise
        finally:
            theirs.close()
            os.close(output_end)
        process = ConfinedProcess(self, pid, ours, output, limits)
        try:
            process.receive(time.monotonic() + _READY_SECONDS)
        except (ChannelClosed, DeadlinePassed) as error:
            process.end()
            said = process.printed.decode("utf-8", "replace").strip().splitlines()
            raise SandboxFault(f"a process could not be confined: {said[-1] if said else 'no word'}") from error
        return process

    def end(self, pid: int, grace: float) -> Ending:
        """Kills the process, unless it ends by itself within `grace` seconds."""
        try:
            self._control.send(json.dumps({"end": pid, "grace": grace}).encode())
        except OSError as error:
            raise SandboxFault(f"the fork server is gone: {error}") from error
        return Ending(**self._reply())

    def discard(self, pid: int) -> None:
        """Kills the process without waiting for it."""
        with contextlib.suppress(OSError):  # if the server is gone, so are its children
            self._control.send(json.dumps({"discard": pid}).encode())

    def close(self) -> None:
        self._control.close()
        self._process.wait()

    def _reply(self) -> dict[str, Any]:
        try:
            message = self._control.recv(1 << 16)
        except OSError as error:
            raise SandboxFault(f"the fork server is gone: {error}") from error
        if not message:
            raise SandboxFault(f"the fork server ended with status {self._process.wait()}")
        reply: dict[str, Any] = json.loads(message)
        return reply


class ConfinedProcess:
    """One process with student code in it."""

    def __init__(self, server: ForkServer, pid: int, stream: socket.socket, output: int, limits: Limits) -> None:
        self._server = server
        self._pid = pid
        self._stream = stream
        self._output = output
        self._patience = Patience(pid)
        self._channel = GuardedChannel(
            stream,
            output,
            patience=self._patience,
            max_message=limits.message,
            keep_output=limits.kept_output,
            max_output=limits.output,
        )
        self.send = self._channel.send
        self.receive = self._channel.receive
        self.is_over = self._channel.is_over

    @property
    def printed(self) -> bytes:
        return bytes(self._channel.printed)

    @property
    def printed_size(self) -> int:
        return self._channel.printed_size

    @property
    def excused(self) -> float:
        return self._patience.excused

    def bind(self, answer: Callable[[bytes], bytes]) -> None:
        """Callbacks come as messages here."""

    def end(self, grace: float = 0.0) -> Ending:
        try:
            return self._server.end(self._pid, grace)
        finally:
            self._close()

    def discard(self) -> None:
        self._server.discard(self._pid)
        self._close()

    def _close(self) -> None:
        self._channel.drain()
        self._stream.close()
        os.close(self._output)


def library_folders() -> list[str]:
    """Where Python's libraries lie: all that student code may import from."""
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")}
    folders |= {entry for entry in sys.path if Path(entry).name == "lib-dynload"}
    return sorted(folders)
