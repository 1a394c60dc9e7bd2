"""Checks of piecewise affine networks: what is right, and for how many points."""

from itertools import pairwise

import numpy as np

from autograder.checking import exact_network, largest, part, raises, require, same, same_function, smallest

ONE_HIDDEN_LAYER = "not_one_hidden_layer"


# Part a


@part("a", points=0.25)
def test_evaluate_affine(submission, reference, rng):
    """evaluate on a single affine map: X·Aᵀ + b, without ReLU"""
    for n, sizes in [(4, (2, 3)), (4, (2, 3)), (6, (3, 3)), (1, (2, 2)), (5, (4, 1)), (3, (1, 2)), (1, (1, 1))]:
        net, X = gaussian_network(rng, *sizes), rng.normal(size=(n, sizes[0]))
        same(submission.evaluate(net, X), reference.evaluate(net, X))


@part("a", points=0.5, after="test_evaluate_affine")
def test_evaluate(submission, reference, rng):
    """evaluate with one or more hidden layers: ReLU between the affine maps, and only there"""
    for n, sizes in [(5, (2, 3, 2)), (5, (2, 3, 2)), (4, (3, 3, 3)), (7, (2, 4, 3, 2)), (20, (5, 8, 6, 4, 3))]:
        net, X = gaussian_network(rng, *sizes), rng.normal(size=(n, sizes[0]))
        same(submission.evaluate(net, X), reference.evaluate(net, X))


@part("a", points=0.25, after="test_evaluate")
def test_evaluate_of_size_one(submission, reference, rng):
    """evaluate for one sample, one input, one unit or one output: the result is (N, out)"""
    for n, sizes in [(1, (3, 4, 2)), (4, (1, 3, 2)), (4, (2, 1, 2)), (4, (2, 3, 1)), (1, (1, 1, 1, 1))]:
        net, X = gaussian_network(rng, *sizes), rng.normal(size=(n, sizes[0]))
        same(submission.evaluate(net, X), reference.evaluate(net, X))


@part("a", points=0.5)
def test_absolute(submission):
    """absolute is |x| for every real x, with one hidden layer"""
    wrong = [
        ("relu_for_absolute", lambda x: [relu(x[0])]),
        ("identity_for_absolute", lambda x: [x[0]]),
        ("negative_absolute", lambda x: [-magnitude(x[0])]),
    ]
    for _ in range(2):
        net = exact_network(submission.absolute(), inputs=1, outputs=1)
        same_function(net, lambda x: [magnitude(x[0])], "|x|", wrong)
        require_depth(net, 1, ONE_HIDDEN_LAYER)


@part("a", points=0.5)
def test_maximum2(submission):
    """maximum2 is max(u, v) for all real u and v, with one hidden layer"""
    wrong = [
        ("maximum2_of_positive_numbers", lambda x: [relu(x[0] - x[1]) + relu(x[1])]),
        ("maximum2_of_positive_numbers", lambda x: [relu(x[1] - x[0]) + relu(x[0])]),
        ("maximum2_with_zero", lambda x: [largest(0, *x)]),
        ("sum_of_relus", lambda x: [relu(x[0]) + relu(x[1])]),
        ("second_number_forgotten", lambda x: [relu(x[0] - x[1])]),
        ("second_number_forgotten", lambda x: [relu(x[1] - x[0])]),
        ("minimum_for_maximum", lambda x: [smallest(*x)]),
    ]
    for _ in range(2):
        net = exact_network(submission.maximum2(), inputs=2, outputs=1)
        same_function(net, lambda x: [largest(*x)], "max(u, v)", wrong)
        require_depth(net, 1, ONE_HIDDEN_LAYER)


@part("a", points=0.5)
def test_minimum2(submission):
    """minimum2 is min(u, v) for all real u and v, with one hidden layer"""
    wrong = [
        ("minimum2_of_positive_numbers", lambda x: [relu(x[0]) - relu(x[0] - x[1])]),
        ("minimum2_of_positive_numbers", lambda x: [relu(x[1]) - relu(x[1] - x[0])]),
        ("minimum2_with_zero", lambda x: [smallest(0, *x)]),
        ("maximum_for_minimum", lambda x: [largest(*x)]),
        ("negative_maximum", lambda x: [-largest(*x)]),
        ("maximum_of_negatives", lambda x: [largest(-x[0], -x[1])]),
    ]
    for _ in range(2):
        net = exact_network(submission.minimum2(), inputs=2, outputs=1)
        same_function(net, lambda x: [smallest(*x)], "min(u, v)", wrong)
        require_depth(net, 1, ONE_HIDDEN_LAYER)


