"""Messages that no codec of ours makes, and a student's process that answers with them."""

import copy
import math
import struct
import time
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import msgspec
import numpy as np

from autograder.checking.ladder import same
from autograder.checking.outcomes import CheckFailed
from autograder.sandbox.channel import ChannelClosed, DeadlinePassed
from autograder.sandbox.conversation import Conversation, Missing, Opaque, ProtocolError, Raised
from autograder.sandbox.network import Layer, Network
from autograder.sandbox.wire import NETWORK, NONCE_BYTES, Codec, Reference, WireError
from tests.fuzz.mutation import mutated_bytes
from tests.fuzz.targets import made, one_line

_END = b"\xc1\xc1"  # between two answers; no message holds it


def codec() -> Codec:
    return Codec(_refer, lambda reference: reference)


def _refer(value: object) -> Reference:
    return value if isinstance(value, Reference) else Reference(False, 0, type(value).__name__, False)


_b = msgspec.msgpack.encode
_PIECES = (
    *map(_b, (None, True, 0, -1, 3, 2**40, 2**63, 2**64 - 1, 1.5, math.nan, "float64", "bool", "linear", "relu", "")),
    _b([]), _b([2]), _b([0, 2**40]), _b([2**40, 2**40]), _b(bytes(8)), _b(b"\x02" * 16), _b("1e999999999"),
    _b("9" * 6000), _b(b"\xff" * 9000), _b("object"), _b("bfloat16"), _b("\0"), _b({}), _b({"a": 1}), _b([1] * 40),
    _b([[1, 2], [3]]), b"\xc1", b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xa1\xff",
    _b(["float64", [2**62], b""]), _b(["float64", [0, 2**40], b""]), _b("sNaN"),
    _b(["bool", [1], b"\x07"]), _b([b"\xff" * 17, b"\x01" * 16, b"\x01", b"\xff"]), _b(["sNaN", "NaN"]),
    codec().encode(10**5000), codec().encode(np.array([10**5000], dtype=object)),
    codec().encode(Decimal("1e999999")), b"\x91" * 100 + b"\x01", b"\x91" * 400 + b"\x01", codec().encode({10**5000,
    1}), codec().encode({(1, 10**5000): 1}),
)  # fmt: skip


def value(rng: Random, depth: int = 3) -> Any:
    """Anything that may be sent."""
    if depth and rng.random() < 0.5:
        items = [value(rng, depth - 1) for _ in range(rng.randrange(4))]
        kind = rng.randrange(6)
        if kind == 0:
            return tuple(items)
        if kind == 1:
            return dict(enumerate(items))
        if kind == 2:
            return {rng.choice((1, 2.5, "a", None, Fraction(1, 3))) for _ in items}
        return np.array([*items, None], dtype=object)[:-1] if kind == 3 else items
    return rng.choice(_LEAVES)(rng)


def _array(rng: Random) -> Any:
    dtype = rng.choice(("bool", "int8", "uint64", "float16", "float32", "float64", "complex64", "complex128", ">f8"))
    shape = tuple(rng.randrange(4) for _ in range(rng.randrange(4)))
    return np.arange(math.prod(shape)).astype(dtype).reshape(shape)


_LEAVES = (
    lambda rng: rng.choice((None, True, False, 0, -1, 2**63, -(2**64), 10**30, 10**5000, "", "é", b"", b"\xff" * 40)),
    lambda rng: rng.choice((0.0, -0.0, math.inf, math.nan, 1e308, complex(1, math.nan), 1j)),
    lambda rng: rng.choice((Fraction(1, 3), Fraction(-(10**40), 7), Decimal("0.1"), Decimal("1e999"), Decimal("sNaN"))),
    lambda rng: Reference(False, rng.randrange(9), "list_iterator", rng.random() < 0.5),
    _array,
    lambda rng: np.random.default_rng(rng.getrandbits(32)),
    lambda rng: _network(),
)


