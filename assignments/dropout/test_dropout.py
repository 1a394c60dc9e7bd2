"""Checks of dropout: what is right, and for how many points."""

import functools
import math

import numpy as np

from autograder.checking import CLOSED_FORM, array, part, raises, require, same

# Random results are judged by counts of independent events. If each of n has probability q, then by Chernoff's bound
# the relative entropy between their share and q exceeds t/n with probability 2·exp(−t) at most. With t = 30 that is
# 1.9e-13. No check makes more than 1,000 such comparisons, so it fails a right submission with probability below 1e-9.
UNLIKELY = 30.0


# Part a


@part("a", points=0.5)
def test_inverted_dropout(submission, rng):
    """inverted_dropout keeps the entries where the mask is True, divided by p, and makes the others zero"""
    for shape, p in [((6,), 0.5), ((6,), 0.5), ((1,), 0.8), ((3, 4), 0.8), ((1, 5), 0.3), ((2, 3, 4), 0.9)]:
        h, kept = away_from_zero(rng, shape), mixed_mask(rng, shape)
        same(submission.inverted_dropout(h, kept, p), np.where(kept, h / p, 0.0))


@part("a", points=0.25, after="test_inverted_dropout")
def test_inverted_dropout_with_masks_of_numbers(submission, rng):
    """inverted_dropout with a mask of numbers, 0 and 1, ints or floats"""
    for dtype in (int, float):
        for shape, p in [((5,), 0.5), ((5,), 0.8), ((4, 3), 0.3)]:
            h, kept = away_from_zero(rng, shape), mixed_mask(rng, shape)
            same(submission.inverted_dropout(h, kept.astype(dtype), p), np.where(kept, h / p, 0.0))


@part("a", points=0.25, after="test_inverted_dropout")
def test_inverted_dropout_of_everything_or_nothing(submission, rng):
    """inverted_dropout with everything dropped or everything kept, with p = 1, and for a single number"""
    for shape, p in [((4,), 0.5), ((2, 3), 1.0), ((), 0.8)]:
        h = away_from_zero(rng, shape)
        same(submission.inverted_dropout(h, np.zeros(shape, dtype=bool), p), np.zeros(shape))
        same(submission.inverted_dropout(h, np.ones(shape, dtype=bool), p), h / p)


@part("a", points=0.25)
def test_layer_in_training(submission, rng):
    """In training dropout_layer makes each entry either 0 or h/p"""
    # 999·0.8 is no integer: dividing by the share that was kept is never the same as dividing by p.
    h = away_from_zero(rng, (37, 27))
    mask_of(submission, h, 0.8, generator(rng), training=True)
    for shape, p in [((37, 27), 0.8), ((7,), 0.5), ((1,), 0.5), ((1, 6), 0.3), ((6, 1), 0.3), ((2, 3, 4), 0.6)]:
        mask_of(submission, away_from_zero(rng, shape), p, generator(rng))


@part("a", points=0.2)
def test_layer_in_evaluation(submission, rng):
    """In evaluation, and with p = 1, dropout_layer gives h as it is"""
    for shape, p in [((5, 4), 0.5), ((5, 4), 0.25), ((3,), 0.8), ((2, 3, 4), 1.0)]:
        h, draws = away_from_zero(rng, shape), generator(rng)
        got = array(submission.dropout_layer(h, p, draws, training=False), shape)
        wrong = ~np.isclose(got, h, rtol=CLOSED_FORM.relative, atol=0)
        if wrong.any():
            where = first(wrong)
            require(
                False,
                f"At index {told(where)} h is {h[where]:.6g}. In evaluation it should stay so, but the result is "
                f"{got[where]:.6g}. {wrong.sum()} of {h.size} entries are wrong.",
                mistake=mistake_in_evaluation(submission, got, h, p),
            )
    for shape in [(5, 4), (7,)]:
        h = away_from_zero(rng, shape)
        same(submission.dropout_layer(h, 1.0, generator(rng)), h)


@part("a", points=0.1)
def test_layer_refuses_other_p(submission, rng):
    """dropout_layer raises a ValueError for p outside (0, 1], in training and in evaluation"""
    for p in (-0.25, 1.5, 0.0):
        for training in (True, False):
            h = away_from_zero(rng, (3, 4))
            raises(ValueError, submission.dropout_layer, h, p, generator(rng), training=training)


@part("a", points=0.1, after="test_layer_in_training")
def test_layer_rate(submission, rng):
    """dropout_layer keeps each entry with probability p"""
    for p in (0.3, 0.05):
        kept = mask_of(submission, away_from_zero(rng, 4000), p, generator(rng))
        count = np.count_nonzero(kept)
        likely = surprise(count, kept.size, p) < UNLIKELY
        require(
            likely,
            f"Of {kept.size} entries {count} were kept. With p = {p} it should be about {p * kept.size:.0f}.",
            mistake=None if likely else mistake_in_rate(submission, rng, count, kept.size, p),
        )


