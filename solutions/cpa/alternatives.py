"""Other right ways with piecewise affine networks, as different as students are: each must get all points."""

import math
import sys
import warnings
from fractions import Fraction
from functools import reduce
from itertools import pairwise

import numpy as np
import scipy.linalg

from autograder.checking import replaces

# Part a


@replaces("evaluate")
def sample_by_sample(network, X):
    """Plain loops over samples, units and weights; nested lists come back."""
    outputs = []
    for x in X.tolist():
        values = x
        for number, (A, b) in enumerate(network):
            if number > 0:
                values = [v if v > 0 else 0.0 for v in values]
            values = [sum(w * v for w, v in zip(row, values, strict=True)) + c for row, c in zip(A, b, strict=True)]
        outputs.append(values)
    return outputs


@replaces("evaluate")
def modules_of_torch(network, X):
    """A torch model with copied weights; a tensor that requires gradients comes back."""
    import torch

    layers = []
    for A, b in network:
        linear = torch.nn.Linear(A.shape[1], A.shape[0], dtype=torch.float64)
        linear.load_state_dict({"weight": torch.tensor(A), "bias": torch.tensor(b)})
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])(torch.tensor(X))


@replaces("evaluate")
def recursion_over_layers(network, X):
    """A recursion, with samples as columns inside."""

    def outputs(layers, columns):
        (A, b), *rest = layers
        z = np.einsum("oi,in->on", A, columns) + b[:, None]
        return outputs(rest, np.where(z > 0, z, 0)) if rest else z

    return outputs(network, X.T).T


@replaces("evaluate")
def affine_coordinates(network, X):
    """One more coordinate that is always 1, and a warning."""
    warnings.warn("careful", stacklevel=2)
    H = np.c_[X, np.ones(len(X))]
    for number, (A, b) in enumerate(network, start=1):
        Z = H @ np.c_[A, b].T
        H = np.c_[np.clip(Z, 0, None), np.ones(len(X))] if number < len(network) else Z
    return H


@replaces("absolute")
def absolute_of_identity():
    """x + 2·ReLU(−x), with the identity as two units; integers in tuples."""
    return (((1,), (-1,), (-1,)), (0, 0, 0)), (((1, -1, 2),), (0,))


@replaces("absolute")
def absolute_of_tenths():
    """Scaled by a tenth and back by ten, which is exact only up to rounding."""
    return [(np.array([[0.1], [-0.1]]), np.zeros(2)), (np.array([[10.0, 10.0]]), np.zeros(1))]


@replaces("absolute")
def absolute_of_thirds():
    """Fractions and floats mixed, and a redundant dead unit."""
    third = Fraction(1, 3)
    return [([[third], [-third], [0]], [0, 0, -1.5]), ([[3, 3.0, 7]], [0])]


@replaces("maximum2")
def mean_and_half_distance():
    """(u + v)/2 + |u − v|/2, with four units."""
    A = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]]) / 2
    return [(A, np.zeros(4)), (np.array([[1, -1, 1, 1]]), [0.0])]


@replaces("maximum2")
def first_number_carried():
    """u + ReLU(v − u), in tensors of single precision: small integers are exact."""
    import torch

    A = torch.tensor([[-1.0, 1.0], [1.0, 0.0], [-1.0, 0.0]], requires_grad=True)
    return [(A, torch.zeros(3)), (torch.tensor([[1.0, 1.0, -1.0]]), torch.zeros(1))]


@replaces("minimum2")
def mean_less_half_distance():
    """(u + v)/2 − |u − v|/2, written with 0.7 and 5/7."""
    A = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]]) * 0.7
    return [(A, np.zeros(4)), (np.array([[1, -1, -1, -1]]) * 5 / 7, np.zeros(1))]


@replaces("minimum2")
def second_number_carried():
    """v − ReLU(v − u), in lists."""
    return [[[[-1, 1], [0, 1], [0, -1]], [0, 0, 0]], [[[-1, 1, -1]], [0]]]


@replaces("hat")
def hat_from_the_right():
    """The same slopes read from the right: units that are on to the left."""
    return [([[-1], [-1], [-1]], [1, 0, -1]), ([[1, -2, 1]], [0])]


@replaces("hat")
def hat_from_its_tip():
    """1 − |x| + ReLU(x − 1) + ReLU(−x − 1), with an output bias."""
    return [([[1], [-1], [1], [-1]], [0, 0, -1, -1]), ([[-1, -1, 1, 1]], [1])]


