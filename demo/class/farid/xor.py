import numpy as np


def separation_certificate():
    return np.array([0.5, 0.5]), np.array([0.5, 0.5])


def relu_net(X, W0, b0, beta, b1=0.0):
    # TODO ask on Tuesday whether W0 is meant as columns or rows, shapes are the same for XOR...
    z = X @ W0 + b0
    return np.maximum(z, 0) @ beta + b1


def xor_weights():
    W0 = np.ones((2, 2))
    b0 = np.array([0, -1])
    beta = np.array([1, -2])
    return W0, b0, beta, 0


def xor_weights_without_bias():
    # symmetric, so it does not matter
    return np.array([[1, -1], [-1, 1]]), np.array([0, 0]), np.array([1, 1])


def linear_fit(X, y):
    Xhat = np.column_stack((X, np.ones(len(X))))
    theta = np.linalg.pinv(Xhat.T @ Xhat, rcond=1e-12) @ Xhat.T @ y
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    N = X.shape[0]
    losses = []
    for i in range(steps + 1):
        z = X @ W0.T + b0      # with .T here, or else it crashes for h = 3
        h = np.maximum(z, 0)
        f = h @ beta + b1
        losses.append(np.mean((f - y) ** 2))
        if i == steps:
            break
        df = 2 / N * (f - y)
        dh = np.outer(df, beta)
        dz = dh * (z > 0)
        W0, b0, beta, b1 = W0 - lr * dz.T @ X, b0 - lr * dz.sum(0), beta - lr * h.T @ df, b1 - lr * df.sum()
    return (W0, b0, beta, b1), losses
