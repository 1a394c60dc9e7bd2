"""Known wrong ways with piecewise affine networks. The first line of each docstring is what a student is told."""

import numpy as np

from autograder.checking import replaces

ZERO = np.zeros(1)


def _arrays(network):
    return [(np.array(A), np.array(b)) for A, b in network]


def _run(network, X, *, activation=lambda z: np.maximum(z, 0)):
    *hidden, (A, b) = network
    for W, c in hidden:
        X = activation(X @ W.T + c)
    return X @ A.T + b


# Part a: evaluate


@replaces("evaluate")
def relu_on_the_output(network, X):
    """You apply ReLU after the last affine map too: it stands only between affine maps, and outputs may be negative."""
    return np.maximum(_run(network, X), 0)


@replaces("evaluate")
def relu_on_the_input(network, X):
    """You apply ReLU to the inputs: the first affine map sees x as it is."""
    return _run(network, np.maximum(X, 0))


@replaces("evaluate")
def relu_forgotten(network, X):
    """You leave out the ReLU: without it all the layers together are one affine map."""
    return _run(network, X, activation=lambda z: z)


@replaces("evaluate")
def magnitude_for_relu(network, X):
    """You take the magnitude between the layers: ReLU(z) is z for z > 0, and 0 for negative z."""
    return _run(network, X, activation=np.abs)


@replaces("evaluate")
def transposed_matrices(network, X):
    """You multiply by A where its transpose belongs: A is (out, in), so a batch of rows needs X·Aᵀ."""
    return _run([(A.T, b) for A, b in network], X)


@replaces("evaluate")
def biases_forgotten(network, X):
    """You leave out the biases b: each layer computes A·x + b."""
    return _run([(A, 0 * b) for A, b in network], X)


@replaces("evaluate")
def biases_after_relu(network, X):
    """You add the biases after the ReLU: b belongs inside, where it moves the kinks."""
    *hidden, (A, b) = network
    for W, c in hidden:
        X = np.maximum(X @ W.T, 0) + c
    return X @ A.T + b


@replaces("evaluate")
def biases_subtracted(network, X):
    """You subtract the biases: each layer computes A·x + b."""
    return _run([(A, -b) for A, b in network], X)


@replaces("evaluate")
def last_map_left_out(network, X):
    """You stop before the last affine map: every pair of the list is applied."""
    for A, b in network[:-1]:
        X = np.maximum(X @ A.T + b, 0)
    return X


@replaces("evaluate")
def samples_in_columns(network, X):
    """You return one sample a column: the result is (N, out), one sample a row."""
    return _run(network, X).T


@replaces("evaluate")
def squeezed_outputs(network, X):
    """You squeeze away axes of length 1: the result is (N, out), also if N or out is 1."""
    return np.squeeze(_run(network, X))


@replaces("evaluate")
def flat_single_output(network, X):
    """You return a vector where there is a single output: the result is (N, 1) then."""
    Y = _run(network, X)
    return Y[:, 0] if Y.shape[1] == 1 else Y


@replaces("evaluate")
def single_precision(network, X):
    """You compute in float32, which has seven digits: keep the arrays in float64."""
    return _run([(A.astype(np.float32), b.astype(np.float32)) for A, b in network], X.astype(np.float32))


@replaces("evaluate")
def batch_modified_in_place(network, X):
    """You change the batch in place, and so the caller's array: work on a copy."""
    Y = _run(network, X)
    X *= 0
    return Y


# Part a: small networks


@replaces("absolute")
def relu_for_absolute():
    """Your network gives 0 for negative x: |x| needs a unit for each side of zero."""
    return [([[1]], [0]), ([[1]], [0])]


@replaces("absolute")
def identity_for_absolute():
    """Your network is the identity: with ReLU(−x) subtracted, negative x keep their sign."""
    return [([[1], [-1]], [0, 0]), ([[1, -1]], [0])]


@replaces("absolute")
def negative_absolute():
    """Your network is −|x|: check the signs of the output weights."""
    return [([[1], [-1]], [0, 0]), ([[-1, -1]], [0])]


@replaces("absolute")
def transposed_absolute():
    """Your matrices are transposed: A is (out, in), so two units on one input make a (2, 1) matrix."""
    return [([[1, -1]], [0, 0]), ([[1], [1]], [0])]


