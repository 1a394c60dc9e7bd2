"""One check of one submission: what was called, and what came back."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from autograder.checking import quote
from autograder.checking.outcomes import CheckFailed, ToDo
from autograder.sandbox.conversation import Failure, Missing, Raised
from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import Struck
from autograder.sandbox.stateful import has_trained, snapshot
from autograder.sandbox.wire import WireError


@dataclass(frozen=True)
class Outcome:
    """What a call did: its value, the arguments that it modified and its warnings, or the exception; and whether it
    trained a network that was handed in, after which its value tells of optimiser and machine, not of a mistake."""

    value: Any = None
    modified: tuple[int | str, ...] = ()
    failure: Failure | None = None
    warnings: tuple[str, ...] = ()
    trained: bool = False


@dataclass
class Call:
    """A call of the submission, in the order of calls within its check."""

    function: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    outcome: Outcome | None = None


class Knowledge(Protocol):
    """What is known of an exercise: the reference's results, and what the known wrong ways give."""

    def parameters(self, function: str) -> Sequence[str]:
        """The names of the function's parameters."""

    def expected(self, check: str, number: int, call: Call) -> Any:
        """The reference's value for call `number` (from 0) to the reference in this check."""

    def mistakes(
        self, check: str, number: int, call: Call, among: Collection[str] | None = None
    ) -> Mapping[str, Outcome]:
        """By name, what the wrong ways of the called function, or those `among` them, do in call `number`."""

    def diagnosis(self, mistake: str) -> str:
        """One line for the student."""


@dataclass
class Trial:
    """The context that a check runs in."""

    check: str
    guest: Guest
    knowledge: Knowledge
    references: int = 0
    remarks: list[str] = field(default_factory=list)
    _calls: list[Call] = field(default_factory=list)
    _called: frozenset[str] = frozenset()
    _run: Callable[[], None] | None = None

    @property
    def calls(self) -> list[Call]:
        """In the order of the check. One that passed without being run is run for them, on the answers as they were."""
        if self._run is not None:
            run, self._run = self._run, None
            run()
        return self._calls

    @property
    def is_unseen(self) -> bool:
        """Whether the check was passed without being run."""
        return self._run is not None

    @property
    def called(self) -> frozenset[str]:
        """The functions of the submission that were called."""
        return self._called | {call.function for call in self._calls}

    def pass_unseen(self, remarks: Sequence[str], called: frozenset[str], run: Callable[[], None]) -> None:
        """The check need not run; `run` runs it on the answers that it would hear, if somebody asks for the calls."""
        self.remarks, self._called, self._run = list(remarks), called, run

    def call(self, function: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Calls the submission. Raises `CheckFailed`, `ToDo` or `Struck` if there is no value to go on with."""
        before = tuple(map(snapshot, arguments)), {name: snapshot(it) for name, it in keywords.items()}
        call = Call(function, *before)
        self.calls.append(call)
        try:
            returned = self.guest.call(function, arguments, keywords)
        except Missing as missing:
            raise CheckFailed("missing", self._missing(function, missing.args[0])) from None
        except Raised as raised:
            call.outcome = Outcome(failure=raised.failure)
            raise self._raised(call, raised.failure) from None
        trained = has_trained((*before[0], *before[1].values()), (*arguments, *keywords.values()))
        call.outcome = Outcome(returned.value, returned.modified, warnings=returned.warnings, trained=trained)
        if returned.modified:
            names = ", ".join(self._argument_name(call, it) for it in returned.modified)
            raise CheckFailed(
                "purity",
                f"It changed its own argument {names}. "
                "A function must leave its arguments as they are: work on a copy.",
                got=returned.value,
            )
        return returned.value

    def reference(self, function: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        number, self.references = self.references, self.references + 1
        return self.knowledge.expected(self.check, number, Call(function, arguments, keywords))

    def source_of(self, got: Any) -> Call | None:
        """The call that returned `got`, as its value or within it; otherwise the last call."""
        for call in reversed(self.calls):
            if call.outcome is not None and _holds(call.outcome.value, got):
                return call
        return self.calls[-1] if self.calls else None

    def quote(self, call: Call) -> str:
        return quote.call(call.function, self.knowledge.parameters(call.function), call.arguments, call.keywords)

    def _argument_name(self, call: Call, position: int | str) -> str:
        parameters = self.knowledge.parameters(call.function)
        if isinstance(position, int) and 0 <= position < len(parameters):
            return parameters[position]
        return str(position)

    def _missing(self, function: str, found: str | None) -> str:
        if found is not None:
            return f"{function} is not a function but an object of type {found}."
        failures = self.guest.definition.failures
        if failures:
            first = failures[0]
            return f"There is no function {function}, because your code stopped before it: {first.told}."
        return f"There is no function {function} in your file. Keep the names of the functions as they were given."

    def _raised(self, call: Call, failure: Failure) -> Exception:
        if "NotImplementedError" in failure.classes:
            where = failure.frames[-1] if failure.frames else None
            return ToDo(f"{call.function} is not written yet" + (f" ({where[0]}, line {where[1]})." if where else "."))
        if "MemoryError" in failure.classes or "can't allocate memory" in failure.message:
            limit = self.guest.limits.memory >> 20
            return Struck("memory", f"{call.function} needed more than {limit} MiB of memory.")
        if failure.name == WireError.__name__ and not failure.frames:  # ours, about what it returned
            return CheckFailed("type", f"Its result cannot be handed over: {failure.message}.")
        return CheckFailed("raises", f"It raised {_told(failure)}", classes=failure.classes)


def _told(failure: Failure) -> str:
    return f"{failure.told}:\n    {failure.line}" if failure.line else f"{failure.told}."


def _holds(value: Any, got: Any) -> bool:
    if value is got:
        return got is not None
    return isinstance(value, list | tuple) and any(_holds(item, got) for item in value)


class Submission:
    """`submission.f(…)` calls the student's function `f`."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def __getattr__(self, name: str) -> Any:
        def function(*arguments: Any, **keywords: Any) -> Any:
            return self._trial.call(name, arguments, keywords)

        return function


class Reference:
    """`reference.f(…)` is what the reference's function `f` gives."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def __getattr__(self, name: str) -> Any:
        def function(*arguments: Any, **keywords: Any) -> Any:
            return self._trial.reference(name, arguments, keywords)

        return function


_current: ContextVar[Trial | None] = ContextVar("trial", default=None)


def enter(trial: Trial | None) -> None:
    _current.set(trial)


def current() -> Trial | None:
    """The trial that is going on in this thread."""
    return _current.get()


def remark(text: str) -> None:
    """What a student reads beside the check, also if it passes; once, however often it is said."""
    trial = current()
    if trial is not None and text not in trial.remarks:
        trial.remarks.append(text)


def derived_number(*words: str) -> int:
    """A number of 63 bits that depends on all the words, and tells nothing of them."""
    return int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:8], "big") >> 1


def generator(seed: str, exercise: str, check: str) -> np.random.Generator:
    """The random generator of one check: no check's stream tells anything of another's."""
    digest = hashlib.sha256("\0".join((seed, exercise, check)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
