"""Known wrong ways to do dropout. The first line of each docstring is what a student is told."""

import copy

import numpy as np

from autograder.checking import replaces

# Part a, a given mask


@replaces("inverted_dropout")
def mask_not_rescaled(h, mask, p):
    """You only multiply by the mask: inverted dropout also divides by p, so that the mean stays h."""
    return mask * h


@replaces("inverted_dropout")
def mask_multiplied_by_p(h, mask, p):
    """You multiply by p: what is kept has to grow, so divide by p."""
    return mask * h * p


@replaces("inverted_dropout")
def mask_scaled_by_drop_probability(h, mask, p):
    """You divide by 1 − p, the probability of being dropped: here p is the probability of being kept."""
    return mask * h / (1 - p)


@replaces("inverted_dropout")
def kept_and_dropped_exchanged(h, mask, p):
    """You drop where the mask is 1: a 1 keeps the unit, and a 0 drops it."""
    return (1 - mask) * h / p


@replaces("inverted_dropout")
def mask_ignored(h, mask, p):
    """You divide by p without dropping anything: the mask has to be multiplied in."""
    return h / p


@replaces("inverted_dropout")
def only_kept_units_rescaled(h, mask, p):
    """You leave the dropped units as they are: they become zero."""
    return np.where(mask, h / p, h)


@replaces("inverted_dropout")
def rescaled_by_the_share_kept(h, mask, p):
    """You divide by the share of ones in this mask: the factor is 1/p, the same for every mask."""
    share = np.mean(mask)
    return mask * h / share if share else mask * h


@replaces("inverted_dropout")
def kept_units_only(h, mask, p):
    """You return only the units that were kept: the result has the shape of h, with zeros for the others."""
    return h[np.asarray(mask, dtype=bool)] / p


@replaces("inverted_dropout")
def mask_as_indices(h, mask, p):
    """You index with the mask as it is: a mask of numbers 0 and 1 then means the positions 0 and 1."""
    mask = mask if mask.dtype == bool else mask.astype(int)
    out = np.zeros_like(h)
    out[mask] = h[mask] / p
    return out


@replaces("inverted_dropout")
def result_of_the_masks_dtype(h, mask, p):
    """You fill an array of the mask's dtype: ints and bools cannot hold the result, so make it like h."""
    out = np.zeros_like(mask)
    out[...] = mask * h / p
    return out


@replaces("inverted_dropout")
def mask_inverted_bit_by_bit(h, mask, p):
    """You invert the mask with ~: that is right for bools, but ~1 is −2 for ints, and floats have no ~."""
    out = h / p
    out[~mask] = 0
    return out


@replaces("inverted_dropout")
def activations_modified(h, mask, p):
    """You work in h itself, and so change the caller's array: make a new one."""
    h *= mask
    h /= p
    return h


@replaces("inverted_dropout")
def mask_modified(h, mask, p):
    """You scale the mask in place, and so change the caller's array: make a new one."""
    if mask.dtype == float:
        mask /= p
        return mask * h
    return mask * h / p


@replaces("inverted_dropout")
def single_precision(h, mask, p):
    """You compute in float32, which has seven digits: keep the arrays in float64."""
    return mask.astype(np.float32) * h.astype(np.float32) / np.float32(p)


# Part a, the layer


def _layer(h, p, training, keep, factor=None, evaluation=lambda h, p: h):
    """The right layer, with the mask `keep(h, p)`, 1/p replaced by `factor(p)`, and another result in evaluation."""
    if not 0 < p <= 1:
        raise ValueError(p)
    if not training:
        return evaluation(h, p)
    return np.multiply(keep(h, p), h) * (1 / p if factor is None else factor(p))


def _independent(rng):
    return lambda h, p: rng.random(h.shape) < p


@replaces("dropout_layer")
def not_scaled(h, p, rng, training=True):
    """You leave out the division by p: in training, what is kept has to make up for what is dropped."""
    return _layer(h, p, training, _independent(rng), lambda p: 1)


@replaces("dropout_layer")
def multiplied_by_p(h, p, rng, training=True):
    """You multiply by p in training: what is kept has to grow, so divide by p."""
    return _layer(h, p, training, _independent(rng), lambda p: p)


