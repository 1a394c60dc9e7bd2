"""Exercise XOR, as a small immutable network that knows its own gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lstsq

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """f(x) = beta . ReLU(W0 x + b0) + b1. The same four fields hold a gradient."""

    W0: Array
    b0: Array
    beta: Array
    b1: float

    def __call__(self, X: Array) -> Array:
        return self.hidden(X) @ self.beta + self.b1

    def hidden(self, X: Array) -> Array:
        Z = X @ self.W0.T + self.b0
        return Z * (Z > 0)

    def loss(self, X: Array, y: Array) -> float:
        return float(np.mean((self(X) - y) ** 2))

    def gradient(self, X: Array, y: Array) -> Network:
        H = self.hidden(X)
        upstream = 2 / len(y) * (self(X) - y)
        local = np.outer(upstream, self.beta) * (H > 0)
        return Network(local.T @ X, local.sum(axis=0), H.T @ upstream, float(upstream.sum()))

    def __sub__(self, other: Network) -> Network:
        return Network(self.W0 - other.W0, self.b0 - other.b0, self.beta - other.beta, self.b1 - other.b1)

    def __rmul__(self, scale: float) -> Network:
        return Network(scale * self.W0, scale * self.b0, scale * self.beta, scale * self.b1)

    def as_tuple(self) -> tuple[Array, Array, Array, float]:
        return self.W0, self.b0, self.beta, self.b1


def separation_certificate() -> tuple[tuple[float, float], tuple[float, float]]:
    return (0.5, 0.5), (0.5, 0.5)


def relu_net(X: Array, W0: Array, b0: Array, beta: Array, b1: float = 0.0) -> Array:
    return Network(W0, b0, beta, b1)(X)


def xor_weights() -> tuple[Array, Array, Array, float]:
    slopes = np.array([[1.0, 1.0], [-1.0, -1.0]])
    return slopes, np.array([-0.5, 1.5]), np.array([-1.0, -1.0]), 1.25


def xor_weights_without_bias() -> tuple[Array, Array, Array]:
    return np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0.0, 0.0]), np.array([1.0, 1.0])


def linear_fit(X: Array, y: Array) -> tuple[Array, float]:
    augmented = np.column_stack((X, np.ones(len(y))))
    theta: Array = lstsq(augmented, y, lapack_driver="gelsy", cond=1e-12)[0]
    return theta[:-1], float(theta[-1])


def train(
    X: Array, y: Array, W0: Array, b0: Array, beta: Array, b1: float, lr: float, steps: int
) -> tuple[tuple[Array, Array, Array, float], list[float]]:
    net = Network(W0, b0, beta, b1)
    losses = [net.loss(X, y)]
    for _ in range(steps):
        net = net - lr * net.gradient(X, y)
        losses.append(net.loss(X, y))
    return net.as_tuple(), losses


if __name__ == "__main__":
    print(relu_net(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), *xor_weights()))
