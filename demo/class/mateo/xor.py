import numpy as np


def separation_certificate():
    # Let gradient descent find the point where the diagonals meet: minimise |t (1,1) - (1-t, t)|^2
    t = 0.3
    while abs(2 * t - 1) > 1e-10:
        t -= 0.1 * 4 * (2 * t - 1)
    print("found t =", t)
    return [1 - t, t], [t, 1 - t]


def relu_net(X, W0, b0, beta, b1=0.0):
    z = X @ W0.T + b0
    return (z * (z > 0)) @ beta + b1


def xor_weights():
    W0 = [[1.0, 1.0], [1.0, 1.0]]
    b0 = [-0.1, -1.0]
    beta = [1.0, -2.5]
    return W0, b0, beta, -0.1


def xor_weights_without_bias():
    return xor_weights()[:-1]


def linear_fit(X, y):
    ones = np.ones(len(X))
    theta = np.linalg.pinv(np.vstack([X.T, ones]).T, rcond=1e-8) @ y
    return theta[:-1], theta[-1]


def heaviside(z):
    return np.where(z >= 0, 1.0, 0.0)


def train(X, y, W0, b0, beta, b1, lr, steps):
    losses = [np.mean((relu_net(X, W0, b0, beta, b1) - y) ** 2)]
    for _ in range(steps):
        z = X @ W0.T + b0
        a = np.maximum(z, 0)
        common = 2 * (a @ beta + b1 - y) / len(y)
        d_z = np.outer(common, beta) * heaviside(z)
        d_W0 = d_z.T @ X
        d_b0 = np.sum(d_z, axis=0)
        d_beta = a.T @ common
        d_b1 = np.sum(common)
        W0 = W0 - lr * d_W0
        b0 = b0 - lr * d_b0
        beta = beta - lr * d_beta
        b1 = b1 - lr * d_b1
        losses.append(np.mean((relu_net(X, W0, b0, beta, b1) - y) ** 2))
    return (W0, b0, beta, b1), losses
