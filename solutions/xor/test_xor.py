"""Checks of XOR: what is right, and for how many points."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from autograder.checking import CLOSED_FORM, ITERATIVE, SINGULAR, part, rationals, require, same, unpack

POINTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
X_XOR = np.array(POINTS, dtype=float)
Y_XOR = np.array([0.0, 1.0, 1.0, 0.0])
BILLIONTH = Fraction(1, 10**9)


# Part a


@part("a", points=2)
def test_separation_certificate(submission):
    """Convex weights whose two combinations are one and the same point"""
    for _ in range(2):
        lam, mu = unpack(submission.separation_certificate(), "lam", "mu")
        lam, mu = rationals(lam, shape=(2,), name="lam"), rationals(mu, shape=(2,), name="mu")
        point_0, point_1 = lam @ np.array([(0, 0), (1, 1)]), mu @ np.array([(0, 1), (1, 0)])
        miss = max(*-lam, *-mu, abs(sum(lam) - 1), abs(sum(mu) - 1), *abs(point_0 - point_1))
        require(
            not 0 < miss <= BILLIONTH,
            f"The weights are right up to rounding, but a proof must hold exactly, and they miss by "
            f"{float(miss):.1g}. Write the numbers down instead of computing them in floating point.",
            mistake="rounded_weights",
        )
        for name, weights in (("lam", lam), ("mu", mu)):
            require(
                min(weights) >= 0,
                f"{name} is {vector(weights)}. Convex weights are ≥ 0.",
                mistake="negative_weights",
            )
            require(
                sum(weights) == 1,
                f"{name} is {vector(weights)}, and sums to {decimal(sum(weights))}. Convex weights sum to 1.",
                mistake="weights_do_not_sum_to_one",
            )
        require(
            all(point_0 == point_1),
            f"lam combines (0, 0) and (1, 1) to {vector(point_0)}, but mu combines (0, 1) and (1, 0) to "
            f"{vector(point_1)}. They must be the same point.",
            mistake="wrong_pairs",
        )


# Part b


@part("b", points=0.5)
def test_relu_net(submission, reference, rng):
    """relu_net is β·ReLU(W0 x + b0) + b1 for every sample"""
    for n, d, h in [(4, 2, 2), (4, 2, 2), (5, 3, 2), (3, 2, 5), (40, 7, 20)]:
        X, (W0, b0, beta, b1) = rng.normal(size=(n, d)), random_network(rng, d, h)
        same(submission.relu_net(X, W0, b0, beta, b1=b1), reference.relu_net(X, W0, b0, beta, b1=b1))


@part("b", points=0.25, after="test_relu_net")
def test_relu_net_of_size_one(submission, reference, rng):
    """relu_net for one sample, one feature or one unit"""
    for n, d, h in [(1, 2, 3), (4, 1, 3), (4, 2, 1), (1, 1, 1)]:
        X, (W0, b0, beta, b1) = rng.normal(size=(n, d)), random_network(rng, d, h)
        same(submission.relu_net(X, W0, b0, beta, b1=b1), reference.relu_net(X, W0, b0, beta, b1=b1))


@part("b", points=0.25, after="test_relu_net")
def test_relu_net_without_output_bias(submission, reference, rng):
    """relu_net takes b1 = 0 when no output bias is given"""
    for n, d, h in [(4, 2, 2), (6, 3, 4)]:
        X, (W0, b0, beta, _) = rng.normal(size=(n, d)), random_network(rng, d, h)
        same(submission.relu_net(X, W0, b0, beta), reference.relu_net(X, W0, b0, beta))


@part("b", points=2)
def test_xor_weights(submission):
    """Two hidden units decide XOR: f > 0 on class 1 and nowhere else"""
    for _ in range(2):
        W0, b0, beta, b1 = unpack(submission.xor_weights(), "W0", "b0", "beta", "b1")
        require_xor(W0, b0, beta, b1)


# Part c


@part("c", points=2)
def test_xor_weights_without_bias(submission):
    """Two hidden units decide XOR without an output bias"""
    for _ in range(2):
        W0, b0, beta = unpack(submission.xor_weights_without_bias(), "W0", "b0", "beta")
        require_xor(W0, b0, beta, 0, "_without_bias")


# Part d


@part("d", points=0.75)
def test_linear_fit(submission, reference, rng):
    """linear_fit minimises the mean squared error: on XOR, and on data of several sizes"""
    same(submission.linear_fit(X_XOR, Y_XOR), reference.linear_fit(X_XOR, Y_XOR), SINGULAR)
    # A ridge of 1e-8 is allowed, so full precision is asked for where the samples outweigh it.
    for (n, d), tolerance in {(6, 1): SINGULAR, (10, 2): SINGULAR, (1000, 3): CLOSED_FORM}.items():
        X = rng.normal(loc=0.5, size=(n, d))
        y = X @ away_from_zero(rng, d) + 2 + 0.1 * rng.normal(size=n)
        same(submission.linear_fit(X, y), reference.linear_fit(X, y), tolerance)


@part("d", points=0.25, after="test_linear_fit")
def test_linear_fit_of_least_norm(submission, reference, rng):
    """linear_fit where the normal equations are singular: the solution (w, b) of least norm"""
    constant = np.ones((4, 1))
    one_sample = np.array([[1.0, -2.0, 2.0]])
    equal_columns = np.array([[-2.0, -2.0], [-1.0, -1.0], [0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    few_samples = np.array([[1.0, 0.0, 2.0, -1.0, 0.0], [0.0, 1.0, -1.0, 2.0, 1.0], [2.0, -1.0, 0.0, 0.0, 1.0]])
    for X in (constant, one_sample, equal_columns, few_samples):
        y = away_from_zero(rng, len(X))
        same(submission.linear_fit(X, y), reference.linear_fit(X, y), SINGULAR)


# Part e


@part("e", points=1)
def test_one_step(submission, reference, rng):
    """One step of gradient descent: all four parameters, and the loss before and after it"""
    same_training(submission, reference, X_XOR, Y_XOR, random_network(rng, 2, 3), 0.1, 1, CLOSED_FORM)
    for n, d, h in [(3, 1, 2), (1, 2, 3), (5, 3, 1), (30, 5, 8)]:
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        same_training(submission, reference, X, y, random_network(rng, d, h), 0.1, 1, CLOSED_FORM)


@part("e", points=0.25, after="test_one_step")
def test_no_step(submission, reference, rng):
    """With steps = 0 the parameters stay as they are, and losses holds the loss at the start"""
    same_training(submission, reference, X_XOR, Y_XOR, random_network(rng, 2, 2), 0.1, 0, CLOSED_FORM)
    X, y = rng.normal(size=(6, 3)), rng.normal(size=6)
    same_training(submission, reference, X, y, random_network(rng, 3, 4), 0.1, 0, CLOSED_FORM)


@part("e", points=0.25, after="test_one_step")
def test_kink(submission, reference, rng):
    """ReLU'(0) = 0: one step from a start where z = 0 exactly"""
    beta, zero = away_from_zero(rng, 2), np.zeros(2)
    all_at_zero = np.zeros((2, 2))
    some_at_zero = np.array([[1.0, 1.0], [1.0, -1.0]])
    for W0 in (all_at_zero, some_at_zero):
        same_training(submission, reference, X_XOR, Y_XOR, (W0, zero, beta, 1.5), 0.5, 1, CLOSED_FORM)