@replaces("hat")
def hat_of_decimals():
    """Units with slopes of a tenth, a printed line, and everything in float16 arrays of objects."""
    print("a hat")
    print("careful", file=sys.stderr)
    A = np.array([[0.1], [0.2], [0.3]], dtype=object)
    return [(A, np.array([0.1, 0, -0.3], dtype=object)), (np.array([[10, -10, 10 / 3]], dtype=object), np.array([0]))]


# Part b


def _pairs(M, rows, offsets):
    """A tournament by recursion: the network, from the affine functions on."""
    if M == 1:
        return [(rows, offsets)]
    hidden, biases, winners = [], [], []
    for first in range(0, M - 1, 2):
        u, v, p, q = rows[first], rows[first + 1], offsets[first], offsets[first + 1]
        winners.append((len(hidden), (1, 1, -1)))
        hidden += [u - v, v, -v]
        biases += [p - q, q, -q]
    if M % 2:
        winners.append((len(hidden), (1, -1)))
        hidden += [rows[-1], -rows[-1]]
        biases += [offsets[-1], -offsets[-1]]
    out = np.zeros((len(winners), len(hidden)))
    for row, (start, signs) in zip(out, winners, strict=True):
        row[start : start + len(signs)] = signs
    return [(np.array(hidden), np.array(biases)), *_pairs(len(winners), out, np.zeros(len(winners)))]


@replaces("maximum")
def odd_one_as_two_units(M):
    """By recursion; an odd one out passes as two units."""
    return _pairs(M, np.eye(M), np.zeros(M))


@replaces("maximum")
def halves_against_each_other(M):
    """The first half of the numbers against the second half; the odd one meets the first number again."""
    A = np.eye(M)
    network = []
    while len(A) > 1:
        half = math.ceil(len(A) / 2)
        u, v = A[:half], A[-half:]
        network.append((np.concatenate([u - v, v, -v]), np.zeros(3 * half)))
        A = np.hstack([np.eye(half), np.eye(half), -np.eye(half)])
    network.append((A, np.zeros(1)))
    return network


@replaces("maximum")
def mean_and_distance_in_each_round(M):
    """Each pair by its mean and half its distance, four units a pair, in nested lists."""
    A = np.eye(M)
    network = []
    while len(A) > 1:
        if len(A) % 2:
            A = np.vstack([A, A[0]])
        u, v = A[0::2], A[1::2]
        layer = np.vstack([u + v, -u - v, u - v, v - u]) / 2
        network.append((layer.tolist(), [0] * len(layer)))
        one = np.eye(len(u))
        A = np.hstack([one, -one, one, one])
    return [*network, (A.tolist(), [0] * len(A))]


@replaces("convex_cpa")
def one_piece_after_the_other(A, b):
    """The chain max(max(p1, p2), p3): any depth will do. The best so far and the other pieces as two units each."""
    rows, offsets, network = A, b, []
    while len(rows) > 1:
        layer = np.vstack([rows[:1] - rows[1:2], rows[1:], -rows[1:]])
        network.append((layer, np.concatenate([offsets[:1] - offsets[1:2], offsets[1:], -offsets[1:]])))
        n = len(rows) - 1
        rows, offsets = np.hstack([np.eye(n)[:, :1], np.eye(n), -np.eye(n)]), np.zeros(n)
    return [*network, (rows, offsets)]


@replaces("convex_cpa")
def affine_functions_as_a_layer(A, b):
    """The affine functions as a hidden layer of their own, as two units each, then a tournament."""
    first, *rest = _pairs(len(A), np.eye(len(A)), np.zeros(len(A)))
    return [(np.vstack([A, -A]), np.hstack([b, -b])), (np.hstack([first[0], -first[0]]), first[1]), *rest]


@replaces("convex_cpa")
def tournament_of_pieces(A, b):
    """By recursion, with an odd piece as two units."""
    return _pairs(len(A), A, b)


# Part c


@replaces("pad_depth")
def padded_in_front(network, depth):
    """The identity in front of the network instead of behind it."""
    missing = depth + 1 - len(network)
    if missing < 0:
        raise ValueError("The network is deeper than that.")
    if missing == 0:
        return network
    (A, b), *rest = network
    d = A.shape[1]
    sign = np.vstack([np.eye(d), -np.eye(d)])
    front = [(sign, np.zeros(2 * d))] + [(np.eye(2 * d), np.zeros(2 * d))] * (missing - 1)
    return [*front, (np.hstack([A, -A]), b), *rest]


