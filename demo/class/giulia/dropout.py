"""Dropout is an adaptive ridge.

Dropout switches units off at random while a network is being trained. That looks like
noise for its own sake. Behind a linear layer with squared loss it can be computed
exactly what the noise does on average, and it is something old: a ridge penalty, whose
strength each unit gets according to how active it is.

You will write dropout, prove its expectation by going through all masks, find the
expected loss in closed form, and minimise it over a data set.

Source: L10 is lecture 10, Neural Networks: Fundamentals, exercise 10.5 and section 4.4.

Conventions:

- p is the probability that a unit is KEPT, 0 < p ≤ 1, as in exercise 10.5. Section 4 of
  L10 uses φ = 1 − p, the probability that it is dropped, and `torch.nn.Dropout(p)`
  means φ as well.
- m is a mask: a 1 for each unit that is kept, a 0 for each that is dropped. Its entries
  are independent, and each is 1 with probability p (Bernoulli(p)).
- ⊙ multiplies entry by entry, and h̃ = (m ⊙ h)/p is what dropout makes of h.
- E is the expectation over the mask. Nothing else is random.
- A batch is `(N, d)`, one sample a row. Arrays are NumPy float64; where one is asked
  for, a list of the same shape will do. Functions never modify the arrays that they are
  given.

Ten points: a 3, b 4, c 3. The written question at the end carries 3 more.
"""

import itertools

import numpy as np

# Part a: masks, and what they do on average
# ------------------------------------------
#
# Dropping units makes the layer's output smaller on average. Inverted dropout repairs
# that during training: it divides what is left by p (L10 exercise 10.5). In evaluation
# nothing is dropped and nothing is scaled, so that a trained network can be used as it
# is.
#
# Worked step. With h = (2, −1), p = ½ and the mask m = (1, 0) we get h̃ = (2,
# 0)/½ = (4, 0).
#
# Then show that the expectation is unchanged, E h̃ = h (exercise 10.5 (a)). Averages
# over many random masks only suggest it. There are finitely many masks, 2^d, and so the
# expectation is a sum:
#
#     E h̃ = Σ_m P(m)·(m ⊙ h)/p
#
# For d = 2 the four masks and their probabilities are
#
#     m         (0, 0)    (0, 1)     (1, 0)     (1, 1)
#     P(m)      (1−p)²    (1−p)·p    p·(1−p)    p²
#
# `expected_activation` is that sum, for any d up to 12, that is 4096 masks.


def inverted_dropout(h, mask, p):
    """The activations after dropout with a given mask: (mask ⊙ h)/p (L10 exercise 10.5).

    Parameters
    ----------
    h : float64 array of any shape, () included
    mask : array of h's shape that holds 0 and 1 (or False and True; bool, int or float), 1 where a unit is kept
    p : float, the keep probability, 0 < p ≤ 1

    Returns
    -------
    float64 array of h's shape
    """
    return mask * h / p


def dropout_layer(h, p, rng, training=True):
    """Inverted dropout with a mask of its own for every call (L10 exercise 10.5 and section 4.4).

    In training the result is (m ⊙ h)/p, with a mask m of h's shape that is drawn from `rng`. Each entry of m is
    1 with probability p, independently of all others: of those in the same row or column, and of those of
    earlier calls. Any method of `rng` will do, and nothing else may be random: the same state of `rng` gives the
    same result, and every call leaves `rng` in a new state, so that the next one draws another mask.

    In evaluation, and in training with p = 1, the result is h as it is. Whether something is drawn from `rng`
    there makes no difference.

    Parameters
    ----------
    h : float64 array with at least one axis; a batch is (N, d)
    p : float, the keep probability
    rng : numpy.random.Generator
    training : bool, False in evaluation; True if it is left out

    Returns
    -------
    float64 array of h's shape

    Raises
    ------
    ValueError : if p is not in (0, 1], in training and in evaluation
    """
    if p <= 0 or p > 1:
        raise ValueError("p must be in (0, 1]")
    if training:
        mask = rng.random(h.shape[-1]) < p  # one entry for each unit
        return inverted_dropout(h, mask, p)
    return h


def expected_activation(h, p):
    """The exact expectation E h̃ = Σ_m P(m)·(m ⊙ h)/p over all 2^d masks (L10 exercise 10.5 (a)).

    It is exact up to rounding; an average over random masks is not.

    Parameters
    ----------
    h : (d,) float64, 1 ≤ d ≤ 12
    p : float, the keep probability, 0 < p ≤ 1

    Returns
    -------
    (d,) float64
    """
    result = 0
    for mask in itertools.product([0, 1], repeat=len(h)):
        mask = np.array(mask)
        probability = np.prod(np.where(mask == 1, p, 1 - p))
        result = result + probability * inverted_dropout(h, mask, p)
    return result


