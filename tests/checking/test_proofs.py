"""Networks are equal for every real input, or a point is found where they differ; whatever a student may return."""

import subprocess
import sys
import time
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import exact_network, largest, proofs, same_function, smallest
from autograder.checking.outcomes import CheckFailed

ABSOLUTE = [([[1], [-1]], [0, 0]), ([[1, 1]], [0])]
PROVED = "Equality was proved for every real input."


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(proofs, "_memory", {})


def magnitude(x):
    return [largest(x[0], -x[0])]


def difference(got, expected):
    return proofs.difference(exact_network(got), expected)


def some_network(rng, *sizes, over=4):
    """Weights that are multiples of 1/over, none of them zero; real ones for over = None."""

    def numbers(*shape):
        return rng.normal(size=shape) if over is None else rng.integers(1, 9, shape) * rng.choice([-1, 1], shape) / over

    return [(numbers(n, m), numbers(n)) for m, n in pairwise(sizes)]


def run(net, X):
    for number, (A, b) in enumerate(net):
        X = (np.maximum(X, 0) if number else X) @ np.transpose(A) + b
    return X


def rebuilt(rng, net):
    """The same function from other weights: a unit is split in two, and all are scaled and put into another order."""
    net = list(net)
    for number in range(len(net) - 1):
        (A, b), (C, d) = net[number : number + 2]
        units = np.append(np.arange(len(b)), 0)
        shares = np.where(units == 0, 0.5, 1.0)
        order, scale = rng.permutation(len(units)), 2.0 ** rng.integers(-3, 4, len(units))
        units, shares = units[order], shares[order]
        net[number] = A[units] * scale[:, None], b[units] * scale
        net[number + 1] = C[:, units] * shares / scale, d
    return net


def joined(f, g):
    (A, b), (C, d) = f[-1], g[0]
    return [*f[:-1], (C @ A, C @ b + d), *g[1:]]


sizes = st.lists(st.integers(1, 3), min_size=2, max_size=4)
seeds = st.integers(0, 2**32 - 1)


@given(sizes, seeds, st.sampled_from([1, 4, 10, None]))
def test_a_network_in_fractions_is_the_network(sizes, seed, over):
    rng = np.random.default_rng(seed)
    net, X = some_network(rng, *sizes, over=over), rng.normal(size=(3, sizes[0]))
    exact = [exact_network(net)([Fraction(it) for it in x]) for x in X]
    assert np.allclose(np.array(exact, dtype=float), run(net, X), rtol=1e-9, atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(sizes, seeds, st.sampled_from([4, 10, None]))
def test_the_same_function_from_other_weights_is_proved_equal(sizes, seed, over):
    rng = np.random.default_rng(seed)
    net = some_network(rng, *sizes, over=over)
    assert difference(rebuilt(rng, net), exact_network(net)) == (None, PROVED)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3), st.integers(1, 4), seeds, st.sampled_from([4, 10, None]))
def test_rounding_makes_no_difference(inputs, units, seed, over):
    point, how = composition_difference(np.random.default_rng(seed), inputs, units, over)
    assert point is None
    assert how == PROVED or over is None


def test_rounding_does_not_hinder_a_proof():
    # Of real weights about one in a thousand is too hard for a solver, so these are always the same.
    for seed in range(60):
        rng = np.random.default_rng(seed)
        inputs, units = int(rng.integers(1, 4)), int(rng.integers(1, 5))
        assert composition_difference(rng, inputs, units, None) == (None, PROVED), seed


def composition_difference(rng, inputs, units, over):
    """Between two networks after one another, and the one that they make, whose weights are rounded."""
    f, g = some_network(rng, inputs, units, 2, over=over), some_network(rng, 2, units, 1, over=over)
    F, G = exact_network(f), exact_network(g)
    return difference(joined(f, g), lambda x: G(F(x)))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3), st.integers(1, 4), seeds, st.sampled_from([4, 10, None]), st.data())
def test_a_wrong_weight_is_always_found(inputs, units, seed, over, data):
    net = some_network(np.random.default_rng(seed), inputs, units, 1, over=over)
    right = exact_network([(A.copy(), b.copy()) for A, b in net])
    array = net[1][data.draw(st.integers(0, 1))]  # every unit of one hidden layer is active somewhere
    array[..., data.draw(st.integers(0, array.shape[-1] - 1))] += data.draw(st.sampled_from([1e-7, -1e-7, 0.5]))
    wrong = exact_network(net)
    point, _ = proofs.difference(wrong, right)
    assert point is not None
    gap = abs(wrong(point)[0] - right(point)[0])
    assert gap > Fraction(1, 10**9) * (1 + sum(map(abs, point)))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 2), min_size=3, max_size=3), seeds)
