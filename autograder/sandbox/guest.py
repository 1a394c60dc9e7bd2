"""A submission while it is being run: its process, the limits that struck, and a new process after each of those."""

import functools
import re
import signal
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from autograder.sandbox.channel import ChannelClosed, DeadlinePassed, MessageTooLarge, OutputTooLarge
from autograder.sandbox.confined import Ending
from autograder.sandbox.conversation import (
    Carrier,
    Conversation,
    Definition,
    NotRepeatable,
    Opaque,
    ProtocolError,
    Returned,
    Transcript,
)
from autograder.sandbox.limits import MIB, Limits, SandboxFault, Struck
from autograder.submission import Source

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,16}")
_STRIKES_BEFORE_REFUSAL = 2


_Answer = TypeVar("_Answer")


class Process(Carrier, Protocol):
    """A process that can hold student code."""

    @property
    def printed(self) -> bytes: ...

    @property
    def printed_size(self) -> int: ...

    @property
    def excused(self) -> float:
        """Seconds in which the machine did not let it compute, as far as they were looked for."""

    def bind(self, answer: Callable[[bytes], bytes]) -> None:
        """Takes what answers a callback, if callbacks do not come as messages."""

    def end(self, grace: float = 0.0) -> Ending:
        """Ends it, at the latest after `grace` seconds, and says how it ended."""

    def discard(self) -> None:
        """Ends it when nobody asks how."""


class Silence:
    """Carries nothing, for a conversation in which all was said."""

    def send(self, message: bytes, deadline: float) -> None:
        raise NotRepeatable("the check asks for more than it did before")

    def receive(self, deadline: float) -> bytes:
        raise NotRepeatable("the check waits for more than it did before")

    def is_over(self, deadline: float) -> bool:
        return False


