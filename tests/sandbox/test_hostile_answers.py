"""Student code takes the conversation over: whatever it says, the grader gets a value or a strike, never confused."""

import time

import pytest

from autograder.sandbox.conversation import Missing, Raised
from autograder.sandbox.limits import SandboxFault, Struck

CODE = """
import gc
import os
import struct
import sys
import threading
import time

import msgspec


def add(a, b=1):
    return a + b


def frame_with(name):
    frame = sys._getframe()
    while name not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals


def encoded(nonce, message):
    message = nonce + (message if isinstance(message, bytes) else msgspec.msgpack.encode(message))
    return struct.pack("<I", len(message)) + message


def nest(levels):
    return b"\\x91" * levels + b"\\x90"


def say(expression, times=1, nonce=None):
    given = {"inf": float("inf"), "nest": nest, "encode": msgspec.msgpack.encode}
    nonce = frame_with("servant")["servant"]._nonce if nonce is None else nonce
    frame_with("channel")["channel"]._stream.sendall(encoded(nonce, eval(expression, given)) * times)
    return "honest"


def ask(expression):
    servant = frame_with("servant")["servant"]
    return msgspec.msgpack.decode(servant._ask(servant._nonce + msgspec.msgpack.encode(eval(expression)))[8:])


def babble(data):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
    return "honest"


def announce(size):
    return babble(struct.pack("<I", size))


def call_for_ever(function):
    stream = frame_with("channel")["channel"]._stream
    messages = encoded(frame_with("servant")["servant"]._nonce, ["callback", 0, [1], {}]) * 100_000

    def ask():
        while True:
            stream.sendall(messages)

    threading.Thread(target=ask).start()
    while True:
        stream.recv(1 << 20)


def call_in_turn(function):
    while True:
        function(1)


def end_later():
    threading.Timer(0.05, os._exit, (7,)).start()


def sleep():
    time.sleep(100)


def pid():
    return os.getpid()
"""


@pytest.fixture
def guest(new_guest):
    guest = new_guest(CODE)
    guest.call("add", (1,), {})
    return guest


def value(guest, function, *arguments):
    return guest.call(function, arguments, {}).value


def strike(guest, function, *arguments):
    with pytest.raises(Struck) as caught:
        guest.call(function, arguments, {})
    return caught.value


FAILURE = '[["E"], "m", [["f", 1]], "line"]'


@pytest.mark.parametrize(
    "answer",
    [
        "5",
        "[]",
        "[5]",
        "{}",
        'b""',
        '["returned"]',
        '["returned", 1]',
        '["returned", 1, []]',
        '["returned", 1, [], [], [], 2]',
        '["returned", 1, 5, [], []]',
        '["returned", 1, None, [], []]',
        '["returned", 1, [[]], [], []]',
        '["returned", 1, [7], [], []]',
        '["returned", 1, ["x"], [], []]',
        '["returned", 1, [], 5, []]',
        '["returned", 1, [], [5], []]',
        '["returned", 1, [], [[0, 1]], []]',
        '["returned", 1, [], [["x", 1]], []]',
        '["returned", 1, [], [], 5]',
        '["returned", 1, [], [], [5]]',
        '["defined", [], []]',
        '["defined", 5, 5]',
        '["result", True, 1]',
        '["raised", 5]',
        '["raised", []]',
        '["raised", [5, "m", [], "line"]]',
        '["raised", [["E"], ["m"], [], "line"]]',
        '["raised", [["E"], "m", [["f", inf]], "line"]]',
        '["raised", [["E"], "m", [[1, 1]], "line"]]',
        '["raised", [["E"], "m", [], 5]]',
        'encode(["raised", [["E"], None, [], "line"]]).replace(b"\\xc0", nest(900))',
        '["missing", ["x"]]',
        'encode(["missing", None]).replace(b"\\xc0", nest(900))',
        "nest(100_000)",
        'b"\\xc1"',
        'b"\\xdd\\xff\\xff\\xff\\xff"',
    ],
)
def test_what_is_not_an_answer_is_a_strike(guest, answer):
    struck = strike(guest, "say", answer)
    assert (struck.kind, struck.message) == ("crashed", "say broke the connection to the grader.")
    assert value(guest, "add", 1) == 2


@pytest.mark.parametrize("nonce", [b"", b"\0" * 7, b"\0" * 8, b"12345678"])
@pytest.mark.parametrize("answer", ['["returned", 1, [], [], []]', '["callback", 0, [1], {}]', 'b""'])
def test_an_answer_to_another_question_is_a_strike(guest, answer, nonce):
    assert strike(guest, "say", answer, 1, nonce).message == "say broke the connection to the grader."
    assert value(guest, "add", 1) == 2


def test_a_forged_answer_is_a_value_like_any_other(guest):
    assert value(guest, "say", '["returned", 41, [], [], []]') == 41


def test_a_forged_failure_is_cut(guest):
    with pytest.raises(Raised) as caught:
        value(guest, "say", '["raised", [["E" * 999] * 99, "m" * 9999, [["f" * 999, 1]] * 99, "l" * 999]]')
    failure = caught.value.failure
    assert [len(failure.classes), len(failure.message), len(failure.frames), len(failure.line)] == [20, 2000, 8, 200]
    assert len(failure.name) == 100


def test_a_forged_type_is_cut(guest):
    with pytest.raises(Missing) as caught:
        value(guest, "say", '["missing", "x" * 9999]')
    assert caught.value.args == ("x" * 100,)


def test_an_answer_given_before_the_question_is_a_strike(guest):
    assert value(guest, "say", '["returned", 41, [], [], []]', 2) == 41
    assert strike(guest, "add", 1).message == "add broke the connection to the grader."
    assert value(guest, "add", 1) == 2


@pytest.mark.parametrize("number", [0, -1, 5, "'x'", None])
@pytest.mark.parametrize("arguments", ["[], {}", "5, {}", "[], 5", "[], {}, 5"])
def test_a_callback_that_cannot_be_answered_is_refused(guest, number, arguments):
    kind, ok, reason = value(guest, "ask", f'["callback", {number}, {arguments}]')
    assert (kind, ok) == ("result", False)
    assert "Error: " in reason
    assert value(guest, "add", 1) == 2


@pytest.mark.parametrize("data", [b"\0", b"\xff" * 99, b"\x05\0\0\0hello" * 50, b"GET / HTTP/1.1\r\n\r\n"])
def test_garbage_is_a_strike(guest, data):
    strike(guest, "babble", data)
    assert value(guest, "add", 1) == 2


def test_the_announced_size_is_enough_to_refuse(guest):
    struck = strike(guest, "announce", 2**32 - 1)
    assert struck.message == "announce returned more than 1 MiB."


@pytest.mark.parametrize("function", ["call_for_ever", "call_in_turn"])
def test_callbacks_do_not_stop_the_clock(guest, function):
    started = time.monotonic()
    assert strike(guest, function, lambda x: x).kind == "timeout"
    assert time.monotonic() - started < 5.0
    assert value(guest, "add", 1) == 2


def test_an_end_between_two_calls_costs_only_the_next(guest):
    value(guest, "end_later")
    time.sleep(0.3)
    with pytest.raises(Struck) as caught:
        guest.begin(1)
    assert caught.value.message == "Your code, between two calls, ended the Python process (exit status 7)."
    assert value(guest, "add", 1) == 2


def test_a_kill_from_outside_is_a_fault_of_the_machine(guest, kill_later):
    kill_later(value(guest, "pid"))
    with pytest.raises(SandboxFault, match="killed from outside"):
        value(guest, "sleep")
    assert value(guest, "add", 1) == 2
