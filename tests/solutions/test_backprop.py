"""The reference of backprop, compared with what knows no backpropagation: differences, complex steps, torch."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.checking import CLOSED_FORM, FINITE_DIFFERENCE, same
from autograder.checking.knowledge import load_module

BACKPROP = load_module(Path(__file__).parents[2] / "solutions" / "backprop" / "backprop.py", "backprop")
NAMES = ("W0", "b0", "W1", "b1")
SIZES = [(1, 3, 4, 2), (6, 2, 5, 3), (3, 4, 1, 2), (4, 1, 3, 1), (1, 1, 1, 1)]


def central(loss: Callable, at: float) -> float:
    return (loss(at + 1e-5) - loss(at - 1e-5)) / 2e-5


def complex_step(loss: Callable, at: float) -> float:
    return loss(at + 1e-40j).imag / 1e-40


RULES = [(central, FINITE_DIFFERENCE), (complex_step, CLOSED_FORM)]


def gradients(rule, loss, parameters):
    """Entry by entry, from a loss that takes a list of parameters."""
    found = []
    for place, values in enumerate(parameters):
        gradient = np.empty(values.shape)
        for index in np.ndindex(values.shape):

            def along(entry, place=place, index=index):
                moved = [it.astype(type(entry)) for it in parameters]
                moved[place][index] = entry
                return loss(moved)

            gradient[index] = rule(along, values[index].item())
        found.append(gradient)
    return found


def outputs(X, W0, b0, W1, b1):
    """For complex parameters too."""
    return 1 / (1 + np.exp(-(X @ W0.T + b0))) @ W1.T + b1


def squares(X, Y, *parameters):
    return np.sum((outputs(X, *parameters) - Y) ** 2) / 2


def entropy(X, Y, *parameters):
    Z = outputs(X, *parameters)
    return np.sum(Y * (np.log(np.exp(Z).sum(axis=1, keepdims=True)) - Z))


def torch_outputs(X, W0, b0, W1, b1):
    return torch.sigmoid(X @ W0.T + b0) @ W1.T + b1


def torch_squares(X, Y, *parameters):
    return torch.nn.functional.mse_loss(torch_outputs(X, *parameters), Y, reduction="sum") / 2


def torch_entropy(X, Y, *parameters):
    return torch.nn.functional.cross_entropy(torch_outputs(X, *parameters), Y, reduction="sum")


LOSSES = {"gradient_mse": (squares, torch_squares), "gradient_cross_entropy": (entropy, torch_entropy)}


@pytest.fixture(params=SIZES, ids=str)
def data(request):
    """X, any weights ≥ 0 for Y, and the parameters."""
    n, d, h, k = request.param
    rng = np.random.default_rng([n, d, h, k])
    return rng.normal(size=(n, d)), rng.uniform(0, 2, (n, k)), [rng.normal(size=it) for it in ((h, d), h, (k, h), k)]


@pytest.mark.parametrize("function", LOSSES)
def test_gradients_agree_with_differences_complex_steps_and_torch(function, data):
    X, Y, parameters = data
    reference = getattr(BACKPROP, function)(X, Y, *parameters)
    loss, torch_loss = LOSSES[function]
    for rule, tolerance in RULES:
        found = gradients(rule, lambda moved: loss(X, Y, *moved), parameters)
        same(dict(zip(NAMES, found, strict=True)), reference, tolerance)
    leaves = [torch.tensor(it, requires_grad=True) for it in parameters]
    torch_loss(torch.tensor(X), torch.tensor(Y), *leaves).backward()
    same({name: it.grad for name, it in zip(NAMES, leaves, strict=True)}, reference, CLOSED_FORM)


def test_the_gradient_of_the_sum_is_the_sum_of_those_of_the_samples(data):
    X, Y, parameters = data
    each = [BACKPROP.backward_mse(x, y, *parameters) for x, y in zip(X, Y, strict=True)]
    same({name: sum(it[name] for it in each) for name in NAMES}, BACKPROP.gradient_mse(X, Y, *parameters))


@pytest.mark.parametrize("scale", [1, 100, 1e4])
def test_the_cross_entropy_is_that_of_torch(scale):
    rng = np.random.default_rng(3)
    Z, Y = scale * rng.uniform(-1, 1, (6, 4)), rng.uniform(0, 2, (6, 4))
    expected = torch.nn.functional.cross_entropy(torch.tensor(Z), torch.tensor(Y), reduction="sum")
    same(BACKPROP.cross_entropy(Z, Y), expected.item())


@pytest.mark.parametrize("sizes", [(3, 2), (2, 4, 3), (3, 5, 4, 2), (2, 3, 1, 4, 2)], ids=str)
def test_deep_gradients_agree_with_differences_complex_steps_and_torch(sizes):
    rng = np.random.default_rng(sizes)
    weights = [rng.normal(size=(k, d)) for d, k in pairwise(sizes)]
    x, y = rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])
    reference = BACKPROP.mlp_gradient(x, y, weights, np.sin, np.cos)

    def loss(weights, sine=np.sin, x=x, y=y):
        for W in weights[:-1]:
            x = sine(W @ x)
        return ((weights[-1] @ x - y) ** 2).sum() / 2

    for rule, tolerance in RULES:
        same(gradients(rule, loss, weights), reference, tolerance)
    leaves = [torch.tensor(it, requires_grad=True) for it in weights]
    loss(leaves, torch.sin, torch.tensor(x), torch.tensor(y)).backward()
    same([it.grad for it in leaves], reference)


def test_the_toy_step_is_that_of_the_lecture_and_agrees_with_complex_steps():
    numbers = BACKPROP.toy_step(1.0, 0.0, 0.5, 0.0, 2.0, 0.0, 0.1)
    slides = {"h": 0.62, "z2": 1.24, "yhat": 0.78, "loss": 0.30, "dz2": 0.13, "dw2": 0.08, "dz1": 0.06, "dw1": 0.06}
    assert {name: round(float(numbers[name]), 2) for name in slides} == slides
    assert (round(float(numbers["w2"]), 3), round(float(numbers["w1"]), 3)) == (1.992, 0.494)
    x, t, lr, start = 0.7, 0.2, 0.3, {"w1": -0.4, "b1": 0.9, "w2": 1.3, "b2": -0.6}
    step = BACKPROP.toy_step(x, t, *start.values(), lr)
    for name, value in start.items():

        def loss(moved, name=name):
            w1, b1, w2, b2 = {**start, name: moved}.values()
            return (1 / (1 + np.exp(-(w2 / (1 + np.exp(-(w1 * x + b1))) + b2))) - t) ** 2 / 2

        same(step[f"d{name}"], complex_step(loss, value))
        same(step[name], value - lr * complex_step(loss, value))