@replaces("dropout_layer")
def divided_twice(h, p, rng, training=True):
    """You divide by p twice: once is enough to keep the mean."""
    return _layer(h, p, training, _independent(rng), lambda p: 1 / p**2)


@replaces("dropout_layer")
def divided_by_the_root(h, p, rng, training=True):
    """You divide by the root of p, which keeps the mean square: inverted dropout keeps the mean, with 1/p."""
    return _layer(h, p, training, _independent(rng), lambda p: 1 / np.sqrt(p))


@replaces("dropout_layer")
def drop_probability(h, p, rng, training=True):
    """You take p for the probability of being dropped, as torch does: here it is that of being kept."""
    return _layer(h, p, training, lambda h, p: rng.random(h.shape) >= p, lambda p: 1 / (1 - p) if p < 1 else np.inf)


@replaces("dropout_layer")
def scaled_by_drop_probability(h, p, rng, training=True):
    """You keep with probability p but divide by 1 − p: the mean stays h only if you divide by p."""
    return _layer(h, p, training, _independent(rng), lambda p: 1 / (1 - p) if p < 1 else np.inf)


@replaces("dropout_layer")
def mask_exchanged(h, p, rng, training=True):
    """You keep where you should drop: your mask is 1 with probability 1 − p. Check the comparison with p."""
    return _layer(h, p, training, lambda h, p: rng.random(h.shape) > p)


@replaces("dropout_layer")
def divided_by_the_share_kept(h, p, rng, training=True):
    """You divide by the share that happened to be kept: the factor is 1/p, the same for every mask."""
    kept = rng.random(h.shape) < p
    return _layer(h, p, training, lambda h, p: kept, lambda p: 1 / max(kept.mean(), 1e-9))


@replaces("dropout_layer")
def scaled_in_evaluation(h, p, rng, training=True):
    """You multiply by p in evaluation: inverted dropout has scaled in training already, so h stays as it is."""
    return _layer(h, p, training, _independent(rng), evaluation=lambda h, p: p * h)


@replaces("dropout_layer")
def divided_in_evaluation(h, p, rng, training=True):
    """You divide by p in evaluation too: where nothing is dropped there is nothing to make up for."""
    return _layer(h, p, training, _independent(rng), evaluation=lambda h, p: h / p)


@replaces("dropout_layer")
def dropout_in_evaluation(h, p, rng, training=True):
    """You drop units in evaluation too: with training=False the result is h."""
    return _layer(h, p, True, _independent(rng))


@replaces("dropout_layer")
def nothing_dropped_in_training(h, p, rng, training=True):
    """You drop nothing in training: units are dropped where training is True, and only there."""
    return _layer(h, p, not training, _independent(rng))


@replaces("dropout_layer")
def evaluation_by_default(h, p, rng, training=False):
    """You drop nothing unless you are asked to: the parameter training is True by default."""
    return _layer(h, p, training, _independent(rng))


@replaces("dropout_layer")
def training_required(h, p, rng, training):
    """You insist on the parameter training: give it its default, training=True."""
    return _layer(h, p, training, _independent(rng))


@replaces("dropout_layer")
def one_toss_for_everything(h, p, rng, training=True):
    """You toss once for the whole array: every element needs a toss of its own, so draw h.shape of them."""
    return _layer(h, p, training, lambda h, p: rng.random() < p)


@replaces("dropout_layer")
def one_mask_for_the_batch(h, p, rng, training=True):
    """You draw one mask for all samples of the batch: every sample needs its own, so draw h.shape tosses."""
    return _layer(h, p, training, lambda h, p: rng.random(h.shape[-1]) < p)


@replaces("dropout_layer")
def one_mask_for_all_images(h, p, rng, training=True):
    """You draw one mask for all samples if a sample has two axes: every element needs a toss, so draw h.shape."""
    return _layer(h, p, training, lambda h, p: rng.random(h.shape if h.ndim < 3 else h.shape[1:]) < p)


@replaces("dropout_layer")
def one_toss_for_each_row(h, p, rng, training=True):
    """You keep or drop whole samples: every unit of every sample needs a toss of its own."""
    return _layer(h, p, training, lambda h, p: rng.random((*h.shape[:-1], 1)) < p)


