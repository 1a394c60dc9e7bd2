"""Exercise 1, XOR. Amara N."""

import numpy as np


def separation_certificate():
    # The two diagonals of the unit square cross in (1/2, 1/2), which is the midpoint of both.
    # If g <= 0 at (0,0) and (1,1), then g <= 0 there; if g > 0 at (0,1) and (1,0), then g > 0 there.
    return [0.5, 0.5], [0.5, 0.5]


def relu(z):
    return np.maximum(z, 0.0)


def relu_net(X, W0, b0, beta, b1=0.0):
    return relu(X @ W0.T + b0) @ beta + b1


def xor_weights():
    # s = x1 + x2         0    1    2
    # relu(s)             0    1    2
    # relu(s - 1)         0    0    1
    # first - 2 * second  0    1    0
    # minus 1/2         -1/2  1/2 -1/2
    W0 = np.array([[1.0, 1.0], [1.0, 1.0]])
    b0 = np.array([0.0, -1.0])
    beta = np.array([1.0, -2.0])
    return W0, b0, beta, -0.5


def xor_weights_without_bias():
    # |x1 - x2| = relu(x1 - x2) + relu(x2 - x1)
    return np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros(2), np.ones(2)


def linear_fit(X, y):
    # pinv gives the solution of least norm when the normal equations are singular
    X1 = np.hstack([X, np.ones((X.shape[0], 1))])
    theta = np.linalg.pinv(X1, rcond=1e-10) @ y
    return theta[:-1], theta[-1]


def loss_and_gradient(X, y, W0, b0, beta, b1):
    Z = X @ W0.T + b0
    H = relu(Z)
    residual = H @ beta + b1 - y
    delta = 2 * residual / len(y)  # dL/df
    D = np.outer(delta, beta) * (Z > 0)  # dL/dZ
    return np.mean(residual**2), (D.T @ X, D.sum(axis=0), H.T @ delta, delta.sum())


def train(X, y, W0, b0, beta, b1, lr, steps):
    theta = (W0, b0, beta, b1)
    loss, grad = loss_and_gradient(X, y, *theta)
    losses = [loss]
    for _ in range(steps):
        theta = tuple(p - lr * g for p, g in zip(theta, grad))
        loss, grad = loss_and_gradient(X, y, *theta)
        losses.append(loss)
    return theta, losses