def test_proofs_agree_with_testing(sizes, seed):
    rng = np.random.default_rng(seed)
    one, other = (exact_network(some_network(rng, *sizes, sizes[0], over=1)) for _ in range(2))
    assert (proofs.difference(one, other)[0] is None) == (proofs._search(one, other, 500) is None)


@pytest.mark.parametrize(
    ("error", "equal"), [(0, True), (1e-13, True), (0.9e-9, True), (1.1e-9, False), (1e-7, False), (-1e-8, False)]
)
def test_functions_may_differ_by_a_billionth(error, equal):
    net = [([[1], [-1]], [0, 0]), ([[1 + error, 1]], [0])]
    assert (difference(net, magnitude)[0] is None) == equal


@pytest.mark.parametrize("numbers", range(1, 9))
def test_the_maximum_of_eight_numbers_is_proved_in_milliseconds(numbers):
    A, net = np.eye(numbers), []
    while len(A) > 1:
        A = A if len(A) % 2 == 0 else np.vstack([A, A[:1]])
        half = len(A) // 2
        net.append((np.kron(np.eye(half), [[1, -1], [0, 1], [0, -1]]) @ A, np.zeros(3 * half)))
        A = np.kron(np.eye(half), [[1, 1, -1]])
    net.append((A, np.zeros(1)))
    started = time.process_time()
    assert difference(net, lambda x: [largest(*x)]) == (None, PROVED)
    assert time.process_time() - started < 2
    assert difference(net, lambda x: [smallest(*x)])[0] != (None if numbers > 1 else 0)


def test_a_difference_is_told_at_a_simple_point_and_a_mistake_is_named():
    mistakes = [("zero", lambda x: [0 * x[0]]), ("relu", lambda x: [largest(0, x[0])])]
    with pytest.raises(CheckFailed) as caught:
        same_function(exact_network([([[1]], [0]), ([[1]], [0])]), magnitude, "|x|", mistakes)
    assert caught.value.message == "At x = -1 the network gives 0, but |x| is 1."
    assert (caught.value.rung, caught.value.mistake) == ("value", "relu")


def test_a_difference_at_a_far_or_narrow_place_is_found():
    far = [([[1], [-1], [1]], [0, 0, -12345.678]), ([[1, 1, 1]], [0])]
    ((x,), _) = difference(far, magnitude)
    assert x > 12345.678
    narrow = [([[1], [-1], [1], [1], [1]], [0, 0, -0.3711, -0.3712, -0.3713]), ([[1, 1, 1, -2, 1]], [0])]
    ((x,), _) = difference(narrow, magnitude)
    assert 0.3711 < x < 0.3713


def test_a_vector_is_told_in_brackets():
    with pytest.raises(CheckFailed, match=r"At x = \(1, 1\) the network gives \(2, 1\), but it is \(2, 2\)\."):
        same_function(exact_network([([[1, 1], [1, 0]], [0, 0])]), lambda x: [x[0] + x[1], x[0] + x[1]], "it")


@pytest.mark.parametrize(
    "got",
    [
        ABSOLUTE,
        [[np.array(A), np.array(b)] for A, b in ABSOLUTE],
        tuple((torch.tensor(A, dtype=torch.float32), torch.tensor(b)) for A, b in ABSOLUTE),
        [([[Fraction(1, 3)], [Decimal("-0.5")]], [0.0, False]), ([[3, np.float32(2)]], np.zeros(1))],
        [(np.array([[0.1], [-0.1]]), np.zeros(2)), (np.array([[10.0, 10.0]]), np.zeros(1))],
        [([[1.0], [-1.0], [0.0]], [0, 0, -5]), ([[1, 1, 1e300]], [0])],
    ],
)
def test_a_network_may_be_written_in_many_ways(got):
    same_function(exact_network(got, inputs=1, outputs=1), magnitude, "|x|")


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (None, "A network is a list of pairs (A, b), one for each affine map, but the network is None."),
        ([], "A network is a list of pairs (A, b), one for each affine map, but the network is a list of 0."),
        ([[1.0], [2.0]], "but item 0 of the network is a list of 1."),
        ([(1, 2, 3)], "but item 0 of the network is a tuple of 3."),
        (np.zeros(()), "but the network is a single number."),
        ([([[1]], [0]), 5], "but item 1 of the network is an int."),
        ([([[1], [1, 2]], [0])], "A0 should hold numbers, but is a list of 2 with a list of 1 in it."),
        ([([["a"]], [0])], "A0 should hold numbers, but is a list of 1 with a string in it."),
        ([([[1]], [float("nan")])], "b0 holds nan."),
        ([([[1j]], [0])], "A0 should hold numbers, but is a list of 1 with a complex in it."),
        ([([1, -1], [0, 0])], "A0 should be a matrix of shape (out, in), but has the shape (2,)."),
        ([(np.zeros((0, 3)), [])], "A0 should be a matrix of shape (out, in), but has the shape (0, 3)."),
        ([([[1, 2]], [0])], "A0 should have 1 column, one for each input, but has the shape (1, 2)."),
        ([([[1, 2, 3]], [0])], "A0 should have 1 column, one for each input, but has the shape (1, 3)."),
        ([([[1], [1]], [0])], "b0 should have the shape (2,), one entry for each row of A0, but has the shape (1,)."),
        ([([[1]], [[0]])], "b0 should have the shape (1,), one entry for each row of A0, but has the shape (1, 1)."),
        ([([[1], [1]], [0, 0]), ([[1], [1]], [0, 0])], "A1 should have 2 columns, one for each row of A0, but has"),
        ([([[1], [1]], [0, 0]), ([[1], [1]], [0, 0])], "Rows belong to outputs: is it transposed?"),
        ([([[1], [1]], [0, 0])], "The network should have 1 output, but A0 has 2 rows."),
    ],
)
def test_what_is_no_network_is_told_in_one_line(got, message):
    with pytest.raises(CheckFailed) as caught:
        exact_network(got, inputs=1, outputs=1)
    assert message in caught.value.message
    assert "\n" not in caught.value.message


