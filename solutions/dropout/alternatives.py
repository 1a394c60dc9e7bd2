"""Other right ways to do dropout, as different as students are: each must get all points."""

import copy
import itertools
import math
import operator
import random
import sys
import warnings
from fractions import Fraction
from functools import reduce

import numpy as np
import scipy.linalg
import scipy.special

from autograder.checking import replaces

# Part a, a given mask


@replaces("inverted_dropout")
def chosen_by_where(h, mask, p):
    """np.where on the mask, of whatever dtype it is."""
    return np.where(np.asarray(mask, dtype=bool), h / p, 0)


@replaces("inverted_dropout")
def element_by_element(h, mask, p):
    """A loop over all indices, whatever the shape."""
    out = np.zeros(h.shape)
    for index in np.ndindex(h.shape):
        if mask[index]:
            out[index] = h[index] / p
    return out


@replaces("inverted_dropout")
def nested_lists(h, mask, p):
    """Recursion over nested lists; lists, or one float, come back."""

    def dropped(h, mask):
        if isinstance(h, list):
            return [dropped(*pair) for pair in zip(h, mask, strict=True)]
        return h / p if mask else 0.0

    return dropped(h.tolist(), mask.tolist())


@replaces("inverted_dropout")
def scaled_mask_of_torch(h, mask, p):
    """torch inside; a tensor comes back."""
    import torch

    return torch.from_numpy(np.array(mask, dtype=float)) / p * torch.from_numpy(h)


@replaces("inverted_dropout")
def dropped_entries_set_to_zero(h, mask, p):
    """A copy, of which entries are set to zero."""
    out = np.array(h / p)
    out[np.logical_not(mask)] = 0.0
    return out


@replaces("inverted_dropout")
def divided_where_kept(h, mask, p):
    """A division that is done only where the mask says so; warns and prints."""
    warnings.warn("dropping", RuntimeWarning, stacklevel=2)
    print("mask of", mask.dtype, file=sys.stderr)
    return np.divide(h, p, out=np.zeros_like(h), where=mask != 0)


@replaces("inverted_dropout")
def masked_array(h, mask, p):
    """A masked array, filled with zeros."""
    return np.ma.masked_array(h / p, mask=np.equal(mask, 0)).filled(0.0)


# Part a, the layer


def _refuse(p):
    if p <= 0 or p > 1:
        raise ValueError("p must be in (0, 1]")


@replaces("dropout_layer")
def uniform_numbers(h, p, rng, training=True):
    """rng.uniform and np.where; a copy in evaluation."""
    _refuse(p)
    if not training or p == 1:
        return h.copy()
    return np.where(rng.uniform(0.0, 1.0, size=h.shape) <= p, h / p, 0.0)


@replaces("dropout_layer")
def binomial_numbers(h, p, rng, training=True):
    """rng.binomial with one trial, before anything else is asked."""
    _refuse(p)
    mask = rng.binomial(1, p, h.shape)
    return h * mask / p if training else h


@replaces("dropout_layer")
def choice_of_factors(h, p, rng, training=True):
    """rng.choice between the factors 0 and 1/p."""
    _refuse(p)
    return h * rng.choice([0, 1 / p], size=h.shape, p=[1 - p, p]) if training else h


@replaces("dropout_layer")
def toss_by_toss(h, p, rng, training=True):
    """One toss after the other, in nested loops; lists come back."""
    _refuse(p)

    def dropped(entry):
        if isinstance(entry, list):
            return [dropped(item) for item in entry]
        return entry / p if rng.random() < p else 0.0

    return dropped(h.tolist()) if training else h.tolist()


@replaces("dropout_layer")
def choice_by_choice(h, p, rng, training=True):
    """rng.choice for each entry by itself, which is slow."""
    _refuse(p)
    if not training:
        return h
    out = np.empty_like(h)
    for index in np.ndindex(h.shape):
        out[index] = rng.choice([True, False], p=[p, 1 - p]) * h[index] / p
    return out


@replaces("dropout_layer")
def integers_of_53_bits(h, p, rng, training=True):
    """rng.integers, fine enough for any p."""
    _refuse(p)
    return (rng.integers(0, 2**53, size=h.shape) < p * 2**53) * h / p if training else h


