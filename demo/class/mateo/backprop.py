# Mateo, tarea 3 (retropropagación)
import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def forward(x, W0, b0, W1, b1):
    z = W0.dot(x) + b0
    x1 = sigmoid(z)
    x2 = W1.dot(x1) + b1
    return x1, x2


def backward_mse(x, y, W0, b0, W1, b1):
    # R = |x2 - y|^2, so the outer derivative is 2 (x2 - y)
    x1, x2 = forward(x, W0, b0, W1, b1)
    p2 = 2 * (x2 - y)
    g = {}
    g["b1"] = p2
    g["W1"] = np.outer(p2, x1)
    p1 = W1.T.dot(p2)
    g["b0"] = p1 * x1 * (1 - x1)
    g["W0"] = np.outer(g["b0"], x)
    return g


def gradient_mse(X, Y, W0, b0, W1, b1):
    total = None
    for x, y in zip(X, Y):
        g = backward_mse(x, y, W0, b0, W1, b1)
        total = g if total is None else {k: total[k] + g[k] for k in g}
    return total


def softmax(Z):
    Z = np.clip(Z, -500, 500)  # otherwise exp overflows
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


def cross_entropy(Z, Y):
    return -np.sum(Y * np.log(softmax(Z)))


def gradient_cross_entropy(X, Y, W0, b0, W1, b1):
    X1 = sigmoid(X.dot(W0.T) + b0)
    Z = X1.dot(W1.T) + b1
    # each row times its own weight, the rows need not sum to 1!
    P2 = softmax(Z) * Y.sum(axis=1)[:, None] - Y
    P1 = P2.dot(W1) * X1 * (1 - X1)
    return {"W0": P1.T.dot(X), "b0": P1.sum(0), "W1": P2.T.dot(X1), "b1": P2.sum(0)}


def toy_step(x, t, w1, b1, w2, b2, lr):
    z1 = w1 * x + b1
    h = sigmoid(z1)
    z2 = w2 * h + b2
    yhat = sigmoid(z2)
    loss = (yhat - t) ** 2
    dz2 = 2 * (yhat - t) * yhat * (1 - yhat)
    dz1 = dz2 * w2 * h * (1 - h)
    dw1, db1, dw2, db2 = dz1 * x, dz1, dz2 * h, dz2
    return {
        "z1": z1, "h": h, "z2": z2, "yhat": yhat, "loss": loss,
        "dz2": dz2, "dw2": dw2, "db2": db2, "dz1": dz1, "dw1": dw1, "db1": db1,
        "w1": w1 - lr * dw1, "b1": b1 - lr * db1, "w2": w2 - lr * dw2, "b2": b2 - lr * db2,
    }


def mlp_gradient(x, y, weights, activation, activation_grad):
    raise NotImplementedError  # I did not get to this one
