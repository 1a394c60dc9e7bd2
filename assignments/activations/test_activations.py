"""Checks of activations: what is right, and for how many points."""

import numpy as np
import pytest
from scipy.special import expit, ndtr

from autograder.checking import no_warning, part, raises, same

CONTINUOUS = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu"]
OPTIONS = {
    "leaky_relu": [{"slope": 0.3}, {"slope": 0.0}, {"slope": 1.0}],
    "elu": [{"alpha": 0.5}, {"alpha": 2.0}],
}
SHAPES = [(5,), (5,), (3, 4), (), (2, 1, 3)]
AT_THE_KINK = np.array([-0.5, -1e-6, 0.0, 1e-6, 0.5])
FAR_OUT = np.array([-1e4, -800.0, -100.0, -30.0, -15.0, 15.0, 30.0, 100.0, 800.0, 1e4])


# Part a


@part("a", points=0.1)
def test_step(submission, reference, rng):
    """step for x of any shape and size"""
    same_function(submission, reference, rng, "step")


@part("a", points=0.1)
def test_derivative_of_step(submission, reference, rng):
    """step_grad for x of any shape and size"""
    same_function(submission, reference, rng, "step_grad")


@part("a", points=0.15)
@pytest.mark.parametrize("name", CONTINUOUS)
def test_value(submission, reference, rng, name):
    """{name} for x of any shape and size"""
    same_function(submission, reference, rng, name)


@part("a", points=0.25)
@pytest.mark.parametrize("name", CONTINUOUS)
def test_derivative(submission, reference, rng, name):
    """{name}_grad for x of any shape and size"""
    same_function(submission, reference, rng, f"{name}_grad")


@part("a", points=0.75)
def test_maxout(submission, reference, rng):
    """maxout is the largest of k affine maps, for every sample"""
    for n, d, k in [(3, 3, 3), (3, 3, 3), (5, 3, 2), (2, 4, 5), (20, 2, 7)]:
        x, W, b = rng.normal(size=(n, d)), rng.normal(size=(k, d)), rng.normal(size=k)
        same(submission.maxout(x, W, b), reference.maxout(x, W, b))
    # All maps are below zero, and the result is too.
    same(submission.maxout(x, W, b - 100), reference.maxout(x, W, b - 100))


@part("a", points=0.25, after="test_maxout")
def test_maxout_of_size_one(submission, reference, rng):
    """maxout for one sample, one feature or one map"""
    for n, d, k in [(1, 3, 4), (4, 1, 3), (4, 2, 1), (1, 1, 1)]:
        x, W, b = rng.normal(size=(n, d)), rng.normal(size=(k, d)), rng.normal(size=k)
        same(submission.maxout(x, W, b), reference.maxout(x, W, b))


# Part b


@part("b", points=1)
def test_weight_gradient(submission, reference, rng):
    """weight_gradient is the gradient of the cross-entropy, for several activations and both classes"""
    # Of many features some are small: there a difference quotient of the loss has too few digits.
    for d, activation, activation_grad in [(3, *STEEP), (3, *STEEP), (2, *SIGMOID), (200, *NORMAL), (4, *ARCTAN)]:
        for y in (1.0, 0.0):
            x, w, b = unit(rng, d)
            arguments = x, y, w, b, activation, activation_grad
            same(submission.weight_gradient(*arguments), reference.weight_gradient(*arguments))


@part("b", points=0.5, after="test_weight_gradient")
def test_weight_gradient_of_one_feature(submission, reference, rng):
    """weight_gradient for one feature: dw has the shape (1,)"""
    for y, activation, activation_grad in [(0.0, *NORMAL), (1.0, *NORMAL), (1.0, *STEEP), (0.0, *ARCTAN)]:
        x, w, b = unit(rng, 1)
        arguments = x, y, w, b, activation, activation_grad
        same(submission.weight_gradient(*arguments), reference.weight_gradient(*arguments))


@part("b", points=0.5, after="test_weight_gradient")
def test_weight_gradient_of_a_sure_unit(submission, reference, rng):
    """weight_gradient where the unit is sure and wrong: the class is 1, and p is almost 0, but not clipped"""
    for d in (3, 3, 2):
        x, w, _ = unit(rng, d)
        arguments = x, 1.0, w, float(rng.uniform(-26, -20) - w @ x), *SIGMOID
        # p is between 5e-12 and 2e-9.
        same(submission.weight_gradient(*arguments), reference.weight_gradient(*arguments), mistake="clipped_too_early")


@part("b", points=1, after="test_weight_gradient")
def test_step_does_not_learn(submission, rng):
    """weight_gradient is zero for the step, whatever the sample, its class and the weights"""
    for d in (3, 3, 1):
        for y in (0.0, 1.0):
            for z in (-0.5, 0.5):
                x, w, _ = unit(rng, d)
                same(submission.weight_gradient(x, y, w, float(z - w @ x), *STEP), [np.zeros(d), 0.0])


# Part c


