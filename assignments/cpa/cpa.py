"""Piecewise affine functions as ReLU networks.

A function is continuous piecewise affine (CPA) if it is continuous, and if space can be
cut into finitely many convex polytopes on each of which it is affine. The magnitude of
x is one, and so is the largest of M numbers. MUR states two facts that make such
functions the language of ReLU networks:

1. Every ReLU network is CPA: affine maps and ReLU are, and compositions of CPA
   functions are.
2. Every CPA function from ℝᵈ to ℝ is a ReLU network.

The second fact is proved by building the network, in three steps: the maximum of M
numbers, then the maximum of M affine functions, which is every convex CPA function,
then the difference of two of these, which is every CPA function. You will build all of
it, without any training.

Your networks are not tried on a few inputs. Each weight is taken as the exact fraction
that it is, and a solver proves that the network is right for every real input, or finds
an input where it is not, which you are then shown.

Sources: MUR is Murari, Introduction to the Mathematics of Deep Learning, the slides
"Some functions representable with ReLU" and "Any CPA is a ReLU network", and the
exercises in their footnotes. FEN and PIA use the same building blocks for
approximation.

Conventions:

- A network is a list of pairs `[(A0, b0), …, (AL, bL)]`. It computes x ↦ A0·x + b0,
  applies ReLU, then A1·(…) + b1, and so on. There is a ReLU between any two affine
  maps, and none after the last.
- Its depth L is the number of ReLU layers: one less than the number of pairs. A single
  pair is an affine map, of depth 0.
- A is `(out, in)`, one output a row, and b is `(out,)`. A map with a single output has
  an A of shape `(1, in)` and a b of shape `(1,)`.
- The networks that you are given are lists of pairs of float64 arrays. In those that
  you return, nested lists will do as well.
- A batch X is `(N, d)`, one sample a row: on it a layer computes X·Aᵀ + b.
- Functions are pure: they never modify the networks or arrays that they are given.
- Two functions count as equal if at every real x they differ by at most
  1e-9·(1 + ‖x‖₁). Rounding errors are far below that; an error of 1e-7 in a weight is
  not.

Ten points: a 3, b 3, c 2, d 2. The written question carries 2 more.
"""

import numpy as np

# Part a: small networks
# ----------------------
#
# First write the function that runs a network on a batch (1 point). Then give, by their
# weights, four networks with one hidden layer each (½ point each):
#
#     absolute    x      ↦ |x|
#     maximum2    (u, v) ↦ max(u, v)
#     minimum2    (u, v) ↦ min(u, v)
#     hat         x      ↦ max(0, 1 − |x|)
#
# MUR lists formulas for all four. Two of its lines want care. The formula max(u,
# v) = v + ReLU(u − v) has a v outside of any ReLU, which a network with one hidden
# layer does not have (this is the first footnote exercise). And MUR writes the hat as
# max{0, |1 − |x||}, which is a slip: an inner magnitude is never negative, so that
# function grows without bound. The hat rises from 0 at −1 to 1 at 0, and falls back to
# 0 at 1.
#
# Worked step. The ramp that clips x to [0, 1] is ReLU(x) − ReLU(x − 1): its slope
# becomes 1 at x = 0, and 0 again at x = 1. Each unit of the hidden layer is one row of
# A0, and the weights in front of the ReLUs are the one row of A1:
#
#     A0 = [[1],    b0 = [ 0,    A1 = [[1, −1]]    b1 = [0]
#           [1]]          −1]
#
# You may use more units than are needed, but exactly one hidden layer.


def evaluate(network, X):
    """The outputs of a network for every sample (MUR, "What is a neural network mathematically").

    Parameters
    ----------
    network : list of L + 1 pairs (A, b) of float64 arrays, (out, in) and (out,); L may be 0
    X : (N, d) float64, one sample a row

    Returns
    -------
    (N, out) float64, a row for each sample, also if N or out is 1
    """
    raise NotImplementedError


def absolute():
    """The network x ↦ |x| with one hidden layer (MUR, "Some functions representable with ReLU").

    Returns
    -------
    network : list of two pairs (A, b); one input, one output
    """
    raise NotImplementedError


def maximum2():
    """The network (u, v) ↦ max(u, v) with one hidden layer (MUR, footnote 1).

    Returns
    -------
    network : list of two pairs (A, b); two inputs, one output
    """
    raise NotImplementedError


def minimum2():
    """The network (u, v) ↦ min(u, v) with one hidden layer (MUR, footnote 1).

    Returns
    -------
    network : list of two pairs (A, b); two inputs, one output
    """
    raise NotImplementedError


def hat():
    """The network x ↦ max(0, 1 − |x|) with one hidden layer (MUR, with the slip mended).

    Returns
    -------
    network : list of two pairs (A, b); one input, one output
    """
    raise NotImplementedError


# Part b: maxima, and with them every convex function
# ---------------------------------------------------
#
# The maximum of M numbers is a network as well. MUR notes that max(a, b,
# c) = max(max(a, b), c), and so extends the maximum of two to M, one number after the
# other: M − 1 hidden layers. A tournament needs far fewer. In each round the numbers
# meet in pairs and the larger of each pair goes on, so that half of them are left after
# one hidden layer. Build the network that has exactly
#
#     ⌈log2 M⌉     hidden layers:   M    1  2  3  4  5  8  9
#                                   L    0  1  2  2  3  3  4
#
# (2 points). Between two rounds, the affine map that puts out the winners and the one
# that forms the next pairs touch, with no ReLU between them. Two affine maps that touch
# are one:
#
#     C·(A·x + b) + d = (C·A)·x + (C·b + d).
#
# Worked step, with numbers. Say that a round ends with u = p − q, v = r and t = s,
# where p, q, r and s are outputs of ReLUs, and that the next layer needs u − v. Its row
# is [1, −1, −1, 0] on (p, q, r, s): u and v themselves are never computed.
#
# If the number of competitors is odd, one of them has no opponent. It must still pass
# the ReLU layer unharmed, be it positive or negative.
#
# A convex CPA function is the maximum of finitely many affine ones, g(x) = max_m
# (a_m·x + b_m) (MUR, "Any CPA is a ReLU network", part I). Build its network from the
# affine functions (1 point); its depth is up to you.


