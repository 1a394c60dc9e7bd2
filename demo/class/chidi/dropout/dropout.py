import itertools

import numpy as np

# indices: n = sample, d = feature (unit), m = mask


def inverted_dropout(h, mask, p):
    return np.asarray(h) * np.asarray(mask, dtype=float) / p


def dropout_layer(h, p, rng, training=True):
    if p <= 0 or p > 1:
        raise ValueError("p is the keep probability: 0 < p <= 1")
    if not training:
        return h
    return inverted_dropout(h, rng.uniform(size=np.shape(h)) < p, p)    # uniform is below 1, so p = 1 keeps all


def expected_activation(h, p):
    masks = np.array(list(itertools.product([0, 1], repeat=len(h))))    # (2^d, d)
    prob = np.prod(p ** masks * (1 - p) ** (1 - masks), axis=1)
    return np.einsum("m,md,d->d", prob, masks, h) / p


def penalty_coefficients(h, p):
    # Var(m_j h_j / p) = p (1 - p) h_j^2 / p^2
    return (1 - p) / p * np.einsum("d,d->d", h, h)


def expected_loss(w, h, target, p):
    return (np.einsum("d,d->", w, h) - target) ** 2 + np.einsum("d,d,d->", penalty_coefficients(h, p), w, w)


def dropout_ridge(X, y, p):
    # gradient / 2:  X'(Xw - y) + C w = 0,  C diagonal
    gram = np.einsum("nd,ne->de", X, X)
    gram[np.diag_indices_from(gram)] /= p    # 1 + (1 - p)/p = 1/p, on the diagonal alone
    return np.linalg.solve(gram, np.einsum("nd,n->d", X, y))
