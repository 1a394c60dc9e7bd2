from fractions import Fraction

import numpy as np


def separation_certificate():
    half = Fraction(1, 2)
    return (half, half), (half, half)


def relu(z):
    if z > 0:
        return z
    return 0.0


def relu_net(X, W0, b0, beta, b1=0.0):
    result = []
    for x in X:
        out = b1
        for j in range(len(beta)):
            z = b0[j]
            for i in range(len(x)):
                z += W0[j][i] * x[i]
            out += beta[j] * relu(z)
        result.append(out)
    return result


def xor_weights():
    """A tent around the line x1 + x2 = 1."""
    return [[1, 1], [-1, -1]], [-1, 1], [-1, -1], Fraction(1, 2)


def xor_weights_without_bias():
    return [[1, -1], [-1, 1]], [0, 0], [1, 1]


def linear_fit(X, y):
    ones = np.ones((len(X), 1))
    theta, *_ = np.linalg.lstsq(np.hstack([X, ones]), y, rcond=None)
    return theta[:-1], float(theta[-1])


def train(X, y, W0, b0, beta, b1, lr, steps):
    W0, b0, beta = W0.copy(), b0.copy(), beta.copy()
    losses = []
    for step in range(steps + 1):
        z = X @ W0.T + b0
        h = np.maximum(z, 0)
        r = h @ beta + b1 - y
        losses.append(np.mean(r**2))
        if step == steps:
            break
        g = 2 / len(y) * r
        dz = np.outer(g, beta) * (z > 0)
        dW0, db0, dbeta, db1 = dz.T @ X, dz.sum(axis=0), h.T @ g, g.sum()
        W0 -= lr * dW0
        b0 -= lr * db0
        beta -= lr * dbeta
        b1 -= lr * db1
    return (W0, b0, beta, b1), losses