@part("a", points=0.2, after="test_layer_rate")
def test_layer_draws_from_rng(submission, rng):
    """The mask comes from rng: the same state gives it again, and another state another one"""
    h, p = away_from_zero(rng, (19, 31)), 0.5
    draws, other = generator(rng), generator(rng)
    start, again = draws.bit_generator.state, same_state(draws)
    first = mask_of(submission, h, p, draws)
    moved = draws.bit_generator.state != start
    elsewhere, repeated = mask_of(submission, h, p, other), mask_of(submission, h, p, again)
    require(
        not np.array_equal(first, elsewhere),
        "Two calls with rng in different states dropped exactly the same entries.",
        mistake="fixed_mask" if moved else "generator_with_fixed_seed",
    )
    require(
        np.array_equal(first, repeated),
        "Two calls with rng in the same state dropped different entries: something else than rng is random.",
        mistake="global_random_state",
    )
    require(
        moved,
        "After a call in training rng is still in the same state, so the next call will draw the same mask again.",
        mistake="copy_of_rng",
    )


@part("a", points=0.15, after="test_layer_draws_from_rng")
def test_layer_entries_are_independent(submission, rng):
    """Every entry has a toss of its own: along rows and columns, and from call to call"""
    draws = generator(rng)
    masks = np.array([mask_of(submission, away_from_zero(rng, (10, 12)), 0.5, draws) for _ in range(10)])
    # In independent tosses these coincidences have a probability below 1e-10. The likeliest is that all ten calls keep
    # equally many entries: no count of 120 has a probability above 0.073, and so nine repeat the first with 6e-11.
    require(not rows_alike(masks), "All rows of a batch lost the same entries.", mistake="one_mask_for_the_batch")
    require(
        not columns_alike(masks),
        "Every row of a batch was either kept as a whole or dropped as a whole.",
        mistake="one_toss_for_each_row",
    )
    by_row = masks.sum(axis=2)
    require(
        (by_row != by_row[:, :1]).any(),
        "Within each call all rows have equally many entries kept. Independent tosses vary in their number.",
        mistake="fixed_number_kept",
    )
    for axes, what in [((1, 2), "call"), (1, "column"), (2, "row")]:
        counts = masks.sum(axis=axes)
        require(
            counts.min() < counts.max(),
            f"Every {what} has exactly {counts.flat[0]} entries kept. Independent tosses vary in their number.",
            mistake="fixed_number_kept",
        )
    require_no_echo(masks, 2 * masks[0].size)
    images = away_from_zero(rng, (6, 5, 8))
    require_no_echo(mask_of(submission, images, 0.5, draws), 2 * images[0].size)


@part("a", points=0.5)
def test_expected_activation(submission, rng):
    """expected_activation is the exact mean over all masks"""
    for d, p in [(5, 0.3), (5, 0.8), (3, 0.05), (2, 0.6), (1, 0.5), (1, 0.9)]:
        h = away_from_zero(rng, d)
        same(submission.expected_activation(h, p), h)  # this is what is to be shown


@part("a", points=0.25, after="test_expected_activation")
def test_expected_activation_over_4096_masks(submission, rng):
    """expected_activation with d = 12, over 4096 masks"""
    h = away_from_zero(rng, 12)
    same(submission.expected_activation(h, 0.7), h)


@part("a", points=0.25, after="test_expected_activation")
def test_expected_activation_without_dropout(submission, rng):
    """expected_activation with p = 1, where a single mask has all the probability"""
    for d in (1, 4):
        h = away_from_zero(rng, d)
        same(submission.expected_activation(h, 1.0), h)


# Part b


@part("b", points=1.5)
def test_expected_loss(submission, rng):
    """expected_loss is the mean of the loss over all masks"""
    for d, p in [(6, 0.3), (6, 0.8), (3, 0.9), (2, 0.25), (1, 0.5), (1, 0.8)]:
        w, h, target = random_layer(rng, d)
        masks, probabilities = all_masks(d, p)
        losses = ((masks * h / p) @ w - target) ** 2
        same(submission.expected_loss(w, h, target, p), float(probabilities @ losses))


@part("b", points=0.5, after="test_expected_loss")
def test_expected_loss_without_dropout(submission, rng):
    """expected_loss with p = 1 is the squared error itself"""
    for d in (1, 3):
        w, h, target = random_layer(rng, d)
        same(submission.expected_loss(w, h, target, 1.0), float((w @ h - target) ** 2))


