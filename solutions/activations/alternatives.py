"""Other right ways of solving activations, as different as students are: each must get all points."""

import math
import sys
import warnings
from decimal import Decimal, getcontext
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import scipy.special

from autograder.checking import replaces


def _each(function, x):
    """A list, nested as the array is, or a number."""
    return [_each(function, item) for item in x] if x.ndim else function(float(x))


# Part a, step


@replaces("step")
def step_as_bool(x):
    """The comparison itself: an array of bool."""
    return x > 0


@replaces("step")
def step_by_heaviside(x):
    """numpy.heaviside with its value at 0 given."""
    return np.heaviside(x, 0)


@replaces("step")
def step_of_ints_in_lists(x):
    """A recursion over the axes; nested lists of ints."""
    return _each(lambda it: 1 if it > 0 else 0, x)


@replaces("step_grad")
def zeros_of_ints(x):
    """An array of ints."""
    return np.zeros(x.shape, dtype=int)


# Part a, sigmoid


@replaces("sigmoid")
def sigmoid_of_scipy(x):
    """scipy.special.expit."""
    return scipy.special.expit(x)


@replaces("sigmoid")
def sigmoid_by_masks(x):
    """Two formulas, each written to the entries where it is safe; a 0-d array works as well."""
    result = np.empty_like(x)
    right = x >= 0
    result[right] = 1 / (1 + np.exp(-x[right]))
    small = np.exp(x[~right])
    result[~right] = small / (1 + small)
    return result


@replaces("sigmoid")
def sigmoid_by_tanh(x):
    """A tanh of half the argument."""
    return (1 + np.tanh(x / 2)) / 2


@replaces("sigmoid")
def sigmoid_with_silenced_warnings(x):
    """The plain formula, which is right where its exponential is inf, with the warning silenced."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


@replaces("sigmoid")
def sigmoid_clipped_far_out(x):
    """x is cut off where the exponential is still finite, and the sigmoid is 0 or 1 to all digits."""
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


@replaces("sigmoid")
def sigmoid_of_torch(x):
    """torch.sigmoid; a tensor comes back."""
    import torch

    return torch.sigmoid(torch.from_numpy(x))


@replaces("sigmoid")
def sigmoid_number_by_number(x):
    """Python's floats and a try for the overflow; nested lists."""

    def one(it):
        try:
            return 1 / (1 + math.exp(-it))
        except OverflowError:
            return 0.0

    return _each(one, x)


@replaces("sigmoid_grad")
def product_of_two_sigmoids(x):
    """σ(x)·σ(−x), without cancellation."""
    return scipy.special.expit(x) * scipy.special.expit(-x)


@replaces("sigmoid_grad")
def sigmoid_grad_by_autograd(x):
    """The derivative by torch's autograd."""
    import torch

    leaf = torch.from_numpy(x).requires_grad_()
    torch.sigmoid(leaf).sum().backward()
    return leaf.grad


# Part a, tanh


@replaces("tanh")
def tanh_by_expm1(x):
    """Exponentials of −2|x|, and the sign put back."""
    t = np.expm1(-2 * np.abs(x))
    return -np.sign(x) * t / (t + 2)


@replaces("tanh")
def tanh_by_math(x):
    """math.tanh through np.vectorize."""
    return np.vectorize(math.tanh, otypes=[float])(x)


@replaces("tanh_grad")
def product_of_sum_and_difference(x):
    """(1 − t)·(1 + t)."""
    t = np.tanh(x)
    return (1 - t) * (1 + t)


# Part a, ReLU and leaky ReLU


@replaces("relu")
def relu_by_mask(x):
    """A copy, whose negative entries are overwritten; it prints, too."""
    print("relu of", x.shape, file=sys.stderr)
    result = x.copy()
    result[result < 0] = 0
    return result


@replaces("relu")
def relu_as_a_mean(x):
    """The mean of x and its magnitude."""
    return (x + abs(x)) / 2


