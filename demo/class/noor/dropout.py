import numpy as np


def inverted_dropout(h, mask, p):
    return h * mask / p


def dropout_layer(h, p, rng, training=True):
    if not training:
        return h                    # nothing to do
    if not 0 < p <= 1:
        raise ValueError("p")
    mask = np.random.rand(*h.shape) < p
    return inverted_dropout(h, mask, p)


def expected_activation(h, p):
    d = len(h)
    total = np.zeros(d)
    for number in range(2 ** d):
        # the binary digits of the number are the mask
        mask = np.array([number >> j & 1 for j in range(d)])
        kept = mask.sum()
        total += p ** kept * (1 - p) ** (d - kept) * inverted_dropout(h, mask, p)
    return total


def expected_loss(w, h, target, p):
    w, h = w.reshape(-1, 1), h.reshape(-1, 1)       # columns, as in the lecture
    bias = (w.T @ h).item() - target
    variance = np.sum((w * h) ** 2) * (1 - p) / p
    return bias ** 2 + variance


def penalty_coefficients(h, p):
    return h ** 2 * (1 - p) / p


def dropout_ridge(X, y, p):
    # ridge regression with lambda = (1-p)/p, section 4.4: dropout is the same as weight decay
    lam = (1 - p) / p
    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)
