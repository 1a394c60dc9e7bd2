"""torch's compiler, imported when somebody uses it.

The first optimiser imports it, which takes as long as torch itself, only to exclude its own functions from compilation.
"""

import importlib
import sys
import types
from collections.abc import Callable
from typing import Any, TypeVar

import torch

_NAME = "torch._dynamo"
_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Deferred(types.ModuleType):
    """What optimisers want of the compiler while nothing is compiled; for all else it makes way for the real one."""

    @staticmethod
    def disable(function: _Function, *_: object, **__: object) -> _Function:
        return function

    @staticmethod
    def graph_break(*_: object, **__: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":  # `inspect` asks all modules; only an import asks for the path
            raise AttributeError(name)
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
        return getattr(importlib.import_module(_NAME), name)


def defer_compiler() -> None:
    """Does nothing if it is there already."""
    if _NAME not in sys.modules:
        torch._dynamo = sys.modules[_NAME] = _Deferred(_NAME)
