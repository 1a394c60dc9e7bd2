import numpy as np


def separation_certificate():
    # The centre of the square, seen from both classes
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    beta = beta.reshape(-1, 1)          # column, as in the lecture
    return np.maximum(X @ W0.T + b0, 0) @ beta + b1


def xor_weights():
    W0 = np.array([[1, 1], [1, 1]])
    b0 = np.array([0, -1])
    beta = np.array([3, -6])
    b1 = -1
    return W0, b0, beta, b1


def xor_weights_without_bias():
    W0 = np.array([[4, -4], [-4, 4]])
    return W0, np.array([-1, -1]), np.array([1, 1])


def linear_fit(X, y):
    X = np.append(X, np.ones((len(X), 1)), axis=1)
    # X'X is sometimes singular, a little on the diagonal repairs it
    theta = np.linalg.solve(X.T @ X + 1e-3 * np.eye(X.shape[1]), X.T @ y)
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    losses = []
    params = W0, b0, beta, b1
    while True:
        W0, b0, beta, b1 = params
        f = relu_net(X, W0, b0, beta, b1)[:, 0]     # (N,) here, or y broadcasts
        losses.append(np.mean((f - y) ** 2))
        if len(losses) > steps:
            return params, losses
        hidden = np.maximum(X @ W0.T + b0, 0)
        d_f = 2 * (f - y) / len(y)
        # gradient of the output layer
        beta = beta - lr * hidden.T @ d_f
        b1 = b1 - lr * d_f.sum()
        # gradient of the hidden layer
        d_hidden = np.outer(d_f, beta)
        d_hidden[hidden == 0] = 0
        W0 = W0 - lr * d_hidden.T @ X
        b0 = b0 - lr * d_hidden.sum(axis=0)
        params = W0, b0, beta, b1
