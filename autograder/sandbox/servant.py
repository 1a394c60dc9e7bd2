"""The student's side of a conversation: defines what was handed in, calls its functions, tells what came back.

It runs in the process of the student's code, which can tamper with it: the grader believes values, nothing else.

Messages from the grader, each answered by one of the messages on the right, and `begin` by none:

    define    module name, [[label, code], …]   →   defined  names, failures
    begin     number                                (seeds the global random generators)
    pretend   whether there is a CUDA device    →   returned None, [], [], []
    call      target, arguments, keywords       →   returned value, modified, states, warnings
    attribute object, name                          | raised failure | missing what stands there

Before each message there are the eight bytes of a nonce, which an answer repeats.
`modified` holds the positions and names of arguments that were changed and should not be, `states` the new state of
those that are meant to change, `warnings` what NumPy and Python warned of.

While it is called, student code may call back: `callback number, arguments, keywords`, answered by `result ok, value`.
A failure is (names of the exception's classes, message, [(label, line), …], text of the last line).
"""

import contextlib
import linecache
import random
import sys
import traceback
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from msgspec import Raw

from autograder.sandbox.stateful import is_stateful
from autograder.sandbox.wire import NONCE_BYTES, Codec, Reference, encoded_items, encoded_values

MAX_MESSAGE = 2_000
MAX_WARNINGS = 20


class GraderError(RuntimeError):
    """A callable that the grader handed in refused its arguments."""


