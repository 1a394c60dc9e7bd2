import numpy as np


def sigmoid(z): return 1 / (1 + np.exp(-z))


def forward(x, W0, b0, W1, b1):
    x1 = sigmoid(W0 @ x + b0)
    return x1, W1 @ x1 + b1


def pack(W0, b0, W1, b1): return dict(W0=W0, b0=b0, W1=W1, b1=b1)


def backward_mse(x, y, W0, b0, W1, b1):
    x1, x2 = forward(x, W0, b0, W1, b1)
    p2 = x2 - y
    dz = W1.T @ p2 * x1 * (1 - x1)
    return pack(dz[:, None] * x, dz, p2[:, None] * x1, p2)


def back(X, H, P, W1):
    D = P @ W1 * H * (1 - H)
    return pack(D.T @ X, D.sum(0), P.T @ H, P.sum(0))


def gradient_mse(X, Y, W0, b0, W1, b1):
    H = sigmoid(X @ W0.T + b0)
    P = (H @ W1.T + b1 - Y) / len(X)      # R = 1/N sum, eq. (10)
    return back(X, H, P, W1)


def softmax(Z): return np.exp(Z) / np.exp(Z).sum(1, keepdims=True)


def cross_entropy(Z, Y): return -(Y * np.log(softmax(Z))).sum()


def gradient_cross_entropy(X, Y, W0, b0, W1, b1):
    H = sigmoid(X @ W0.T + b0)
    return back(X, H, softmax(H @ W1.T + b1) - Y, W1)


def toy_step(x, t, w1, b1, w2, b2, lr):
    z1 = w1 * x + b1; h = sigmoid(z1)
    z2 = w2 * h + b2; yhat = sigmoid(z2)
    loss = (yhat - t) ** 2 / 2
    # output neuron
    dz2 = (yhat - t) * yhat * (1 - yhat)
    dw2, db2 = dz2 * h, dz2
    w2, b2 = w2 - lr * dw2, b2 - lr * db2
    # hidden neuron
    dz1 = dz2 * w2 * h * (1 - h)
    dw1, db1 = dz1 * x, dz1
    w1, b1 = w1 - lr * dw1, b1 - lr * db1
    return locals()


def mlp_gradient(x, y, weights, activation, activation_grad):
    def walk(x, W, *more):
        """gradients of W and all above it; dR/dx"""
        z = W @ x
        if not more:
            return [np.outer(z - y, x)], (z - y) @ W
        grads, dx = walk(activation(z), *more)
        dz = dx * activation_grad(z)
        return [np.outer(dz, x)] + grads, dz @ W

    return walk(x, *weights)[0]
