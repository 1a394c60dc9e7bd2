"""Checks of backpropagation: what is right, and for how many points."""

from itertools import pairwise

import numpy as np

from autograder.checking import CLOSED_FORM, FINITE_DIFFERENCE, Tolerance, part, require, same, unpack

LARGE_LOGITS = Tolerance(
    1e-9,
    1e-10,
    "Logits of 1e4 are spaced by 2e-12. Their differences inherit a few of these spacings, and so do the loss and "
    "its gradient, times weights of about 1 and a handful of samples. Clipping or a lost term costs 1 or more.",
)
LAYERS = {
    "b1": "b1 comes first: look at the errors at the output, at their sum if there are several samples, and at the "
    "forward pass before them.",
    "W1": "Right so far: b1, and so the forward pass and your error at the output. "
    "W1 is the first that is wrong: look at where the error meets the hidden activations.",
    "b0": "Right so far: b1 and W1, and so all of the output layer. "
    "b0 is the first that is wrong: look at the way back from the error through W1 and through σ.",
    "W0": "Right so far: b1, W1 and b0, and so everything that comes back to the hidden layer. "
    "W0 is the first that is wrong: look at where this meets the inputs.",
}
NUMBERS = "z1 h z2 yhat loss dz2 dw2 db2 dz1 dw1 db1 w1 b1 w2 b2".split()
# Each with its derivative. None is sigmoid, and no derivative is a function of the activated value alone.
ACTIVATIONS = [
    (np.sin, np.cos),
    (lambda z: z + np.cos(z), lambda z: 1 - np.sin(z)),
    (lambda z: z * np.tanh(z), lambda z: np.tanh(z) + z / np.cosh(z) ** 2),
]

# d inputs, h hidden units, K outputs. The first is square: a transposed matrix shows in the values there.
SIZES = [(3, 3, 3), (3, 3, 3), (4, 3, 2), (2, 5, 3)]
SIZES_OF_ONE = [(1, 3, 2), (3, 1, 2), (3, 2, 1), (1, 1, 1)]
# N samples, more and fewer than features, and as many.
BATCHES = [(3, 3, 3, 3), (3, 3, 3, 3), (6, 4, 3, 2), (2, 5, 7, 3), (30, 3, 5, 4)]
BATCHES_OF_ONE = [(1, 3, 4, 2), (5, 1, 3, 2), (5, 3, 1, 2), (5, 3, 4, 1), (1, 1, 1, 1)]


# Part a


@part("a", points=0.75)
def test_forward(submission, reference, rng):
    """forward gives x1 = σ(W0 x + b0) and x2 = W1 x1 + b1"""
    for d, h, k in SIZES:
        same_pass(submission, reference, rng.normal(size=d), random_network(rng, d, h, k))


@part("a", points=0.25, after="test_forward")
def test_forward_of_size_one(submission, reference, rng):
    """forward for one input, one hidden unit or one output"""
    for d, h, k in SIZES_OF_ONE:
        same_pass(submission, reference, rng.normal(size=d), random_network(rng, d, h, k))


@part("a", points=0.75)
def test_backward_mse_at_the_output(submission, reference, rng):
    """backward_mse at the output layer: the gradients of b1 and W1"""
    for d, h, k in SIZES:
        x, y, network = rng.normal(size=d), rng.normal(size=k), random_network(rng, d, h, k)
        got, expected = submission.backward_mse(x, y, *network), reference.backward_mse(x, y, *network)
        same_gradients(got, expected, ["b1", "W1"])


@part("a", points=1, after="test_backward_mse_at_the_output")
def test_backward_mse(submission, reference, rng):
    """backward_mse back to the hidden layer: the gradients of b0 and W0"""
    for d, h, k in SIZES:
        x, y, network = rng.normal(size=d), rng.normal(size=k), random_network(rng, d, h, k)
        got, expected = submission.backward_mse(x, y, *network), reference.backward_mse(x, y, *network)
        same_gradients(got, expected, mistake="differences_of_one_loss")


@part("a", points=0.25, after="test_backward_mse")
def test_backward_mse_of_size_one(submission, reference, rng):
    """backward_mse for one input, one hidden unit or one output"""
    for d, h, k in SIZES_OF_ONE:
        x, y, network = rng.normal(size=d), rng.normal(size=k), random_network(rng, d, h, k)
        same_gradients(submission.backward_mse(x, y, *network), reference.backward_mse(x, y, *network))


# Part b