@part("a", points=0.5)
def test_hat(submission):
    """hat is max(0, 1 − |x|) for every real x, with one hidden layer"""
    wrong = [
        ("hat_as_magnitude", lambda x: [magnitude(1 - magnitude(x[0]))]),
        ("hat_not_cut_off", lambda x: [1 - magnitude(x[0])]),
        ("hat_on_0_to_2", lambda x: [relu(1 - magnitude(x[0] - 1))]),
        ("hat_upside_down", lambda x: [-relu(1 - magnitude(x[0]))]),
        ("hat_without_its_middle", lambda x: [relu(x[0] - 1) - relu(x[0]) + relu(x[0] + 1)]),
        ("hat_left_open", lambda x: [relu(x[0] + 1) - 2 * relu(x[0])]),
        ("ramp_for_hat", lambda x: [relu(x[0] + 1) - relu(x[0])]),
    ]
    for _ in range(2):
        net = exact_network(submission.hat(), inputs=1, outputs=1)
        same_function(net, lambda x: [relu(1 - magnitude(x[0]))], "max(0, 1 − |x|)", wrong)
        require_depth(net, 1, ONE_HIDDEN_LAYER)


# Part b


@part("b", points=1)
def test_maximum(submission):
    """maximum(M) is max(u_1, …, u_M) for all real numbers"""
    wrong_for_pairs = [
        ("maximum_of_positive_numbers", lambda x: [relu(x[0] - x[1]) + relu(x[1])]),
        ("maximum_of_positive_numbers", lambda x: [relu(x[1] - x[0]) + relu(x[0])]),
        ("maximum_of_no_less_than_zero", lambda x: [largest(0, *x)]),
        ("minimum_of_all", lambda x: [smallest(*x)]),
        ("sum_of_all", lambda x: [sum(x[1:], x[0])]),
        ("sum_of_all", lambda x: [relu(x[0]) + relu(x[1])]),
    ]
    for M in (2, 2, 3, 4, 5, 8):
        net = exact_network(submission.maximum(M), inputs=M, outputs=1)
        not_below_zero = "odd_number_not_below_zero" if net.depth == rounds(M) else "relu_between_rounds"
        wrong_beyond = [
            (not_below_zero, lambda x: [largest(0, *x)]),
            ("odd_number_left_out", lambda x: [largest(*x[:-1])]),
        ]
        what = f"max({', '.join(f'u{m + 1}' for m in range(M))})"
        same_function(net, lambda x: [largest(*x)], what, wrong_for_pairs if M == 2 else wrong_beyond)


@part("b", points=0.75, after="test_maximum")
def test_depth_of_maximum(submission, rng):
    """maximum(M) has ⌈log2 M⌉ hidden layers, also for larger M"""
    for M in (2, 3, 8, 4, 5, 9, 13):
        net = exact_network(submission.maximum(M), inputs=M, outputs=1)
        mistake = {M - 1: "one_number_after_the_other", rounds(M) + 1: "one_round_too_many"}.get(net.depth)
        require_depth(net, rounds(M), mistake)
        for u in (rng.integers(-9, 10, M), -rng.integers(1, 99, M), rng.permutation(M), np.full(M, -3)):
            value = float(net(u.tolist())[0])
            require(abs(value - max(u)) <= 1e-9, f"At u = {tuple(u.tolist())} the network gives {value:.6g}.")


@part("b", points=0.25, after="test_depth_of_maximum")
def test_maximum_of_one(submission):
    """maximum(1) is the single affine map u ↦ u"""
    for _ in range(2):
        net = exact_network(submission.maximum(1), inputs=1, outputs=1)
        same_function(net, lambda x: [x[0]], "u1", [("one_number_through_relu", lambda x: [relu(x[0])])])
        require_depth(net, 0, "hidden_layer_for_one_number")


