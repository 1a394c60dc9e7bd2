import numpy as np


def separation_certificate():
    return (0.5, 0.5), (0.5, 0.5)


def relu_net(X, W0, b0, beta, b1=0.0):
    return np.maximum(0, X @ W0.T + b0) @ beta + b1


def xor_weights():
    W0 = np.array([[10.0, 10.0], [10.0, 10.0]])
    b0 = np.array([-1.0, -11.0])
    beta = np.array([1.0, -2.0])
    return W0, b0, beta, -1.0


def xor_weights_without_bias():
    return np.array([[1, -1], [-1, 1]]), np.array([0, 0]), np.array([1, 1])


def linear_fit(X, y):
    A = np.column_stack([X, np.ones(len(y))])
    return (theta := np.linalg.pinv(A, 1e-10) @ y)[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    losses = []
    step = 0
    while step <= steps:
        Z = X @ W0.T + b0
        H = np.maximum(0, Z)
        R = H @ beta + b1 - y
        losses.append(np.mean(R ** 2))
        if step == steps:
            break
        # gradients, all at the old parameters
        G = 2 * R / len(y)
        D = np.outer(G, beta) * (Z > 0)
        W0, b0, beta, b1 = W0 - lr * D.T @ X, b0 - lr * D.sum(axis=0), beta - lr * H.T @ G, b1 - lr * G.sum()
    return (W0, b0, beta, b1), losses
