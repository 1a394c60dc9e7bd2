"""Networks and tensors are handed to student code and come back as it left them; the grader has no need of torch."""

import subprocess
import sys

import msgspec
import numpy as np
import pytest

from autograder.sandbox.conversation import Opaque, Raised
from autograder.sandbox.limits import Limits
from autograder.sandbox.network import Layer, Network, Tensor
from autograder.sandbox.starters import DirectStarter, PlainStarter
from autograder.sandbox.wire import NETWORK, Codec, Reference, WireError

CODE = """
import copy

import torch


def forward(model, X):
    return model(X)


def step(model, X, y, device="cpu"):
    model.to(device)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    loss = torch.nn.functional.cross_entropy(model(X.to(device)), y.to(device))
    loss.backward()
    optimiser.step()
    return loss.item()


def evaluate(model, X):
    model.eval()
    with torch.no_grad():
        return copy.deepcopy(model)(X)


def mix(model):
    model[1].eval()


def freeze(model):
    model.requires_grad_(False)
    model.load_state_dict(model.state_dict())


def forget(model, X):
    return model.to("cuda")(X)


def sees_a_gpu():
    return torch.cuda.is_available()


def build():
    return torch.nn.Linear(3, 2)


def broken():
    return torch.nn.Linear(5, 2)
"""
LIMITS = Limits(start_seconds=60.0)


@pytest.fixture(params=["confined", "plain", "direct"])
def guest(request, new_guest):
    starter = {"plain": PlainStarter, "direct": DirectStarter}.get(request.param, lambda: None)()
    return new_guest(CODE, limits=LIMITS, starter=starter, libraries=["torch"])


@pytest.fixture
def seen():
    return []


@pytest.fixture
def network(seen):
    rng = np.random.default_rng(0)

    def number(*shape):
        return rng.normal(size=shape).astype(np.float32)

    def observe(x, mode, device, records_gradients, arrays, gradients):
        seen.append((np.asarray(x).shape, mode, device, records_gradients))

    layers = [
        Layer("linear", [number(5, 3), number(5)]),
        Layer("batch_norm", [number(5), number(5), number(5), number(5) ** 2]),
        Layer("relu"),
        Layer("dropout", p=0.5),
        Layer("linear", [number(2, 5), number(2)]),
    ]
    return Network(layers, mode="evaluation", observer=observe)


OBJECTS = np.array(["x", None], dtype=object)
X = Tensor(np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32))
Y = Tensor(np.array([0, 1, 1, 0, 1, 0]))


def test_outputs_are_those_that_the_grader_computes(guest, network, seen):
    got = np.asarray(guest.call("forward", (network, X), {}).value)
    np.testing.assert_allclose(got, network.outputs(X.array), rtol=1e-5)
    assert seen == [((6, 3), "evaluation", "cpu", True)]


def test_a_network_is_in_the_state_in_which_it_was_left(guest, network, seen):
    before = network.arrays
    assert network.gradients == []
    returned = guest.call("step", (network, X, Y), {})
    assert returned.modified == ()
    for number, gradient in zip((0, 1, 2, 3, 6, 7), network.gradients, strict=True):
        assert (gradient != 0).any()
        np.testing.assert_allclose(network.arrays[number], before[number] - 0.5 * gradient, rtol=1e-4, atol=1e-6)
    for number in (4, 5):
        assert network.arrays[number].tolist() == before[number].tolist()
    assert (network.mode, network.device, network.trainable, network.loads) == ("evaluation", "cpu", True, 0)
    second = guest.call("step", (network, X, Y), {}).value
    assert second != returned.value


def test_modes_are_told(guest, network, seen):
    network.mode = "training"
    guest.call("evaluate", (network, X), {})
    assert seen == [((6, 3), "evaluation", "cpu", False)]
    assert network.mode == "evaluation"
    network.mode = "training"
    guest.call("mix", (network,), {})
    assert network.mode == "mixed"