class Guest:
    """Runs one submission under its limits. A limit costs the call that it struck; the next call has a new process."""

    def __init__(self, source: Source, module: str, limits: Limits, start: Callable[[], Process]) -> None:
        self._source = source
        self._module = module
        self.limits = limits
        self._start = start
        self._process: Process | None = None
        self._conversation: Conversation | None = None
        self._definition: Definition | None = None
        self._not_defined: Struck | None = None
        self._strikes: dict[str, list[Struck]] = {}
        self._printed = bytearray()
        self._is_first_call = True
        self._struck_since = False
        self._seed = 0
        self.seconds = 0.0

    @property
    def definition(self) -> Definition:
        """What the submission defines. Raises `Struck` if a limit struck while it was defined."""
        self._ensure_defined()
        assert self._definition is not None
        return self._definition

    @property
    def load_message(self) -> str | None:
        """One line for the student about what went wrong while the submission was loaded."""
        if self._not_defined is not None:
            return self._not_defined.message
        if self._definition is None or not self._definition.failures:
            return None
        first, *others = self._definition.failures
        more = f" (and {len(others)} more)" if others else ""
        return f"Your code stopped while it was loaded: {first.told}{more}."

    def begin(self, seed: int) -> None:
        """Begins a check: seeds the global random generators of the submission, now and after each new start."""
        self._seed = seed
        self._struck_since = False
        self._seed_generators()

    @property
    def transcript(self) -> Transcript | None:
        """What was said in this check; None if the process had to be ended."""
        return None if self._struck_since or self._conversation is None else self._conversation.transcript

    def follow(self, transcripts: Collection[Transcript]) -> Transcript | None:
        """Asks what was asked in these, as long as the answers are the same, and gives the one that is the same all
        through. If there is none, the check has to run; it will hear again what was answered already."""
        if not transcripts or self._strikes:
            return None
        try:
            self._ensure_defined()
            same, place = list(transcripts), 0
            while same and len(same[0]) > place:
                follow = functools.partial(self._talk().follow, {it[place] for it in same})
                followed = self._timed(follow, self._allowed())
                same = [it for it in same if it[place] in followed]
                self._is_first_call, place = self._is_first_call and not same, place + 1
        except (Struck, SandboxFault):  # which the check will meet, too
            return None
        return same[0] if same else None

    def retold(self, transcript: Transcript) -> "Guest":
        """Answers what was asked in the transcript, without the process."""
        guest = Guest(self._source, self._module, self.limits, self._start)
        guest._definition = self._definition
        guest._conversation = Conversation(Silence(), guest)
        guest._conversation.repeat(transcript)
        return guest

    def _seed_generators(self) -> None:
        seed = self._seed
        if self._conversation is not None:
            self._guarded("", lambda deadline: self._talk().begin(seed, deadline), doing="between two calls")

    def call(self, function: str | Opaque, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Returned:
        """Calls the function. Raises `Struck`, `Raised`, `Missing` or `SandboxFault`."""
        self._ensure_defined()
        name = function if isinstance(function, str) else function.type_name
        self._refuse_lost(function)
        strikes = self._strikes.get(name, [])
        if len(strikes) >= _STRIKES_BEFORE_REFUSAL:
            raise Struck(strikes[-1].kind, f"{strikes[-1].message} It was not called again.")
        return self._guarded(name, lambda deadline: self._talk().call(function, arguments, keywords, deadline))

    def attribute(self, target: Opaque, name: str) -> Any:
        self._refuse_lost(target)
        return self._guarded(target.type_name, lambda deadline: self._talk().attribute(target, name, deadline))

    def pretend_cuda(self, pretend: bool) -> None:
        """Whether the submission finds a CUDA device until the next `begin`, on a machine without one."""
        if pretend:
            self._ensure_defined()
        if self._conversation is not None:
            self._guarded("", lambda deadline: self._talk().pretend(pretend, deadline), doing="between two calls")

    @property
    def output(self) -> str:
        """What processes that have ended printed, as far as it is kept; addresses are blanked, to be repeatable."""
        self._keep_output()
        return blank_addresses(self._printed.decode("utf-8", "replace"))

    def close(self) -> None:
        if self._process is not None:
            process, self._process, self._conversation = self._process, None, None
            process.discard()
            self._printed += process.printed

    def _refuse_lost(self, target: str | Opaque) -> None:
        if isinstance(target, Opaque) and target.conversation is not self._conversation:
            raise Struck("crashed", f"The {target.type_name} was lost when an earlier call had to be stopped.")

    def _talk(self) -> Conversation:
        assert self._conversation is not None
        return self._conversation

    def _ensure_defined(self) -> None:
        if self._not_defined is not None:
            raise self._not_defined
        if self._conversation is not None:
            return
        self._process = self._start()
        self._conversation = Conversation(self._process, self)
        self._process.bind(self._conversation.answer_callback)
        self._is_first_call = True
        try:
            self._definition = self._guarded(
                "", lambda deadline: self._talk().define(self._source, self._module, deadline)
            )
        except Struck as struck:
            self._not_defined = struck
            raise
        self._seed_generators()

    def _guarded(self, name: str, ask: Callable[[float], _Answer], doing: str = "while it was being loaded") -> _Answer:
        allowed = self._allowed()
        try:
            return self._timed(ask, allowed)
        except (DeadlinePassed, OutputTooLarge, MessageTooLarge, ChannelClosed, ProtocolError) as event:
            raise self._strike(name or f"Your code, {doing},", event, allowed) from event
        finally:
            self._is_first_call = self._is_first_call and not name

    def _allowed(self) -> float:
        """Seconds for the next exchange. Raises `Struck` if there are none left."""
        limits = self.limits
        remaining = limits.total_seconds - self.seconds
        if remaining <= 0:
            raise Struck("timeout", f"All {limits.total_seconds:g} s for the whole submission were used up before.")
        return min(limits.start_seconds if self._is_first_call else limits.call_seconds, remaining)

    def _timed(self, ask: Callable[[float], _Answer], allowed: float) -> _Answer:
        process, started = self._process, time.monotonic()
        excused = process.excused if process else 0.0
        try:
            return ask(started + allowed)
        finally:
            self.seconds += time.monotonic() - started - ((process.excused if process else 0.0) - excused)

    def _strike(self, name: str, event: Exception, allowed: float) -> Struck:
        process, self._process, self._conversation = self._process, None, None
        self._struck_since = True
        assert process is not None
        ending = process.end(grace=1.0 if isinstance(event, ChannelClosed) else 0.0)
        self._printed += process.printed
        struck = _explain(name, event, ending, allowed, self.limits)
        self._strikes.setdefault(name, []).append(struck)
        return struck

    def _keep_output(self) -> None:
        del self._printed[self.limits.kept_output :]


def _explain(who: str, event: Exception, ending: Ending, allowed: float, limits: Limits) -> Struck:
    if isinstance(event, DeadlinePassed):
        return Struck("timeout", f"{who} did not finish within {allowed:.3g} s.")
    if isinstance(event, OutputTooLarge):
        return Struck("output", f"{who} printed more than {limits.output // MIB} MiB.")
    if isinstance(event, MessageTooLarge):
        return Struck("output", f"{who} returned more than {limits.message // MIB} MiB.")
    if isinstance(event, ProtocolError) or ending.killed:
        return Struck("crashed", f"{who} broke the connection to the grader.")
    number = ending.status & 0x7F
    if not number:
        return Struck("crashed", f"{who} ended the Python process (exit status {ending.status >> 8}).")
    if number in (signal.SIGXCPU, signal.SIGKILL) and ending.cpu >= limits.cpu_seconds:
        return Struck("timeout", f"{who} used more than {limits.cpu_seconds} s of computing time.")
    if number == signal.SIGKILL:
        # Student code cannot send this signal, so somebody outside did: the machine ran out of memory, say.
        raise SandboxFault("the process of the submission was killed from outside")
    text = signal.strsignal(number) or "unknown"
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    return Struck("crashed", f"{who} crashed the Python process ({name}: {text.lower()}).")


def blank_addresses(text: str) -> str:
    """Memory addresses differ from run to run, and results must not."""
    return _ADDRESS.sub("0x…", text)