@part("e", points=0.5, after="test_one_step")
def test_many_steps(submission, reference, rng):
    """Many steps of gradient descent"""
    same_training(submission, reference, X_XOR, Y_XOR, random_network(rng, 2, 3), 0.05, 3, ITERATIVE)
    for n, d, h, lr, steps in [(6, 3, 4, 0.01, 200), (4, 2, 2, 0.002, 2000)]:
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        same_training(submission, reference, X, y, random_network(rng, d, h), lr, steps, ITERATIVE)


# What the checks share


def random_network(rng, d, h):
    """Generic parameters of a network with d inputs and h hidden units."""
    return (
        rng.normal(size=(h, d)),
        rng.normal(size=h),
        away_from_zero(rng, h),
        float(away_from_zero(rng, 1)[0]),
    )


def away_from_zero(rng, size):
    """Numbers of either sign between 0.5 and 1.5 in size."""
    return rng.uniform(0.5, 1.5, size) * rng.choice([-1.0, 1.0], size)


def same_training(submission, reference, X, y, start, lr, steps, tolerance):
    """Trains from `start` and compares by name: the output layer first, where a gradient begins."""

    def by_name(got):
        parameters, losses = unpack(got, "(W0, b0, beta, b1)", "losses")
        W0, b0, beta, b1 = unpack(parameters, "W0", "b0", "beta", "b1")
        return {"losses": losses, "b1": b1, "beta": beta, "b0": b0, "W0": W0}

    got = submission.train(X, y, *start, lr, steps)
    same(by_name(got), by_name(reference.train(X, y, *start, lr, steps)), tolerance)


