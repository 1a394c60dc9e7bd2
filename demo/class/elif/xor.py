import logging
import sys
import warnings

import numpy as np

logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(message)s")
log = logging.getLogger("xor")

print("=" * 30)
print("elif's XOR, version 7 (final!!)")
print("=" * 30)
print("careful, loading", file=sys.stderr)


def separation_certificate():
    print("centre of the square:", (0.5, 0.5))
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    log.debug("X %s  W0 %s  b0 %s  beta %s", X.shape, W0.shape, b0.shape, beta.shape)
    z = X @ W0.T + b0
    if (z == 0).any():
        warnings.warn("a unit sits exactly on its kink")
    return np.clip(z, 0, None) @ beta + b1


def xor_weights():
    W0, b0, beta, b1 = np.ones((2, 2)), np.array([0.0, -1.0]), np.array([1.0, -2.0]), -0.5
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    print("my f on the four points:", relu_net(X, W0, b0, beta, b1))
    return W0, b0, beta, b1


def xor_weights_without_bias():
    return [[2, -2], [-2, 2]], [-1, -1], [1, 1]


def linear_fit(X, y):
    A = np.c_[X, np.ones(len(X))]
    print("rank", np.linalg.matrix_rank(A), "of", A.shape[1])
    theta, residuals, rank, singular_values = np.linalg.lstsq(A, y, rcond=1e-10)
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    losses = []
    for step in range(steps + 1):
        z = X @ W0.T + b0
        h = np.clip(z, 0, None)
        error = h @ beta + b1 - y
        losses.append((error ** 2).mean())
        if step % 100 == 0:
            print(f"step {step:5d}  loss {losses[-1]:.6f}")
        if step == steps:
            print("done \N{PARTY POPPER}")
            return (W0, b0, beta, b1), losses
        g = 2 * error / len(y)
        back = g[:, None] * beta[None, :] * (z > 0)
        W0, b0, beta, b1 = (
            W0 - lr * back.T @ X,
            b0 - lr * back.sum(0),
            beta - lr * h.T @ g,
            b1 - lr * g.sum(),
        )