# Part b: what dropout adds to the loss
# -------------------------------------
#
# A linear layer y = w·h̃ follows the dropout layer, and is judged by its squared error
# (y − y*)², where y* is the target. On average over the masks dropout leaves y as it
# is. It does not leave the squared error as it is: for any random number z,
#
#     E z² = (E z)² + Var z,
#
# and dropout makes y random. So the expected loss is the loss without dropout, plus a
# penalty that is a weighted sum of the w_j² (L10 exercise 10.5 (b)):
#
#     E (w·h̃ − y*)² = (w·h − y*)² + Σ_j c_j·w_j²
#
# Find the c_j: `penalty_coefficients` returns them, and `expected_loss` is the whole
# right-hand side. It must work for hundreds of units, where 2^d masks are out of reach.
#
# Worked step, to test your formula with. Let d = 1, h = 2, w = 1 and y* = 1. Without
# dropout the loss is (2 − 1)² = 1.
#
# - p = ½: h̃ is 4 or 0, each with probability ½, and so E
#   (w·h̃ − y*)² = ½·3² + ½·1² = 5.
# - p = 0.8: h̃ is 2.5 with probability 0.8, else 0, and so it is 0.8·1.5² + 0.2·1² = 2.
#
# The penalty is 4 at p = ½, and 1 at p = 0.8.


def expected_loss(w, h, target, p):
    """The expected squared loss of a linear layer behind dropout, in closed form (L10 exercise 10.5 (b)).

    E (w·h̃ − target)² over the mask, with h̃ = (m ⊙ h)/p. It equals (w·h − target)² + Σ_j c_j·w_j², where the c_j
    are those of `penalty_coefficients`.

    Parameters
    ----------
    w : (d,) float64, the weights of the layer
    h : (d,) float64, the activations before dropout; d may be several hundred
    target : float
    p : float, the keep probability, 0 < p ≤ 1

    Returns
    -------
    float
    """
    c = penalty_coefficients(h, p)
    return (w @ h - target) ** 2 + np.sum(c * w**2)


def penalty_coefficients(h, p):
    """The factors c_j of w_j² in the expected loss (L10 exercise 10.5 (b)).

    They do not depend on w, nor on the target.

    Parameters
    ----------
    h : (d,) float64, the activations before dropout
    p : float, the keep probability, 0 < p ≤ 1

    Returns
    -------
    c : (d,) float64
    """
    # the variance of a Bernoulli(p) variable is p(1 - p)
    return p * (1 - p) * h**2


# Part c: a ridge that adapts
# ---------------------------
#
# Now let the layer stand alone: a linear model behind dropout, on a data set X `(N, d)`
# with targets y `(N,)`. Each sample has a mask of its own, x̃_i = (m_i ⊙ x_i)/p. What
# training with dropout minimises, on average over all masks, is the summed expected
# loss
#
#     L(w) = Σ_i E (w·x̃_i − y_i)²
#
# There is no intercept, and L is a sum, not a mean. By part b, L(w) is the sum of
# squares of least squares plus a penalty that is quadratic in w. So its minimiser
# solves a system of d linear equations: set the gradient to zero.
#
# Worked step. Without dropout, L(w) = ‖Xw − y‖² has the gradient 2·Xᵀ(Xw − y), which
# leads to the normal equations XᵀX w = Xᵀy. In what way does the penalty of part b,
# summed over the samples, change the matrix?
#
# Compare your answer with ridge regression (weight decay, L10 section 4.2), whose
# penalty λ‖w‖² treats all weights alike. Section 4.4 says that dropout is approximately
# the same. How far that goes is the question at the end.


def dropout_ridge(X, y, p):
    """The weights that minimise the summed expected loss Σ_i E (w·x̃_i − y_i)² (L10 exercise 10.5 (c)).

    The expectation is over the masks of x̃_i = (m_i ⊙ x_i)/p; the minimiser is computed in closed form, up to
    rounding. With p = 1 it is that of least squares.

    Parameters
    ----------
    X : (N, d) float64, no column of zeros; N may be smaller than d
    y : (N,) float64
    p : float, the keep probability, 0 < p ≤ 1; below 1 wherever XᵀX is singular

    Returns
    -------
    w : (d,) float64
    """
    # the gradient: 2 X^T (Xw - y) + 2 C w = 0
    C = np.diag(np.sum([penalty_coefficients(x, p) for x in X], axis=0))
    return np.linalg.solve(X.T @ X + C, X.T @ y)


# Why does this regularise?
# -------------------------
#
# Explain how the penalty of part b acts as an ℓ2 regulariser that adapts (L10 exercise
# 10.5 (c)), and why that helps against overfitting. In some 150 words, say
#
# 1. which weights it shrinks, how strongly, and what p does;
# 2. in what way that differs from weight decay, λ‖w‖², and when the two are the same;
# 3. why a model fitted in this way overfits less, and what is paid for it.
