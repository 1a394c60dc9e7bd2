"""Which solution does gradient descent find?

A network with more weights than samples fits its data in infinitely many ways. Training
picks one of them, and nobody told it which. The smallest example is a linear system
with fewer equations than unknowns,

    A x = b        A of shape (m, n), m ≤ n,

and gradient descent on R(x) = ½‖Ax − b‖². You will take space apart into what A sees
and what it does not see, find out where the gradients lie, run gradient descent, and
say without running it where it ends and how fast.

Sources: L10 is lecture 10, Neural Networks: Fundamentals, exercise 10.4; MUR is Murari,
Introduction to the Mathematics of Deep Learning, on the convergence of gradient
descent.

Conventions:

- A is `(m, n)` with m ≤ n and full row rank: its m rows are linearly independent. So
  Ax = b has a solution for every b, exactly one if m = n, and infinitely many if m < n.
  Only part b, which needs none of this, takes any A.
- b is `(m,)`, and x is `(n,)`. Vectors have one axis: `(n,)` is not `(n, 1)`.
- row(A) is the row space, all Aᵀz with z in ℝᵐ; null(A) is the null space, all v with
  Av = 0.
- ‖·‖ is the Euclidean norm. The condition number κ(A) is the largest singular value of
  A divided by the smallest of its m singular values. It is at most 1000, except in
  parts b and d.
- Arrays are NumPy float64. Functions are pure: they never modify the arrays that they
  are given.
- Wherever an array is asked for, a list of the same shape will do.
- Results are compared to nine digits, and to seven where κ(A) is 1000. float32 does not
  suffice.

Ten points: a 2, b 2, c 2, d 1, e 1, f 2.
"""

import numpy as np

# Part a: what A sees of x, and what it does not
# ----------------------------------------------
#
# Every x in ℝⁿ is a sum x = x_row + x_null, with x_row in row(A) and x_null in null(A),
# in exactly one way (L10 exercise 10.4 (a)). The two parts are orthogonal: if
# x_row = Aᵀz, then
#
#     x_row · x_null = (Aᵀz) · x_null = z · (A x_null) = z · 0 = 0.
#
# So Pythagoras holds, ‖x‖² = ‖x_row‖² + ‖x_null‖². And A sees only one of the two:
# Ax = A x_row. A solution of Ax = b therefore stays a solution when its null part is
# dropped, and gets shorter. The shortest solution has no null part: it lies in row(A).
#
# Worked step. If A has a single row a, then row(A) is the line through a, and x_row is
# the orthogonal projection on it: x_row = (a·x / a·a)·a. What is left, x − x_row, is
# orthogonal to a. For a = (3, 4) and x = (5, 0): a·x = 15, a·a = 25, x_row = (1.8,
# 2.4), x_null = (3.2, −2.4).
#
# With more rows it does not suffice to project on each row and to add up, unless the
# rows are orthogonal to each other. For m = n nothing is left: x_null = 0, up to
# rounding.


def decompose(A, x):
    """The parts of x in the row space and in the null space of A (L10 exercise 10.4 (a)).

    They satisfy x_row + x_null = x, A·x_null = 0, and x_row is orthogonal to the null space.

    Parameters
    ----------
    A : (m, n) float64, m ≤ n, of full row rank
    x : (n,) float64

    Returns
    -------
    x_row : (n,) float64, the part in row(A)
    x_null : (n,) float64, the part in null(A)
    """
    raise NotImplementedError


# Part b: gradients lie in the row space
# --------------------------------------
#
# For R(x) = ½‖Ax − b‖² the gradient is ∇R(x) = Aᵀ(Ax − b) (L10 exercise 10.4 (b)).
#
# Worked step. For A = [[1, 2]], b = (3), x = (0, 1) the residual is Ax − b = −1, so
# ∇R(x) = (−1, −2): a multiple of the only row.
#
# That a vector g lies in row(A) can be claimed, and it can be proven. The proof is a
# certificate: the coefficients z with g = Aᵀz, which anyone can multiply out. Give them
# for g = ∇R(x). If the rows of A are dependent there are several right answers, and
# each is accepted: what is checked is Aᵀz. In this part A may have any shape and any
# rank, and any condition number.