@replaces("relu")
def relu_in_fractions(x):
    """Exact numbers in an object array."""
    return np.array([max(Fraction(it), Fraction(0)) for it in x.ravel().tolist()], dtype=object).reshape(x.shape)


@replaces("relu_grad")
def relu_grad_as_bool(x):
    """The comparison itself."""
    return np.greater(x, 0)


@replaces("relu_grad")
def relu_grad_by_sign(x):
    """The positive part of the sign."""
    return np.maximum(np.sign(x), 0)


@replaces("leaky_relu")
def leaky_relu_by_where(x, slope=0.1):
    """np.where, with ≥: at 0 both branches agree."""
    return np.where(x >= 0, x, slope * x)


@replaces("leaky_relu")
def leaky_relu_of_two_parts(x, slope=0.1):
    """The positive part and the negative part."""
    return np.clip(x, 0, None) + slope * np.clip(x, None, 0)


@replaces("leaky_relu_grad")
def leaky_relu_grad_by_arithmetic(x, slope=0.1):
    """slope + (1 − slope) where x is positive."""
    return slope + (1 - slope) * (x > 0)


# Part a, ELU


@replaces("elu")
def elu_by_mask(x, alpha=1.0):
    """The exponential only where it is wanted."""
    result = np.array(x)
    left = x <= 0
    result[left] = alpha * (np.exp(x[left]) - 1)
    return result


@replaces("elu")
def elu_with_where_argument(x, alpha=1.0):
    """The argument `where` of NumPy's functions."""
    return np.where(x > 0, x, alpha * np.expm1(x, out=np.zeros_like(x), where=x < 0))


@replaces("elu")
def elu_by_piecewise(x, alpha=1.0):
    """np.piecewise."""
    return np.piecewise(x, [x > 0], [lambda it: it, lambda it: alpha * (np.exp(it) - 1)])


@replaces("elu_grad")
def elu_grad_by_the_value(x, alpha=1.0):
    """On the left elu + α."""
    return np.where(x > 0, 1.0, alpha * np.expm1(np.minimum(x, 0)) + alpha)


@replaces("elu_grad")
def elu_grad_with_silenced_overflow(x, alpha=1.0):
    """Both branches everywhere, the overflow silenced."""
    with np.errstate(all="ignore"):
        return np.where(x > 0, 1, alpha * np.exp(x))


# Part a, softplus


@replaces("softplus")
def softplus_by_log1p(x):
    """The large part out of the logarithm."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@replaces("softplus")
def softplus_by_logsumexp(x):
    """scipy's logsumexp over a new axis."""
    return scipy.special.logsumexp(np.stack([np.zeros_like(x), x]), axis=0)


@replaces("softplus")
def softplus_beyond_a_threshold(x):
    """x itself beyond 40, where the difference is below 1e-17."""
    return np.where(x > 40, x, np.log1p(np.exp(np.minimum(x, 40.0))))


@replaces("softplus")
def softplus_in_decimals(x):
    """Decimal numbers of 50 digits, whose exponents are practically unlimited."""
    getcontext().prec = 50
    return _each(lambda it: (1 + Decimal(it).exp()).ln(), x)


@replaces("softplus_grad")
def softplus_grad_by_quotient(x):
    """e^(−|x|) or 1, over their sum."""
    small = np.exp(-np.abs(x))
    return np.where(x > 0, 1.0, small) / (1 + small)


# Part a, GELU


@replaces("gelu")
def gelu_by_math_erf(x):
    """math.erf, number by number, in nested lists."""
    return _each(lambda it: it * 0.5 * (1 + math.erf(it / math.sqrt(2))), x)


@replaces("gelu")
def gelu_of_torch(x):
    """torch's exact one."""
    import torch

    return torch.nn.functional.gelu(torch.from_numpy(x))


@replaces("gelu_grad")
def gelu_grad_by_statistics(x):
    """The standard library's normal distribution."""
    normal = NormalDist()
    return _each(lambda it: normal.cdf(it) + it * normal.pdf(it), x)