@replaces("dropout_layer")
def fixed_number_kept(h, p, rng, training=True):
    """You always keep the same number of entries: then they are not independent. Toss for each entry by itself."""
    return _layer(h, p, training, lambda h, p: rng.permutation(h.size).reshape(h.shape) < round(p * h.size))


@replaces("dropout_layer")
def neighbours_share_a_toss(h, p, rng, training=True):
    """You use each toss for several entries: every entry needs a toss of its own."""
    return _layer(h, p, training, lambda h, p: np.resize(np.repeat(rng.random(h.size) < p, 2), h.shape))


@replaces("dropout_layer")
def fair_coin(h, p, rng, training=True):
    """You toss a fair coin, whatever p is: an entry is kept with probability p."""
    return _layer(h, p, training, lambda h, p: rng.integers(0, 2, h.shape))


@replaces("dropout_layer")
def probability_in_tenths(h, p, rng, training=True):
    """You draw one of ten numbers, which makes p a multiple of 1/10: compare p with a continuous number."""
    return _layer(h, p, training, lambda h, p: rng.integers(0, 10, h.shape) < 10 * p)


@replaces("dropout_layer")
def normal_numbers_compared(h, p, rng, training=True):
    """You compare normal numbers with p: that has probability p only for numbers uniform on (0, 1)."""
    return _layer(h, p, training, lambda h, p: rng.normal(size=h.shape) < p)


_MASKS = {}


@replaces("dropout_layer")
def fixed_mask(h, p, rng, training=True):
    """You use the same mask again and again: every call in training draws a new one."""
    if h.shape not in _MASKS:
        _MASKS[h.shape] = rng.random(h.shape)
    return _layer(h, p, training, lambda h, p: _MASKS[h.shape] < p)


@replaces("dropout_layer")
def generator_with_fixed_seed(h, p, rng, training=True):
    """You draw from a generator of your own with a fixed seed, so every mask is the same: draw from rng."""
    return _layer(h, p, training, _independent(np.random.default_rng(0)))


@replaces("dropout_layer")
def global_random_state(h, p, rng, training=True):
    """You draw from np.random, the random module or a generator of your own: only draws from rng can be repeated."""
    return _layer(h, p, training, _independent(np.random))


@replaces("dropout_layer")
def copy_of_rng(h, p, rng, training=True):
    """You draw from a copy of rng: rng itself has to move on, or the next call gets the same mask."""
    return _layer(h, p, training, _independent(copy.deepcopy(rng)))


@replaces("dropout_layer")
def p_never_refused(h, p, rng, training=True):
    """You accept any p: outside of (0, 1] it is no keep probability, and a ValueError says so."""
    return (rng.random(h.shape) < p) * h / p if training else h


@replaces("dropout_layer")
def p_checked_in_training_only(h, p, rng, training=True):
    """You check p in training only: a wrong p is refused in evaluation too."""
    return _layer(h, p, training, _independent(rng)) if training else h


@replaces("dropout_layer")
def zero_accepted(h, p, rng, training=True):
    """You accept p = 0: then nothing is kept, and 1/p does not exist."""
    if p < 0 or p > 1:
        raise ValueError(p)
    return np.divide((rng.random(h.shape) < p) * h, p) if training else h


@replaces("dropout_layer")
def one_refused(h, p, rng, training=True):
    """You refuse p = 1: it is allowed, and means that everything is kept."""
    if p == 1:
        raise ValueError(p)
    return _layer(h, p, training, _independent(rng))


@replaces("dropout_layer")
def assertion_for_value_error(h, p, rng, training=True):
    """You refuse a wrong p with assert: raise a ValueError, which says what is wrong and is never switched off."""
    assert 0 < p <= 1
    return _layer(h, p, training, _independent(rng))


@replaces("dropout_layer")
def none_for_value_error(h, p, rng, training=True):
    """You return None for a wrong p: raise a ValueError, so that nobody goes on with it."""
    return _layer(h, p, training, _independent(rng)) if 0 < p <= 1 else None


@replaces("dropout_layer")
def layer_modifies_its_input(h, p, rng, training=True):
    """You set entries of h itself to zero, and so change the caller's array: make a new one."""
    if not 0 < p <= 1:
        raise ValueError(p)
    if training:
        h[rng.random(h.shape) >= p] = 0
        return h / p
    return h