def gradient(A, b, x):
    """The gradient of R(x) = ½‖Ax − b‖² with respect to x: Aᵀ(Ax − b) (L10 exercise 10.4 (b)).

    Parameters
    ----------
    A : (m, n) float64, any shape and any rank
    b : (m,) float64
    x : (n,) float64

    Returns
    -------
    g : (n,) float64
    """
    raise NotImplementedError


def row_coefficients(A, b, x):
    """A certificate that the gradient lies in row(A): coefficients z with ∇R(x) = Aᵀz.

    Parameters
    ----------
    A : (m, n) float64, any shape and any rank
    b : (m,) float64
    x : (n,) float64

    Returns
    -------
    z : (m,) float64, one coefficient for each row of A
    """
    raise NotImplementedError


# Part c: gradient descent
# ------------------------
#
# The iteration is x⁽ᵏ⁺¹⁾ = x⁽ᵏ⁾ − lr·∇R(x⁽ᵏ⁾) (L10 exercise 10.4 (c)). Return every
# iterate, one a row, the start first.
#
# Worked step. For A = [[1, 2]], b = (3), x⁽⁰⁾ = (0, 1) and lr = 0.1 the gradient is
# (−1, −2), as above, and x⁽¹⁾ = (0.1, 1.2). The residual has gone from −1 to −0.5.
#
# Two things follow from part b, and are checked on what you return. Each step moves
# within row(A), so from x⁽⁰⁾ = 0 all iterates lie in row(A). And for lr below 2 divided
# by the largest eigenvalue of AᵀA, no step takes you farther from the solution at which
# you will end. For a larger lr the iterates run away; return them all the same.


def gradient_descent(A, b, x0, lr, steps):
    """All iterates of gradient descent on R(x) = ½‖Ax − b‖² (L10 exercise 10.4 (c)).

    Each step is x ← x − lr·Aᵀ(Ax − b).

    Parameters
    ----------
    A : (m, n) float64, m ≤ n, of full row rank
    b : (m,) float64
    x0 : (n,) float64, the start
    lr : float > 0, the learning rate, the same in every step; it may be too large to converge
    steps : int ≥ 0, up to 5,000; with 0 only the start is returned

    Returns
    -------
    iterates : (steps + 1, n) float64; row k is the iterate after k steps, so row 0 is x0
    """
    raise NotImplementedError


# Part d: the shortest solution
# -----------------------------
#
# Among the solutions of Ax = b there is one of least norm, x*. By part a it lies in
# row(A). So x* = Aᵀz for some z, and AAᵀz = b, which gives
#
#     x* = Aᵀ(AAᵀ)⁻¹b        (L10 exercise 10.4 (d)).
#
# Worked step. For a single row a this is x* = (b/a·a)·a: for a = (3, 4) and b = 50,
# x* = (6, 8).
#
# As a formula this is right. As a program it loses digits: the singular values of AAᵀ
# are the squares of those of A, so κ(AAᵀ) = κ(A)². Here κ(A) goes up to 10⁶. In
# float64, with rounding errors of 10⁻¹⁶, a good algorithm has a relative error of about
# κ(A)·10⁻¹⁶ = 10⁻¹⁰, but whoever rounds the entries of AAᵀ has 10¹²·10⁻¹⁶ = 10⁻⁴,
# whatever happens afterwards. Your answer must be right to 10⁻⁸·‖x*‖: do not form AAᵀ
# (nor AᵀA, which is even singular for m < n). For ¾ of the point κ(A) is small, and any
# right way will do.
#
# One warning about a library: the CPU default of torch.linalg.lstsq, the driver
# "gelsy", now and then gives wrong answers (PyTorch issues 71222 and 92537). Name
# another driver, such as "gels".