def maximum(M):
    """The network u ↦ max(u_1, …, u_M) with ⌈log2 M⌉ hidden layers (MUR, part I of the proof).

    Parameters
    ----------
    M : int ≥ 1

    Returns
    -------
    network : list of ⌈log2 M⌉ + 1 pairs (A, b); M inputs, one output.
        For M = 1 it is the single affine map u ↦ u. Units that are not needed do no harm.
    """
    raise NotImplementedError


def convex_cpa(A, b):
    """The network x ↦ max_m (A_m·x + b_m) of a convex CPA function (MUR, part II of the proof).

    Parameters
    ----------
    A : (M, d) float64, one affine function a row; M ≥ 1
    b : (M,) float64

    Returns
    -------
    network : list of pairs (A, b), of any depth; d inputs, one output
    """
    raise NotImplementedError


# Part c: differences, and with them every function
# -------------------------------------------------
#
# Every CPA function from ℝᵈ to ℝ is the difference g − h of two convex ones (MUR,
# citing Kripfganz and Schulze). So what is left is to subtract networks, and for that
# MUR assumes without loss of generality that g and h have the same number of layers.
# Its fourth footnote asks why this is allowed.
#
# Worked step. Here is the identity on ℝ with one hidden layer: x = ReLU(x) − ReLU(−x),
# so
#
#     A0 = [[ 1],    b0 = [0,    A1 = [[1, −1]]    b1 = [0].
#           [−1]]          0]
#
# Make a network deeper without changing its function (1 point), and then run two
# networks side by side and subtract (1 point): the first layer feeds x to both, the
# layers between must not mix them, and the last affine map subtracts.
#
# Mind the biases: a copy that is negated is negated with its bias.


def pad_depth(network, depth):
    """The same function with `depth` hidden layers (MUR, footnote 4).

    Parameters
    ----------
    network : list of pairs (A, b) of float64 arrays; any number of inputs and outputs
    depth : int ≥ 0, the number of ReLU layers that the result has

    Returns
    -------
    network : list of depth + 1 pairs (A, b) that computes the same function.
        If the network has that depth already, it may come back as it is.

    Raises
    ------
    ValueError
        If the network is deeper than `depth` already.
    """
    raise NotImplementedError


def difference(g, h):
    """The network x ↦ g(x) − h(x), with both run in parallel (MUR, part II of the proof).

    Parameters
    ----------
    g, h : lists of pairs (A, b) of float64 arrays, with equally many inputs and equally many outputs
        (one or more). Their depths and widths may differ, and either may be a single affine map.

    Returns
    -------
    network : list of pairs (A, b); its depth is the larger of the two depths
    """
    raise NotImplementedError


# Part d: composition and kinks
# -----------------------------
#
# Running g on the outputs of f gives g∘f, a network again: compositions of CPA
# functions are CPA (MUR). The last affine map of f and the first of g touch, and become
# one as in part b, so that the depth is the sum of the two (1 point).
#
# Then the converse question for networks from ℝ to ℝ: given the weights, where are the
# kinks (1 point)? A kink, or breakpoint, is a point where the slope changes.
#
# Worked step. A unit ReLU(w·x + b) of the first layer switches at x = −b/w if w ≠ 0. A
# unit of the second layer sees a function z that is piecewise affine in x, and switches
# wherever z crosses zero: that may happen on several of z's pieces, or on none.
#
# Not every switch is a kink of the output. The weight of the unit in the next layer may
# be zero, or another unit may switch at the same point and make up for it, as in
# ReLU(x) − ReLU(−x), or all that comes after may be switched off there. And each kink
# counts once, however many units make it.


def compose(f, g):
    """The network x ↦ g(f(x)): f comes first (MUR, "Composition of CPA is CPA").

    Parameters
    ----------
    f, g : lists of pairs (A, b) of float64 arrays; f has as many outputs as g has inputs.
        Either may be a single affine map.

    Returns
    -------
    network : list of pairs (A, b); its depth is the sum of the depths of f and g
    """
    raise NotImplementedError


def breakpoints(network):
    """The points where the slope of a network from ℝ to ℝ changes.

    Only points at which the slope of the output really changes count: slopes that differ by less than
    1e-9 are equal, and kinks closer than 1e-9 are one.

    Parameters
    ----------
    network : list of pairs (A, b) of float64 arrays; one input, one output, any depth

    Returns
    -------
    x : (K,) float64, ascending; K may be 0, and the shape is (0,) then
    """
    raise NotImplementedError


# Why networks are piecewise affine
# ---------------------------------
#
# You have built a network for a CPA function. The other direction rests on the
# polytopes: MUR leaves it as an exercise that g∘f has a polytope partition too.

# The pieces of a composition
# ---------------------------
#
# Let f: ℝᵈ → ℝᶜ be affine on each polytope P_j of a finite partition of ℝᵈ, and g:
# ℝᶜ → ℝᵉ affine on each polytope Q_k of a finite partition of ℝᶜ, both continuous. (1)
# Show that each set {x in P_j : f(x) in Q_k} is a convex polytope, an intersection of
# finitely many half-spaces, on which g∘f is affine. (2) Some of these sets are empty or
# flat (without interior points). Show that those may be left out: the others still
# cover ℝᵈ. Five to ten sentences.