@replaces("dropout_layer")
def mask_returned_too(h, p, rng, training=True):
    """You return the mask as well: the layer returns the activations only."""
    mask = rng.random(h.shape) < p
    return _layer(h, p, training, lambda h, p: mask), mask


@replaces("dropout_layer")
def mask_returned_alone(h, p, rng, training=True):
    """You return the mask: the layer returns the activations, (m ⊙ h)/p."""
    return _layer(np.ones_like(h), p, training, _independent(rng), lambda p: 1, lambda _, p: h)


# Part a, the expectation


def _masks(d):
    return np.array([[code >> j & 1 for j in range(d)] for code in range(2**d)])


def _expectation(h, p, probabilities, factor=1.0):
    """The sum over all masks, with the probabilities replaced."""
    masks = _masks(len(h))
    kept = masks.sum(axis=1)
    return probabilities(kept, len(h) - kept) @ masks * h * factor


def _right(p):
    return lambda kept, dropped: p**kept * (1 - p) ** dropped


@replaces("expected_activation")
def equal_weights(h, p):
    """You take the plain mean over the masks: a mask with k ones weighs p^k·(1 − p)^(d − k)."""
    return _expectation(h, p, lambda kept, dropped: 0.5 ** (kept + dropped), 1 / p)


@replaces("expected_activation")
def expectation_not_rescaled(h, p):
    """You leave out the division by p: it is E (m ⊙ h)/p that is asked for."""
    return _expectation(h, p, _right(p))


@replaces("expected_activation")
def expectation_multiplied_by_p(h, p):
    """You multiply by p where you should divide: E h̃ is the mean of (m ⊙ h)/p."""
    return _expectation(h, p, _right(p), p)


@replaces("expected_activation")
def exponents_exchanged(h, p):
    """You exchange the exponents: p counts the units that are kept, and 1 − p those that are dropped."""
    return _expectation(h, p, _right(1 - p), 1 / p)


@replaces("expected_activation")
def expectation_scaled_by_drop_probability(h, p):
    """You divide by 1 − p: the masks keep with probability p, and the scale is 1/p."""
    return _expectation(h, p, _right(p), np.divide(1, 1 - p))


@replaces("expected_activation")
def dropped_units_not_weighed(h, p):
    """Your probabilities lack the factors 1 − p of the dropped units: they do not sum to 1."""
    return _expectation(h, p, lambda kept, dropped: p**kept, 1 / p)


@replaces("expected_activation")
def mask_of_all_ones_missing(h, p):
    """You leave out the mask that keeps everything: there are 2^d masks, from 0 to 2^d − 1."""
    return _expectation(h, p, lambda kept, dropped: (dropped > 0) * _right(p)(kept, dropped), 1 / p)


@replaces("expected_activation")
def sum_not_weighed(h, p):
    """You add up the masks without probabilities: an expectation weighs each by P(m)."""
    return _expectation(h, p, lambda kept, dropped: kept**0, 1 / p)


@replaces("expected_activation")
def sampled_expectation(h, p):
    """You average over random masks: that is off by the noise of sampling, and the sum over all masks is exact."""
    return np.mean((np.random.default_rng(0).random((10_000, len(h))) < p) * h / p, axis=0)


@replaces("expected_activation")
def logarithms_of_probabilities(h, p):
    """You compute with log(1 − p), which is −∞ at p = 1, and 0·∞ is NaN: multiply probabilities instead."""
    return _expectation(h, p, lambda kept, dropped: np.exp(kept * np.log(p) + dropped * np.log(1 - p)), 1 / p)


@replaces("expected_activation")
def summed_over_units(h, p):
    """You sum over the units as well: the expectation has an entry for each unit."""
    return np.sum(h)


@replaces("expected_activation")
def all_masks_returned(h, p):
    """You return the activations of every mask: weigh them by their probabilities and add them up."""
    return _masks(len(h)) * h / p


@replaces("expected_activation")
def expectation_in_single_precision(h, p):
    """You average in float32, which has seven digits: keep the arrays in float64."""
    return _expectation(h, p, lambda *counts: _right(p)(*counts).astype(np.float32), 1 / p).astype(np.float32)


# Part b, the expected loss


def _loss(w, h, target, penalty):
    return (w @ h - target) ** 2 + penalty


def _odds(p):
    """(1 − p)/p."""
    return (1 - p) / p


