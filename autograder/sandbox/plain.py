"""Student code in a plain subprocess, for a student's machine that cannot confine: a time limit, nothing more."""

import contextlib
import json
import os
import queue
import signal
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
_BOOT = "import json, sys; sys.path[:], grader = json.loads(sys.argv[1]); "
_BOOT += "from autograder.sandbox.plain import serve_pipes; serve_pipes(grader)"
_LONGEST_MESSAGE = 2**32 - 1
_DRAIN_SECONDS = 1.0
_PR_SET_PDEATHSIG = 1


class PlainProcess:
    """Pipes and two reading threads, which every operating system has."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        path = [entry for entry in sys.path if entry] + [str(_ENGINE)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, json.dumps([path, os.getpid()])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        self._messages: queue.Queue[bytes | ChannelClosed | MessageTooLarge] = queue.Queue()
        self._printed = bytearray()
        self.printed_size = 0
        self.excused = 0.0
        self._readers = [threading.Thread(target=it, daemon=True) for it in (self._read_messages, self._read_output)]
        for reader in self._readers:
            reader.start()

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
            if isinstance(message, bytes):
                return message
            raise message

    def is_over(self, deadline: float) -> bool:
        return time.monotonic() >= deadline

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
        for reader in self._readers:
            # A process that student code left behind may hold the pipes for ever.
            reader.join(_DRAIN_SECONDS)
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        # Without confinement a process can send itself any signal, so that one tells nothing.
        killed = killed or code == -9
        return Ending(-code if code < 0 else code << 8, 0.0, 0, killed)

    def discard(self) -> None:
        self.end()

    def _read_messages(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            try:
                while True:
                    self._messages.put(_read_frame(stream, self._limits.message))
            except (ChannelClosed, MessageTooLarge) as end:
                self._messages.put(end)

    def _read_output(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            while part := os.read(stream.fileno(), 1 << 16):
                self.printed_size += len(part)
                self._printed += part[: max(0, self._limits.kept_output - len(self._printed))]


def _read_frame(stream: IO[bytes], longest: int) -> bytes:
    header = stream.read(4)
    if len(header) < 4:
        raise ChannelClosed
    size = struct.unpack("<I", header)[0]
    if size > longest:
        raise MessageTooLarge
    message = stream.read(size)
    if len(message) < size:
        raise ChannelClosed
    return message


def serve_pipes(grader: int) -> None:
    """The process itself: answers on what was standard output, and sends prints to standard error."""
    from autograder.sandbox.servant import serve

    if sys.platform == "linux":  # elsewhere a loop of the student's outlives a grader that is killed
        from autograder.sandbox.confinement.kernel import prctl

        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != grader:  # it was killed before that
            os._exit(0)
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    # By lines, so that what was printed before a crash is not lost.
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115

    def receive() -> bytes:
        try:
            return _read_frame(requests, _LONGEST_MESSAGE)
        except ChannelClosed:
            os._exit(0)

    def send(message: bytes) -> None:
        answers.write(frame(message))
        answers.flush()

    serve(receive, send)
