"""Exercise backprop. Every layer knows its forward and its backward step; the rest is a walk there and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_softmax, softmax

Array = NDArray[np.float64]
Gradients = dict[str, Array]


@dataclass(frozen=True)
class Affine:
    """x -> W x + b, on a sample or on the rows of a batch."""

    W: Array
    b: Array

    def __call__(self, x: Array) -> Array:
        return x @ self.W.T + self.b

    def gradients(self, x: Array, upstream: Array) -> tuple[Array, Array]:
        """Of W and b, for a batch."""
        return upstream.T @ x, upstream.sum(axis=0)

    def back(self, upstream: Array) -> Array:
        return upstream @ self.W


@dataclass(frozen=True)
class Net:
    hidden: Affine
    out: Affine

    def forward(self, X: Array) -> tuple[Array, Array]:
        H = expit(self.hidden(X))
        return H, self.out(H)

    def backward(self, X: Array, H: Array, upstream: Array) -> Gradients:
        dW1, db1 = self.out.gradients(H, upstream)
        dW0, db0 = self.hidden.gradients(X, self.out.back(upstream) * H * (1 - H))
        return {"W0": dW0, "b0": db0, "W1": dW1, "b1": db1}


def _net(W0: Array, b0: Array, W1: Array, b1: Array) -> Net:
    return Net(Affine(W0, b0), Affine(W1, b1))


def forward(x: Array, W0: Array, b0: Array, W1: Array, b1: Array) -> tuple[Array, Array]:
    return _net(W0, b0, W1, b1).forward(x)


def backward_mse(x: Array, y: Array, W0: Array, b0: Array, W1: Array, b1: Array) -> Gradients:
    return gradient_mse(x[np.newaxis], y[np.newaxis], W0, b0, W1, b1)  # a batch of one


def gradient_mse(X: Array, Y: Array, W0: Array, b0: Array, W1: Array, b1: Array) -> Gradients:
    net = _net(W0, b0, W1, b1)
    H, out = net.forward(X)
    return net.backward(X, H, out - Y)


def cross_entropy(Z: Array, Y: Array) -> float:
    return -float(np.vdot(Y, log_softmax(Z, axis=1)))


def gradient_cross_entropy(X: Array, Y: Array, W0: Array, b0: Array, W1: Array, b1: Array) -> Gradients:
    net = _net(W0, b0, W1, b1)
    H, Z = net.forward(X)
    # sum_k y_k (s_j - 1{j=k}) = (sum_k y_k) s_j - y_j
    return net.backward(X, H, Y.sum(axis=1, keepdims=True) * softmax(Z, axis=1) - Y)


def toy_step(x: float, t: float, w1: float, b1: float, w2: float, b2: float, lr: float) -> dict[str, float]:
    z1 = w1 * x + b1
    h = float(expit(z1))
    z2 = w2 * h + b2
    yhat = float(expit(z2))
    dz2 = (yhat - t) * yhat * (1 - yhat)
    dz1 = dz2 * w2 * h * (1 - h)
    numbers = {"z1": z1, "h": h, "z2": z2, "yhat": yhat, "loss": (yhat - t) ** 2 / 2}
    slopes = {"w2": dz2 * h, "b2": dz2, "w1": dz1 * x, "b1": dz1}
    numbers |= {"dz2": dz2, "dz1": dz1} | {f"d{name}": slope for name, slope in slopes.items()}
    old = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
    return numbers | {name: value - lr * slopes[name] for name, value in old.items()}


def mlp_gradient(
    x: Array,
    y: Array,
    weights: Sequence[Array],
    activation: Callable[[Array], Array],
    activation_grad: Callable[[Array], Array],
) -> list[Array]:
    inputs, slopes = [x], []
    for W in weights[:-1]:
        z = W @ inputs[-1]
        inputs.append(activation(z))
        slopes.append(activation_grad(z))
    upstream = weights[-1] @ inputs[-1] - y
    gradients = [np.outer(upstream, inputs[-1])]
    for W, slope, into in zip(weights[:0:-1], slopes[::-1], inputs[-2::-1], strict=True):
        upstream = (upstream @ W) * slope
        gradients.append(np.outer(upstream, into))
    return gradients[::-1]