@part("b", points=0.75)
def test_gradient_mse(submission, reference, rng):
    """gradient_mse is the sum of the gradients of all samples"""
    for n, d, h, k in BATCHES:
        X, Y, network = rng.normal(size=(n, d)), rng.normal(size=(n, k)), random_network(rng, d, h, k)
        got, expected = submission.gradient_mse(X, Y, *network), reference.gradient_mse(X, Y, *network)
        same_gradients(got, expected, mistake="differences_of_the_summed_loss")


@part("b", points=0.25, after="test_gradient_mse")
def test_gradient_mse_of_size_one(submission, reference, rng):
    """gradient_mse for one sample, one input, one hidden unit or one output"""
    for n, d, h, k in BATCHES_OF_ONE:
        X, Y, network = rng.normal(size=(n, d)), rng.normal(size=(n, k)), random_network(rng, d, h, k)
        same_gradients(submission.gradient_mse(X, Y, *network), reference.gradient_mse(X, Y, *network))


# Part c


@part("c", points=0.25)
def test_cross_entropy(submission, reference, rng):
    """cross_entropy of one-hot targets, summed over the samples"""
    for n, k in [(4, 3), (4, 3), (3, 3), (2, 5), (1, 4), (20, 2)]:
        Z, Y = 2 * rng.normal(size=(n, k)), one_hot(rng, n, k)
        same(submission.cross_entropy(Z, Y), reference.cross_entropy(Z, Y), LARGE_LOGITS)


@part("c", points=0.25, after="test_cross_entropy")
def test_cross_entropy_of_weights(submission, reference, rng):
    """cross_entropy of any weights ≥ 0, not only one-hot: rows that sum to anything"""
    for n, k in [(4, 3), (4, 3), (5, 1), (2, 6)]:
        Z, Y = 2 * rng.normal(size=(n, k)), weights_of_rows(rng, n, k)
        same(submission.cross_entropy(Z, Y), reference.cross_entropy(Z, Y), LARGE_LOGITS)


@part("c", points=0.5, after="test_cross_entropy")
def test_cross_entropy_of_large_logits(submission, reference, rng):
    """cross_entropy of logits up to ±1e4: no overflow, no log 0, no clipping"""
    for Z in large_logits(rng):
        for Y in (rng.dirichlet(np.ones(4), size=4), one_hot(rng, 4, 4)):
            same(submission.cross_entropy(Z, Y), reference.cross_entropy(Z, Y), LARGE_LOGITS)


@part("c", points=1)
def test_gradient_cross_entropy(submission, reference, rng):
    """gradient_cross_entropy of one-hot targets, summed over the samples"""
    for n, d, h, k in [*BATCHES, (1, 3, 4, 2), (5, 3, 1, 2), (1, 1, 1, 1)]:
        X, Y, network = rng.normal(size=(n, d)), one_hot(rng, n, k), random_network(rng, d, h, k)
        got, expected = (
            submission.gradient_cross_entropy(X, Y, *network),
            reference.gradient_cross_entropy(X, Y, *network),
        )
        same_gradients(got, expected, mistake="differences_of_the_cross_entropy")


@part("c", points=0.5, after="test_gradient_cross_entropy")
def test_gradient_cross_entropy_of_weights(submission, reference, rng):
    """gradient_cross_entropy of any weights ≥ 0, not only one-hot: rows that sum to anything"""
    for n, d, h, k in BATCHES[1:]:
        X, Y, network = rng.normal(size=(n, d)), weights_of_rows(rng, n, k), random_network(rng, d, h, k)
        got, expected = (
            submission.gradient_cross_entropy(X, Y, *network),
            reference.gradient_cross_entropy(X, Y, *network),
        )
        same_gradients(got, expected)


@part("c", points=0.5, after="test_gradient_cross_entropy")
def test_gradient_cross_entropy_of_large_logits(submission, reference, rng):
    """gradient_cross_entropy where the logits reach ±1e4"""
    for n, d, h, k in [(4, 3, 3, 4), (3, 2, 4, 2)]:
        X = rng.normal(size=(n, d))
        for network in networks_of_large_logits(rng, X, h, k):
            # With weight on every class, some of it is on one whose softmax is 0.
            for Y in (one_hot(rng, n, k), rng.dirichlet(np.ones(k), size=n)):
                got, expected = (
                    submission.gradient_cross_entropy(X, Y, *network),
                    reference.gradient_cross_entropy(X, Y, *network),
                )
                same_gradients(got, expected, tolerance=LARGE_LOGITS)