class Servant:
    """Answers the grader's messages. `ask` sends a message to the grader and returns the answer."""

    def __init__(self, ask: Callable[[bytes], bytes], *, interruptible: bool = False) -> None:
        self._ask = ask
        # In the student's own process Ctrl-C belongs to the student, not to the function that runs.
        self._passes: tuple[type[BaseException], ...] = (KeyboardInterrupt,) if interruptible else ()
        self._namespace: dict[str, Any] = {}
        self._is_adopted = False
        self._pretence = contextlib.ExitStack()
        self._labels: set[str] = set()
        self._objects: list[object] = []
        self._numbers: dict[int, int] = {}
        self._codec = Codec(self._refer, self._resolve, use_torch=True)
        self._nonce = b""

    def answer(self, message: bytes) -> bytes | None:
        nonce = self._nonce = message[:NONCE_BYTES]
        kind, *content = self._codec.decode(message[NONCE_BYTES:])
        if kind == "begin":
            self._pretence.close()
            seed_generators(*content)
            return None
        try:
            reply = self._call(message, *content) if kind == "call" else getattr(self, f"_{kind}")(*content)
            return nonce + self._codec.encode(list(reply))
        except self._passes:
            raise
        except BaseException as error:
            return nonce + self._codec.encode(["raised", self._failure(error)])

    def adopt(self, namespace: dict[str, Any]) -> None:
        """Takes the functions that a notebook's kernel already holds instead of defining them."""
        self._namespace = namespace
        self._is_adopted = True

    def _define(self, name: str, units: list[list[str]]) -> tuple[Any, ...]:
        if not self._is_adopted:
            module = types.ModuleType(name)
            # Dataclasses and typing look their module up there.
            sys.modules[name] = module
            self._namespace = module.__dict__
            self._namespace["__file__"] = units[0][0] if units else name
        failures = []
        for label, code in units:
            self._labels.add(label)
            linecache.cache[label] = (len(code), None, code.splitlines(keepends=True), label)
            try:
                exec(compile(code, label, "exec", dont_inherit=True), self._namespace)
            except self._passes:
                raise
            except BaseException as error:
                failures.append(self._failure(error))
        return "defined", [key for key in self._namespace if isinstance(key, str)], failures

    def _call(self, message: bytes, target: object, arguments: list[Any], keywords: dict[str, Any]) -> tuple[Any, ...]:
        function = self._namespace.get(target) if isinstance(target, str) else target
        if not callable(function):
            return "missing", None if function is None else type(function).__name__
        with _noticed_warnings() as noticed:
            value = function(*arguments, **keywords)
        modified, states = self._changes(message, [*enumerate(arguments), *keywords.items()])
        return "returned", value, modified, states, noticed

    def _changes(
        self, message: bytes, arguments: list[tuple[int | str, Any]]
    ) -> tuple[list[int | str], list[list[Any]]]:
        """The positions and names of arguments that are no longer what the message says, and should be; and with
        their new states those of the arguments that are meant to change, even if some did not."""
        *_, positional, by_name = encoded_items(message[NONCE_BYTES:])
        modified: list[int | str] = []
        states: list[list[Any]] = []
        for (name, it), before in zip(arguments, encoded_items(positional) + encoded_values(by_name), strict=True):
            now = self._codec.encode(it)
            if now == before:
                continue
            if is_stateful(it):
                states.append([name, Raw(now)])
            # The grader may have written the same in another way.
            elif now != self._codec.encode(self._codec.decode(before)):
                modified.append(name)
        return modified, states

    def _pretend(self, cuda: bool) -> tuple[Any, ...]:
        self._pretence.close()
        if cuda:
            from autograder.sandbox.pretended_cuda import pretended_cuda

            self._pretence.enter_context(pretended_cuda())
        return "returned", None, [], [], []

    def _attribute(self, target: object, name: str) -> tuple[Any, ...]:
        return "returned", getattr(target, name), [], [], []

    def _call_back(self, number: int, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        message = self._nonce + self._codec.encode(["callback", number, list(arguments), keywords])
        _, ok, value = self._codec.decode(self._ask(message)[NONCE_BYTES:])
        if not ok:
            raise GraderError(value)
        return value

    def _refer(self, value: object) -> Reference:
        # Asking any object for an attribute may run student code.
        if isinstance(value, types.FunctionType) and hasattr(value, "_number_at_grader"):
            return Reference(True, value._number_at_grader, "function", True)
        number = self._numbers.setdefault(id(value), len(self._objects))
        if number == len(self._objects):
            self._objects.append(value)
        return Reference(False, number, type(value).__name__, callable(value))

    def _resolve(self, reference: Reference) -> object:
        if reference.ours:
            return self._objects[reference.number]

        def handed_in(*arguments: Any, **keywords: Any) -> Any:
            return self._call_back(reference.number, arguments, keywords)

        handed_in._number_at_grader = reference.number  # type: ignore[attr-defined]
        return handed_in

    def _failure(self, error: BaseException) -> tuple[Any, ...]:
        classes = [kind.__name__ for kind in type(error).__mro__]
        try:
            message = str(error)[:MAX_MESSAGE]
        except BaseException:
            message = ""
        frames = [
            (frame.filename, frame.lineno or 0)
            for frame in traceback.extract_tb(error.__traceback__, limit=-200)
            if frame.filename in self._labels
        ]
        if isinstance(error, RecursionError) and frames:
            # Which call is one too many is an accident; the line that calls itself is not.
            message = "maximum recursion depth exceeded"
            frames = [Counter(frames).most_common(1)[0][0]]
        frames = frames[-8:]
        if isinstance(error, SyntaxError) and error.filename in self._labels:
            message = str(error.msg)[:MAX_MESSAGE]
            frames.append((error.filename or "", error.lineno or 0))
        line = linecache.getline(*frames[-1]).strip()[:200] if frames else ""
        return classes, message, frames, line


@contextlib.contextmanager
def _noticed_warnings() -> Iterator[list[str]]:
    """Notes what is warned of, as often as it happens; what student code silences stays silent."""
    noticed: list[str] = []
    with warnings.catch_warnings():
        warnings.filterwarnings("always", category=RuntimeWarning, append=True)
        show = warnings.showwarning

        def notice(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if len(noticed) < MAX_WARNINGS:
                noticed.append(f"{category.__name__}: {message}"[:200])
            show(message, category, *where, **more)

        warnings.showwarning = notice
        yield noticed


def seed_generators(number: int) -> None:
    """Seeds the global generators of random, NumPy and torch."""
    random.seed(number)
    np.random.seed(number % 2**32)
    torch = sys.modules.get("torch")
    if torch is not None:
        # torch.manual_seed also notes the seed for devices that are not in use, and the stack with each of them.
        torch.default_generator.manual_seed(number)
        if torch.cuda.is_initialized():
            torch.cuda.manual_seed_all(number)


def serve(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Answers until the grader is gone."""

    def ask(message: bytes) -> bytes:
        send(message)
        return receive()

    servant = Servant(ask)
    while True:
        reply = servant.answer(receive())
        for stream in (sys.stdout, sys.stderr):
            # Student code may have closed or replaced it.
            with contextlib.suppress(Exception):
                stream.flush()
        if reply is not None:
            send(reply)
