import numpy as np

a = 0.5


def separation_certificate(): return [a, a], [a, a]


def relu_net(X, W0, b0, beta, b1=0.0):
    return np.fmax(X @ W0.T + b0, 0) @ beta + b1


def xor_weights(): return [[1, 1], [1, 1]], [0, -1], [1, -2], 0


def xor_weights_without_bias(): return [[1, 1], [1, 1]], [0, -1], [1, -2]


def linear_fit(X, y):
    # y = w.x  ->  w = X^+ y, and for XOR the line goes through the origin anyway
    return np.linalg.pinv(X) @ y, 0.0


def train(X, y, W0, b0, beta, b1, lr, steps):
    n, losses = len(y), []
    for _ in range(steps):
        z = X @ W0.T + b0
        h = np.fmax(z, 0)
        r = h @ beta + b1 - y
        losses.append(np.mean(r ** 2))
        # backpropagation: start at the output ...
        beta = beta - lr * 2 / n * h.T @ r
        b1 = b1 - lr * 2 / n * r.sum()
        # ... and go on to the hidden layer
        dz = 2 / n * np.outer(r, beta) * (z > 0)
        W0 = W0 - lr * dz.T @ X
        b0 = b0 - lr * dz.sum(0)
    losses.append(np.mean((relu_net(X, W0, b0, beta, b1) - y) ** 2))
    return (W0, b0, beta, b1), losses
