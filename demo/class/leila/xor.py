"""XOR with two hidden units.

Exclusive or is the smallest problem that defeats every linear model, and the first one
that a hidden layer solves:

    x1  x2   y = XOR(x1, x2)
     0   0   0
     0   1   1
     1   0   1
     1   1   0

You will prove that no line separates the two classes, write down by hand two hidden
units that do, see what least squares makes of the data, and let gradient descent look
for the weights.

Sources: L10 is lecture 10, Neural Networks: Fundamentals, exercise 10.1; PIA is
Piastra, Artificial Neural Networks, which carries XOR from the linear fit to the
network.

Conventions, here and in the whole course:

- A batch X is `(N, d)`: N samples, one a row, d features each. Arrays are NumPy
  float64.
- The weights W0 of a layer with h units are `(h, d)`, one unit a row, and its biases b0
  are `(h,)`: on a batch the layer computes X·W0ᵀ + b0, which is `(N, h)`.
- ReLU(z) = max(0, z), element by element.
- Functions are pure: they never modify the arrays that they are given.
- Wherever an array is asked for, a list of the same shape will do.

Ten points: a 2, b 3, c 2, d 1, e 2.
"""

import numpy as np

# Part a: no line separates XOR
# -----------------------------
#
# A linear classifier predicts class 1 where g(x) = w·x + c is positive, and class 0
# elsewhere. Show that no choice of w and c gets all four points right (L10 exercise
# 10.1, first question). A drawing convinces the eye. A certificate convinces anyone who
# can add: a few numbers from which the claim follows by arithmetic.
#
# Worked step. Take points p_i and weights λ_i ≥ 0 with Σ λ_i = 1; then Σ λ_i·p_i is
# called a convex combination of the points. Two facts about g:
#
# - g(Σ λ_i·p_i) = Σ λ_i·g(p_i). This needs Σ λ_i = 1: without it the constant c is not
#   recovered.
# - If g ≤ 0 at every p_i, then g ≤ 0 at the combination; if g > 0 at every p_i, then
#   g > 0 there. This needs λ_i ≥ 0: a negative weight turns an inequality round.
#
# So if ONE point is a convex combination of the class-0 points and also one of the
# class-1 points, then g would have to be ≤ 0 and > 0 there. No g can, and XOR is not
# separable. Find the weights of such a point.
#
# For comparison: AND (class 1 only at (1, 1)) has no certificate, since x1 + x2 − 1.5
# separates it.
#
# The weights are checked in exact arithmetic, so write them down rather than compute
# them: in floating point 0.1 + 0.2 is not 0.3, and a proof has no rounding errors.


def separation_certificate():
    """Weights which prove that no line separates the two classes of XOR (L10 exercise 10.1).

    The class-0 points are (0, 0) and (1, 1), the class-1 points are (0, 1) and (1, 0), in this order.

    Returns
    -------
    (lam, mu) : two sequences of two numbers each (float, int, Fraction or Decimal)
        lam weighs the class-0 points and mu the class-1 points. All weights are ≥ 0,
        lam[0] + lam[1] = 1, mu[0] + mu[1] = 1, and the two combinations are the same point:
        lam[0]·(0, 0) + lam[1]·(1, 1) = mu[0]·(0, 1) + mu[1]·(1, 0).
        All of this must hold exactly, not up to rounding.
    """
    lam = [0.5, 0.5]   # (1/2, 1/2) from the class-0 points
    mu = [0.5, 0.5]    # (1/2, 1/2) from the class-1 points
    return lam, mu