@part("b", points=1, after="test_expected_loss")
def test_expected_loss_of_many_units(submission, reference, rng):
    """expected_loss for hundreds of units, where going through all masks would never end"""
    for d, p in [(100, 0.5), (400, 0.9)]:
        w, h, target = random_layer(rng, d)
        same(submission.expected_loss(w, h, target, p), reference.expected_loss(w, h, target, p))


@part("b", points=1)
def test_penalty_coefficients(submission, reference, rng):
    """penalty_coefficients holds what each w_j² costs"""
    for d, p in [(6, 0.3), (6, 0.8), (50, 0.9), (2, 0.25), (1, 0.5), (4, 1.0)]:
        h = away_from_zero(rng, d)
        same(submission.penalty_coefficients(h, p), reference.penalty_coefficients(h, p))


# Part c


@part("c", points=1.5)
def test_ridge_minimises_the_expected_loss(submission, rng):
    """dropout_ridge gives the smallest mean loss over all masks, also with fewer samples than features"""
    for n, d, p in [(8, 3, 0.3), (8, 3, 0.8), (20, 4, 0.9), (3, 5, 0.7)]:
        X, y = features(rng, n, d), away_from_zero(rng, n)
        same(submission.dropout_ridge(X, y, p), minimiser(X, y, p))


@part("c", points=0.5, after="test_ridge_minimises_the_expected_loss")
def test_ridge_of_size_one(submission, reference, rng):
    """dropout_ridge of one feature or one sample"""
    for n, d, p in [(5, 1, 0.5), (5, 1, 0.8), (1, 4, 0.3), (1, 1, 0.6)]:
        X, y = away_from_zero(rng, (n, d)), away_from_zero(rng, n)
        same(submission.dropout_ridge(X, y, p), reference.dropout_ridge(X, y, p))


@part("c", points=0.5)
def test_ridge_without_dropout(submission, reference, rng):
    """dropout_ridge with p = 1 is least squares"""
    for n, d in [(6, 1), (9, 3)]:
        X, y = features(rng, n, d), away_from_zero(rng, n)
        same(submission.dropout_ridge(X, y, 1.0), reference.dropout_ridge(X, y, 1.0))


@part("c", points=0.5, after="test_ridge_minimises_the_expected_loss")
def test_ridge_of_many_features(submission, reference, rng):
    """dropout_ridge of many features, and of the same features in other units"""
    X, y, units = features(rng, 60, 25), away_from_zero(rng, 60), 10.0 ** rng.uniform(-0.5, 0.5, 25)
    w = reference.dropout_ridge(X, y, 0.6)
    same(submission.dropout_ridge(X, y, 0.6), w)
    same(submission.dropout_ridge(X * units, y, 0.6), w / units)


# What the checks share


def away_from_zero(rng, shape):
    """Numbers of either sign between 0.5 and 1.5 in size."""
    return np.array(rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape))


def random_layer(rng, d):
    """The weights of a linear layer, activations and a target; one unit at least pulls the output down."""
    w, h = away_from_zero(rng, d), away_from_zero(rng, d)
    w[0] = -abs(w[0]) * np.sign(h[0])
    return w, h, float(away_from_zero(rng, 1)[0])


def features(rng, n, d):
    """A matrix whose columns are of very different size."""
    return rng.normal(size=(n, d)) * np.resize([1.0, 0.1, 5.0], d)


def mixed_mask(rng, shape):
    """A mask that keeps some entries and drops some, if there are two or more."""
    kept = rng.random(shape) < 0.5
    kept.flat[[0, -1]] = False, True
    return kept


def generator(rng):
    return np.random.default_rng(int(rng.integers(2**62)))


def same_state(draws):
    """Another generator that is in the state of this one."""
    twin = np.random.default_rng()
    twin.bit_generator.state = draws.bit_generator.state
    return twin


def all_masks(d, p):
    """All masks of d units, one a row, and their probabilities."""
    masks = np.arange(2**d)[:, np.newaxis] >> np.arange(d) & 1
    return masks, np.prod(np.where(masks, p, 1 - p), axis=1)


def minimiser(X, y, p):
    """The least-squares solution over all samples and all of their masks, weighed by probability."""
    masks, probabilities = all_masks(X.shape[1], p)
    weights = np.sqrt(probabilities)[:, np.newaxis]
    rows = weights[:, :, np.newaxis] * masks[:, np.newaxis, :] * X / p
    return np.linalg.lstsq(rows.reshape(-1, X.shape[1]), (weights * y).ravel())[0]


def first(wrong):
    """The index of the first entry that is True."""
    return tuple(int(i) for i in np.argwhere(wrong)[0])


def told(where):
    return where if len(where) > 1 else where[0]