@replaces("expected_loss")
def penalty_forgotten(w, h, target, p):
    """You compute the loss without dropout: the variance of w·h̃ comes on top."""
    return _loss(w, h, target, 0)


@replaces("expected_loss")
def penalty_alone(w, h, target, p):
    """You compute the penalty alone: the squared error without dropout belongs to it."""
    return _odds(p) * np.sum((w * h) ** 2)


@replaces("expected_loss")
def penalty_subtracted(w, h, target, p):
    """You subtract the penalty: a variance adds to the mean square."""
    return _loss(w, h, target, -_odds(p) * np.sum((w * h) ** 2))


@replaces("expected_loss")
def odds_inverted(w, h, target, p):
    """Your factor is p/(1 − p): keep and drop are exchanged. With p = 1 nothing is random, and no penalty is left."""
    return _loss(w, h, target, np.divide(p, 1 - p) * np.sum((w * h) ** 2))


@replaces("expected_loss")
def variance_not_rescaled(w, h, target, p):
    """Your factor p·(1 − p) is the variance of the mask: dividing the mask by p divides its variance by p²."""
    return _loss(w, h, target, p * (1 - p) * np.sum((w * h) ** 2))


@replaces("expected_loss")
def one_minus_p(w, h, target, p):
    """Your factor is 1 − p: the variance of m/p is not that. Compute E (m/p)² − (E m/p)²."""
    return _loss(w, h, target, (1 - p) * np.sum((w * h) ** 2))


@replaces("expected_loss")
def divided_by_p_squared(w, h, target, p):
    """Your factor is (1 − p)/p²: the variance of m is p·(1 − p), and one p cancels."""
    return _loss(w, h, target, (1 - p) / p**2 * np.sum((w * h) ** 2))


@replaces("expected_loss")
def mean_square_for_variance(w, h, target, p):
    """Your factor is 1/p, the mean square of m/p: the variance is that minus the squared mean."""
    return _loss(w, h, target, np.sum((w * h) ** 2) / p)


@replaces("expected_loss")
def deviation_for_variance(w, h, target, p):
    """Your factor is the root of the right one: a standard deviation, where the variance is needed."""
    return _loss(w, h, target, np.sqrt(_odds(p)) * np.sum((w * h) ** 2))


@replaces("expected_loss")
def square_forgotten(w, h, target, p):
    """You add up w_j·h_j without the square: then the penalty may be negative, and a variance never is."""
    return _loss(w, h, target, _odds(p) * np.sum(w * h))


@replaces("expected_loss")
def square_of_the_sum(w, h, target, p):
    """You square the sum of the w_j·h_j: the entries are independent, so their variances add up, square by square."""
    return _loss(w, h, target, _odds(p) * np.sum(w * h) ** 2)


@replaces("expected_loss")
def magnitudes_for_squares(w, h, target, p):
    """You add up the magnitudes of the w_j·h_j: the variance has their squares."""
    return _loss(w, h, target, _odds(p) * np.sum(np.abs(w * h)))


@replaces("expected_loss")
def activations_forgotten(w, h, target, p):
    """Your penalty is plain weight decay: each w_j² counts times h_j²."""
    return _loss(w, h, target, _odds(p) * np.sum(w**2))


@replaces("expected_loss")
def weights_forgotten(w, h, target, p):
    """Your penalty lacks the weights: the noise of unit j enters the output through w_j."""
    return _loss(w, h, target, _odds(p) * np.sum(h**2))


@replaces("expected_loss")
def weights_not_squared(w, h, target, p):
    """Your penalty has w_j without the square: the variance of w_j·h̃_j is w_j²·Var h̃_j."""
    return _loss(w, h, target, _odds(p) * np.sum(w * h**2))


@replaces("expected_loss")
def activations_not_squared(w, h, target, p):
    """Your penalty has h_j without the square: the variance of h̃_j grows with h_j²."""
    return _loss(w, h, target, _odds(p) * np.sum(w**2 * h))


@replaces("expected_loss")
def product_of_norms(w, h, target, p):
    """You multiply ‖w‖² by ‖h‖²: each w_j² meets its own h_j² only."""
    return _loss(w, h, target, _odds(p) * np.sum(w**2) * np.sum(h**2))


