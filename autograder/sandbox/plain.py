"""Student code in a plain subprocess, for a student's machine that cannot confine: a time limit, nothing more."""

import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from autograder.sandbox.channel import ChannelClosed, DeadlinePassed, MessageTooLarge, OutputTooLarge, frame
from autograder.sandbox.confined import Ending
from autograder.sandbox.limits import Limits

_ENGINE = Path(__file__).resolve().parents[2]
_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
_BOOT += "from autograder.sandbox.plain import serve_pipes; serve_pipes()"


class PlainProcess:
    """Pipes and two reading threads, which every operating system has."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        path = [entry for entry in sys.path if entry] + [str(_ENGINE)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, json.dumps(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        self._messages: queue.Queue[bytes | None] = queue.Queue()
        self._printed = bytearray()
        self.printed_size = 0
        for reader in (self._read_messages, self._read_output):
            threading.Thread(target=reader, daemon=True).start()

    @property
    def printed(self) -> bytes:
        return bytes(self._printed)

    def send(self, message: bytes, deadline: float) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(frame(message))
            self._process.stdin.flush()
        except OSError as error:
            raise ChannelClosed from error

    def receive(self, deadline: float) -> bytes:
        while True:
            try:
                message = self._messages.get(timeout=min(0.1, max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                if self.printed_size > self._limits.output:
                    raise OutputTooLarge from None
                if time.monotonic() >= deadline:
                    raise DeadlinePassed from None
                continue
            if message is None:
                raise ChannelClosed
            if len(message) > self._limits.message:
                raise MessageTooLarge
            return message

    def bind(self, answer: Callable[[bytes], bytes]) -> None:
        """Callbacks come as messages here."""

    def end(self, grace: float = 0.0) -> Ending:
        killed = False
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            killed = True
            self._process.kill()
        code = self._process.wait()
        # Without confinement a process can send itself any signal, so that one tells nothing.
        killed = killed or code == -9
        return Ending(-code if code < 0 else code << 8, 0.0, 0, killed)

    def discard(self) -> None:
        self.end()

    def _read_messages(self) -> None:
        assert self._process.stdout is not None
        while (message := _read_frame(self._process.stdout)) is not None:
            self._messages.put(message)
        self._messages.put(None)

    def _read_output(self) -> None:
        assert self._process.stderr is not None
        while part := os.read(self._process.stderr.fileno(), 1 << 16):
            self.printed_size += len(part)
            self._printed += part[: max(0, self._limits.kept_output - len(self._printed))]


def _read_frame(stream: IO[bytes]) -> bytes | None:
    header = stream.read(4)
    if len(header) < 4:
        return None
    size = struct.unpack("<I", header)[0]
    message = stream.read(size)
    return message if len(message) == size else None


def serve_pipes() -> None:
    """The process itself: answers on what was standard output, and sends prints to standard error."""
    from autograder.sandbox.servant import serve

    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)

    def receive() -> bytes:
        message = _read_frame(requests)
        if message is None:
            os._exit(0)
        return message

    def send(message: bytes) -> None:
        answers.write(frame(message))
        answers.flush()

    serve(receive, send)
