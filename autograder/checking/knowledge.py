"""What an exercise's authors wrote, loaded: the reference and the known wrong ways."""

import functools
import importlib.util
import inspect
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.checking.library import Library
from autograder.checking.marks import Way, ways_in
from autograder.checking.outcomes import NotGraded
from autograder.checking.trial import Call, Outcome
from autograder.errors import UserError


class LiveKnowledge:
    """The live reference and wrong ways of the exercise in `folder`, as grading uses them.

    Both are loaded when they are first asked for: whoever checks a right submission with checks that need no reference
    does not wait for what they import.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for path in (folder / f"{folder.name}.py", folder / "misconceptions.py"):
            require_file(path)

    @functools.cached_property
    def _reference(self) -> dict[str, Callable[..., Any]]:
        return functions_of(load_module(self._folder / f"{self._folder.name}.py", self._folder.name))

    @functools.cached_property
    def _ways(self) -> list[Way]:
        return ways_in(load_module(self._folder / "misconceptions.py", f"{self._folder.name}_misconceptions"))

    @functools.cached_property
    def _library(self) -> Library:
        return Library(self._reference)

    @functools.cached_property
    def _wrong(self) -> Library:
        return Library({way.name: way.function for way in self._ways})

    def parameters(self, function: str) -> Sequence[str]:
        return parameters_of(self._reference[function]) if function in self._reference else ()

    def expected(self, check: str, number: int, call: Call) -> Any:
        if call.function not in self._reference:
            raise NotGraded(f"The reference has no function {call.function}.")
        outcome = self._library.outcome(call.function, call)
        if outcome.failure is not None:
            raise NotGraded(f"The reference raised {outcome.failure.name}: {outcome.failure.message}")
        return outcome.value

    def mistakes(
        self, check: str, number: int, call: Call, among: Collection[str] | None = None
    ) -> Mapping[str, Outcome]:
        names = [way.name for way in self._ways if way.replaces == call.function]
        return {name: self._wrong.outcome(name, call) for name in names if among is None or name in among}

    def diagnosis(self, mistake: str) -> str:
        return self.diagnoses[mistake]

    @property
    def diagnoses(self) -> dict[str, str]:
        return {way.name: way.text for way in self._ways}

    @property
    def signatures(self) -> dict[str, list[str]]:
        return {name: list(parameters_of(function)) for name, function in self._reference.items()}


def load_module(path: Path, name: str) -> ModuleType:
    """Imports a file of the course's authors under that name, without registering it."""
    require_file(path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if "torch" in sys.modules:
        from autograder.sandbox.deferred_compiler import defer_compiler

        defer_compiler()
    return module


def require_file(path: Path) -> None:
    if not path.is_file():
        raise UserError(f"{path} is missing: every exercise needs it.")


def functions_of(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The functions that the module itself defines."""
    return {
        name: it
        for name, it in vars(module).items()
        if inspect.isfunction(it) and it.__module__ == module.__name__ and not name.startswith("_")
    }


def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