def require_xor(W0, b0, beta, b1, suffix=""):
    """Fails unless the network decides XOR in exact arithmetic. `suffix` ends the names of the mistakes."""
    W0 = rationals(W0, shape=(None, 2), name="W0")
    require(
        len(W0) == 2,
        f"W0 has {len(W0)} row(s), one for each hidden unit. The network must have two hidden units.",
        mistake=f"not_two_hidden_units{suffix}",
    )
    b0, beta = rationals(b0, shape=(2,), name="b0"), rationals(beta, shape=(2,), name="beta")
    b1 = rationals(b1, shape=(), name="b1")
    f, zero = exact_outputs(W0, b0, beta, b1)
    wrong = (f > zero) != Y_XOR
    if wrong.any():
        mistake = mistake_in(W0, b0, beta, b1)
        values = ", ".join(f"f{x} = {decimal(value)}" for x, value in zip(POINTS, f, strict=True))
        room = f", with room for rounding: > {decimal(zero)}" if any((f > 0) & (f <= zero)) else ""
        require(
            False,
            f"Your weights give {values}. Class 1 is f > 0{room}, so the network decides wrongly at "
            f"{', '.join(str(x) for x, bad in zip(POINTS, wrong, strict=True) if bad)}.",
            mistake=mistake and mistake + suffix,
        )


def exact_outputs(W0, b0, beta, b1):
    """The outputs at the four points, and what counts as zero: 1e-9 of the scale of the weights."""
    hidden = np.maximum(np.array(POINTS) @ W0.T + b0, 0)
    return hidden @ beta + b1, BILLIONTH * (abs(beta) @ abs(W0).sum(axis=1))


def mistake_in(W0, b0, beta, b1):
    """The name of the mistake behind wrong decisions, for any weights that have it."""
    f, zero = exact_outputs(W0, b0, beta, b1)
    f_transposed, _ = exact_outputs(W0.T, b0, beta, b1)
    class_1 = Y_XOR == 1
    if all((f > zero) != class_1):
        return "classes_swapped"
    if max(f[~class_1]) < 0 <= min(f[class_1]):
        return "zero_counted_as_class_1"
    if max(f[~class_1]) < min(f[class_1]):
        return "another_threshold"
    if all((f_transposed > zero) == class_1):
        return "transposed_W0"
    if all((f > zero) == [False, True, True, True]):
        return "or_instead_of_xor"
    return None


def decimal(value):
    """A fraction in six digits, however large it is."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.6g}"


def vector(values):
    return f"({', '.join(map(decimal, values))})"