@replaces("absolute")
def flat_matrices():
    """You give a matrix as a flat list: A is (out, in) also if there is only one input or output."""
    return [([1, -1], [0, 0]), ([1, 1], [0])]


@replaces("maximum2")
def maximum2_of_positive_numbers():
    """Your maximum holds only for v ≥ 0: a number that must pass the ReLU unchanged needs two units, for both signs."""
    return [([[1, -1], [0, 1]], [0, 0]), ([[1, 1]], [0])]


@replaces("maximum2")
def maximum2_with_zero():
    """Your network is max(u, v, 0): for two negative numbers the maximum is negative too."""
    return [([[1, -1], [0, 1], [0, -1]], [0, 0, 0]), ([[1, 1, -1]], [0]), ([[1]], [0])]


@replaces("maximum2")
def sum_of_relus():
    """Your network is ReLU(u) + ReLU(v): the units must compare u with v, not each with zero."""
    return [([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])]


@replaces("maximum2")
def second_number_forgotten():
    """Your network gives only by how much one number exceeds the other: the other must be added."""
    return [([[1, -1]], [0]), ([[1]], [0])]


@replaces("maximum2")
def minimum_for_maximum():
    """Your network is the minimum of u and v, not the maximum."""
    return [([[1, -1], [1, 0], [-1, 0]], [0, 0, 0]), ([[-1, 1, -1]], [0])]


@replaces("minimum2")
def minimum2_of_positive_numbers():
    """Your minimum holds for positive numbers only: a number that passes the ReLU unchanged needs two units."""
    return [([[1, 0], [1, -1]], [0, 0]), ([[1, -1]], [0])]


@replaces("minimum2")
def minimum2_with_zero():
    """Your network is min(u, v, 0): for two positive numbers the minimum is positive too."""
    return [([[-1, 1], [0, -1], [0, 1]], [0, 0, 0]), ([[1, 1, -1]], [0]), ([[-1]], [0])]


@replaces("minimum2")
def maximum_for_minimum():
    """Your network is the maximum of u and v, not the minimum."""
    return [([[1, -1], [0, 1], [0, -1]], [0, 0, 0]), ([[1, 1, -1]], [0])]


@replaces("minimum2")
def negative_maximum():
    """Your network is −max(u, v): the minimum is −max(−u, −v), with the inputs negated as well."""
    return [([[1, -1], [0, 1], [0, -1]], [0, 0, 0]), ([[-1, -1, 1]], [0])]


@replaces("minimum2")
def maximum_of_negatives():
    """Your network is max(−u, −v): its output must still be negated."""
    return [([[-1, 1], [0, -1], [0, 1]], [0, 0, 0]), ([[1, 1, -1]], [0])]


@replaces("hat")
def hat_as_magnitude():
    """Your network is |1 − |x||, MUR's slip: it grows without bound outside of [−1, 1], where the hat is 0."""
    return [([[1], [1], [1], [-1]], [1, 0, -1, -1]), ([[1, -2, 2, 1]], [0])]


@replaces("hat")
def hat_not_cut_off():
    """Your network is 1 − |x|: outside of [−1, 1] it is negative, where the hat is 0."""
    return [([[1], [-1]], [0, 0]), ([[-1, -1]], [1])]


@replaces("hat")
def hat_on_0_to_2():
    """Your hat stands on [0, 2], with its tip at 1: it should stand on [−1, 1]. Check the signs of the biases."""
    return [([[1], [1], [1]], [0, -1, -2]), ([[1, -2, 1]], [0])]


@replaces("hat")
def hat_upside_down():
    """Your hat is upside down: at x = 0 it should be 1."""
    return [([[1], [1], [1]], [1, 0, -1]), ([[-1, 2, -1]], [0])]


@replaces("hat")
def hat_without_its_middle():
    """Your slope at x = 0 changes by −1: from +1 to −1 it is a change of −2."""
    return [([[1], [1], [1]], [1, 0, -1]), ([[1, -1, 1]], [0])]


@replaces("hat")
def hat_left_open():
    """Your hat goes on falling beyond x = 1: there the slope must return to 0."""
    return [([[1], [1]], [1, 0]), ([[1, -2]], [0])]