@replaces("expected_loss")
def mean_for_sum(w, h, target, p):
    """You average the penalty over the units: the output is a sum over units, and so is its variance."""
    return _loss(w, h, target, _odds(p) * np.mean((w * h) ** 2))


@replaces("expected_loss")
def half_of_the_penalty(w, h, target, p):
    """Your penalty has a factor ½: the loss is the square itself, and so there is none."""
    return _loss(w, h, target, _odds(p) / 2 * np.sum((w * h) ** 2))


@replaces("expected_loss")
def half_of_the_loss(w, h, target, p):
    """Your loss has a factor ½: here it is the square itself."""
    return _loss(w, h, target, _odds(p) * np.sum((w * h) ** 2)) / 2


@replaces("expected_loss")
def target_added(w, h, target, p):
    """You add the target: the error is w·h − target."""
    return _loss(w, h, -target, _odds(p) * np.sum((w * h) ** 2))


@replaces("expected_loss")
def target_forgotten(w, h, target, p):
    """You leave out the target: what is squared is w·h̃ − target."""
    return _loss(w, h, 0, _odds(p) * np.sum((w * h) ** 2))


@replaces("expected_loss")
def error_not_squared(w, h, target, p):
    """You do not square the error w·h − target."""
    return w @ h - target + _odds(p) * np.sum((w * h) ** 2)


@replaces("expected_loss")
def dropout_without_rescaling(w, h, target, p):
    """You compute the loss for m ⊙ h without the division by p: E w·h̃ is w·h, not p·w·h."""
    return (p * w @ h - target) ** 2 + p * (1 - p) * np.sum((w * h) ** 2)


@replaces("expected_loss")
def penalty_of_each_unit(w, h, target, p):
    """You return a vector: sum the penalty over the units, so that the loss is one number."""
    return _loss(w, h, target, _odds(p) * (w * h) ** 2)


@replaces("expected_loss")
def error_of_each_unit(w, h, target, p):
    """You subtract the target from each w_j·h_j: the output is their sum, and the target is subtracted once."""
    return np.sum((w * h - target) ** 2) + _odds(p) * np.sum((w * h) ** 2)


@replaces("expected_loss")
def sampled_loss(w, h, target, p):
    """You average over random masks: that is off by the noise of sampling, and the closed form is exact."""
    masks = np.random.default_rng(0).random((1000, len(h))) < p
    return np.mean(((masks * h / p) @ w - target) ** 2)


@replaces("expected_loss")
def all_masks_enumerated(w, h, target, p):
    """You go through all 2^d masks: with a hundred units that never ends, and the closed form needs no mask."""
    masks = np.arange(2 ** len(h))[:, np.newaxis] >> np.arange(len(h)) & 1
    return np.prod(np.where(masks, p, 1 - p), axis=1) @ ((masks * h / p) @ w - target) ** 2


# Part b, the coefficients


@replaces("penalty_coefficients")
def coefficients_inverted(h, p):
    """Your factor is p/(1 − p): keep and drop are exchanged."""
    return np.divide(p, 1 - p) * h**2


@replaces("penalty_coefficients")
def coefficients_of_the_mask_alone(h, p):
    """Your factor p·(1 − p) is the variance of the mask before the division by p."""
    return p * (1 - p) * h**2


@replaces("penalty_coefficients")
def coefficients_with_one_minus_p(h, p):
    """Your factor is 1 − p: compute the variance of m/p once more."""
    return (1 - p) * h**2


@replaces("penalty_coefficients")
def coefficients_over_p_squared(h, p):
    """Your factor is (1 − p)/p²: the variance of m is p·(1 − p), and one p cancels."""
    return (1 - p) / p**2 * h**2


@replaces("penalty_coefficients")
def mean_square_coefficients(h, p):
    """Your coefficients are the mean squares of h̃: subtract the squared mean, h², to get the variance."""
    return h**2 / p


@replaces("penalty_coefficients")
def coefficients_without_square(h, p):
    """You do not square h: the variance of h̃_j grows with h_j²."""
    return _odds(p) * h


@replaces("penalty_coefficients")
def coefficients_of_magnitudes(h, p):
    """You take the magnitude of h where its square belongs."""
    return _odds(p) * np.abs(h)


@replaces("penalty_coefficients")
def coefficients_without_p(h, p):
    """Your coefficients do not depend on p: the less is kept, the more each weight costs."""
    return h**2


