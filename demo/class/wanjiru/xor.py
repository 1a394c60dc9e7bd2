# Wanjiru - I work in VS Code and never opened the notebook, it is only here because it was in the folder

import numpy as np


def separation_certificate():
    centre = np.mean([[0, 0], [1, 1]], axis=0)
    assert np.array_equal(centre, np.mean([[0, 1], [1, 0]], axis=0))  # same midpoint, so half and half
    return centre, centre


def relu_net(X, W0, b0, beta, b1=0.0):
    out = np.full(len(X), b1)
    for weights, bias, scale in zip(W0, b0, beta):  # unit by unit
        out += scale * np.maximum(X @ weights + bias, 0)
    return out


def xor_weights():
    # (x1 or x2) - big * (x1 and x2)
    return [[1, 1], [1, 1]], [0, -1], [1, -10], 0


def xor_weights_without_bias():
    # x1 and not x2, x2 and not x1
    return [[1, -1], [-1, 1]], [0, 0], [1, 1]


def linear_fit(X, y):
    A = np.column_stack([X, np.ones(len(X))])
    # (A^T A)^+ A^T y, without squaring the condition number
    theta = np.linalg.pinv(A, rcond=1e-12) @ y
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    n = len(y)
    losses = []

    def record():
        losses.append(np.sum((relu_net(X, W0, b0, beta, b1) - y) ** 2) / n)

    record()
    for _ in range(steps):
        g = 2 / n * (relu_net(X, W0, b0, beta, b1) - y)
        active = X @ W0.T + b0 > 0
        hidden = (X @ W0.T + b0) * active
        grad_W0 = np.array([(g * beta[j] * active[:, j]) @ X for j in range(len(beta))])
        grad_b0 = np.array([(g * beta[j] * active[:, j]).sum() for j in range(len(beta))])
        grad_beta = g @ hidden
        grad_b1 = g.sum()
        W0 = W0 - lr * grad_W0
        b0 = b0 - lr * grad_b0
        beta = beta - lr * grad_beta
        b1 = b1 - lr * grad_b1
        record()
    return [W0, b0, beta, b1], losses