@replaces("hat")
def ramp_for_hat():
    """Your network rises to 1 and stays there: beyond x = 0 the hat comes down again."""
    return [([[1], [1]], [1, 0]), ([[1, -1]], [0])]


@replaces("hat")
def not_one_hidden_layer():
    """Your network computes the right function, but part a asks for exactly one hidden layer."""
    return [([[1], [-1]], [0, 0]), ([[-1, -1]], [1]), ([[1]], [0])]


# Part b


def _tournament(A, b, *, meet=((1, -1), (0, 1), (0, -1)), win=(1, 1, -1), odd="twice"):
    """The largest entry of A·x + b, by rounds; `odd` says what becomes of a number without an opponent."""
    network = []
    meet, win = np.array(meet, dtype=float), np.array([win], dtype=float)
    while len(A) > 1:
        if len(A) % 2 and odd == "zero":
            A, b = np.vstack([A, 0 * A[:1]]), np.append(b, 0)
        elif len(A) % 2 and odd == "twice":
            A, b = np.vstack([A, A[-1:]]), np.append(b, b[-1])
        half = len(A) // 2
        meetings = np.kron(np.eye(half), meet)
        network.append((meetings @ A[: 2 * half], meetings @ b[: 2 * half]))
        A, b = np.kron(np.eye(half), win), np.zeros(half)
    return [*network, (A, b)]


def _chain(M):
    """max(max(u1, u2), u3) and so on, one number after the other."""
    if M == 1:
        return [(np.eye(1), ZERO)]
    network, A = [], np.eye(M)
    for left in range(M - 1, 0, -1):
        first, rest = A[0] - A[1], A[1:]
        network.append((np.vstack([first, rest, -rest]), np.zeros(1 + 2 * left)))
        keep = np.hstack([np.zeros((left, 1)), np.eye(left), -np.eye(left)])
        keep[0, 0] = 1
        A = keep
    return [*network, (A, ZERO)]


@replaces("maximum")
def maximum_of_positive_numbers(M):
    """Your maximum holds for positive numbers only: each number that passes a ReLU unchanged needs two units."""
    return _tournament(np.eye(M), np.zeros(M), meet=((1, -1), (0, 1)), win=(1, 1))


@replaces("maximum")
def maximum_of_no_less_than_zero(M):
    """Your network is the maximum of the numbers and 0: if all are negative, so is their maximum."""
    return [*_tournament(np.eye(M), np.zeros(M)), (np.eye(1), ZERO)]


@replaces("maximum")
def odd_number_not_below_zero(M):
    """For odd M your network is the maximum of the numbers and 0: an odd one out may be negative, and a zero counts."""
    return _tournament(np.eye(M), np.zeros(M), odd="zero")


@replaces("maximum")
def odd_number_left_out(M):
    """For odd M your network drops the last number: without an opponent it must still go on to the next round."""
    return _tournament(np.eye(M), np.zeros(M), odd="never")


@replaces("maximum")
def relu_between_rounds(M):
    """You put a ReLU between two affine maps that touch: multiply them out instead, or negative winners become 0."""
    if M == 1:
        return [(np.eye(1), ZERO)]
    network = []
    while M > 1:
        half = (M + 1) // 2
        network += [_tournament(np.eye(M), np.zeros(M))[0], (np.kron(np.eye(half), [[1.0, 1.0, -1.0]]), np.zeros(half))]
        M = half
    return network


@replaces("maximum")
def minimum_of_all(M):
    """Your network is the minimum of the numbers, not the maximum."""
    network = _tournament(-np.eye(M), np.zeros(M))
    return [*network[:-1], (-network[-1][0], -network[-1][1])]


@replaces("maximum")
def sum_of_all(M):
    """Your network adds the numbers up: only the largest may come through."""
    sign = np.vstack([np.eye(M), -np.eye(M)])
    return [(sign, np.zeros(2 * M)), (np.hstack([np.ones((1, M)), -np.ones((1, M))]), ZERO)]


@replaces("maximum")
def one_number_after_the_other(M):
    """Your depth is M − 1, one number after the other: let them meet in pairs, which halves their number each round."""
    return _chain(M)