@replaces("dropout_layer")
def bytes_as_numbers(h, p, rng, training=True):
    """rng.bytes, read as integers."""
    _refuse(p)
    if not training:
        return h
    words = np.frombuffer(rng.bytes(8 * h.size), dtype=np.uint64).reshape(h.shape)
    return np.where(words / 2.0**64 <= p, h / p, 0)


@replaces("dropout_layer")
def normal_numbers_below_their_quantile(h, p, rng, training=True):
    """Normal numbers, compared with the quantile of p."""
    _refuse(p)
    return (rng.standard_normal(h.shape) < scipy.special.ndtri(p)) * h / p if training else h


@replaces("dropout_layer")
def exponential_waiting_times(h, p, rng, training=True):
    """Exponential times, which exceed −log p with probability p."""
    _refuse(p)
    return h / p * (rng.exponential(size=h.shape) >= -np.log(p)) if training else h


@replaces("dropout_layer")
def geometric_gaps(h, p, rng, training=True):
    """From one entry that is kept to the next: the gaps are geometric."""
    _refuse(p)
    if not training:
        return h
    out, position = np.zeros(h.size), -1
    while (position := position + rng.geometric(p)) < h.size:
        out[position] = h.flat[position] / p
    return out.reshape(h.shape)


@replaces("dropout_layer")
def row_after_row(h, p, rng, training=True):
    """Calls itself for each sample of a batch."""
    _refuse(p)
    if not training:
        return h
    if h.ndim > 1:
        return np.stack([row_after_row(row, p, rng) for row in h])
    out = h / p
    out[rng.random(len(h)) >= p] = 0
    return out


@replaces("dropout_layer")
def column_after_column(h, p, rng, training=True):
    """Tosses for the transpose, in single precision."""
    _refuse(p)
    return h * (rng.random(h.T.shape, dtype=np.float32) < p).T / p if training else h


@replaces("dropout_layer")
def numbers_made_in_advance(h, p, rng, training=True):
    """Fills an array of its own, in evaluation too, and makes the mask by rounding down."""
    tosses = np.empty(h.shape)
    rng.random(out=tosses)
    _refuse(p)
    return h * np.floor(tosses + p) / p if training else np.array(h)


@replaces("dropout_layer")
def generator_seeded_from_rng(h, p, rng, training=True):
    """A generator of its own, whose seed is drawn from rng."""
    _refuse(p)
    own = np.random.default_rng(rng.integers(2**63))
    return (own.random(h.shape) < p) * h / p if training else h


@replaces("dropout_layer")
def global_state_seeded_from_rng(h, p, rng, training=True):
    """NumPy's global state, which rng seeds for each call."""
    _refuse(p)
    np.random.seed(rng.integers(2**32))
    return (np.random.rand(*h.shape) < p) * h / p if training else h


@replaces("dropout_layer")
def random_module_seeded_from_rng(h, p, rng, training=True):
    """The random module's generator with a seed from rng, and tuples."""
    _refuse(p)
    own = random.Random(int(rng.integers(0, 2**32)))
    kept = [own.random() < p for _ in range(h.size)]
    return np.reshape(tuple(map(operator.mul, kept, h.ravel() / p)), h.shape) if training else h


@replaces("dropout_layer")
def dropout_of_torch(h, p, rng, training=True):
    """torch.nn.functional.dropout, seeded from rng; a tensor comes back."""
    import torch

    _refuse(p)
    torch.manual_seed(int(rng.integers(2**62)))
    return torch.nn.functional.dropout(torch.tensor(h), 1 - p, training)


@replaces("dropout_layer")
def distribution_of_scipy(h, p, rng, training=True):
    """scipy.stats, which takes rng for its random state."""
    from scipy.stats import bernoulli

    _refuse(p)
    return bernoulli.rvs(p, size=h.shape, random_state=rng) * h / p if training else h


class _Layer:
    def __init__(self, p):
        if not (p > 0 and p <= 1):
            raise ValueError(f"{p=}")
        self.p, self.training = p, True

    def __call__(self, h, rng):
        return h * self.mask(h.shape, rng) / self.p if self.training else h

    def mask(self, shape, rng):
        return np.vectorize(lambda _: rng.uniform() < self.p, otypes=[float])(np.empty(shape))