@part("b", points=0.75)
def test_convex_cpa(submission, rng):
    """convex_cpa(A, b) is max_m (A_m·x + b_m) for every real x"""
    for M, d in [(3, 2), (3, 2), (2, 1), (5, 1)]:
        A, b = some_numbers(rng, M, d), -abs(some_numbers(rng, M))
        pieces = affine(A, b)
        wrong = [
            ("convex_not_below_zero", lambda x, pieces=pieces: [largest(0, *pieces(x))]),
            ("offsets_forgotten", lambda x, A=A: [largest(*affine(A, np.zeros(len(A)))(x))]),
            ("offsets_subtracted", lambda x, A=A, b=b: [largest(*affine(A, -b)(x))]),
            ("smallest_piece", lambda x, pieces=pieces: [smallest(*pieces(x))]),
            ("pieces_added", lambda x, pieces=pieces: [sum(pieces(x)[1:], pieces(x)[0])]),
            ("positive_parts_added", lambda x, pieces=pieces: [sum(map(relu, pieces(x)[1:]), relu(pieces(x)[0]))]),
        ]
        net = exact_network(submission.convex_cpa(A, b), inputs=d, outputs=1)
        same_function(net, lambda x, pieces=pieces: [largest(*pieces(x))], "the largest piece", wrong)


@part("b", points=0.25, after="test_convex_cpa")
def test_convex_cpa_of_one_piece(submission, rng):
    """convex_cpa of a single affine function is that function"""
    for d in (1, 2, 2):
        A, b = some_numbers(rng, 1, d), some_numbers(rng, 1)
        net = exact_network(submission.convex_cpa(A, b), inputs=d, outputs=1)
        wrong = [("single_piece_through_relu", lambda x, A=A, b=b: [relu(affine(A, b)(x)[0])])]
        same_function(net, affine(A, b), "A·x + b", wrong)


# Part c


@part("c", points=0.5)
def test_pad_depth(submission, rng):
    """pad_depth leaves the function as it is, for every real x"""
    for sizes, depth in [((1, 1), 1), ((2, 2), 1), ((1, 3, 1), 2), ((1, 3, 1), 2), ((2, 3, 2), 4), ((2, 3, 2, 1), 3)]:
        given = random_network(rng, *sizes, over=10 if depth > 2 else 4)
        f = exact_network(given)
        wrong = [
            ("padded_with_relu_alone", lambda x, f=f: map(relu, f(x))),
            ("padded_with_magnitude", lambda x, f=f: map(magnitude, f(x))),
            ("input_padded_with_relu_alone", lambda x, f=f: f([relu(it) for it in x])),
            ("bias_of_the_copy_not_negated", lambda x, f=f: map(relu_pair, f(x), f.layers[-1][1])),
        ]
        padded = exact_network(submission.pad_depth(given, depth), inputs=sizes[0], outputs=sizes[-1])
        same_function(padded, f, "the network given", wrong)


@part("c", points=0.25, after="test_pad_depth")
def test_depth_of_padded(submission, rng):
    """pad_depth gives a network of exactly that many hidden layers, also if it has them already"""
    for sizes, depth in [((2, 1), 0), ((2, 1), 1), ((1, 3, 1), 1), ((2, 3, 2), 2), ((2, 3, 2), 5), ((1, 2, 2, 2), 4)]:
        given = random_network(rng, *sizes)
        padded = exact_network(submission.pad_depth(given, depth), inputs=sizes[0], outputs=sizes[-1])
        mistake = {depth - 1: "depth_counts_affine_maps", len(given): "one_layer_padded"}.get(padded.depth)
        require_depth(padded, depth, mistake)
        if depth == len(sizes) - 2:
            same_function(padded, exact_network(given), "the network given")


@part("c", points=0.25)
def test_too_deep(submission, rng):
    """pad_depth raises a ValueError for a network that is deeper already"""
    for sizes, depth in [((1, 3, 1), 0), ((2, 3, 3, 2), 1), ((2, 2, 2, 2, 1), 2)]:
        raises(ValueError, submission.pad_depth, random_network(rng, *sizes), depth)


@part("c", points=0.5)
def test_difference(submission, rng):
    """difference(g, h) is g − h for every real x, for networks of the same depth"""
    for sizes, others in [((2, 1), (2, 1)), ((1, 3, 1), (1, 2, 1)), ((1, 3, 1), (1, 2, 1)), ((2, 3, 2), (2, 2, 2))]:
        check_difference(submission, random_network(rng, *sizes), random_network(rng, *others))
    check_difference(submission, *(random_network(rng, 2, 2, 3, 1, over=10) for _ in "gh"))