@replaces("maximum")
def one_round_too_many(M):
    """You count one round too many where M is a power of two: from 4 numbers to 1 it takes 2 rounds."""
    network = _tournament(np.eye(M), np.zeros(M))
    if M > 1 and M & (M - 1) == 0:
        A, b = network[-1]
        network[-1:] = [(np.vstack([A, -A]), np.hstack([b, -b])), (np.array([[1.0, -1.0]]), ZERO)]
    return network


@replaces("maximum")
def one_number_through_relu(M):
    """For M = 1 your network is ReLU(u): the maximum of a single number is that number, negative or not."""
    return _tournament(np.eye(M), np.zeros(M)) if M > 1 else [(np.eye(1), ZERO), (np.eye(1), ZERO)]


@replaces("maximum")
def hidden_layer_for_one_number(M):
    """For M = 1 your network has a hidden layer: ⌈log2 1⌉ = 0, so it is a single affine map."""
    if M > 1:
        return _tournament(np.eye(M), np.zeros(M))
    return [(np.array([[1.0], [-1.0]]), np.zeros(2)), (np.array([[1.0, -1.0]]), ZERO)]


@replaces("convex_cpa")
def convex_not_below_zero(A, b):
    """Your network is the maximum of the affine functions and 0, as if a ReLU followed A·x + b: g may be negative."""
    return _tournament(np.vstack([A, 0 * A[:1]]), np.append(b, 0)) if len(A) > 1 else [(A, b)]


@replaces("convex_cpa")
def offsets_forgotten(A, b):
    """You leave out the offsets b: the affine functions are A_m·x + b_m."""
    return _tournament(A, 0 * b) if len(A) > 1 else [(A, b)]


@replaces("convex_cpa")
def offsets_subtracted(A, b):
    """You subtract the offsets: the affine functions are A_m·x + b_m."""
    return _tournament(A, -b) if len(A) > 1 else [(A, b)]


@replaces("convex_cpa")
def smallest_piece(A, b):
    """Your network is the smallest of the affine functions: their maximum is convex, their minimum concave."""
    network = _tournament(-A, -b)
    return [*network[:-1], (-network[-1][0], -network[-1][1])]


@replaces("convex_cpa")
def pieces_added(A, b):
    """You add the affine functions up: at each x only the largest one counts."""
    return [(A.sum(axis=0, keepdims=True), b.sum(keepdims=True))]


@replaces("convex_cpa")
def positive_parts_added(A, b):
    """You add the ReLUs of the affine functions: they must be compared with each other, not each with zero."""
    return [(A, b), (np.ones((1, len(A))), ZERO)] if len(A) > 1 else [(A, b)]


@replaces("convex_cpa")
def single_piece_through_relu(A, b):
    """For a single affine function your network is its ReLU: the maximum of one function is that function."""
    return _tournament(A, b) if len(A) > 1 else [(A, b), (np.eye(1), ZERO)]


# Part c


def _deeper(network, layers, *, twins=True, flip=-1, sign=-1):
    *hidden, (A, b) = network
    for _ in range(layers):
        n = len(b)
        hidden.append((np.vstack([A, -A]), np.append(b, flip * b)) if twins else (A, b))
        A = np.hstack([np.eye(n), sign * np.eye(n)]) if twins else np.eye(n)
        b = np.zeros(n)
    return [*hidden, (A, b)]


def _missing(network, depth):
    missing = depth - len(network) + 1
    if missing < 0:
        raise ValueError("too deep")
    return missing


@replaces("pad_depth")
def padded_with_relu_alone(network, depth):
    """You pad with ReLU(x) alone, which cuts off what is negative: x = ReLU(x) − ReLU(−x) needs two units."""
    return _deeper(network, _missing(network, depth), twins=False)


@replaces("pad_depth")
def padded_with_magnitude(network, depth):
    """You pad with ReLU(x) + ReLU(−x), which is |x|: the second unit is subtracted."""
    return _deeper(network, _missing(network, depth), sign=1)


@replaces("pad_depth")
def bias_of_the_copy_not_negated(network, depth):
    """You negate the copy's matrix but not its bias: −(A·x + b) is −A·x − b."""
    return _deeper(network, _missing(network, depth), flip=1)