def min_norm_solution(A, b):
    """The solution of Ax = b of least norm, Aᵀ(AAᵀ)⁻¹b, without its loss of digits (L10 exercise 10.4 (d)).

    Parameters
    ----------
    A : (m, n) float64, m ≤ n, of full row rank; its condition number κ(A) may be 1e6
    b : (m,) float64

    Returns
    -------
    x : (n,) float64, right to 1e-8·‖x‖
    """
    raise NotImplementedError


# Part e: where gradient descent ends
# -----------------------------------
#
# Take any learning rate 0 < lr < 2/L, where L is the largest eigenvalue of AᵀA. From
# x⁽⁰⁾ = 0 gradient descent converges to x*: its iterates stay in row(A), and x* is the
# only solution there. And from another start (L10 exercise 10.4 (e))? The limit does
# not depend on lr. Write it down, and compute it without iterating.
#
# Worked step. For A = [[1, 0]] the residual is x₁ − b, and its gradient has no second
# component. So x₁ converges to b, while x₂ stays where it was: from x⁽⁰⁾ = (5, 7) the
# limit is (b, 7).


def gd_limit(A, b, x0):
    """The limit of gradient descent on ½‖Ax − b‖² from x0, for any lr with 0 < lr < 2/L (L10 exercise 10.4 (e)).

    Parameters
    ----------
    A : (m, n) float64, m ≤ n, of full row rank
    b : (m,) float64
    x0 : (n,) float64, the start

    Returns
    -------
    x : (n,) float64, computed directly and not by iteration
    """
    raise NotImplementedError


# Part f: how fast
# ----------------
#
# MUR's theorem: if a loss is L-smooth and μ-strongly convex, with minimiser θ*, then
# gradient descent with the step 2/(L + μ) satisfies
#
#     ‖θₖ₊₁ − θ*‖² ≤ γ·‖θₖ − θ*‖²        γ = ((κ − 1)/(κ + 1))²        κ = L/μ,
#
# and no other step has a smaller γ. For our R the Hessian is AᵀA, whatever x is, so L
# and μ are its largest and its smallest eigenvalue. But for m < n the smallest is 0: R
# is flat along null(A) and not strongly convex; κ would be infinite and γ = 1. And yet
# it converges. Steps stay in x⁽⁰⁾ + row(A), where all that matters of AᵀA is its other
# eigenvalues. Take for μ the smallest of those that are not zero.
#
# Worked step. AᵀA = [[9, 0, 0], [0, 1, 0], [0, 0, 0]] has L = 9, μ = 1 and one
# eigenvalue 0. So κ = 9, the best step is 2/10, and γ = (8/10)² = 0.64. Check: one step
# multiplies the first component of the error by 1 − 0.2·9 = −0.8 and the second by
# 1 − 0.2·1 = 0.8.
#
# Mind the squares: γ is for the squared distance, and L and μ are eigenvalues of AᵀA,
# not singular values of A. Computed eigenvalues that should be zero come out as
# rounding errors, of any sign: what is at most 1e-10 of the largest counts as zero.


def best_step(A):
    """The best constant learning rate for gradient descent on ½‖Ax − b‖², and what it achieves (MUR).

    With L and μ the largest and the smallest non-zero eigenvalue of AᵀA and κ = L/μ, these are 2/(L + μ)
    and ((κ − 1)/(κ + 1))². Eigenvalues above 1e-10·L count as non-zero. If all of them are equal, for
    instance for m = 1, the factor is 0: one step reaches the limit.

    Parameters
    ----------
    A : (m, n) float64, m ≤ n, of full row rank

    Returns
    -------
    lr : float
    factor : float, by which a step multiplies the SQUARED distance to the limit, in the worst case
    """
    raise NotImplementedError
