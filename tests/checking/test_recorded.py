"""What is recorded of the reference and of the known wrong ways."""

import random
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.checking.library import Library
from autograder.checking.recorded import (
    RecordedKnowledge,
    Recorder,
    encode_expectations,
    fingerprint,
    same_expectations,
)
from autograder.checking.trial import Call, Outcome
from autograder.sandbox.conversation import Failure
from autograder.sandbox.network import Tensor

NETWORK = [(np.ones((2, 3)), np.zeros(2)), (np.ones((1, 2)), np.zeros(1))]
OTHER = [(np.ones((2, 3)), np.zeros(2)), (np.ones((1, 2)), np.ones(1))]


def recording(reference: float, wrong: float) -> bytes:
    """One check with a call to the reference, and one to the submission, which a wrong way answers."""
    checks = {
        "test_f": {
            "reference": [["f", [1.0], reference]],
            "submission": [["f", [1.0], [reference, [], []], [], {"wrong": [wrong, [], []]}]],
        }
    }
    return encode_expectations("lines", [], {"f": ["x"]}, {"wrong": "You …"}, checks)


@pytest.mark.parametrize(
    ("reference", "wrong", "same"),
    [
        (1.0, 2.0, True),
        (1.0 + 1e-12, 2.0, True),
        (1.0 + 1e-7, 2.0, False),
        (1.0, 2.0 + 1e-6, True),
        (1.0, 2.1, False),
    ],
)
def test_another_machine_rounds_differently_and_wrong_ways_more_so(reference, wrong, same):
    assert same_expectations(recording(1.0, 2.0), recording(reference, wrong)) is same


@pytest.mark.parametrize("as_tensor", [np.asarray, Tensor])
def test_the_rounding_of_float32_neither_tells_wrong_ways_from_right_ones_nor_counts_where_they_diverge(as_tensor):
    def recorded(same, different):
        right = [as_tensor(np.float32([1.0, 2.0])), [], []]
        ways = {"diverges": [as_tensor(np.float32(different)), [], []]}
        if not same:
            ways["as_good"] = [as_tensor(np.float32([1.0, 2.0 + 1e-6])), [], []]
        record = ["f", [1.0], right, ["as_good"] if same else [], ways]
        return encode_expectations("lines", [], {}, {}, {"test_f": {"reference": [], "submission": [record]}})

    assert same_expectations(recorded(True, [7.0, 8.0]), recorded(False, [9.0, -8.0]))
    assert not same_expectations(recorded(True, [7.0, 8.0]), recorded(True, [7.0, 8.0, 9.0]))


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


def test_inputs_are_told_apart_however_they_are_nested():
    calls = [Call("f", arguments, {}) for arguments in ((NETWORK, 2), (OTHER, 2), (NETWORK, 3), ("text", None))]
    prints = [fingerprint(call) for call in calls]
    assert len(set(map(tuple, prints))) == len(calls)
    assert fingerprint(Call("f", (NETWORK, 2), {})) == prints[0]


def test_an_object_cannot_be_recorded_and_names_no_mistake():
    ways = {"another_model": Outcome(object()), "forgotten": Outcome(None)}
    recorder = Recorder(SimpleNamespace(mistakes=lambda check, number, call: ways))
    call = Call("build", (), {}, Outcome(object()))
    recorder.keep_calls("test_build", [call])
    known = RecordedKnowledge(encode_expectations("x", [], {}, {}, recorder.checks))
    assert set(known.mistakes("test_build", 0, call)) == {"forgotten"}
