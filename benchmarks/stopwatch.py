"""Where the time goes: functions of the engine are measured while something runs, by name of what they do."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any


class Stopwatch:
    """Seconds by name, without what functions that are measured themselves take within others; and how many times."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self._inner: list[float] = []

    @contextmanager
    def watching(self, functions: dict[str, list[tuple[Any, str]]]) -> Iterator[None]:
        """While it lasts, calls of the functions, as (class or module, name), count under what they are listed for."""
        with ExitStack() as stack:
            for label, places in functions.items():
                for owner, name in places:
                    function = getattr(owner, name)
                    setattr(owner, name, self._measured(function, label))
                    stack.callback(setattr, owner, name, function)
            yield

    @contextmanager
    def span(self, label: str) -> Iterator[None]:
        """What happens within counts under the label."""
        self.counts[label] += 1
        started = time.perf_counter()
        self._inner.append(0.0)
        try:
            yield
        finally:
            took = time.perf_counter() - started
            self.seconds[label] += took - self._inner.pop()
            if self._inner:
                self._inner[-1] += took

    def _measured(self, function: Callable[..., Any], label: str) -> Callable[..., Any]:
        def measured(*arguments: Any, **keywords: Any) -> Any:
            with self.span(label):
                return function(*arguments, **keywords)

        return measured
