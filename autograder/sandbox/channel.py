"""Framed messages over a socket: four bytes of length, then the message."""

import contextlib
import os
import select
import socket
import struct
import time

from autograder.sandbox.patience import Patience

_LENGTH = struct.Struct("<I")
CHUNK = 1 << 18
_LOOKS_EVERY = 0.5  # seconds, so that a machine that stood still is seen


class ChannelClosed(Exception):
    """The other side is gone."""


class DeadlinePassed(Exception):
    """The other side did not answer in time."""


class MessageTooLarge(Exception):
    """The other side announced more bytes than it may send."""


class OutputTooLarge(Exception):
    """More was printed than may be."""


def frame(message: bytes) -> bytes:
    return _LENGTH.pack(len(message)) + message


class BlockingChannel:
    """The student's side: waits for ever, trusts the grader."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream

    def send(self, message: bytes) -> None:
        self._stream.sendall(frame(message))

    def receive(self) -> bytes:
        return self._exactly(_LENGTH.unpack(self._exactly(_LENGTH.size))[0])

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._stream.recv(min(size - len(parts), CHUNK))
            if not part:
                raise ChannelClosed
            parts += part
        return bytes(parts)


class GuardedChannel:
    """The grader's side: every wait has a deadline and every size a limit; what is printed is drained meanwhile."""

    def __init__(
        self,
        stream: socket.socket,
        output: int,
        *,
        patience: Patience,
        max_message: int,
        keep_output: int,
        max_output: int,
    ) -> None:
        stream.setblocking(False)
        self._patience = patience
        self._stream = stream
        self._output = output
        self._max_message = max_message
        self._keep_output = keep_output
        self._max_output = max_output
        self._poll = select.poll()
        self._poll.register(output, select.POLLIN)
        self._poll.register(stream, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(stream, select.POLLOUT)
        self._received = bytearray()
        self.printed = bytearray()
        self.printed_size = 0

    def send(self, message: bytes, deadline: float) -> None:
        """`deadline` is in seconds of `time.monotonic`."""
        view = memoryview(frame(message))
        while view:
            try:
                view = view[self._stream.send(view) :]
            except BlockingIOError:
                self._wait(self._writable, deadline)
            except OSError as error:
                raise ChannelClosed from error

    def receive(self, deadline: float) -> bytes:
        size = _LENGTH.unpack(self._take(_LENGTH.size, deadline))[0]
        if size > self._max_message:
            raise MessageTooLarge
        return self._take(size, deadline)

    def is_over(self, deadline: float) -> bool:
        """Whether the other side has had all its time."""
        return time.monotonic() >= deadline and self._patience.remaining(deadline) <= 0

    def drain(self) -> None:
        """Takes what was printed and still lies in the pipe, without waiting."""
        if self._output < 0:
            return
        with contextlib.suppress(OutputTooLarge):
            ready = select.poll()
            ready.register(self._output, select.POLLIN)
            while ready.poll(0) and self._read_output():
                pass

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._received) < size:
            try:
                part = self._stream.recv(CHUNK)
            except BlockingIOError:
                self._wait(self._poll, deadline)
                continue
            except OSError as error:
                raise ChannelClosed from error
            if not part:
                raise ChannelClosed
            self._received += part
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _wait(self, poll: "select.poll", deadline: float) -> None:
        remaining = self._patience.remaining(deadline)
        if remaining <= 0:
            raise DeadlinePassed
        asked, started = min(remaining, _LOOKS_EVERY), time.monotonic()
        ready = poll.poll(asked * 1000)
        self._patience.slept(asked, time.monotonic() - started)
        for descriptor, _ in ready:
            if descriptor == self._output:
                self._read_output()

    def _read_output(self) -> bool:
        part = b""
        with contextlib.suppress(OSError):
            part = os.read(self._output, CHUNK)
        if not part:
            self._poll.unregister(self._output)
            self._output = -1
            return False
        self.printed_size += len(part)
        self.printed += part[: max(0, self._keep_output - len(self.printed))]
        if self.printed_size > self._max_output:
            raise OutputTooLarge
        return True