@part("c", points=0.75)
def test_saturation_point(submission, reference, rng):
    """saturation_point is the x ≥ 0 with σ'(x) = eps"""
    for eps in (0.1, 0.1, 0.2, 0.01, 0.2499, *rng.uniform(0.001, 0.2499, 4)):
        same(submission.saturation_point(float(eps)), reference.saturation_point(float(eps)))


@part("c", points=0.25, after="test_saturation_point")
def test_saturation_point_of_a_quarter(submission):
    """saturation_point is 0 for eps = 1/4"""
    same(submission.saturation_point(0.25), 0.0)


@part("c", points=0.5, after="test_saturation_point")
def test_saturation_point_far_out(submission, reference, rng):
    """saturation_point is accurate for eps down to 1e-30"""
    for eps in (1e-4, 1e-8, 1e-12, 1e-15, 1e-18, 1e-30, *10 ** rng.uniform(-30, -16, 3)):
        expected = reference.saturation_point(float(eps))
        # What is right for a large eps, and wrong for a small one, has lost its digits.
        same(submission.saturation_point(float(eps)), expected, mistake="cancelled_digits")


@part("c", points=0.5, after="test_saturation_point")
def test_no_saturation_point(submission):
    """saturation_point raises ValueError where there is none"""
    for eps in (1.0, 0.3, 0.26, 0.0, -0.1, -3.0):
        raises(ValueError, submission.saturation_point, eps)


@part("c", points=0.5)
def test_dead_units(submission, reference, rng):
    """dead_units are inactive on every sample"""
    for n, d, h in [(6, 16, 16), (6, 16, 16), (4, 4, 4), (2, 5, 6), (30, 2, 5)]:
        X, W, b = layer(rng, n, d, h)
        same(submission.dead_units(X, W, b), reference.dead_units(X, W, b))


@part("c", points=0.25, after="test_dead_units")
def test_dead_units_of_size_one(submission, reference, rng):
    """dead_units for one sample, one feature or one unit"""
    for n, d, h in [(1, 3, 5), (6, 1, 4), (6, 3, 1), (6, 3, 1), (1, 1, 1)]:
        X, W, b = layer(rng, n, d, h)
        for shift in (0, 10):
            same(submission.dead_units(X, W, b + shift), reference.dead_units(X, W, b + shift))


@part("c", points=0.25, after="test_dead_units")
def test_units_at_zero(submission, reference):
    """dead_units counts a unit with z = 0 as inactive, and one with a small z > 0 as active"""
    X = np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0]])
    W = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [0.0, 0.0], [1.0, 0.0]])
    small = 2.0**-20
    biases = [-3.0, -1.0, 2.0, 0.0, -1.0], [-3.0, 0.0, 3.0, 0.0, -2.0], [small - 3, -1.0, 2.0, small, small - 2]
    for b in map(np.array, biases):
        same(submission.dead_units(X, W, b), reference.dead_units(X, W, b))


# What the checks share


def same_function(submission, reference, rng, name):
    """Compares an activation or a derivative: the generic first, then 0, then what is far out."""
    got, expected = getattr(submission, name), getattr(reference, name)
    options = OPTIONS.get(name.removesuffix("_grad"), [])
    generic = [(np.array(2 * rng.normal(size=shape)), {}) for shape in SHAPES]
    generic += [(2 * rng.normal(size=5), keywords) for keywords in options]
    special = [(x, keywords) for x in (AT_THE_KINK, FAR_OUT) for keywords in [{}, *options]]
    for x, keywords in generic + special:
        same(got(x, **keywords), expected(x, **keywords))
        no_warning("overflow", "invalid value")


def on_numbers(function):
    """The results become arrays without an axis: these bear all arithmetic, and have NumPy's methods."""
    return lambda z: np.asarray(function(z), dtype=float)


STEEP = on_numbers(lambda z: expit(2 * z)), on_numbers(lambda z: 2 * expit(2 * z) * expit(-2 * z))
SIGMOID = on_numbers(expit), on_numbers(lambda z: expit(z) * expit(-z))
NORMAL = on_numbers(ndtr), on_numbers(lambda z: np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))
ARCTAN = on_numbers(lambda z: 0.5 + np.arctan(z) / np.pi), on_numbers(lambda z: 1 / (np.pi * (1 + z**2)))
STEP = on_numbers(lambda z: z > 0), on_numbers(np.zeros_like)


def unit(rng, d):
    """One sample, and a unit's weights and bias, with a pre-activation of about one in size."""
    return rng.normal(size=d), rng.normal(size=d) / np.sqrt(d), float(rng.uniform(0.3, 1) * rng.choice([-1, 1]))


def layer(rng, n, d, h):
    """Samples and a layer in which the number of samples on which a unit is active takes all values from 0 to n."""
    X, W = rng.normal(loc=1, size=(n, d)), rng.normal(size=(h, d))
    z, units = np.sort(X @ W.T, axis=0), np.arange(h)
    z = np.vstack([z[:1] - 1, z, z[-1:] + 1])
    inactive = n - rng.permutation(units % (n + 1))
    return X, W, -(z[inactive, units] + z[inactive + 1, units]) / 2