@replaces("pad_depth")
def input_padded_with_relu_alone(network, depth):
    """You put ReLU(x) in front of the network, which cuts off negative inputs: pass them on with two units each."""
    d = network[0][0].shape[1]
    return [(np.eye(d), np.zeros(d))] * _missing(network, depth) + _arrays(network)


@replaces("pad_depth")
def depth_counts_affine_maps(network, depth):
    """You count the affine maps: depth is the number of ReLU layers, one less than the number of pairs."""
    if len(network) > depth + 1:
        raise ValueError("too deep")
    return _deeper(network, max(0, depth - len(network)))


@replaces("pad_depth")
def one_layer_padded(network, depth):
    """You add one hidden layer, however many are missing."""
    return _deeper(network, min(1, _missing(network, depth)))


@replaces("pad_depth")
def present_depth_refused(network, depth):
    """You refuse a network that has the right depth already: only a deeper one is an error."""
    if len(network) - 1 >= depth:
        raise ValueError("too deep")
    return _deeper(network, _missing(network, depth))


@replaces("pad_depth")
def deeper_not_refused(network, depth):
    """You return a network that is too deep as it is: a ValueError is asked for."""
    return _deeper(network, max(0, depth - len(network) + 1))


@replaces("pad_depth")
def deeper_cut_off(network, depth):
    """You cut a network that is too deep: that changes its function, and a ValueError is asked for."""
    return _deeper(network, max(0, depth - len(network) + 1))[: depth + 1]


@replaces("pad_depth")
def assertion_for_value_error(network, depth):
    """You raise something else than a ValueError for a network that is too deep, or only assert."""
    assert len(network) - 1 <= depth
    return _deeper(network, depth - len(network) + 1)


def _parallel(g, h, last, *, deepen=_deeper):
    """Both side by side, with the matrix `last` on the stacked outputs."""
    depth = max(len(g), len(h))
    g, h = deepen(g, depth - len(g)), deepen(h, depth - len(h))
    layers = []
    for number, ((A, a), (B, b)) in enumerate(zip(g, h, strict=True)):
        C = np.zeros((len(A) + len(B), A.shape[1] + B.shape[1]))
        C[: len(A), : A.shape[1]], C[len(A) :, A.shape[1] :] = A, B
        layers.append((np.vstack([A, B]) if number == 0 else C, np.append(a, b)))
    A, b = layers[-1]
    return [*layers[:-1], (last @ A, last @ b)]


def _side_by_side(n, one, other):
    return np.hstack([one * np.eye(n), other * np.eye(n)])


@replaces("difference")
def sum_for_difference(g, h):
    """Your network is g + h: the outputs of h are subtracted."""
    return _parallel(g, h, _side_by_side(len(g[-1][1]), 1, 1))


@replaces("difference")
def difference_reversed(g, h):
    """Your network is h − g: it should be g − h."""
    return _parallel(g, h, _side_by_side(len(g[-1][1]), -1, 1))


@replaces("difference")
def bias_of_h_not_negated(g, h):
    """You negate the last matrix of h, but not its last bias: −(A·x + b) is −A·x − b."""
    *hidden, (A, b) = _parallel(g, h, _side_by_side(len(g[-1][1]), 1, -1))
    return [*hidden, (A, g[-1][1] + h[-1][1] if len(g) == len(h) else b)]


@replaces("difference")
def shallower_padded_with_relu_alone(g, h):
    """You pad the shallower network with ReLU(x) alone, which cuts off what is negative: it takes two units."""

    def deepen(network, layers):
        return _deeper(network, layers, twins=False)

    return _parallel(g, h, _side_by_side(len(g[-1][1]), 1, -1), deepen=deepen)


@replaces("difference")
def outputs_not_subtracted(g, h):
    """You run g and h in parallel but return both: one more map, multiplied into the last one, subtracts."""
    return _parallel(g, h, np.eye(2 * len(g[-1][1])))


@replaces("difference")
def inputs_doubled(g, h):
    """Your first layer takes x twice: both networks see the same x, so their first matrices are stacked."""
    (A, b), *rest = _parallel(g, h, _side_by_side(len(g[-1][1]), 1, -1))
    return [(np.hstack([A, A]), b), *rest]


