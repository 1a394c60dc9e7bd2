"""What an exercise's authors wrote, loaded: the reference and the known wrong ways."""

import importlib.util
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.checking.library import Library
from autograder.checking.marks import ways_in
from autograder.checking.outcomes import NotGraded
from autograder.checking.trial import Call, Outcome
from autograder.errors import UserError


class LiveKnowledge:
    """The live reference and wrong ways of the exercise in `folder`, as grading uses them."""

    def __init__(self, folder: Path) -> None:
        name = folder.name
        self._reference = functions_of(load_module(folder / f"{name}.py", name))
        self._ways = ways_in(load_module(folder / "misconceptions.py", f"{name}_misconceptions"))
        self._library = Library(self._reference)
        self._wrong = Library({way.name: way.function for way in self._ways})

    def parameters(self, function: str) -> Sequence[str]:
        return parameters_of(self._reference[function]) if function in self._reference else ()

    def expected(self, check: str, number: int, call: Call) -> Any:
        if call.function not in self._reference:
            raise NotGraded(f"The reference has no function {call.function}.")
        outcome = self._library.outcome(call.function, call)
        if outcome.failure is not None:
            raise NotGraded(f"The reference raised {outcome.failure.name}: {outcome.failure.message}")
        return outcome.value

    def mistakes(self, check: str, number: int, call: Call) -> Mapping[str, Outcome]:
        return {way.name: self._wrong.outcome(way.name, call) for way in self._ways if way.replaces == call.function}

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
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UserError(f"{path} is missing: every exercise needs it.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def functions_of(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The functions that the module itself defines."""
    return {
        name: it
        for name, it in vars(module).items()
        if inspect.isfunction(it) and it.__module__ == module.__name__ and not name.startswith("_")
    }


def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