# Part b: two hidden units suffice
# --------------------------------
#
# A network with one hidden layer of h ReLU units and an output bias b1 computes
#
#     f(x) = β·ReLU(W0·x + b0) + b1
#
# (L10 eqs. (1) and (2), with the output bias of exercise 10.1; PIA slide 40). It
# predicts class 1 where f(x) > 0, and class 0 elsewhere: f(x) = 0 is class 0.
#
# Worked step. One unit is enough for AND: with W0 = [[1, 1]], b0 = [−1], β = [1],
# b1 = 0,
#
#     x         (0, 0)  (0, 1)  (1, 0)  (1, 1)
#     W0·x+b0     −1       0       0       1
#     ReLU         0       0       0       1
#     f(x)         0       0       0       1     > 0 only at (1, 1)
#
# One unit is not enough for XOR: β·ReLU(w·x + b) + b1 > 0 describes a half-plane,
# everything or nothing, and part a rules all three out. You need two units that do
# different work.
#
# First write the network for any N, d and h (1 point), then find weights of width 2 for
# XOR (2 points). Any weights that decide all four points right are accepted. Make the
# table above for yours: the decision asks for > 0, and a network that gives 0 on class
# 1 fails.


def relu_net(X, W0, b0, beta, b1=0.0):
    """The outputs of a network with one hidden ReLU layer: β·ReLU(W0·x + b0) + b1 for every sample x.

    L10 eqs. (1) and (2) with an output bias. No activation is applied to the output.

    Parameters
    ----------
    X : (N, d) float64, one sample a row
    W0 : (h, d) float64, one hidden unit a row
    b0 : (h,) float64
    beta : (h,) float64
    b1 : float, the output bias; it may be left out, and is zero then

    Returns
    -------
    f : (N,) float64, not (N, 1); also for one sample, one feature or one unit
    """
    Z = X @ W0.T + b0            # (N, h)
    A = np.maximum(Z, 0)         # (N, h)
    return A @ beta + b1         # (N,)


def xor_weights():
    """Weights with which a network of two hidden ReLU units decides XOR (L10 exercise 10.1).

    With f(x) = β·ReLU(W0·x + b0) + b1 as in `relu_net`: f > 0 at (0, 1) and (1, 0), and
    f ≤ 0 at (0, 0) and (1, 1).

    Your numbers are taken exactly as they stand, and f is evaluated without rounding. To be kind to
    numbers such as 0.1, class 0 may exceed zero by 1e-9·s, where s = Σ_j |β_j|·Σ_i |W0_ji|, and
    class 1 must exceed 1e-9·s.

    Returns
    -------
    W0 : (2, 2), one hidden unit a row
    b0 : (2,)
    beta : (2,)
    b1 : a number
    """
    # see sketch.png: unit 1 is on above the lower line, unit 2 above the upper one
    W0 = [[1, 1], [1, 1]]
    b0 = [-0.5, -1.5]
    beta = [1, -4]
    b1 = -0.25
    return W0, b0, beta, b1


# Part c: without an output bias
# ------------------------------
#
# Can two hidden units decide XOR when b1 = 0 (L10 exercise 10.1, last question)? They
# can: give the weights. The decision rule is the same, class 1 where f(x) > 0.
#
# What changes: without b1 nothing can push f below zero where both units are switched
# off. There f = 0 exactly, which happens to be class 0. Rather than repair the weights
# of part b, you may ask afresh: where should each unit be active, and where should it
# be off?


def xor_weights_without_bias():
    """Weights with which two hidden ReLU units decide XOR without an output bias (L10 exercise 10.1).

    As in `xor_weights`, with b1 = 0: f(x) = β·ReLU(W0·x + b0) is > 0 at (0, 1) and (1, 0), and ≤ 0 at
    (0, 0) and (1, 1), evaluated in the same exact way.

    Returns
    -------
    W0 : (2, 2), one hidden unit a row
    b0 : (2,)
    beta : (2,)
    """
    # 0 where both are off is class 0 anyway, so b1 was not needed
    W0, b0, beta, b1 = xor_weights()
    return W0, b0, beta


