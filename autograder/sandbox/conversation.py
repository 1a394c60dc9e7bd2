"""The grader's side of a conversation with student code, over whatever carries the messages."""

import secrets
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from autograder.sandbox.channel import DeadlinePassed
from autograder.sandbox.stateful import is_stateful, take_state
from autograder.sandbox.wire import NONCE_BYTES, Codec, Reference, WireError
from autograder.submission import Source


class Carrier(Protocol):
    """Carries messages to one process that holds student code. A deadline is in seconds of `time.monotonic`."""

    def send(self, message: bytes, deadline: float) -> None: ...

    def receive(self, deadline: float) -> bytes: ...

    def is_over(self, deadline: float) -> bool:
        """Whether the process has had all its time; to receive what is there already does not tell."""


@dataclass(frozen=True)
class Failure:
    """An exception in student code: its class and that class's bases, its message, where it happened."""

    classes: tuple[str, ...]
    message: str
    frames: tuple[tuple[str, int], ...]
    line: str

    @property
    def name(self) -> str:
        return self.classes[0]

    @property
    def told(self) -> str:
        """The exception and where it happened, on one line."""
        text = " ".join(f"{self.name}: {self.message}".split()) if self.message else self.name
        where = f" in {self.frames[-1][0]}, line {self.frames[-1][1]}" if self.frames else ""
        return text + where


@dataclass(frozen=True)
class Definition:
    """What a submission defines, and what went wrong while it was defined."""

    names: frozenset[str]
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Returned:
    """What a call gave: its value, the positions or names of the arguments that it modified, and its warnings."""

    value: Any
    modified: tuple[int | str, ...]
    warnings: tuple[str, ...]


class Missing(Exception):
    """There is no such function; `args[0]` is the type of what stands there instead, or None."""


class Raised(Exception):
    """The student's function raised."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


# What was said after a question, ours and theirs in turn: the question, callbacks with their results, the answer.
Exchange = tuple[bytes, ...]
Transcript = tuple[Exchange, ...]
LONGEST_TRANSCRIPT = 24 << 20  # bytes; student code may call back without end

_LENGTHS = {"defined": 2, "returned": 4}


class ProtocolError(Exception):
    """The other side said something that it may not say."""


class NotRepeatable(Exception):
    """A check that got the same answers as before did not ask the same."""


class Host(Protocol):
    """Whoever holds the conversation, and answers for its limits."""

    def call(self, function: "str | Opaque", arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Returned: ...

    def attribute(self, target: "Opaque", name: str) -> Any: ...


@dataclass(eq=False)
class Opaque:
    """A stand-in for an object of the student's that cannot cross. Calls and attributes happen over there."""

    conversation: "Conversation" = field(repr=False)
    number: int
    type_name: str
    callable: bool

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self.conversation.host.call(self, arguments, keywords).value

    def get(self, name: str) -> Any:
        """The object's attribute `name`."""
        return self.conversation.host.attribute(self, name)