@replaces("penalty_coefficients")
def same_coefficient_for_all(h, p):
    """Your coefficient is the same for all units: it grows with the activity of each."""
    return np.full_like(h, _odds(p))


@replaces("penalty_coefficients")
def coefficients_summed(h, p):
    """You sum over the units: there is one coefficient for each weight."""
    return _odds(p) * np.sum(h**2)


@replaces("penalty_coefficients")
def coefficients_averaged(h, p):
    """You divide by the number of units: the penalty is a sum over them."""
    return _odds(p) * h**2 / len(h)


@replaces("penalty_coefficients")
def coefficients_halved(h, p):
    """Your coefficients have a factor ½: the loss is the square itself, and so there is none."""
    return _odds(p) * h**2 / 2


@replaces("penalty_coefficients")
def factor_squared_too(h, p):
    """You square the factor (1 − p)/p along with h: only h is squared."""
    return (_odds(p) * h) ** 2


@replaces("penalty_coefficients")
def coefficients_doubled(h, p):
    """Your coefficients have a factor 2, as a gradient would: the factor of w_j² in the loss itself is asked for."""
    return 2 * _odds(p) * h**2


# Part c


def _solve(X, y, penalty):
    """The normal equations with a penalty matrix; singular ones by the pseudo-inverse."""
    return np.linalg.pinv(X.T @ X + penalty) @ (X.T @ y)


def _norms(X):
    """The squared norms of the columns."""
    return np.sum(X**2, axis=0)


def _ridge(X, y, p):
    """The right weights, for ways that spoil only what goes in or comes out."""
    return np.linalg.solve(X.T @ X + np.diag(_odds(p) * _norms(X)), X.T @ y)


@replaces("dropout_ridge")
def least_squares(X, y, p):
    """You solve plain least squares: dropout adds a penalty to the matrix."""
    return _solve(X, y, 0)


@replaces("dropout_ridge")
def plain_ridge(X, y, p):
    """You use a plain ridge, the same for all weights: dropout charges each weight by the size of its feature."""
    return _solve(X, y, _odds(p) * np.eye(X.shape[1]))


@replaces("dropout_ridge")
def ridge_of_average_size(X, y, p):
    """Your ridge is the same for all weights, the average of the right ones: each weight has its own."""
    return _solve(X, y, _odds(p) * np.mean(_norms(X)) * np.eye(X.shape[1]))


@replaces("dropout_ridge")
def mean_over_samples(X, y, p):
    """You average the penalty over the samples: the squared errors are summed, so the penalties are too."""
    return _solve(X, y, _odds(p) * np.diag(_norms(X) / len(X)))


@replaces("dropout_ridge")
def ridge_odds_inverted(X, y, p):
    """Your factor is p/(1 − p): keep and drop are exchanged, and p = 1 should leave no penalty."""
    return _solve(X, y, min(np.divide(p, 1 - p), 1e12) * np.diag(_norms(X)))


@replaces("dropout_ridge")
def ridge_with_one_minus_p(X, y, p):
    """Your factor is 1 − p: that of part b is the variance of m/p."""
    return _solve(X, y, (1 - p) * np.diag(_norms(X)))


@replaces("dropout_ridge")
def ridge_of_the_mask_alone(X, y, p):
    """Your factor p·(1 − p) is the variance of the mask before the division by p."""
    return _solve(X, y, p * (1 - p) * np.diag(_norms(X)))


@replaces("dropout_ridge")
def ridge_without_p(X, y, p):
    """Your penalty does not depend on p: it is stronger the less is kept, and gone at p = 1."""
    return _solve(X, y, np.diag(_norms(X)))


@replaces("dropout_ridge")
def ridge_without_rescaling(X, y, p):
    """You minimise for m ⊙ x without the division by p: your weights are 1/p times too large."""
    return _solve(X, y, _odds(p) * np.diag(_norms(X))) / p


@replaces("dropout_ridge")
def features_not_squared(X, y, p):
    """You sum the features without squaring them: the penalty of w_j has Σ_i x_ij²."""
    return _solve(X, y, _odds(p) * np.diag(X.sum(axis=0)))


