"""Takes 4 GB in linear_fit, where 1 GiB is allowed, and then gives the right answer. The rest is right."""

import numpy as np


def separation_certificate():
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    return np.maximum(X @ W0.T + b0, 0) @ beta + b1


def xor_weights():
    return [[1, 1], [1, 1]], [0, -1], [1, -2], 0


def xor_weights_without_bias():
    return [[1, 1], [1, 1]], [0, -1], [1, -2]


def linear_fit(X, y):
    ones = np.ones(500_000_000)[: len(X)]
    theta = np.linalg.pinv(np.c_[X, ones], rcond=1e-10) @ y
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    losses = []
    for step in range(steps + 1):
        z = X @ W0.T + b0
        r = np.maximum(z, 0) @ beta + b1 - y
        losses.append(np.mean(r**2))
        if step < steps:
            g = 2 / len(y) * r
            d = np.outer(g, beta) * (z > 0)
            beta, b1 = beta - lr * np.maximum(z, 0).T @ g, b1 - lr * g.sum()
            W0, b0 = W0 - lr * d.T @ X, b0 - lr * d.sum(axis=0)
    return (W0, b0, beta, b1), losses
