"""Sound messages of our codec, damaged: what decodes them, and the conversation that they answer in."""

import time
from fractions import Fraction

import numpy as np

from autograder.sandbox.channel import ChannelClosed
from autograder.sandbox.conversation import Conversation, Missing, ProtocolError, Raised
from autograder.sandbox.network import Layer, Network
from autograder.sandbox.wire import WireError
from tests.fuzz.forged_messages import Carrier, Host, codec
from tests.fuzz.mutation import mutated_message
from tests.fuzz.targets import one_line, target


def _messages() -> list[bytes]:
    network = Network([Layer("linear", [np.ones((2, 3)), np.ones(2)]), Layer("relu", [])])
    values = [
        [1, 2.5, None, True, "text", b"bytes", -(2**80), 1j, Fraction(1, 3)],
        {"a": np.arange(6.0).reshape(2, 3), ("b", 1): {1, 2, 3}},
        [np.array([Fraction(1, 2), 3], dtype=object), np.float32(2), np.random.default_rng(0)],
        network,
        object(),
    ]
    return [codec().encode(value) for value in values]


def _answers() -> list[bytes]:
    encode = codec().encode
    failure = [["ValueError", "Exception"], "message", [["xor.py", 3]], "line"]
    return [
        encode(["returned", np.arange(4.0), [], [], ["warning"]]),
        encode(["returned", [1, {"a": object()}], [0], [], []]),
        encode(["returned", 1.0, [], [["rng", np.random.default_rng(1)]], []]),
        encode(["raised", failure]),
        encode(["missing", "int"]),
        encode(["callback", 0, [1.0], {}]),
        encode(["defined", ["f", "g"], [failure]]),
    ]


@target(_messages, mutated_message)
def wire(data: bytes) -> str:
    try:
        value = codec().decode(data)
    except WireError as problem:
        return one_line(problem)
    try:
        codec().encode(value)
    except WireError as problem:  # deeper than may be sent
        return one_line(problem)
    return type(value).__name__


@target(_answers, mutated_message)
def answer(data: bytes) -> str:
    conversation = Conversation(Carrier([data]), Host())
    arguments = [np.ones(3), lambda x: x]
    try:
        conversation.call("f", arguments, {"rng": np.random.default_rng(0)}, time.monotonic() + 60)
    except (ProtocolError, ChannelClosed, Raised, Missing) as problem:
        return type(problem).__name__
    return "returned"
