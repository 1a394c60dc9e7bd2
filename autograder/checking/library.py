"""Trusted functions, the reference and the known wrong ways, called as a submission is called: on copies."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.checking.trial import Call, Outcome
from autograder.sandbox.conversation import Failure
from autograder.sandbox.stateful import is_stateful, snapshot
from autograder.sandbox.wire import Codec, Reference

_REMEMBERED = 10_000


class Library:
    """Functions by name. Results are remembered, because a class of submissions gets the same inputs."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions
        self._memory: dict[bytes, bytes | Failure] = {}

    def outcome(self, name: str, call: Call) -> Outcome:
        """What the function called `name` does with the call's arguments."""
        stays: list[object] = []

        def refer(value: object) -> Reference:
            number = next((number for number, it in enumerate(stays) if it is value), len(stays))
            if number == len(stays):
                stays.append(value)
            return Reference(True, number, type(value).__name__, callable(value))

        codec = Codec(refer, lambda reference: stays[reference.number], use_torch=True)
        # An observer within a network may count, and each way is to find it as it was before the call.
        arguments = [snapshot(it) for it in call.arguments]
        request = codec.encode([name, arguments, {key: snapshot(it) for key, it in call.keywords.items()}])
        result = self._memory.get(request) if not stays else None
        if result is None:
            result = self._run(codec, request)
        if not stays:  # what a callable gives may change from call to call
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[request] = result
        if isinstance(result, Failure):
            return Outcome(failure=result)
        value, modified = codec.decode(result)
        return Outcome(value, tuple(modified))

    def _run(self, codec: Codec, request: bytes) -> bytes | Failure:
        name, arguments, keywords = codec.decode(request)
        before = _parts(codec, arguments, keywords)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                value = self._functions[name](*arguments, **keywords)
            except Exception as error:
                classes = tuple(kind.__name__ for kind in type(error).__mro__)
                return Failure(classes, str(error), (), "")
        after = _parts(codec, arguments, keywords)
        return codec.encode([value, [key for key in after if after[key] != before[key]]])


def _parts(codec: Codec, arguments: list[Any], keywords: dict[str, Any]) -> dict[int | str, bytes]:
    named: list[tuple[int | str, Any]] = [*enumerate(arguments), *keywords.items()]
    return {key: codec.encode(value) for key, value in named if not is_stateful(value)}