@replaces("pad_depth")
def padded_by_recursion(network, depth):
    """One layer more at a time; the two units simply stay as they are, since ReLU(ReLU(x)) = ReLU(x)."""
    if len(network) - 1 > depth:
        raise ValueError
    if len(network) - 1 == depth:
        return [(A.tolist(), b.tolist()) for A, b in network]
    *hidden, (A, b) = network
    sign = np.array([[1.0], [-1.0]])
    twins = (np.kron(sign, A), np.kron(sign[:, 0], b))
    return padded_by_recursion([*hidden, twins, (np.kron(sign.T, np.eye(len(b))), np.zeros(len(b)))], depth)


class _TooDeep(ValueError):
    """A class of its own."""


@replaces("pad_depth")
def shifted_identity(network, depth):
    """Three units where two would do: x = 2·ReLU(x/2) − ReLU(−x/2) − ReLU(−x/2)."""
    network = list(network)
    if depth < len(network) - 1:
        raise _TooDeep("too deep")
    while len(network) <= depth:
        A, b = network.pop()
        one = np.eye(len(A))
        network += [
            (np.vstack([A / 2, -A / 2, -A / 2]), np.hstack([b / 2, -b / 2, -b / 2])),
            (np.hstack([2 * one, -one, -one]), 0 * b),
        ]
    return network


def _grown(network, depth):
    while len(network) < depth:
        *hidden, (A, b) = network
        one = np.eye(len(A))
        network = [*hidden, (np.vstack([A, -A]), np.hstack([b, -b])), (np.hstack([one, -one]), 0 * b)]
    return network


@replaces("difference")
def block_diagonal_by_scipy(g, h):
    """scipy.linalg.block_diag for the layers between; the last layer with −h written into it."""
    depth = max(len(g), len(h))
    g, h = _grown(g, depth), _grown(h, depth)
    if depth == 1:
        return [(g[0][0] - h[0][0], g[0][1] - h[0][1])]
    layers = [(np.r_[g[0][0], h[0][0]], np.r_[g[0][1], h[0][1]])]
    for (A, a), (B, b) in zip(g[1:-1], h[1:-1], strict=True):
        layers.append((scipy.linalg.block_diag(A, B), np.r_[a, b]))
    return [*layers, (np.c_[g[-1][0], -h[-1][0]], g[-1][1] - h[-1][1])]


@replaces("difference")
def h_first(g, h):
    """h above g in every layer, with the matrices written entry by entry into zeros."""
    depth = max(len(g), len(h))
    layers = []
    for number, ((A, a), (B, b)) in enumerate(zip(_grown(h, depth), _grown(g, depth), strict=True)):
        first, last = number == 0, number == depth - 1
        rows = len(B) if last else len(A) + len(B)
        C, c = np.zeros((rows, A.shape[1] if first else A.shape[1] + B.shape[1])), np.zeros(rows)
        sign = -1 if last else 1
        C[: len(A), : A.shape[1]] += sign * A
        C[rows - len(B) :, C.shape[1] - B.shape[1] :] += B
        c[: len(a)] += sign * a
        c[rows - len(b) :] += b
        layers.append((C, c))
    return layers


# Part d


@replaces("compose")
def sums_of_products(f, g):
    """The touching maps multiplied out by loops."""
    (A, b), (C, d) = f[-1], g[0]
    rows = [[sum(C[i][k] * A[k][j] for k in range(len(A))) for j in range(len(A[0]))] for i in range(len(C))]
    offsets = [sum(C[i][k] * b[k] for k in range(len(b))) + d[i] for i in range(len(C))]
    return (*f[:-1], (rows, offsets), *g[1:])


@replaces("compose")
def homogeneous_matrices(f, g):
    """All layers as matrices with one more coordinate, which are multiplied and taken apart again."""

    def together(A, b):
        return np.block([[A, b[:, None]], [np.zeros((1, A.shape[1])), np.ones((1, 1))]])

    touching = together(*g[0]) @ together(*f[-1])
    layers = [*(together(*it) for it in f[:-1]), touching, *(together(*it) for it in g[1:])]
    return [(layer[:-1, :-1], layer[:-1, -1]) for layer in layers]


@replaces("compose")
def composed_in_fractions(f, g):
    """Exact arithmetic: nothing is rounded, and fractions come back."""
    exact = np.vectorize(Fraction, otypes=[object])
    (A, b), (C, d) = ((exact(M), exact(v)) for M, v in (f[-1], g[0]))
    return [*f[:-1], (C @ A, C @ b + d), *g[1:]]