@replaces("dropout_layer")
def an_object(h, p, rng, training=True):
    """A class with a mode, as in torch, and an optional parameter more; prints."""
    layer = _Layer(p)
    layer.training = training
    print(layer)
    return layer(copy.copy(h), rng)


# Part a, the expectation


@replaces("expected_activation")
def what_is_to_be_shown(h, p):
    """h itself."""
    return h


@replaces("expected_activation")
def product_of_the_masks(h, p):
    """itertools.product and lists."""
    total = [0.0] * len(h)
    for mask in itertools.product((0, 1), repeat=len(h)):
        weight = math.prod(p if kept else 1 - p for kept in mask)
        total = [t + weight * kept * x / p for t, kept, x in zip(total, mask, h, strict=True)]
    return total


@replaces("expected_activation")
def exact_sum_over_subsets(h, p):
    """Exact arithmetic over the subsets of units that are kept."""
    d, h, p = len(h), [Fraction(x) for x in h], Fraction(p)
    weights = [p**k * (1 - p) ** (d - k) for k in range(d + 1)]
    total = [Fraction(0)] * d
    for k in range(d + 1):
        for kept in itertools.combinations(range(d), k):
            for j in kept:
                total[j] += weights[k]
    return [share * x / p for share, x in zip(total, h, strict=True)]


@replaces("expected_activation")
def unit_by_unit_recursion(h, p):
    """Conditions on the last unit; the masks of the others are a smaller problem."""

    def expectation(chosen, weight):
        if len(chosen) == len(h):
            return weight * np.array(chosen, dtype=float) * h / p
        return expectation([*chosen, 0], weight * (1 - p)) + expectation([*chosen, 1], weight * p)

    return expectation([], 1.0)


@replaces("expected_activation")
def bits_of_an_integer(h, p):
    """A loop over integers, whose bits are the masks."""
    result = np.zeros(len(h))
    for code in range(1 << len(h)):
        bits = np.array([(code >> j) & 1 for j in range(len(h))])
        result += p ** bits.sum() * (1 - p) ** (1 - bits).sum() * bits * h / p
    return result


@replaces("expected_activation")
def tensor_of_probabilities(h, p):
    """An axis for each unit, and einsum."""
    joint = reduce(np.multiply.outer, [np.array([1 - p, p])] * len(h))
    kept = [joint.sum(axis=tuple(set(range(len(h))) - {j}))[1] for j in range(len(h))]
    return np.einsum("j,j->j", kept, h) / p


@replaces("expected_activation")
def products_of_torch(h, p):
    """torch inside; a tensor comes back."""
    import torch

    masks = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * len(h)).reshape(-1, len(h))
    weights = (masks * p + (1 - masks) * (1 - p)).prod(dim=1)
    return (weights[:, None] * masks * torch.tensor(h) / p).sum(dim=0)


@replaces("expected_activation")
def average_by_numpy(h, p):
    """np.average with weights, which it normalises."""
    masks = np.array(list(np.ndindex((2,) * len(h))), dtype=bool)
    return np.average(masks * h / p, axis=0, weights=np.where(masks, p, 1 - p).prod(axis=1))


# Part b


@replaces("expected_loss")
def plain_loops(w, h, target, p):
    """A loop over the units."""
    output, variance = 0.0, 0.0
    for j in range(len(w)):
        output += w[j] * h[j]
        variance += w[j] ** 2 * h[j] ** 2 * (1 / p - 1)
    return (output - target) ** 2 + variance


@replaces("expected_loss")
def moments_of_the_output(w, h, target, p):
    """E y² − 2·y*·E y + y*², with the second moment as a quadratic form; an array without axes."""
    second = np.outer(h, h)
    second[np.diag_indices(len(h))] /= p
    return np.array(w @ second @ w - 2 * target * (w @ h) + target**2)


@replaces("expected_loss")
def exact_loss(w, h, target, p):
    """Exact arithmetic; a Fraction comes back."""
    products, p = [Fraction(a) * Fraction(b) for a, b in zip(w, h, strict=True)], Fraction(p)
    return (sum(products) - Fraction(target)) ** 2 + (1 - p) / p * sum(it * it for it in products)


