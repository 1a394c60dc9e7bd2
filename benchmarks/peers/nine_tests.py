"""The nine tests of the assignment. Every tool's files are made from the text of these functions.

Each names the functions that it calls as its parameters, compares with expected values on seeded random inputs, and
imports nothing but NumPy and torch. Within an exercise no two choices of tests have the same points in sum, so points
say which tests passed.
"""

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Test:
    """A test: what it looks at, and for how many points."""

    exercise: str
    points: int
    run: Callable[..., None]

    @property
    def name(self) -> str:
        return self.run.__name__

    @property
    def title(self) -> str:
        return inspect.getdoc(self.run) or self.name

    @property
    def functions(self) -> tuple[str, ...]:
        """The student's functions, in the order of the parameters."""
        return tuple(inspect.signature(self.run).parameters)

    @property
    def body(self) -> str:
        """The statements, without indentation and docstring."""
        (definition,) = ast.parse(inspect.getsource(self.run)).body
        assert isinstance(definition, ast.FunctionDef)
        lines = inspect.getsource(self.run).splitlines()
        return inspect.cleandoc("\n".join(["", *lines[definition.body[1].lineno - 1 :]]))


NINE: list[Test] = []


def test(exercise: str, *, points: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds the decorated function to the nine."""

    def add(run: Callable[..., None]) -> Callable[..., None]:
        NINE.append(Test(exercise, points, run))
        return run

    return add


@test("xor", points=1)
def outputs_of_the_network(relu_net: Any) -> None:
    """relu_net is β·ReLU(W0·x + b0) + b1 for every sample"""
    rng = np.random.default_rng(1)
    for n, d, h in [(4, 2, 2), (1, 3, 2), (40, 7, 5)]:
        X, W0, b0 = rng.normal(size=(n, d)), rng.normal(size=(h, d)), rng.normal(size=h)
        beta, b1 = rng.normal(size=h), rng.normal()
        expected = np.maximum(X @ W0.T + b0, 0) @ beta + b1
        np.testing.assert_allclose(relu_net(X, W0, b0, beta, b1), expected, rtol=1e-9, atol=1e-12)


@test("xor", points=3)
def steps_of_training(train: Any) -> None:
    """train takes gradient steps of all four parameters at once, and records the losses"""
    import torch

    rng = np.random.default_rng(2)
    for n, d, h in [(4, 2, 2), (9, 3, 4)]:
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        start = rng.normal(size=(h, d)), rng.normal(size=h), rng.normal(size=h), float(rng.normal())
        at = [torch.tensor(it, dtype=torch.float64, requires_grad=True) for it in start]
        expected = []
        for _ in range(4):
            outputs = torch.relu(torch.from_numpy(X) @ at[0].T + at[1]) @ at[2] + at[3]
            loss = ((outputs - torch.from_numpy(y)) ** 2).mean()
            expected.append(loss.item())
            last = at
            gradients = torch.autograd.grad(loss, at)
            at = [(it - 0.05 * slope).detach().requires_grad_() for it, slope in zip(at, gradients, strict=True)]
        parameters, losses = train(X, y, *start, 0.05, 3)
        np.testing.assert_allclose(losses, expected, rtol=1e-7)
        for got, it in zip(parameters, last, strict=True):
            np.testing.assert_allclose(got, it.detach().numpy(), rtol=1e-7, atol=1e-9)


@test("backprop", points=1)
def forward_pass(forward: Any) -> None:
    """forward gives the activations of both layers"""
    rng = np.random.default_rng(3)
    for d, h, k in [(2, 3, 1), (4, 2, 3)]:
        x, W0, b0 = rng.normal(size=d), rng.normal(size=(h, d)), rng.normal(size=h)
        W1, b1 = rng.normal(size=(k, h)), rng.normal(size=k)
        x1, x2 = forward(x, W0, b0, W1, b1)
        hidden = 1 / (1 + np.exp(-(W0 @ x + b0)))
        np.testing.assert_allclose(x1, hidden, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(x2, W1 @ hidden + b1, rtol=1e-9, atol=1e-12)


@test("backprop", points=2)
def gradient_of_the_squares(gradient_mse: Any) -> None:
    """gradient_mse agrees with torch"""
    import torch

    rng = np.random.default_rng(4)
    for n, d, h, k in [(1, 2, 3, 1), (6, 4, 3, 2)]:
        X, Y = rng.normal(size=(n, d)), rng.normal(size=(n, k))
        values = rng.normal(size=(h, d)), rng.normal(size=h), rng.normal(size=(k, h)), rng.normal(size=k)
        W0, b0, W1, b1 = (torch.tensor(it, requires_grad=True) for it in values)
        outputs = torch.sigmoid(torch.from_numpy(X) @ W0.T + b0) @ W1.T + b1
        (((outputs - torch.from_numpy(Y)) ** 2).sum() / 2).backward()
        got = gradient_mse(X, Y, *values)
        for name, it in {"W0": W0, "b0": b0, "W1": W1, "b1": b1}.items():
            np.testing.assert_allclose(got[name], it.grad.numpy(), rtol=1e-9, atol=1e-12)


@test("backprop", points=4)
def gradient_of_the_cross_entropy(gradient_cross_entropy: Any) -> None:
    """gradient_cross_entropy agrees with torch"""
    import torch

    rng = np.random.default_rng(5)
    for n, d, h, k in [(1, 2, 3, 2), (6, 4, 3, 5)]:
        X, Y = rng.normal(size=(n, d)), rng.uniform(size=(n, k))
        values = rng.normal(size=(h, d)), rng.normal(size=h), rng.normal(size=(k, h)), rng.normal(size=k)
        W0, b0, W1, b1 = (torch.tensor(it, requires_grad=True) for it in values)
        logits = torch.sigmoid(torch.from_numpy(X) @ W0.T + b0) @ W1.T + b1
        (-(torch.from_numpy(Y) * torch.log_softmax(logits, dim=1)).sum()).backward()
        got = gradient_cross_entropy(X, Y, *values)
        for name, it in {"W0": W0, "b0": b0, "W1": W1, "b1": b1}.items():
            np.testing.assert_allclose(got[name], it.grad.numpy(), rtol=1e-9, atol=1e-12)


@test("dropout", points=1)
def masks_rescaled(inverted_dropout: Any) -> None:
    """inverted_dropout keeps the entries where the mask is 1, divided by p"""
    rng = np.random.default_rng(6)
    for shape, p in [((6,), 0.5), ((3, 4), 0.8), ((2, 3, 4), 0.3)]:
        h, mask = rng.normal(size=shape), rng.integers(0, 2, size=shape)
        expected = np.where(mask == 1, h / p, 0.0)
        np.testing.assert_allclose(inverted_dropout(h, mask, p), expected, rtol=1e-9, atol=1e-12)


@test("dropout", points=2)
def adaptive_ridge(dropout_ridge: Any) -> None:
    """dropout_ridge minimises the expected loss"""
    rng = np.random.default_rng(7)
    for n, d, p in [(8, 3, 0.5), (3, 5, 0.8), (20, 4, 0.9)]:
        X, y = rng.normal(size=(n, d)) * rng.uniform(0.5, 2, d), rng.normal(size=n)
        rows = np.sqrt((1 - p) / p) * np.diag(np.linalg.norm(X, axis=0))
        expected = np.linalg.lstsq(np.vstack([X, rows]), np.append(y, np.zeros(d)), rcond=None)[0]
        np.testing.assert_allclose(dropout_ridge(X, y, p), expected, rtol=1e-8, atol=1e-10)


@test("min_norm", points=1)
def shortest_solution(min_norm_solution: Any) -> None:
    """min_norm_solution is the shortest of all solutions"""
    rng = np.random.default_rng(8)
    for m, n in [(1, 3), (2, 4), (3, 7)]:
        A, b = rng.normal(size=(m, n)), rng.normal(size=m)
        np.testing.assert_allclose(min_norm_solution(A, b), np.linalg.pinv(A) @ b, rtol=1e-7, atol=1e-9)


@test("min_norm", points=3)
def iterates(gradient_descent: Any) -> None:
    """gradient_descent returns the start and every iterate"""
    rng = np.random.default_rng(9)
    for m, n in [(1, 3), (2, 4), (3, 7)]:
        A, b, x = rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n)
        got = gradient_descent(A, b, x, 0.02, 20)
        expected = [x]
        for _ in range(20):
            expected.append(expected[-1] - 0.02 * A.T @ (A @ expected[-1] - b))
        np.testing.assert_allclose(got, expected, rtol=1e-8, atol=1e-10)


EXERCISES = tuple(dict.fromkeys(it.exercise for it in NINE))


def nine_of(exercise: str) -> list[Test]:
    return [it for it in NINE if it.exercise == exercise]