# Part a, maxout


@replaces("maxout")
def maxout_by_loops(x, W, b):
    """Plain loops over samples and maps; a list."""
    return [
        max(sum(w * v for w, v in zip(row, sample, strict=True)) + c for row, c in zip(W, b, strict=True))
        for sample in x
    ]


@replaces("maxout")
def maxout_by_einsum(x, W, b):
    """einsum with samples as columns, and a maximum over rows."""
    return (np.einsum("kd,nd->kn", W, x) + b[:, None]).max(0)


@replaces("maxout")
def maxout_one_map_after_the_other(x, W, b):
    """A running maximum."""
    largest = np.full(len(x), -np.inf)
    for weights, bias in zip(W, b, strict=True):
        largest = np.maximum(largest, x.dot(weights) + bias)
    return largest


@replaces("maxout")
def maxout_of_torch(x, W, b):
    """torch.nn.functional.linear and amax."""
    import torch

    x, W, b = (torch.from_numpy(it) for it in (x, W, b))
    return torch.nn.functional.linear(x, W, b).amax(dim=1)


@replaces("maxout")
def maxout_by_sorting(x, W, b):
    """Broadcasting over all pairs, sorted, and the last one taken."""
    return np.sort((x[:, None] * W[None]).sum(-1) + b, axis=-1)[:, -1]


# Part b


@replaces("weight_gradient")
def two_terms(x, y, w, b, activation, activation_grad):
    """The two terms of dL/dp as they come, with Python's own functions."""
    z = sum(float(u) * float(v) for u, v in zip(x, w, strict=True)) + b
    p = min(max(activation(z), 1e-12), 1 - 1e-12)
    dz = (-y / p + (1 - y) / (1 - p)) * activation_grad(z)
    return [dz * float(it) for it in x], dz


@replaces("weight_gradient")
def one_class_at_a_time(x, y, w, b, activation, activation_grad):
    """A branch for each class; NumPy scalars, and a bias gradient with one entry."""
    z = np.dot(x, w) + b
    p = activation(z).clip(1e-12, 1 - 1e-12)
    dp = -1 / p if y == 1 else 1 / (1 - p)
    return x * dp * activation_grad(z), np.array([dp * activation_grad(z)])


@replaces("weight_gradient")
def augmented_sample(x, y, w, b, activation, activation_grad):
    """The bias as one more weight: the gradient of all of them, split at the end; z has no axis."""
    inputs, weights = np.append(x, 1.0), np.append(w, b)
    z = np.array(weights @ inputs)
    p = np.clip(np.asarray(activation(z)), 1e-12, 1 - 1e-12)
    gradient = (p - y) / (p - p**2) * activation_grad(z) * inputs
    return gradient[:-1], gradient[-1]


@replaces("weight_gradient")
def loss_by_autograd(x, y, w, b, activation, activation_grad):
    """torch differentiates the loss with respect to p; the rest is the chain rule."""
    import torch

    z = float(np.vdot(x, w) + b)
    p = torch.tensor(float(np.clip(activation(z), 1e-12, 1 - 1e-12)), dtype=torch.float64, requires_grad=True)
    (-y * torch.log(p) - (1 - y) * torch.log(1 - p)).backward()
    dz = p.grad * float(activation_grad(z))
    return dz * torch.from_numpy(x), dz


@replaces("weight_gradient")
def unit_as_a_class(x, y, w, b, activation, activation_grad):
    """A class with a forward and a backward pass, and a generator inside."""

    class Unit:
        def forward(self):
            self.z = b + sum(u * v for u, v in zip(w.tolist(), x.tolist(), strict=True))
            self.a = float(activation(self.z))
            return self

        def backward(self):
            p = sorted((1e-12, self.a, 1 - 1e-12))[1]
            delta = (p - y) / p / (1 - p) * float(activation_grad(self.z))
            return {"w": delta * x, "b": delta}

    return tuple(Unit().forward().backward().values())