def agree(got, expected):
    """Whether all entries agree."""
    return np.allclose(got, expected, rtol=CLOSED_FORM.relative, atol=CLOSED_FORM.absolute)


# Random masks


def mask_of(submission, h, p, draws, **training):
    """The mask that a call in training used. Fails unless each entry of the result is 0 or h/p."""
    got = array(submission.dropout_layer(h, p, draws, **training), h.shape)
    kept = np.abs(got) > CLOSED_FORM.absolute
    wrong = kept & ~np.isclose(got, h / p, rtol=CLOSED_FORM.relative, atol=0)
    if wrong.any():
        where = first(wrong)
        require(
            False,
            f"At index {told(where)} h is {h[where]:.6g}, so the result should be 0 or {h[where] / p:.6g}, but it is "
            f"{got[where]:.6g}. {wrong.sum()} of {h.size} entries are wrong.",
            mistake=mistake_in_scale(got, h, p, kept, training),
        )
    return kept


def mistake_in_scale(got, h, p, kept, training):
    """The name of the mistake if what was kept is scaled by another factor than 1/p."""
    factors = got[kept] / h[kept]
    share = kept.mean()
    if kept.all() and agree(factors, 1):
        return "nothing_dropped_in_training" if training else "evaluation_by_default"
    exchanged = "drop_probability" if abs(share - p) > abs(share - (1 - p)) else "scaled_by_drop_probability"
    known = {
        "not_scaled": 1,
        "multiplied_by_p": p,
        "divided_twice": 1 / p**2,
        "divided_by_the_root": 1 / np.sqrt(p),
        exchanged: 1 / (1 - p),
        "divided_by_the_share_kept": 1 / share,
    }
    return next((name for name, factor in known.items() if agree(factors, factor)), None)


def mistake_in_evaluation(submission, got, h, p):
    """The name of the mistake if the result in evaluation is not h."""
    if agree(got, p * h):
        return "scaled_in_evaluation"
    if agree(got, h / p):
        return "divided_in_evaluation"
    if agree(submission.dropout_layer(h, p, np.random.default_rng(1)), h):
        return "nothing_dropped_in_training"
    return "dropout_in_evaluation" if np.any(got == 0) else None


def mistake_in_rate(submission, rng, count, n, p):
    """The name of the mistake if a sample of n entries has that many kept."""
    if count in (0, n):
        mask = mask_of(submission, away_from_zero(rng, (30, 30)), 0.5, generator(rng))[np.newaxis]
        return "one_toss_for_everything" if rows_alike(mask) else "one_toss_for_each_row"
    below_p = (1 + math.erf(p / math.sqrt(2))) / 2  # of a normal number
    known = {"mask_exchanged": 1 - p, "fair_coin": 0.5, "normal_numbers_compared": below_p}
    return next((name for name, q in known.items() if surprise(count, n, q) < UNLIKELY), None)


def rows_alike(masks):
    return bool((masks == masks[:, :1]).all())


def columns_alike(masks):
    return bool((masks == masks[:, :, :1]).all())


def surprise(count, n, q):
    """n times the relative entropy between the share count/n and the probability q."""
    share = np.clip(np.divide(count, n), 1e-300, 1 - 1e-16)
    return n * (share * np.log(share / q) + (1 - share) * np.log((1 - share) / (1 - q)))


def require_no_echo(masks, farthest):
    """Fails if entries a certain distance apart agree more often, or more rarely, than fair and independent tosses."""
    tosses = masks.ravel()
    counts, sizes = agreeing_pairs(tosses, farthest), numbers_of_pairs(tosses.size, farthest)
    odd = np.argwhere(surprise(counts, sizes, 0.5) >= UNLIKELY)
    if len(odd):
        place = tuple(odd[0])
        require(
            False,
            f"Of {sizes[place]} pairs of entries that lie {place[0] + 1} apart (row by row, one call after the "
            f"other) {counts[place]} were kept or dropped together. With p = 0.5 it should be about half of them.",
        )


def agreeing_pairs(tosses, farthest):
    """For each distance, how many pairs agree in the blocks with an even number, and in those with an odd one.

    The blocks are as long as the distance: in every second one no entry is in two pairs, so the pairs are independent.
    """
    counts = []
    for distance in range(1, farthest + 1):
        agreeing = tosses[:-distance] == tosses[distance:]
        blocks = np.add.reduceat(agreeing, np.arange(0, agreeing.size, distance), dtype=int)
        counts.append((blocks[::2].sum(), blocks[1::2].sum()))
    return np.array(counts)


@functools.cache
def numbers_of_pairs(size, farthest):
    """How many pairs there are."""
    return agreeing_pairs(np.zeros(size), farthest)