# Part d: what least squares makes of it
# --------------------------------------
#
# The obvious first attempt is a linear fit, f(x) = w·x + b with the smallest mean
# squared error
#
#     L(w, b) = (1/N) Σ_i (w·x_i + b − y_i)²
#
# (PIA, "Loss minimization"). Append a column of ones, X̂ = [X, 1] of shape
# `(N, d + 1)`, and collect the unknowns in ϑ = (w, b). Setting the gradient to zero
# gives the normal equations
#
#     X̂ᵀX̂ ϑ = X̂ᵀy.
#
# If X̂ᵀX̂ is invertible, ϑ = (X̂ᵀX̂)⁻¹X̂ᵀy. If not (fewer samples than unknowns, two
# equal features, a constant feature), there are many solutions, all with the same fit.
# Return the one whose whole vector ϑ = (w, b) has the smallest norm. The intercept
# counts like any other entry.
#
# Worked step. With the single feature x = 1 on every sample, w and b enter only as
# w + b, and the best fit is w + b = ȳ, the mean of y. Of all such pairs, w = b = ȳ/2
# has the smallest norm.
#
# Then look at what XOR gives: w = 0 and b = ½. PIA's slide asks "What ??? A constant
# function?" Yes: the best linear answer to XOR is "one half, whatever the input". Write
# y − ½ for the four points, and you see that it is orthogonal to both features and to
# the constant: there is nothing in it that a line could catch.


def linear_fit(X, y):
    """The least-squares fit of y by w·x + b, from the augmented normal equations (PIA).

    With X̂ = [X, 1], the vector ϑ = (w, b) solves X̂ᵀX̂ ϑ = X̂ᵀy. Where these are singular, it is the
    solution of least norm ‖ϑ‖² = ‖w‖² + b².

    Parameters
    ----------
    X : (N, d) float64; N may be smaller than d + 1, and columns may be equal or constant
    y : (N,) float64

    Returns
    -------
    w : (d,) float64
    b : float
    """
    raise NotImplementedError


# Part e: gradient descent finds weights
# --------------------------------------
#
# By hand we knew what the units should do. Gradient descent knows only the loss
#
#     L = (1/N) Σ_i (f(x_i) − y_i)²        with f = relu_net
#
# (no factor ½), and repeats θ ← θ − lr·∇L(θ) with all N samples in every step (L10 eq.
# (11); PIA slide 32 and "Computing Gradients"). The parameters are θ = (W0, b0, β, b1).
#
# Worked step. Write r_i = f(x_i) − y_i. Then ∂L/∂f(x_i) = (2/N)·r_i, and since f
# contains b1 as it stands, ∂L/∂b1 = (2/N) Σ_i r_i. The other three follow by the chain
# rule: β meets the hidden activations ReLU(z), and W0 and b0 act through z = W0·x + b0,
# by way of β and ReLU'(z).
#
# Three things to watch:
#
# - Update simultaneously. ∇L is taken at ONE point θ. If β is replaced first and the
#   gradient of W0 is then computed with the new β, the direction is no longer the
#   gradient at any point, and this is no longer gradient descent.
# - ReLU'(0) = 0 here. It is not a case for pedants: biases often start at zero, and
#   then the sample (0, 0) has z = 0 in every unit at the very first step. Any other
#   value at the kink gives other weights.
# - The loss is recorded before the first step and after every step: steps + 1 values.
#
# Do not expect success from every start. With two hidden units, many starts end in a
# poor local minimum or with a dead unit; L10 3.5 to 3.7 says why.


def train(X, y, W0, b0, beta, b1, lr, steps):
    """Full-batch gradient descent on the mean squared error of `relu_net` (L10 eq. (11); PIA slide 32).

    The loss is L = (1/N) Σ_i (f(x_i) − y_i)². Each step replaces all four parameters at once:
    θ ← θ − lr·∇L(θ), with ReLU'(z) = 1 for z > 0 and 0 for z ≤ 0. The arrays given are not modified.

    Parameters
    ----------
    X : (N, d) float64
    y : (N,) float64
    W0, b0, beta, b1 : the parameters to start from: (h, d), (h,) and (h,) float64, and a float
    lr : float > 0, the learning rate, the same in every step
    steps : int ≥ 0, up to 5,000; with 0 the parameters come back as they were given

    Returns
    -------
    (W0, b0, beta, b1) : the parameters after the last step, in the shapes in which they were given
    losses : steps + 1 numbers; losses[k] is L after k steps, so losses[0] is L at the start
    """
    raise NotImplementedError