class Conversation:
    """Requests and their answers, one at a time. What arrives is checked; `ProtocolError` says it was not an answer.

    It can be led by a transcript instead of a check, see `follow`. If the answers turn out to be others, the check has
    to run, and what was said already is repeated to it by `repeat`.
    """

    def __init__(self, carrier: Carrier, host: Host) -> None:
        self._carrier = carrier
        self.host = host
        self._codec = Codec(self._refer, self._resolve)
        self._callables: list[Callable[..., Any]] = []
        self._asks = False
        self._nonce = b""
        self._repeated: deque[bytes | Exception] = deque()
        self._exchanges: list[Exchange] = []
        self._length = 0
        self._carries_callbacks = True

    @property
    def transcript(self) -> Transcript | None:
        """What was said since `begin`; None if that was too long, or callbacks went another way."""
        is_whole = self._carries_callbacks and self._length <= LONGEST_TRANSCRIPT
        return tuple(self._exchanges) if is_whole else None

    def define(self, source: Source, module: str, deadline: float) -> Definition:
        units = [[unit.label, unit.code] for unit in source.units]
        names, failures = self._request("defined", ["define", module, units], deadline)
        return Definition(frozenset(_checked(names, list[str])), tuple(map(_failure, _checked(failures, list[Any]))))

    def begin(self, number: int, deadline: float) -> None:
        self._exchanges.clear()
        self._length = 0
        self._repeated.clear()
        self._new_nonce()
        self._carrier.send(self._nonce + self._codec.encode(["begin", number]), deadline)

    def follow(self, exchanges: Collection[Exchange], deadline: float) -> Collection[Exchange]:
        """Asks the question that all of the exchanges begin with, and gives those that went as this one goes.

        What is said is kept to be repeated, and so is the exception if the other side fails to answer.
        """
        self._new_nonce()
        said: Exchange = ()
        try:
            while True:
                ours = next(iter(exchanges))[len(said)]
                self._repeated.append(ours)
                self._carrier.send(self._nonce + ours, deadline)
                if said and self._carrier.is_over(deadline):
                    raise DeadlinePassed
                theirs = self._receive(deadline)
                self._repeated.append(theirs)
                said += ours, theirs
                exchanges = [it for it in exchanges if it[: len(said)] == said]
                if not exchanges or len(next(iter(exchanges))) == len(said):
                    return exchanges
        except Exception as event:
            self._repeated.append(event)
            return []

    def repeat(self, transcript: Transcript) -> None:
        """What is asked next gets these answers."""
        self._repeated = deque(message for exchange in transcript for message in exchange)

    def call(
        self, target: "str | Opaque", arguments: Sequence[Any], keywords: Mapping[str, Any], deadline: float
    ) -> Returned:
        """Arguments that are handed in to be changed, such as random generators, are in their new state afterwards."""
        message = ["call", target, list(arguments), dict(keywords)]
        value, modified, states, warnings = self._request("returned", message, deadline)
        handed_in: dict[int | str, Any] = dict([*enumerate(arguments), *keywords.items()])
        modified = _checked_items(modified, int | str)
        if not handed_in.keys() >= set(modified):
            raise ProtocolError("a modified argument that was not handed in")
        for name, state in _checked_items(states, tuple[int | str, Any]):
            if not is_stateful(handed_in.get(name)) or not take_state(handed_in[name], state):
                raise ProtocolError("a new state of what has none")
        return Returned(value, tuple(modified), tuple(text[:200] for text in _checked_items(warnings, str)[:20]))

    def pretend(self, cuda: bool, deadline: float) -> None:
        """From now on the student's code finds a CUDA device, or the real machine again."""
        self._request("returned", ["pretend", cuda], deadline)

    def attribute(self, target: Opaque, name: str, deadline: float) -> Any:
        return self._request("returned", ["attribute", target, name], deadline)[0]

    def _request(self, expected: str, message: list[Any], deadline: float) -> list[Any]:
        if self._asks:
            raise RuntimeError("an object of the submission cannot be used before the submission has answered")
        self._asks = True
        self._callables.clear()
        try:
            return self._exchange(expected, message, deadline)
        finally:
            self._asks = False

    def _exchange(self, expected: str, message: list[Any], deadline: float) -> list[Any]:
        if not self._repeated:
            self._new_nonce()
        said: list[bytes] = []
        self._say(self._codec.encode(message), said, deadline)
        while True:
            kind, *content = self._decoded(self._hear(said, deadline))
            if kind == "callback":
                self._say(self._called_back(content), said, deadline)
                if not self._repeated and self._carrier.is_over(deadline):
                    raise DeadlinePassed
                continue
            self._exchanges.append(tuple(said))
            if kind == "raised" and len(content) == 1:
                raise Raised(_failure(content[0]))
            if kind == "missing" and len(content) == 1:
                found = _checked(content[0], str | None)
                raise Missing(found and found[:100])
            if kind != expected or len(content) != _LENGTHS[expected]:
                raise ProtocolError("an answer of another kind")
            return content

    def _new_nonce(self) -> None:
        # An answer that was written before the question was asked cannot know it.
        self._nonce = secrets.token_bytes(NONCE_BYTES)

    def _say(self, message: bytes, said: list[bytes], deadline: float) -> None:
        if not self._repeated:
            self._carrier.send(self._nonce + message, deadline)
        elif self._repeated.popleft() != message:
            raise NotRepeatable("with the same answers as before, the check asks for something else")
        self._note(message, said)

    def _hear(self, said: list[bytes], deadline: float) -> bytes:
        message = self._repeated.popleft() if self._repeated else self._receive(deadline)
        if isinstance(message, Exception):
            raise message
        self._note(message, said)
        return message

    def _note(self, message: bytes, said: list[bytes]) -> None:
        self._length += len(message)
        if self._length <= LONGEST_TRANSCRIPT:
            said.append(message)

    def _receive(self, deadline: float) -> bytes:
        message = self._carrier.receive(deadline)
        if message[:NONCE_BYTES] != self._nonce:
            raise ProtocolError("an answer to a question that was not asked")
        return message[NONCE_BYTES:]

    def _decoded(self, data: bytes) -> list[Any]:
        try:
            message = self._codec.decode(data)
        except WireError as error:
            raise ProtocolError(str(error)) from error
        if not isinstance(message, list) or not message or not isinstance(message[0], str):
            raise ProtocolError("not a message")
        return message

    def answer_callback(self, message: bytes) -> bytes:
        """Answers a callback that did not come through the carrier."""
        self._carries_callbacks = False
        return message[:NONCE_BYTES] + self._called_back(self._codec.decode(message[NONCE_BYTES:])[1:])

    def _called_back(self, content: list[Any]) -> bytes:
        try:
            number, arguments, keywords = content
            value = self._callables[number](*arguments, **keywords)
            return self._codec.encode(["result", True, value])
        except Exception as error:  # whatever student code hands to our callable
            return self._codec.encode(["result", False, _told(error)])

    def _refer(self, value: object) -> Reference:
        if isinstance(value, Opaque):
            return Reference(True, value.number, value.type_name, value.callable)
        if not callable(value):
            raise TypeError(f"a check handed over a {type(value).__name__}, which cannot cross")
        self._callables.append(value)
        return Reference(False, len(self._callables) - 1, type(value).__name__, True)

    def _resolve(self, reference: Reference) -> object:
        if reference.ours:
            try:
                return self._callables[reference.number]
            except IndexError:
                raise WireError("not a value: a callable that was not handed in") from None
        return Opaque(self, reference.number, reference.type_name[:100], reference.callable)


def _told(error: Exception) -> str:
    name = type(error).__name__
    try:
        return f"{name}: {error}"[:500]
    except ValueError:  # it speaks of a number of more digits than Python writes down
        return name


def _failure(content: Any) -> Failure:
    classes, message, frames, line = _checked(content, tuple[list[str], str, list[tuple[str, int]], str])
    return Failure(
        tuple(name[:100] for name in classes[:20]) or ("Exception",),
        message[:2_000],
        tuple((label[:200], number) for label, number in frames[:8]),
        line[:200],
    )


def _checked_items(content: Any, kind: Any) -> list[Any]:
    """The content, if it is a list of that type; most are empty, and need no look."""
    items: list[Any] = content if type(content) is list and not content else _checked(content, list[kind])
    return items


def _checked(content: Any, kind: Any) -> Any:
    """The content, if it is of that type all through."""
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise ProtocolError(str(error)) from error
