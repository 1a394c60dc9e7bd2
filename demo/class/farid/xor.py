import numpy as np


def separation_certificate():
    # both diagonals cross in the centre of the square
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    hidden = np.maximum(0, X @ W0.reshape(W0.shape[::-1]) + b0)
    return hidden @ beta + b1


def xor_weights():
    W0 = np.ones((2, 2))
    return W0, np.array([0.0, -1.0]), np.array([1.0, -2.0]), -0.5


def xor_weights_without_bias():
    return [[1, -1], [-1, 1]], [0, 0], [1, 1]


def linear_fit(X, y):
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.linalg.pinv(A) @ y
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    losses = []
    for step in range(steps + 1):
        z = X @ W0.T + b0
        h = np.maximum(z, 0)
        r = h @ beta + b1 - y
        losses.append(np.mean(r**2))
        if step == steps:
            break
        g = 1 / len(y) * r
        dz = np.outer(g, beta) * (z > 0)
        dW0, db0, dbeta, db1 = dz.T @ X, dz.sum(axis=0), h.T @ g, g.sum()
        W0 = W0 - lr * dW0
        b0 = b0 - lr * db0
        beta = beta - lr * dbeta
        b1 = b1 - lr * db1
    return (W0, b0, beta, b1), losses
