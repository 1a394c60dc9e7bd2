"""What is recorded of the reference and of the known wrong ways."""

import random
from types import SimpleNamespace

import numpy as np

from autograder.checking.library import Library
from autograder.checking.recorded import RecordedKnowledge, Recorder, encode_expectations
from autograder.checking.trial import Call, Outcome
from autograder.sandbox.conversation import Failure


def test_a_wrong_way_that_draws_from_global_generators_gives_the_same_at_each_recording():
    def draw(x):
        return x + random.random() + np.random.random()

    first, second = (Library({"draw": draw}).outcome("draw", Call("draw", (1.0,), {})) for _ in range(2))
    assert first == second


def test_a_wrong_way_that_returns_none_is_told_from_a_right_one_that_raises():
    refused = Outcome(failure=Failure(("ValueError",), "", (), ""))
    ways = {"returns_none": Outcome(None), "raises_too": refused}
    recorder = Recorder(SimpleNamespace(mistakes=lambda check, number, call: ways))
    call = Call("refuse", (1.0,), {}, refused)
    recorder.keep_calls("test_refuse", [call])
    known = RecordedKnowledge(encode_expectations("x", [], {}, {}, recorder.checks))
    outcomes = known.mistakes("test_refuse", 0, call)
    assert outcomes["returns_none"].failure is None
    assert outcomes["raises_too"].failure.name == "ValueError"