def _pieces(cuts):
    """For every piece of the line: where it begins, a point in it and the next, and where it ends."""
    if len(cuts) == 0:
        return [(-math.inf, 0, 1, math.inf)]
    inner = [(low, low + (high - low) / 3, high - (high - low) / 3, high) for low, high in pairwise(cuts)]
    return [(-math.inf, cuts[0] - 2, cuts[0] - 1, cuts[0]), *inner, (cuts[-1], cuts[-1] + 1, cuts[-1] + 2, math.inf)]


@replaces("breakpoints")
def exact_values_and_slopes(network):
    """Fractions, with the slope carried along with each value; a list of floats comes back."""
    exact = [([list(map(Fraction, row)) for row in A.tolist()], list(map(Fraction, b.tolist()))) for A, b in network]

    def before_relu(layers, x):
        values, slopes = [Fraction(x)], [Fraction(1)]
        for number, (A, b) in enumerate(layers):
            if number > 0:
                slopes = [s if v > 0 else 0 for v, s in zip(values, slopes, strict=True)]
                values = [max(v, 0) for v in values]
            slopes = [sum(w * s for w, s in zip(row, slopes, strict=True)) for row in A]
            values = [sum(w * v for w, v in zip(row, values, strict=True)) + c for row, c in zip(A, b, strict=True)]
        return list(zip(values, slopes, strict=True))

    cuts = []
    for depth in range(1, len(exact)):
        found = set(cuts)
        for low, x, _, high in _pieces(cuts):
            roots = (x - v / s for v, s in before_relu(exact[:depth], x) if s != 0)
            found.update(root for root in roots if low < root < high)
        cuts = sorted(found)
    slopes = [before_relu(exact, x)[0][1] for _, x, _, _ in _pieces(cuts)]
    kinks = []
    for cut, (left, right) in zip(cuts, pairwise(slopes), strict=True):
        if abs(right - left) > 1e-9 and not (kinks and cut - kinks[-1] < 1e-9):
            kinks.append(float(cut))
    return kinks


@replaces("breakpoints")
def two_points_of_every_piece(network):
    """Slopes and zeros read off at two points of every piece, by running the first layers."""

    def values(layers, points):
        x = np.array(points)[:, None]
        for number, (A, b) in enumerate(layers):
            x = (np.maximum(x, 0) if number else x) @ A.T + b
        return x

    cuts = []
    for depth in range(1, len(network) + 1):
        low, one, other, high = (np.array(it, dtype=float)[:, None] for it in zip(*_pieces(cuts), strict=True))
        y_one, y_other = values(network[:depth], one[:, 0]), values(network[:depth], other[:, 0])
        slopes = (y_other - y_one) / (other - one)
        if depth < len(network):
            with np.errstate(all="ignore"):
                roots = np.where(abs(slopes) > 1e-9, one - y_one / slopes, np.nan)
            cuts = np.sort([*cuts, *roots[(low < roots) & (roots < high)]])
            cuts = cuts[np.diff(cuts, prepend=-np.inf) > 1e-9]
    return np.array(cuts)[abs(np.diff(slopes[:, 0])) > 1e-9]


@replaces("breakpoints")
def sorted_set_of_floats(network):
    """Interval by interval, by recursion over the layers; a tuple of 0-d arrays comes back."""

    def pieces(layers, low, high, slopes, offsets):
        (A, b), *rest = layers
        slopes, offsets = A @ slopes, A @ offsets + b
        if not rest:
            return [(low, high, slopes[0])]
        roots = [-t / s for s, t in zip(slopes, offsets, strict=True) if abs(s) > 1e-12]
        cuts = [low, *sorted(root for root in roots if low < root < high), high]
        found = []
        for left, right in pairwise(cuts):
            if right - left < 1e-10:
                continue
            x = (
                (left + right) / 2
                if math.isfinite(right - left)
                else left + 1
                if math.isfinite(left)
                else min(right, 1) - 1
            )
            on = slopes * x + offsets > 0
            found += pieces(rest, left, right, slopes * on, offsets * on)
        return found

    found = pieces(network, -math.inf, math.inf, np.ones(1), np.zeros(1))

    def join(kept, piece):
        return [*kept[:-1], (kept[-1][0], piece[1], piece[2])] if abs(kept[-1][2] - piece[2]) < 1e-9 else [*kept, piece]

    return tuple(np.array(low) for low, _, _ in reduce(join, found[1:], found[:1])[1:])
