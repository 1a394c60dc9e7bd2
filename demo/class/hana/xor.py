import numpy as np


def separation_certificate():
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    hidden = X @ W0.T
    hidden += b0
    hidden[hidden < 0] = 0
    return hidden @ beta + b1


def xor_weights():
    W0 = np.array([[1.0, 1.0], [2.0, 2.0]])
    b0 = np.array([0.0, -2.0])
    beta = np.array([1.0, -1.0])
    b1 = -0.1
    return W0, b0, beta, b1


def xor_weights_without_bias():
    W0, b0, beta, b1 = xor_weights()
    return W0, b0, beta


def linear_fit(X, y):
    """theta = (X^T X)^-1 X^T y, straight from the slide"""
    ones = np.ones((len(X), 1))
    X = np.hstack((X, ones))
    theta = np.linalg.inv(X.T @ X) @ X.T @ y
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    n = len(y)
    losses = []
    for k in range(steps):
        z = X @ W0.T + b0
        h = np.maximum(z, 0)
        r = h @ beta + b1 - y
        losses.append((r @ r) / n)
        # all gradients first, then the update
        d_beta = 2 / n * h.T @ r
        d_b1 = 2 / n * r.sum()
        d_z = 2 / n * np.outer(r, beta) * (z > 0)
        d_W0 = d_z.T @ X
        d_b0 = d_z.sum(axis=0)
        W0 -= lr * d_W0
        b0 -= lr * d_b0
        beta -= lr * d_beta
        b1 -= lr * d_b1
    r = relu_net(X, W0, b0, beta, b1) - y
    losses.append((r @ r) / n)
    return (W0, b0, beta, b1), losses