# Part d


@part("d", points=0.25)
def test_toy_step_forward(submission, reference, rng):
    """toy_step forward: z1, h, z2, yhat and the loss"""
    for numbers in toy_numbers(rng):
        same_in_order(submission.toy_step(*numbers), reference.toy_step(*numbers), NUMBERS[:5])


@part("d", points=0.5, after="test_toy_step_forward")
def test_toy_step_backward(submission, reference, rng):
    """toy_step backward: dz2, dw2, db2, dz1, dw1 and db1"""
    for numbers in toy_numbers(rng):
        same_in_order(submission.toy_step(*numbers), reference.toy_step(*numbers), NUMBERS[:11])


@part("d", points=0.25, after="test_toy_step_backward")
def test_toy_step_updates(submission, reference, rng):
    """toy_step updates w1, b1, w2 and b2"""
    for numbers in toy_numbers(rng):
        same_in_order(submission.toy_step(*numbers), reference.toy_step(*numbers), NUMBERS)


# Part e


@part("e", points=0.75)
def test_mlp_gradient_of_two_layers(submission, reference, rng):
    """mlp_gradient with one hidden layer, for any activation"""
    for sizes, activation in zip([(3, 3, 3), (3, 3, 3), (4, 6, 2)], ACTIVATIONS, strict=True):
        same_mlp(submission, reference, rng, sizes, activation)


@part("e", points=0.75, after="test_mlp_gradient_of_two_layers")
def test_mlp_gradient_of_many_layers(submission, reference, rng):
    """mlp_gradient through many layers, each computed once"""
    for sizes, activation in zip([(3, 3, 3, 3), (3, 4, 2, 5, 3), (3, *[8] * 7, 2)], ACTIVATIONS, strict=True):
        same_mlp(submission, reference, rng, sizes, activation)


@part("e", points=0.25, after="test_mlp_gradient_of_two_layers")
def test_mlp_gradient_of_one_layer(submission, reference, rng):
    """mlp_gradient with a single matrix: a linear map, without any activation"""
    for sizes in [(3, 3), (4, 2), (1, 3), (3, 1)]:
        same_mlp(submission, reference, rng, sizes, ACTIVATIONS[0])


@part("e", points=0.25, after="test_mlp_gradient_of_many_layers")
def test_mlp_gradient_of_layers_of_one(submission, reference, rng):
    """mlp_gradient through layers of one unit"""
    for sizes in [(3, 1, 2), (1, 1, 1), (4, 1, 1, 5)]:
        same_mlp(submission, reference, rng, sizes, ACTIVATIONS[1])


# What the checks share: inputs


def random_network(rng, d, h, k):
    """Generic parameters W0, b0, W1, b1."""
    return rng.normal(size=(h, d)), rng.normal(size=h), rng.normal(size=(k, h)), rng.normal(size=k)


def one_hot(rng, n, k):
    return np.eye(k)[rng.integers(k, size=n)]


def weights_of_rows(rng, n, k):
    """Rows that sum to anything but 1; one of them is zero, and so is an entry here and there."""
    Y = rng.uniform(0.5, 3, size=(n, k)) * (rng.random(size=(n, k)) < 0.8)
    Y[-1] = 0
    Y[0] = np.arange(2, k + 2)
    return Y


def large_logits(rng):
    """Rows of four that are hard each in its own way: high, low, both together, wide, tied at the top."""
    high, low = (level + rng.normal(size=(4, 4)) for level in (9990, -9990))
    wide = 1e4 * rng.uniform(-1, 1, size=(4, 4))
    tied = np.array([[1e4, 1e4, -1e4, 0], [-1e4, -1e4, -1e4, -1e4], [1e4, -1e4, -1e4, -1e4], [0, 0, 1e4, 1e4]])
    return high, low, np.vstack([low[:2], high[2:]]), wide, tied


def networks_of_large_logits(rng, X, h, k):
    """All logits high; a sample's logits all high or all low; one class far above the others in some samples."""
    W0, b0, W1, b1 = random_network(rng, X.shape[1], h, k)
    yield W0, b0, W1, b1 + 9990
    # Hidden unit 0 is on at some samples and off at the others, so far from the plane between them that its slope is 0:
    # otherwise the gradient of W0 would multiply the rounding errors of the logits by 1e4.
    normal = rng.normal(size=X.shape[1])
    levels = np.sort(X @ normal)
    gap = np.argmax(np.diff(levels))
    scale = 80 / (levels[gap + 1] - levels[gap])
    W0 = np.vstack([scale * normal, W0[1:]])
    b0 = np.hstack([-scale * (levels[gap + 1] + levels[gap]) / 2, b0[1:]])
    for column, level in ((np.full(k, 19980), -9990), (rng.permutation(np.linspace(-9990, 9990, k)), 0)):
        yield W0, b0, np.column_stack([column, W1[:, 1:]]), b1 + level