@replaces("difference")
def layers_zipped_to_the_shorter(g, h):
    """You pair the layers of g and h and forget those that the deeper one has left: pad the shallower one first."""
    size = min(len(g), len(h))
    return _parallel(g[:size], h[:size], _side_by_side(min(len(g[size - 1][1]), len(h[size - 1][1])), 1, -1))


@replaces("difference")
def subtracted_in_a_layer_of_its_own(g, h):
    """You subtract in one more layer, behind another ReLU: multiply the subtraction into the last affine map."""
    n = len(g[-1][1])
    return [*_parallel(g, h, np.eye(2 * n)), (_side_by_side(n, 1, -1), np.zeros(n))]


@replaces("difference")
def deeper_than_both(g, h):
    """Your network is deeper than both g and h: its depth should be the larger of the two."""
    return _deeper(_parallel(g, h, _side_by_side(len(g[-1][1]), 1, -1)), 1)


@replaces("difference")
def first_output_only(g, h):
    """Your network gives only the first output: g and h may have several."""
    *hidden, (A, b) = _parallel(g, h, _side_by_side(len(g[-1][1]), 1, -1))
    return [*hidden, (A[:1], b[:1])]


# Part d


def _joined(f, g, A, b):
    """f, then g, with (A, b) for the two maps that touch."""
    return [*f[:-1], (A, b), *g[1:]]


@replaces("compose")
def composed_in_the_wrong_order(f, g):
    """Your network is f(g(x)): f comes first, and g gets its outputs."""
    (A, b), (C, d) = g[-1], f[0]
    if C.shape[1] != len(A):
        raise ValueError("shapes do not fit")
    return _joined(g, f, C @ A, C @ b + d)


@replaces("compose")
def relu_between(f, g):
    """You put the lists one behind the other: then a ReLU stands between f and g, where there is none in g(f(x))."""
    return _arrays(f) + _arrays(g)


@replaces("compose")
def bias_of_f_lost(f, g):
    """You lose the last bias of f: C·(A·x + b) + d has the bias C·b + d."""
    return _joined(f, g, g[0][0] @ f[-1][0], g[0][1])


@replaces("compose")
def bias_of_g_lost(f, g):
    """You lose the first bias of g: C·(A·x + b) + d has the bias C·b + d."""
    return _joined(f, g, g[0][0] @ f[-1][0], g[0][0] @ f[-1][1])


@replaces("compose")
def biases_added(f, g):
    """You add the touching biases as they are: the bias of f passes the matrix of g, C·b + d."""
    (A, b), (C, d) = f[-1], g[0]
    return _joined(f, g, C @ A, b + d)


@replaces("compose")
def factors_exchanged(f, g):
    """You multiply the touching matrices in the wrong order: f comes first, so it is C·A with A of f and C of g."""
    (A, b), (C, d) = f[-1], g[0]
    return _joined(f, g, A @ C, C @ b + d)


@replaces("compose")
def touching_maps_kept_apart(f, g):
    """You keep both touching maps, with two units for each number between them: multiplied out they save a layer."""
    return [*_deeper(f, 1)[:-1], (np.hstack([g[0][0], -g[0][0]]), g[0][1]), *_arrays(g)[1:]]


@replaces("compose")
def first_map_of_g_dropped(f, g):
    """You drop the first affine map of g: it is multiplied into the last one of f."""
    return [*_arrays(f), *_arrays(g)[1:]] if len(f[-1][1]) == g[0][0].shape[0] else _joined(f, g, *g[0])


def _kinks(network, *, slope=1e-9):
    """The kinks, and the cuts among which they are."""
    *hidden, (A_last, _) = network
    cuts, S, T = np.array([]), np.ones((1, 1)), np.zeros((1, 1))
    for A, b in hidden:
        S, T = S @ A.T, T @ A.T + b
        there = np.abs(S) > 1e-9
        crossings = -T[there] / S[there]
        new = np.sort(np.concatenate([cuts, crossings]))
        new = new[np.diff(new, prepend=-np.inf) > 1e-9]
        inside = np.concatenate([new[:1] - 1, (new[1:] + new[:-1]) / 2, new[-1:] + 1]) if len(new) else np.zeros(1)
        piece = np.searchsorted(cuts, inside)
        S, T, cuts = S[piece], T[piece], new
        on = S * inside[:, None] + T > 0
        S, T = S * on, T * on
    return cuts[np.abs(np.diff(S @ A_last.T, axis=0)[:, 0]) > slope], cuts


