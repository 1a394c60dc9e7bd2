"""What a check and a known way declare about themselves."""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    import pytest

_Function = TypeVar("_Function", bound=Callable[..., Any])


def part(name: str, *, points: float, after: str | tuple[str, ...] = ()) -> "pytest.MarkDecorator":
    """A check of part `name` that carries `points`, and is blocked until the checks named in `after` pass."""
    import pytest  # not above: a command that starts quickly reads this module before it needs pytest

    return pytest.mark.part(name, points=points, after=(after,) if isinstance(after, str) else after)


def replaces(function: str) -> Callable[[_Function], _Function]:
    """The decorated function stands in for the reference's `function`: a known wrong way, or another right one."""

    def mark(way: _Function) -> _Function:
        way.__replaces__ = function  # type: ignore[attr-defined]
        return way

    return mark


class Way(NamedTuple):
    """A function that stands in for `replaces`, and the first line of its docstring."""

    name: str
    replaces: str
    text: str
    function: Callable[..., Any]


def ways_in(module: ModuleType) -> list[Way]:
    """The decorated functions of a module, in the order of the file."""
    return [
        Way(name, it.__replaces__, (inspect.getdoc(it) or name).splitlines()[0], it)
        for name, it in vars(module).items()
        if hasattr(it, "__replaces__")
    ]