@replaces("expected_loss")
def loss_of_torch(w, h, target, p):
    """torch inside; a tensor without axes comes back."""
    import torch

    products = torch.from_numpy(w) * torch.from_numpy(h)
    return (products.sum() - target).square() + products.square().sum() * (1 - p) / p


@replaces("expected_loss")
def length_of_one_vector(w, h, target, p):
    """The squared length of one vector; an array of one entry."""
    residual = np.append(np.sqrt((1 - p) / p) * w * h, np.dot(w, h) - target)
    return np.linalg.norm(residual, keepdims=True) ** 2


@replaces("expected_loss")
def mean_of_each_pair_of_outcomes(w, h, target, p):
    """The variance of each unit from its two outcomes; sums without rounding."""
    products = [float(a) * float(b) for a, b in zip(w, h, strict=True)]
    variances = [p * (it / p - it) ** 2 + (1 - p) * it**2 for it in products]
    return math.fsum([(math.fsum(products) - target) ** 2, *variances])


@replaces("expected_loss")
def unit_after_unit(w, h, target, p):
    """The first two moments of the error, carried from unit to unit."""
    mean, square = -target, target**2
    for a, x in zip(w, h, strict=True):
        step = a * x
        mean, square = mean + step, square + 2 * mean * step + step**2 / p
    return square


@replaces("expected_loss")
def coefficients_first(w, h, target, p):
    """The coefficients, and np.inner; prints and warns."""
    c = np.square(h) / p - np.square(h)
    print(c)
    warnings.warn("closed form", stacklevel=2)
    return np.inner(c, np.square(w)) + np.square(np.inner(w, h) - target)


@replaces("penalty_coefficients")
def coefficients_in_a_list(h, p):
    """A list of floats."""
    return [(1 / p - 1) * float(x) ** 2 for x in h]


@replaces("penalty_coefficients")
def exact_coefficients(h, p):
    """A tuple of fractions."""
    odds = 1 / Fraction(p) - 1
    return tuple(odds * Fraction(x) ** 2 for x in h)


@replaces("penalty_coefficients")
def variance_over_two_masks(h, p):
    """The variance over the two outcomes of each unit."""
    outcomes = np.stack([h / p, np.zeros_like(h)])
    return np.average((outcomes - h) ** 2, axis=0, weights=[p, 1 - p])


@replaces("penalty_coefficients")
def second_moment_less_square(h, p):
    """E h̃² − (E h̃)², in tensors."""
    import torch

    h = torch.tensor(h)
    return h.pow(2) / p - h.pow(2)


@replaces("penalty_coefficients")
def diagonal_of_the_covariance(h, p):
    """The diagonal of a matrix of covariances."""
    return np.diag(np.outer(h, h) * np.eye(len(h)) * (1 - p) / p)


# Part c


def _odds(p):
    return (1 - p) / p


@replaces("dropout_ridge")
def least_squares_with_more_rows(X, y, p):
    """Least squares on X with a row for each weight added."""
    rows = np.sqrt(_odds(p)) * np.diag(np.linalg.norm(X, axis=0))
    return np.linalg.lstsq(np.vstack([X, rows]), np.concatenate([y, np.zeros(X.shape[1])]), rcond=None)[0]


@replaces("dropout_ridge")
def diagonal_divided_by_p(X, y, p):
    """The diagonal of XᵀX divided by p, and an inverse."""
    gram = np.dot(X.T, X)
    gram.flat[:: len(gram) + 1] /= p
    return np.linalg.inv(gram) @ X.T @ y


@replaces("dropout_ridge")
def ridge_on_scaled_features(X, y, p):
    """A plain ridge on columns of length 1, scaled back."""
    lengths = np.sqrt((X**2).sum(axis=0))
    Z = X / lengths
    return np.linalg.solve(Z.T @ Z + _odds(p) * np.identity(Z.shape[1]), Z.T @ y) / lengths


@replaces("dropout_ridge")
def cholesky_of_scipy(X, y, p):
    """A Cholesky factorisation by scipy."""
    gram = X.T @ X
    return scipy.linalg.cho_solve(scipy.linalg.cho_factor(gram + _odds(p) * np.diag(np.diag(gram))), X.T @ y)