@replaces("dropout_ridge")
def squares_of_sums(X, y, p):
    """You square the sums of the columns: the penalty of w_j has the sum of the squares."""
    return _solve(X, y, _odds(p) * np.diag(X.sum(axis=0) ** 2))


@replaces("dropout_ridge")
def norms_not_squared(X, y, p):
    """You take the norms of the columns: the penalty of w_j has the squared norm."""
    return _solve(X, y, _odds(p) * np.diag(np.sqrt(_norms(X))))


@replaces("dropout_ridge")
def variances_for_norms(X, y, p):
    """You take the variances of the features: nothing is centred here, so the squares themselves count."""
    return _solve(X, y, _odds(p) * len(X) * np.diag(X.var(axis=0)))


@replaces("dropout_ridge")
def penalty_added_to_every_row(X, y, p):
    """You add the vector of the penalties to the matrix, and NumPy adds it to every row: it belongs on the diagonal."""
    return _solve(X, y, _odds(p) * _norms(X))


@replaces("dropout_ridge")
def penalty_of_first_sample(X, y, p):
    """You take the penalty of one sample: sum it over all of them."""
    return _solve(X, y, _odds(p) * np.diag(X[0] ** 2))


@replaces("dropout_ridge")
def ridge_halved(X, y, p):
    """Your penalty has a factor ½ which the squared errors do not have."""
    return _solve(X, y, _odds(p) / 2 * np.diag(_norms(X)))


@replaces("dropout_ridge")
def ridge_doubled(X, y, p):
    """Your penalty has a factor 2 that was cancelled elsewhere: the gradients of both terms have it."""
    return _solve(X, y, 2 * _odds(p) * np.diag(_norms(X)))


@replaces("dropout_ridge")
def penalty_subtracted_from_matrix(X, y, p):
    """You subtract the penalty: it adds to the matrix, and shrinks the weights."""
    return _solve(X, y, -_odds(p) * np.diag(_norms(X)))


@replaces("dropout_ridge")
def centred_data(X, y, p):
    """You centre the data, as for a model with an intercept: here there is none."""
    X, y = X - X.mean(axis=0), y - y.mean()
    return _solve(X, y, _odds(p) * np.diag(_norms(X)))


@replaces("dropout_ridge")
def intercept_included(X, y, p):
    """You return an intercept as well: there is one weight for each feature, and nothing else."""
    return _ridge(np.column_stack([X, np.ones(len(X))]), y, p)


@replaces("dropout_ridge")
def shrunken_least_squares(X, y, p):
    """Your weights are p times those of least squares, as if all of XᵀX were divided by p: only its diagonal is."""
    return p * np.linalg.pinv(X) @ y


@replaces("dropout_ridge")
def predictions_returned(X, y, p):
    """You return the predictions: the weights are asked for, one for each feature."""
    return X @ _ridge(X, y, p)


@replaces("dropout_ridge")
def column_of_weights(X, y, p):
    """You return a column of shape (d, 1): w is a vector of shape (d,)."""
    return _ridge(X, y[:, np.newaxis], p)


@replaces("dropout_ridge")
def weights_in_single_precision(X, y, p):
    """You solve in float32, which has seven digits: keep the arrays in float64."""
    return _ridge(X.astype(np.float32), y.astype(np.float32), p)


@replaces("dropout_ridge")
def sampled_masks(X, y, p):
    """You average over random masks: the expectation over all masks has a closed form."""
    rng = np.random.default_rng(0)
    dropped = np.concatenate([(rng.random(X.shape) < p) * X / p for _ in range(100)])
    return np.linalg.pinv(dropped) @ np.tile(y, 100)


@replaces("dropout_ridge")
def fifty_steps_of_descent(X, y, p):
    """You stop gradient descent before it has arrived: solve the linear system instead."""
    matrix = X.T @ X + _odds(p) * np.diag(_norms(X))
    w = np.zeros(X.shape[1])
    for _ in range(50):
        w = w - (matrix @ w - X.T @ y) / (2 * np.trace(matrix))
    return w


@replaces("dropout_ridge")
def features_rescaled_in_place(X, y, p):
    """You divide the columns of X by their norms in place, and so change the caller's array: work on a copy."""
    norms = np.sqrt(_norms(X))
    X /= norms
    return _solve(X, y, _odds(p) * np.eye(X.shape[1])) / norms