@replaces("weight_gradient")
def talkative_gradient(x, y, w, b, activation, activation_grad):
    """Prints, warns, and calls back more often than it needs to."""
    print("the label is", y)
    warnings.warn("invalid value, overflow: only words", stacklevel=2)
    z = x @ w + b
    p = np.clip([activation(z) for _ in range(3)][-1], 1e-12, 1 - 1e-12)
    scale = activation_grad(z) / p / (1 - p)
    return (p - y) * scale * np.copy(x), (p - y) * activation_grad(z) / (p * (1 - p))


# Part c, saturation


@replaces("saturation_point")
def point_by_the_quadratic_equation(eps):
    """The larger root s, with 1 − s written as eps/s."""
    if eps <= 0 or eps > 0.25:
        raise ValueError("no such point")
    s = (1 + math.sqrt(1 - 4 * eps)) / 2
    return 2 * math.log(s) - math.log(eps)


@replaces("saturation_point")
def point_where_math_refuses(eps):
    """math raises ValueError by itself outside of the interval, save at 0."""
    if eps == 0:
        raise ValueError
    s = (1 + math.sqrt(1 - 4 * eps)) / 2
    return math.log(s * s / eps)


@replaces("saturation_point")
def point_by_artanh(eps):
    """tanh(x/2)² = 1 − 4·eps, with log1p and the difference 1 − r written as a quotient; an array of one entry."""
    if not (0 < eps <= 1 / 4):
        raise ValueError(f"{eps} is outside of (0, 1/4]")
    r = np.sqrt(1 - 4 * eps)
    return np.array([np.log1p(r) - np.log(4 * eps / (1 + r))])


@replaces("saturation_point")
def point_by_bisection(eps):
    """Bisection on ln σ', which is accurate far out; the maximum by itself."""
    if not 0 < eps <= 0.25:
        raise ValueError
    if eps == 0.25:
        return 0
    low, high = 0.0, 100.0
    for _ in range(200):
        middle = (low + high) / 2
        is_above = -middle - 2 * math.log1p(math.exp(-middle)) > math.log(eps)
        low, high = (middle, high) if is_above else (low, middle)
    return low


class _NoPoint(ValueError):
    """A ValueError of one's own."""


@replaces("saturation_point")
def point_with_an_error_of_its_own(eps):
    """A class derived from ValueError; a decimal number comes back."""
    if eps > 0.25 or eps <= 0:
        raise _NoPoint(eps)
    getcontext().prec = 60
    exact = Decimal(eps)
    root = (1 + (1 - 4 * exact).sqrt()) / 2
    return (root / (1 - root)).ln()


# Part c, dead units


@replaces("dead_units")
def no_active_sample(X, W, b):
    """Not active on any."""
    return ~((X @ W.T + b) > 0).any(axis=0)


@replaces("dead_units")
def largest_preactivation(X, W, b):
    """The largest pre-activation is not positive; ints in a list."""
    return [int(max(x @ w for x in X) + c <= 0) for w, c in zip(W, b, strict=True)]


@replaces("dead_units")
def sum_of_outputs(X, W, b):
    """The outputs of ReLU sum to zero."""
    return np.einsum("nh->h", np.maximum(X @ W.T + b, 0)) == 0


@replaces("dead_units")
def units_as_rows(X, W, b):
    """Units as rows, samples as columns; active samples are counted, and floats returned."""
    active = np.count_nonzero(W @ X.T + b[:, None] > 0, axis=1)
    return np.where(active, 0.0, 1.0)


@replaces("dead_units")
def dead_by_torch(X, W, b):
    """torch; a tensor of bool."""
    import torch

    X, W, b = (torch.as_tensor(it) for it in (X, W, b))
    return (torch.relu(torch.addmm(b, X, W.T)) == 0).all(dim=0)