@replaces("dropout_ridge")
def system_of_torch(X, y, p):
    """torch.linalg.solve; a tensor comes back."""
    import torch

    X, y = torch.tensor(X), torch.tensor(y)
    return torch.linalg.solve(X.T @ X + torch.diag((X * X).sum(0)) * (1 - p) / p, X.T @ y)


@replaces("dropout_ridge")
def sums_sample_by_sample(X, y, p):
    """The matrix and the right-hand side added up over the samples, in loops."""
    d = X.shape[1]
    matrix, right = np.zeros((d, d)), np.zeros(d)
    for x, target in zip(X, y, strict=True):
        for i in range(d):
            right[i] += target * x[i]
            for j in range(d):
                matrix[i, j] += x[i] * x[j] * (1 / p if i == j else 1)
    return np.linalg.solve(matrix, right)


@replaces("dropout_ridge")
def exact_elimination(X, y, p):
    """Gaussian elimination in fractions where the matrix is small, and scipy's solver elsewhere."""
    matrix, right = np.einsum("ni,nj->ij", X, X) * np.where(np.eye(X.shape[1]), 1 / p, 1), X.T @ y
    if len(matrix) > 8:
        return scipy.linalg.solve(matrix, right, assume_a="pos").tolist()
    table = [list(map(Fraction, row)) for row in np.column_stack([matrix, right])]
    for column in range(len(table)):
        table[column] = [it / table[column][column] for it in table[column]]
        for number in set(range(len(table))) - {column}:
            factor = table[number][column]
            table[number] = [a - factor * b for a, b in zip(table[number], table[column], strict=True)]
    return [row[-1] for row in table]


@replaces("dropout_ridge")
def orthogonal_triangular(X, y, p):
    """A QR factorisation of the extended matrix."""
    d = X.shape[1]
    Q, R = np.linalg.qr(np.r_[X, np.diag(np.sqrt(_odds(p) * np.sum(X * X, axis=0)))])
    return scipy.linalg.solve_triangular(R, Q.T @ np.r_[y, np.zeros(d)])


@replaces("dropout_ridge")
def conjugate_gradients(X, y, p):
    """An iteration on columns of length 1 that arrives after d steps, and goes on a little."""
    lengths = np.linalg.norm(X, axis=0)
    Z = X / lengths
    w = np.zeros(Z.shape[1])
    step = residual = Z.T @ y
    for _ in range(5 * len(w)):
        if residual @ residual <= 1e-30 * (y @ y):
            break
        image = Z.T @ (Z @ step) + _odds(p) * step
        w = w + residual @ residual / (step @ image) * step
        before, residual = residual, Z.T @ (y - Z @ w) - _odds(p) * w
        step = residual + residual @ residual / (before @ before) * step
    return w / lengths


@replaces("dropout_ridge")
def coordinate_after_coordinate(X, y, p):
    """Each weight in turn made best while the others stay, thousands of times."""
    G, right = X.T @ X, X.T @ y
    w = np.zeros(len(G))
    for _ in range(3000):
        before = w.copy()
        for j in range(len(w)):
            w[j] += p * (right[j] - G[j] @ w - _odds(p) * G[j, j] * w[j]) / G[j, j]
        if np.allclose(w, before, rtol=1e-14, atol=0):
            break
    return w


@replaces("dropout_ridge")
def one_step_of_newton(X, y, p):
    """The gradient and the Hessian of the expected loss at zero, and one step."""
    gradient = -2 * X.T @ y
    hessian = 2 * (X.T @ X + _odds(p) * np.diag(np.square(X).sum(0)))
    return tuple(-np.linalg.pinv(hessian, rcond=1e-14) @ gradient)


@replaces("dropout_ridge")
def spectrum_of_scaled_features(X, y, p):
    """Eigenvectors of the matrix of cosines between the columns."""
    lengths = np.linalg.norm(X, axis=0)
    values, vectors = np.linalg.eigh((X / lengths).T @ (X / lengths))
    return vectors @ (vectors.T @ (X.T @ y / lengths) / (values + _odds(p))) / lengths
