"""Exercise 6, piecewise affine functions. Amara N."""

import numpy as np


def evaluate(network, X):
    *hidden, (A, b) = network
    for A0, b0 in hidden:
        X = np.maximum(X @ A0.T + b0, 0.0)
    return X @ A.T + b


# Part a. With r = relu:
#   |x|       = r(x) + r(-x)
#   max(u, v) = r(u - v) + v,  where v = r(v) - r(-v)
#   min(u, v) = v - r(v - u)
#   hat       = r(x + 1) - 2 r(x) + r(x - 1)


def absolute():
    return [([[1], [-1]], [0, 0]), ([[1, 1]], [0])]


def maximum2():
    return [([[1, -1], [0, 1], [0, -1]], [0, 0, 0]), ([[1, 1, -1]], [0])]


def minimum2():
    return [([[-1, 1], [0, 1], [0, -1]], [0, 0, 0]), ([[-1, 1, -1]], [0])]


def hat():
    return [([[1], [1], [1]], [1, 0, -1]), ([[1, -2, 1]], [0])]


# Part b


def one_round(M):
    """A network with one hidden layer, from M numbers to the ceil(M/2) winners."""
    winners = (M + 1) // 2
    A, C = [], np.zeros((winners, 3 * winners))
    unit = np.eye(M)
    for k in range(winners):
        u = unit[2 * k]
        v = unit[2 * k + 1] if 2 * k + 1 < M else u  # one without an opponent plays against itself
        A += [u - v, v, -v]
        C[k, 3 * k : 3 * k + 3] = 1, 1, -1
    return [(np.array(A), np.zeros(3 * winners)), (C, np.zeros(winners))]


def maximum(M):
    network = [(np.eye(M), np.zeros(M))]
    while M > 1:
        network = compose(network, one_round(M))
        M = (M + 1) // 2
    return network


def convex_cpa(A, b):
    return compose([(A, b)], maximum(len(b)))


# Part c


def pad_depth(network, depth):
    if len(network) - 1 > depth:
        raise ValueError(f"the network has {len(network) - 1} hidden layers already")
    while len(network) - 1 < depth:
        identity = np.eye(len(network[-1][1]))
        both = np.vstack([identity, -identity])
        network = compose(network, [(both, np.zeros(len(both))), (both.T, np.zeros(len(identity)))])
    return network


def difference(g, h):
    depth = max(len(g), len(h)) - 1
    g, h = pad_depth(g, depth), pad_depth(h, depth)
    network = []
    for layer, ((A, b), (C, d)) in enumerate(zip(g, h)):
        if layer == 0:
            W = np.vstack([A, C])
        else:
            W = np.block([[A, np.zeros((len(A), C.shape[1]))], [np.zeros((len(C), A.shape[1])), C]])
        network.append((W, np.concatenate([b, d])))
    (W, e), outputs = network[-1], len(g[-1][1])
    network[-1] = W[:outputs] - W[outputs:], e[:outputs] - e[outputs:]
    return network


# Part d


def compose(f, g):
    (A, b), (C, d) = f[-1], g[0]
    return [*f[:-1], (C @ A, C @ b + d), *g[1:]]


def breakpoints(network):
    # Keep the function as pieces (left end, right end, slopes, offsets), one slope and offset for each unit,
    # and cut them wherever a unit crosses zero.
    pieces = [(-np.inf, np.inf, np.ones(1), np.zeros(1))]
    for number, (A, b) in enumerate(network):
        pieces = [(lo, hi, A @ p, A @ q + b) for lo, hi, p, q in pieces]
        if number < len(network) - 1:
            pieces = [part for piece in pieces for part in after_relu(*piece)]
    pieces = [piece for piece in pieces if piece[1] - piece[0] > 1e-9]
    kinks = []
    for (_, x, left, _), (_, _, right, _) in zip(pieces, pieces[1:]):
        if abs(right[0] - left[0]) >= 1e-9:
            kinks.append(x)
    return np.array(kinks)


def after_relu(lo, hi, p, q):
    zeros = np.unique(-q[p != 0] / p[p != 0])
    ends = [lo, *zeros[(zeros > lo) & (zeros < hi)], hi]
    for left, right in zip(ends, ends[1:]):
        if np.isinf(left) and np.isinf(right):
            middle = 0.0
        elif np.isinf(left):
            middle = right - 1
        elif np.isinf(right):
            middle = left + 1
        else:
            middle = (left + right) / 2
        on = p * middle + q > 0
        yield left, right, p * on, q * on