@part("c", points=0.5, after="test_difference")
def test_difference_of_unequal_depth(submission, rng):
    """difference(g, h) for networks of different depths; the result has the larger of the two"""
    cases = [((1, 1), (1, 3, 1)), ((1, 3, 1), (1, 1)), ((2, 2, 2), (2, 2, 2, 2)), ((1, 2, 2, 2, 1), (1, 3, 1))]
    for sizes, others in cases:
        check_difference(submission, random_network(rng, *sizes), random_network(rng, *others))


# Part d


@part("d", points=0.75)
def test_compose(submission, rng):
    """compose(f, g) is x ↦ g(f(x)) for every real x; its depth is the sum of the two"""
    cases = [((2, 3, 2), (2, 2, 2)), ((2, 3, 2), (2, 2, 2)), ((1, 2, 2, 3), (3, 2, 2, 1))]
    for sizes, others in cases:
        check_composition(submission, random_network(rng, *sizes), random_network(rng, *others))
    check_composition(submission, *(random_network(rng, *it, over=10) for it in ((2, 3, 1), (1, 3, 2))))


@part("d", points=0.25, after="test_compose")
def test_compose_of_affine_maps(submission, rng):
    """compose where f or g is a single affine map, or both are"""
    for sizes, others in [
        ((2, 2), (2, 2)),
        ((1, 2), (2, 3, 1)),
        ((2, 3, 2), (2, 1)),
        ((1, 3), (3, 1)),
        ((1, 1), (1, 1)),
    ]:
        check_composition(submission, random_network(rng, *sizes), random_network(rng, *others))


@part("d", points=0.25)
def test_breakpoints_of_one_layer(submission, reference, rng):
    """breakpoints of networks with one hidden layer"""
    for net in (
        spline([-1, 0, 1], [1, -2, 1]),
        spline([0.5], [3]),
        gaussian_network(rng, 1, 5, 1),
        spline([3, 2], [1, 1]),
    ):
        same(submission.breakpoints(net), reference.breakpoints(net))
    for units in (1, 4, 4, 9):
        net = gaussian_network(rng, 1, units, 1)
        same(submission.breakpoints(net), reference.breakpoints(net))


@part("d", points=0.25, after="test_breakpoints_of_one_layer")
def test_breakpoints_of_deep_networks(submission, reference, rng):
    """breakpoints of deeper networks: a unit may switch several times"""
    (A, b), (C, d) = spline([-1, 0, 1], [1, -2, 1])
    zigzag = [(A, b), (4 * A @ C, b - 2), (C, d)]  # the hat of 4·hat(x) − 2
    for net in (*(gaussian_network(rng, 1, *units, 1) for units in [(4, 3), (4, 3), (3, 3, 4), (2, 2)]), zigzag):
        same(submission.breakpoints(net), reference.breakpoints(net))


@part("d", points=0.25, after="test_breakpoints_of_one_layer")
def test_switches_that_are_no_breakpoints(submission, reference, rng):
    """breakpoints leaves out switches at which the slope of the output stays as it is"""
    affine_map = random_network(rng, 1, 1)
    for net in (
        affine_map,
        spline([-1, 0, 2], [1, 0, 3]),  # a weight of zero
        spline([1, 1, 2], [3, -3, 1]),  # two units that cancel
        spline([1, 1, 1, 2], [0.1, 0.2, -0.3, 1]),  # three that cancel up to rounding
        [(np.array([[1.0], [-1.0]]), np.zeros(2)), (np.array([[1.0, -1.0]]), np.zeros(1))],  # the identity
        [(np.array([[0.0], [2.0]]), np.array([1.0, -1.0])), (np.array([[1.0, 1.0]]), np.zeros(1))],  # a constant unit
        switched_off_later(),
        touching_zero(),
    ):
        same(submission.breakpoints(net), reference.breakpoints(net))


@part("d", points=0.25, after="test_breakpoints_of_one_layer")
def test_breakpoints_near_and_far(submission, reference):
    """breakpoints are ascending, each told once, however close together or far out"""
    for net in (
        spline([2, -3, 0.25, -1], [1, -1, 2, 0.5]),
        spline([1, 1, 2, 2], [1, 2, 1, 1]),  # two units for each
        spline([0.1 + 0.2, 0.3, 1], [1, 1, 1]),  # the same up to rounding
        spline([1, 1 + 1e-6, 1 + 3e-6], [1, -2, 1]),
        spline([-20000, 0.5, 30000], [1, 1, -3]),
        spline([1, 2], [1e-4, 1e4]),
    ):
        same(submission.breakpoints(net), reference.breakpoints(net))


# What the checks share