def forged(rng: Random, depth: int = 3) -> bytes:
    """Any extension with any content, nested."""
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(_PIECES)
    kind = rng.randrange(8)
    if kind == 0:
        return codec().encode(value(rng, 2))
    if kind == 1:
        return _forged_network(rng)
    if kind == 2:
        return _extension(rng.randrange(16), rng.choice(_PIECES))
    inner = [forged(rng, depth - 1) for _ in range(rng.randrange(9))]
    if kind == 3 and len(inner) % 2 == 0:
        return bytes([0x80 | len(inner) // 2]) + b"".join(inner)
    content = bytes([0x90 | len(inner)]) + b"".join(inner)
    return content if kind == 4 else _extension(rng.randrange(1, 15), content)


def _extension(code: int, content: bytes) -> bytes:
    return b"\xc9" + struct.pack(">IB", len(content), code) + content


def _network() -> Network:
    return Network([Layer("linear", [np.ones((3, 2)), np.zeros(3)]), Layer("dropout", p=0.5)], observer=None)


def _forged_network(rng: Random) -> bytes:
    """One like that above, in which a few things are not what they should be."""
    layers: list[Any] = [["linear", [np.ones((3, 2)), np.zeros(3)], 0.0], ["dropout", [], 0.5]]
    content: list[Any] = [layers, "training", None, "cpu", True, 0, []]
    for _ in range(rng.randrange(3)):
        holder = rng.choice((content, layers, *(it for it in layers if isinstance(it, list)), layers))
        if holder:
            holder[rng.randrange(len(holder))] = copy.deepcopy(rng.choice(_ODD))
    return _b(msgspec.msgpack.Ext(NETWORK, codec().encode(content)))


_ODD: tuple[Any, ...] = (
    None, "linear", "relu", "batch_norm", "x", 3, -1, 2**70, True, [], [np.zeros(2)], [np.zeros((2, 2))], np.zeros((2,
    3)), [np.array(1.0)] * 2, ["linear", [], 0.0], ["batch_norm", [np.ones(3)] * 4, 0.0], math.nan, {}, [np.zeros((0,
    2)), np.zeros(0)], np.zeros(2), [np.ones((3, 2)), np.zeros(4)], [np.ones((3, 2))], "a" * 200,
)  # fmt: skip


def _message(rng: Random) -> bytes:
    data = codec().encode(value(rng)) if rng.random() < 0.3 else forged(rng)
    return mutated_bytes(data, rng) if rng.random() < 0.4 else data


@made(_message)
def forged_message(data: bytes) -> str:
    """A value that comes back as it was when it is sent on, and that a check can compare and show; or `WireError`."""
    try:
        got = codec().decode(data)
    except WireError as error:
        return one_line(error)
    for expected in (1.0, np.ones(2), (1.0, np.ones(2)), {"a": 1.0}, "text", True, None):
        try:
            same(got, expected)
        except CheckFailed:
            continue
    try:
        again = codec().decode(codec().encode(got))
    except WireError as error:  # deeper than may be sent
        return one_line(error)
    assert is_same(again, got)
    return type(got).__name__


def is_same(one: Any, other: Any) -> bool:
    """Whether two decoded values cannot be told apart."""
    if isinstance(other, datetime):  # which the decoder makes by itself
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        if (one.dtype, one.shape) != (other.dtype, other.shape):
            return False
        return is_same(one.tolist(), other.tolist()) if one.dtype == object else one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict):
        return is_same(list(one.items()), list(other.items()))
    if isinstance(one, set):
        return len(one) == len(other)
    if isinstance(one, np.random.Generator):
        return bool(one.bit_generator.state == other.bit_generator.state)
    if isinstance(one, Network):
        return is_same([vars(it) for it in one.layers], [vars(it) for it in other.layers])
    if isinstance(one, float | complex | Decimal):
        return repr(one) == repr(other)
    return bool(one == other)


class Carrier:
    """Gives the answers one after another, then is gone."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._nonce = b""

    def send(self, message: bytes, deadline: float) -> None:
        self._nonce = message[:NONCE_BYTES]

    def is_over(self, deadline: float) -> bool:
        return False

    def receive(self, deadline: float) -> bytes:
        if not self._answers:
            raise ChannelClosed
        return self._nonce + self._answers.pop(0)


class Host:
    """Lets objects of the student's call back into the conversation, as a guest does."""

    conversation: Conversation

    def call(self, function: Any, arguments: Any, keywords: Any) -> Any:
        return self.conversation.call(function, arguments, keywords, time.monotonic() + 60)

    def attribute(self, target: Opaque, name: str) -> Any:
        return self.conversation.attribute(target, name, time.monotonic() + 60)


def _answers(rng: Random) -> bytes:
    return _END.join(_answer(rng) for _ in range(rng.choice((1, 1, 1, 2, 4))))


def _answer(rng: Random) -> bytes:
    modified = _b(rng.choice(([], [0], [1], ["state"])))
    states = b"\x91\x92" + _b(rng.choice((1, 2, "state"))) + rng.choice((_forged_network(rng), _anything(rng)))
    failure = [rng.choice((["E"], [])), rng.choice(("m", "\n\u202e", "")), rng.choice(([], [["f", 1]] * 30)), "l"]
    callback = [_b("callback"), _b(rng.choice((0, 1, 2, -1, 7, "x"))), b"\x91" + _anything(rng), codec().encode({})]
    parts = rng.choice(
        (
            [_b("returned"), _anything(rng), _b([]), _b([]), _b([])],
            [_b("returned"), _anything(rng), modified, states, _b(["w"])],
            [_b("returned"), _b(1), _b([]), states, _b([])],
            [_b("raised"), _b(failure)],
            [_b("missing"), _b(rng.choice((None, "list", 3)))],
            callback,
        )
    )
    for _ in range(rng.choice((0, 0, 1, 2))):
        parts[rng.randrange(len(parts))] = _anything(rng)
    answer = bytes([0x90 | len(parts)]) + b"".join(parts)
    return mutated_bytes(answer, rng) if rng.random() < 0.2 else answer


def _anything(rng: Random) -> bytes:
    kind = rng.randrange(3)
    if kind == 0:
        return rng.choice(_PIECES)
    return forged(rng) if kind == 1 else codec().encode(value(rng, 2))


@made(_answers)
def forged_answers(data: bytes) -> str:
    """What was handed in to be changed can still be used, and the errors are those of a process that misbehaves."""
    host = Host()
    conversation = host.conversation = Conversation(Carrier(data.split(_END)), host)
    network = _network()
    arguments = [{}.__getitem__, np.random.default_rng(1), network, len]
    try:
        returned = conversation.call("f", arguments, {"state": np.random.default_rng(2)}, time.monotonic() + 60)
        assert all(type(it) is str for it in returned.warnings)
        assert repr(network)
        assert network.outputs(np.ones((2, 2))).shape == (2, 3)
        if isinstance(returned.value, Opaque):
            returned.value.get("shape")
            returned.value(1)
    except (Raised, ProtocolError, Missing, ChannelClosed, DeadlinePassed) as problem:
        return type(problem).__name__ if isinstance(problem, Raised) else f"{type(problem).__name__} {problem}"[:40]
    return "returned"