def toy_numbers(rng):
    """x, t, w1, b1, w2, b2, lr: the numbers of the lecture, and others."""
    lecture = (1.0, 0.0, 0.5, 0.0, 2.0, 0.0, 0.1)
    *negative, lr = (-rng.uniform(0.25, 1.5, size=7)).tolist()
    return [lecture, *rng.uniform(0.25, 1.5, size=(2, 7)).tolist(), (*negative, -lr)]


class Counted:
    """A function of arrays that counts its calls, and the numbers that it is given."""

    def __init__(self, function):
        self.function = function
        self.calls = self.numbers = 0

    def __call__(self, z):
        z = np.asarray(z)
        if z.dtype.kind not in "iufc":
            raise TypeError("an array of numbers is asked for")
        self.calls += 1
        self.numbers += z.size
        return self.function(z)


# What the checks share: comparisons


def same_pass(submission, reference, x, network):
    x1, x2 = unpack(submission.forward(x, *network), "x1", "x2")
    wanted = dict(zip(["x1", "x2"], reference.forward(x, *network), strict=True))
    same_in_order({"x1": x1, "x2": x2}, wanted, ["x1", "x2"])


def same_gradients(got, expected, names=tuple(LAYERS), tolerance=CLOSED_FORM, mistake=None):
    """Compares in the order of backpropagation. `mistake` is that of a gradient which is right to a few digits only."""
    rough = mistake if mistake and agree(got, expected, FINITE_DIFFERENCE) else None
    for name in names:
        # Which is the first with too few digits tells nothing of where the mistake is.
        same_or_told(got, {name: expected[name]}, tolerance, "" if rough else LAYERS[name], rough)


def same_in_order(got, expected, names):
    """Compares entry by entry, and says which were right before the first that is not."""
    for number, name in enumerate(names):
        before = f"Right so far: {', '.join(names[:number])}. {name} is the first that is wrong." if number else ""
        same_or_told(got, {name: expected[name]}, CLOSED_FORM, before)


def same_or_told(got, expected, tolerance, told, mistake=None):
    """`same`, with a sentence more for the student where it fails."""
    try:
        same(got, expected, tolerance)
    except AssertionError as wrong:
        require(False, f"{wrong}\n{told}".strip(), mistake=mistake)


def agree(got, expected, tolerance):
    try:
        same(got, expected, tolerance)
    except AssertionError:
        return False
    return True


def same_mlp(submission, reference, rng, sizes, activation):
    """Compares from the last layer to the first, after a look at how often the activation was called."""
    x, y = rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])
    weights = [rng.normal(size=(k, d)) / np.sqrt(d) for d, k in pairwise(sizes)]
    counted = [Counted(function) for function in activation]
    got = submission.mlp_gradient(x, y, weights, *counted)
    for name, it in zip(("activation", "activation_grad"), counted, strict=True):
        require_few_calls(name, it, weights)
    names = [f"gradients[{number}]" for number in range(len(weights))]
    got = dict(zip(names, unpack(got, *names), strict=True))
    expected = reference.mlp_gradient(x, y, weights, *map(Counted, activation))
    same_in_order(got, dict(zip(names, expected, strict=True)), names[::-1])


def require_few_calls(name, counted, weights):
    """At most two calls a layer, and no more numbers than that many vectors of the widest layer hold."""
    calls = 2 * len(weights)
    numbers = calls * max(map(len, weights))
    if counted.calls >= sum(W.size for W in weights):
        mistake = "differences_through_the_network"
    elif counted.calls <= calls:
        mistake = "perturbations_in_one_matrix"
    else:
        mistake = "one_unit_at_a_time" if counted.numbers <= numbers else "forward_pass_repeated"
    require(
        counted.calls <= calls and counted.numbers <= numbers,
        f"{name} was called {counted.calls} times, on {counted.numbers} numbers in all. For {len(weights)} matrices "
        f"{calls} calls are allowed, each with the vector of one layer.",
        mistake=mistake,
    )