def relu(x):
    return largest(0, x)


def magnitude(x):
    return largest(x, -x)


def relu_pair(y, bias):
    """What ReLU(y) − ReLU(−y) becomes if the second unit has the bias of the first, and not its negative."""
    return relu(y) - relu(2 * bias - y)


def minus(ys, zs):
    return [y - z for y, z in zip(ys, zs, strict=True)]


def affine(A, b):
    return exact_network([(A, b)])


def rounds(M):
    """How often M competitors are halved until one is left: ⌈log2 M⌉."""
    return (M - 1).bit_length()


def require_depth(net, depth, mistake=None):
    layers = "hidden layer" if net.depth == 1 else "hidden layers"
    require(net.depth == depth, f"The network has {net.depth} {layers}, but should have {depth}.", mistake=mistake)


def check_difference(submission, first, second):
    g, h = exact_network(first), exact_network(second)
    wrong = [
        ("sum_for_difference", lambda x: minus(g(x), [-y for y in h(x)])),
        ("difference_reversed", lambda x: minus(h(x), g(x))),
        ("bias_of_h_not_negated", lambda x: minus(minus(g(x), h(x)), -2 * h.layers[-1][1])),
        ("shallower_padded_with_relu_alone", lambda x: minus(map(relu, g(x)), h(x))),
        ("shallower_padded_with_relu_alone", lambda x: minus(g(x), map(relu, h(x)))),
    ]
    net = exact_network(submission.difference(first, second), inputs=g.inputs, outputs=g.outputs)
    same_function(net, lambda x: minus(g(x), h(x)), "g(x) − h(x)", wrong)
    require_depth(net, max(g.depth, h.depth), "deeper_than_both" if net.depth > max(g.depth, h.depth) else None)


def check_composition(submission, first, second):
    f, g = exact_network(first), exact_network(second)
    (_, b), (C, d) = first[-1], second[0]
    wrong = [
        ("relu_between", lambda x: g([relu(y) for y in f(x)])),
        ("bias_of_f_lost", lambda x: g(minus(f(x), f.layers[-1][1]))),
        ("bias_of_g_lost", lambda x: exact_network([(C, 0 * d), *second[1:]])(f(x))),
    ]
    if g.outputs == f.inputs:
        wrong.append(("composed_in_the_wrong_order", lambda x: f(g(x))))
    if len(b) == len(d):
        biases_added = exact_network([(C, b + d - C @ b), *second[1:]])
        wrong.append(("biases_added", lambda x: biases_added(f(x))))
    net = exact_network(submission.compose(first, second), inputs=f.inputs, outputs=g.outputs)
    same_function(net, lambda x: g(f(x)), "g(f(x))", wrong)
    require_depth(net, f.depth + g.depth, "touching_maps_kept_apart" if net.depth > f.depth + g.depth else None)


def some_numbers(rng, *shape, over=4):
    """Numbers of either sign: quarters, with which floats compute exactly, or tenths, which floats are not."""
    return rng.integers(1, 7, shape) * rng.choice([-1, 1], shape) / over


def random_network(rng, *sizes, over=4):
    return [(some_numbers(rng, n, m, over=over), some_numbers(rng, n, over=over)) for m, n in pairwise(sizes)]


def gaussian_network(rng, *sizes):
    return [(rng.normal(size=(n, m)), rng.normal(size=n)) for m, n in pairwise(sizes)]


def spline(kinks, jumps):
    """x ↦ Σ_k jumps_k·ReLU(x − kinks_k)."""
    return [(np.ones((len(kinks), 1)), 0.0 - np.array(kinks)), (np.array([jumps], dtype=float), np.zeros(1))]


def switched_off_later():
    """x ↦ ReLU(ReLU(x) − 1), with a kink at 1 only."""
    one = np.ones((1, 1))
    return [(one, np.zeros(1)), (one, -np.ones(1)), (one, np.zeros(1))]


def touching_zero():
    """x ↦ ReLU(|x|) + 5·ReLU(−|x|) + 2·ReLU(x − 1)."""
    layer = np.array([[1.0], [-1.0], [1.0]]), np.array([0.0, 0.0, -1.0])
    next_layer = np.array([[1.0, 1.0, 0.0], [-1.0, -1.0, 0.0], [0.0, 0.0, 1.0]]), np.zeros(3)
    return [layer, next_layer, (np.array([[1.0, 5.0, 2.0]]), np.zeros(1))]