@replaces("breakpoints")
def first_layer_units_only(network):
    """You look at the first layer's units only: a deeper unit makes a kink wherever its input crosses zero."""
    return np.array([]) if len(network) == 1 else _kinks([network[0], (np.ones((1, len(network[0][0]))), ZERO)])[0]


@replaces("breakpoints")
def all_switches(network):
    """You report every point where a unit switches: with an output weight of zero, say, the slope does not change."""
    *hidden, _ = network
    if not hidden:
        return np.array([])
    seen = [
        _kinks([*hidden[: k + 1], (row[None], ZERO)])[0] for k, (A, _) in enumerate(hidden) for row in np.eye(len(A))
    ]
    points = np.sort(np.concatenate(seen))
    return points[np.diff(points, prepend=-np.inf) > 1e-9]


@replaces("breakpoints")
def units_always_on(network):
    """You treat the units of earlier layers as if they were always on: which are on differs from piece to piece."""
    *hidden, _ = network
    points, A, b = [], np.eye(1), np.zeros(1)
    for W, c in hidden:
        A, b = W @ A, W @ b + c
        sloping = np.abs(A[:, 0]) > 1e-9
        points.append(-b[sloping] / A[sloping, 0])
    return np.unique(np.concatenate(points)) if points else np.array([])


@replaces("breakpoints")
def sign_of_the_kink(network):
    """Your kinks have the wrong sign: w·x + b is zero at x = −b/w."""
    return -_kinks(network)[0][::-1]


@replaces("breakpoints")
def biases_for_kinks(network):
    """You forget to divide by the weight: w·x + b is zero at x = −b/w."""
    (A, b), *rest = network
    return _kinks([(np.sign(A), b), *rest])[0]


@replaces("breakpoints")
def search_on_a_grid(network):
    """You search on a grid: kinks between its points, close together or far out are inexact or lost."""
    x = np.linspace(-10, 10, 20001)
    y = _run(network, x[:, None])[:, 0]
    return x[1:-1][np.abs(np.diff(y, 2)) > 1e-9]


@replaces("breakpoints")
def zeros_of_the_output(network):
    """You report zeros of the output as well: only ReLUs make kinks, and there is none after the last map."""
    return _kinks([*network, (np.ones((1, 1)), ZERO)])[0]


@replaces("breakpoints")
def kinks_unsorted(network):
    """Your kinks are not in ascending order."""
    return _kinks(network)[0][::-1]


@replaces("breakpoints")
def kinks_in_a_column(network):
    """You return a column of shape (K, 1): the kinks are a vector of shape (K,)."""
    return _kinks(network)[0][:, None]


@replaces("breakpoints")
def kinks_rounded(network):
    """You round the kinks, or merge some that are distinct: only those closer than 1e-9 are one."""
    return np.unique(np.round(_kinks(network)[0], 5))


@replaces("breakpoints")
def small_changes_ignored(network):
    """You ignore small changes of slope: only slopes that differ by less than 1e-9 are equal."""
    return _kinks(network, slope=1e-3)[0]


@replaces("breakpoints")
def kinks_counted_twice(network):
    """You report a kink once for each unit that makes it: each point is told once."""
    kinks, _ = _kinks(network)
    A, b = network[0]
    with np.errstate(all="ignore"):
        own = np.ravel(-b / A[:, 0]) if len(network) > 1 else np.array([])
    counts = [max(1, int(np.sum(np.abs(own - kink) < 1e-9))) for kink in kinks]
    return np.repeat(kinks, counts)


@replaces("breakpoints")
def constant_unit_divided_by_zero(network):
    """You divide by a weight of zero: a unit that does not depend on x never switches."""
    A, _ = network[0]
    kinks = _kinks(network)[0]
    zero = (A[:, 0] == 0) & (len(network) > 1)
    return np.append(kinks, np.full(int(zero.sum()), np.inf))