WIDE = [(np.ones((10**6, 1)), np.zeros(10**6)), (np.ones((1, 10**6)), np.zeros(1))]
BROAD = [(np.ones((300, 1)), np.zeros(300)), (np.ones((1, 300)), np.zeros(1))]
DEEP = [([[1]], [0])] * 10**5
LONG = [([[10**10_000]], [0])]
HUGE = [([[Decimal("1e999999999")]], [0])]
TINY = [([[Decimal("1e-999999999")]], [0])]
LONG_TOGETHER = [(np.array([[Fraction(1, 3**k + 2**n) for k in range(99)] for n in range(99)]).T, [0] * 99)] * 9


@pytest.mark.parametrize("got", [WIDE, BROAD, DEEP, LONG, HUGE, TINY, LONG_TOGETHER])
def test_what_is_too_large_is_refused_at_once(got):
    started = time.process_time()
    with pytest.raises(CheckFailed) as caught:
        exact_network(got)
    assert "\n" not in caught.value.message
    assert time.process_time() - started < 1


@pytest.mark.parametrize("over", [4, None])
def test_what_is_large_costs_little(over):
    rng = np.random.default_rng(0)
    net = some_network(rng, 3, 30, 30, 2, over=over)
    changed = [(A.copy(), b.copy()) for A, b in net]
    changed[-1][0][0, 0] += 1e-12
    started = time.process_time()
    assert difference(changed, exact_network(net))[0] is None
    changed[-1][0][0] *= 2
    assert difference(changed, exact_network(net))[0] is not None
    assert time.process_time() - started < 20


@pytest.mark.parametrize("why", ["no time", "no solver"])
def test_what_cannot_be_proved_is_tested_and_this_is_told(why, monkeypatch):
    # max(max(w, v), u) against max(max(u, v), w) takes a distinction of cases.
    net = [
        ([[0, -1, 1], [0, 1, 0], [0, -1, 0], [1, 0, 0], [-1, 0, 0]], [0] * 5),
        ([[1, 1, -1, -1, 1], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]], [0] * 3),
        ([[1, 1, -1]], [0]),
    ]

    def maximum(x):
        return [largest(*x)]

    assert difference(net, maximum) == (None, PROVED)
    if why == "no time":
        monkeypatch.setattr(proofs, "_STEPS", 1)
    else:
        monkeypatch.setitem(sys.modules, "z3", None)
    point, how = difference(net, maximum)
    assert point is None
    because = {"no time": "A proof would have taken too long", "no solver": "z3-solver is not installed"}[why]
    assert how == f"{because}, so a network was tested at 500 points instead."
    net[2] = ([[1, 1, -1.001]], [0])
    assert difference(net, maximum)[0] is not None


def test_networks_are_remembered_with_what_they_were_compared_with(monkeypatch):
    questions = []
    prove = proofs._prove
    monkeypatch.setattr(proofs, "_prove", lambda *question: questions.append(question) or prove(*question))

    def check(factor):
        same_function(exact_network(ABSOLUTE), lambda x: [factor * largest(x[0], -x[0])], "it")

    check(1)
    check(1)
    assert len(questions) == 1
    for _ in range(2):
        with pytest.raises(CheckFailed):
            check(2)
    assert len(questions) == 2
    one, other = [([[1]], [0])], [([[1]], [0])]
    assert exact_network(one).got is one
    assert exact_network(other).got is other


def test_the_solver_is_loaded_when_it_is_needed():
    code = "import sys, autograder.checking; sys.exit('z3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