def test_running_moments_loads_and_frozen_parameters_are_told(guest, network, seen):
    network.mode = "training"
    before = network.arrays
    guest.call("forward", (network, X), {})
    assert network.arrays[4].tolist() != before[4].tolist()
    assert network.arrays[0].tolist() == before[0].tolist()
    guest.call("freeze", (network,), {})
    assert (network.trainable, network.loads) == (False, 1)


def test_an_observer_sees_the_state_if_it_wants_to_and_may_answer(guest, network):
    heard = []

    def answer(x, mode, device, records_gradients, arrays, gradients):
        heard.append((list(map(np.ndarray.tolist, arrays)), gradients))
        return np.zeros((len(x), 4), np.float32) if mode == "evaluation" else None

    network.observer, network.observes = answer, ["arrays", "gradients"]
    arrays = list(map(np.ndarray.tolist, network.arrays))
    assert np.asarray(guest.call("forward", (network, X), {}).value).tolist() == [[0.0] * 4] * 6
    network.mode = "training"
    assert np.asarray(guest.call("forward", (network, X), {}).value).shape == (6, 2)
    network.observes = []
    guest.call("forward", (network, X), {})
    assert heard == [(arrays, [None] * 6), heard[1], ([], [])]


def test_a_device_can_be_pretended_until_the_next_check(guest, network, seen):
    guest.pretend_cuda(True)
    assert guest.call("sees_a_gpu", (), {}).value is True
    guest.call("step", (network, X, Y), {"device": "cuda"})
    assert seen[-1][2] == network.device == "cuda:0"
    with pytest.raises(Raised) as caught:
        guest.call("forget", (network, X), {})
    assert "found at least two devices" in caught.value.failure.message
    guest.pretend_cuda(False)
    assert guest.call("sees_a_gpu", (), {}).value is False
    guest.pretend_cuda(True)
    guest.begin(3)
    assert guest.call("sees_a_gpu", (), {}).value is False


def test_a_module_of_theirs_is_used_by_its_handle(guest):
    model = guest.call("build", (), {}).value
    assert isinstance(model, Opaque)
    assert model.type_name == "Linear"
    state = model.get("state_dict")()
    assert {name: np.asarray(it).shape for name, it in state.items()} == {"weight": (2, 3), "bias": (2,)}
    model.get("load_state_dict")(
        {"weight": Tensor(np.ones((2, 3), np.float32)), "bias": Tensor(np.zeros(2, np.float32))}
    )
    np.testing.assert_allclose(np.asarray(model(X)), X.array.sum(axis=1, keepdims=True).repeat(2, axis=1), rtol=1e-5)
    with pytest.raises(Raised):
        guest.call("broken", (), {}).value(X)


@pytest.mark.parametrize(
    "content",
    [
        5,
        [],
        [[], "training", None, "cpu", True, 0],
        [[[]], "training", None, "cpu", True, 0, []],
        [[["linear", 5, 0.0]], "training", None, "cpu", True, 0, []],
        [[["linear", [5], 0.0]], "training", None, "cpu", True, 0, []],
        [[["linear", [OBJECTS], 0.0]], "training", None, "cpu", True, 0, []],
        [[["relu", [], 0.0]], "training", None, "cpu", True, 0, [OBJECTS]],
        [[["relu", [], 0.0]], 5, None, "cpu", True, 0, []],
        [[["relu", [], 0.0]], "training", None, "c" * 100, True, 0, []],
        [[["relu", [], 0.0]], "training", None, "cpu", 1, 0, []],
        [[["relu", [], 0.0]], "training", None, "cpu", True, 0.5, []],
        [[["relu", [], 0.0]], "training", None, "cpu", True, 0, 5],
        [[["relu", [], 0.0]], "training", None, "cpu", True, 0, ["x"]],
    ],
)
def test_a_forged_network_is_refused(content):
    codec = Codec(lambda value: Reference(False, 0, "", False), lambda it: it)
    data = msgspec.msgpack.encode(msgspec.msgpack.Ext(NETWORK, codec.encode(content)))
    with pytest.raises(WireError, match="not a value"):
        codec.decode(data)


def test_the_vocabulary_does_not_import_torch():
    code = "import sys, autograder.checking, autograder.sandbox.conversation; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
