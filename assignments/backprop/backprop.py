"""Backpropagation by hand.

A network learns by following a gradient, and a framework finds the gradient for you.
Once in your life you should find it yourself: for a network with one hidden layer and
two losses, for a network so small that every number fits on a line, and for a network
of any depth.

Sources: L10 is lecture 10, Neural Networks: Fundamentals, exercise 10.3 and sections
3.10 to 3.12; FEN is Feng, Introduction to Machine Learning for Economists, toy network;
MUR is Murari, Introduction to the Mathematics of Deep Learning, "how do we compute the
gradients?".

Conventions, as in the whole course:

- A single sample x is `(d,)`. A batch X is `(N, d)`: N samples, one a row. Arrays are
  NumPy float64.
- The weights W of a layer are `(outputs, inputs)`, one unit a row, and its biases b are
  `(outputs,)`: on a sample the layer computes W·x + b, on a batch X·Wᵀ + b.
- The gradients of a network come as a dict with the keys `"W0"`, `"b0"`, `"W1"`,
  `"b1"`. Each has the shape of its parameter.
- Functions are pure: they never modify the arrays that they are given.
- Wherever an array is asked for, a list of the same shape will do.

Results are compared to nine digits. A formula is right to fifteen; finite differences
are right to six or ten, and so they can check your gradients but not replace them.

Ten points: a 3, b 1, c 3, d 1, e 2. Two written answers carry three more.
"""

import numpy as np


def sigmoid(z):
    """σ(z) = 1/(1 + e^(−z)), element by element (L10 section 3.2); its derivative is σ'(z) = σ(z)·(1 − σ(z))."""
    return 1 / (1 + np.exp(-z))


# Part a: one sample
# ------------------
#
# The network of L10 exercise 10.3, with K outputs, h hidden units and d inputs:
#
#     z  = W0·x + b0              (h,)
#     x1 = σ(z)                   (h,)     L10 eq. (26)
#     x2 = W1·x1 + b1             (K,)     L10 eq. (27), no activation
#     R  = ½‖x2 − y‖²             a number
#
# Backpropagation walks from the end to the beginning. At each quantity it asks one
# question: how does R change when this changes a little? Write p2 for the gradient of R
# with respect to x2, and p1 for that with respect to x1, as L10 section 3.11 does (MUR
# calls them g). Each p follows from the p after it by one step of the chain rule (L10
# eq. (19)), and each parameter's gradient from the p of the layer that it feeds (L10
# eq. (18)).
#
# Worked step. R depends on x2 through ½ Σ_k (x2_k − y_k)², so
# p2_k = ∂R/∂x2_k = x2_k − y_k. The bias b1 enters x2 as it stands, ∂x2_k/∂b1_k = 1, so
# its gradient is p2 itself.
#
# Now go on: to W1, back to x1, through σ to z, and to b0 and W0. Where you do not know
# which factor comes first, or whether a matrix is transposed, write one entry out with
# its indices, ∂R/∂W1_kj, and then find the product that has this entry at (k, j).
#
# The checks compare in the order in which backpropagation produces the gradients, b1,
# W1, b0, W0, and tell you the first one that is wrong. `forward` has 1 point,
# `backward_mse` has 2.


def forward(x, W0, b0, W1, b1):
    """The forward pass for one sample: a hidden layer with sigmoid, and a linear output (L10 eqs. (25) to (27)).

    Parameters
    ----------
    x : (d,) float64
    W0 : (h, d) float64, one hidden unit a row
    b0 : (h,) float64
    W1 : (K, h) float64, one output a row
    b1 : (K,) float64

    Returns
    -------
    x1 : (h,) float64, σ(W0·x + b0)
    x2 : (K,) float64, W1·x1 + b1
    """
    raise NotImplementedError


def backward_mse(x, y, W0, b0, W1, b1):
    """The gradients of R = ½‖x2 − y‖² for one sample, by backpropagation (L10 exercise 10.3 (a)).

    Parameters
    ----------
    x : (d,) float64
    y : (K,) float64
    W0, b0, W1, b1 : the parameters, as in `forward`

    Returns
    -------
    gradients : dict
        "W0" (h, d), "b0" (h,), "W1" (K, h) and "b1" (K,), float64: the partial derivatives of R,
        each in the place of the entry to which it belongs
    """
    raise NotImplementedError


# The algorithm on paper
# ----------------------
#
# Derive your four gradients (L10 exercise 10.3 (a)). Write out one entry of each, with
# its indices, by the chain rule; then write the whole algorithm down, forward pass and
# backward pass, in matrix form, with the shape of every intermediate quantity.

# Part b: all samples
# -------------------
#
# The loss of a data set is here the SUM of the losses of its samples,
#
#     R = Σ_i ½‖x2⁽ⁱ⁾ − y⁽ⁱ⁾‖²,
#
# (L10 exercise 10.3 (b); L10 eq. (10) has the mean, which is the same divided by N). A
# gradient is linear, so the gradient of the sum is the sum of the gradients.
#
# A loop over part a is a right answer. It is worth finding the matrix products that do
# the sum by themselves: if row i of P and row i of Q belong to sample i, then PᵀQ is
# the sum over i of the outer products of these rows. Write both, and let one check the
# other.
#
# Then look at the figure: it shows what finite differences can tell you about a
# gradient, and at which step.


def gradient_mse(X, Y, W0, b0, W1, b1):
    """The gradients of R = Σ_i ½‖x2⁽ⁱ⁾ − y⁽ⁱ⁾‖², summed over all samples (L10 exercise 10.3 (b)).

    Parameters
    ----------
    X : (N, d) float64, one sample a row
    Y : (N, K) float64, the target of each sample in its row
    W0, b0, W1, b1 : the parameters, as in `forward`

    Returns
    -------
    gradients : dict
        "W0" (h, d), "b0" (h,), "W1" (K, h) and "b1" (K,), float64; no axis is left for the samples
    """
    raise NotImplementedError


# Part c: cross-entropy
# ---------------------
#
# For K classes the outputs z = x2 are logits, and
#
#     softmax(z)_k = e^(z_k) / Σ_j e^(z_j),        R = −Σ_i Σ_k y_ik·log softmax(z⁽ⁱ⁾)_k
#
# (L10 eq. (9), exercise 10.3 (c)), again summed over the samples. A row of Y is one-hot
# if the class is known. Here it may be any row of weights y_k ≥ 0: probabilities if the
# class is uncertain, counts if a sample stands for many, all zero if it is to be left
# out. So its sum need not be 1.
#
# Logits go up to ±10⁴, and there the formula as it stands breaks. In float64 e^710 is
# infinite and e^(−746) is zero, so you meet ∞/∞, 0/0 or log 0, although R itself is a
# number of moderate size. Two facts help. Adding one constant to all logits of a sample
# leaves its softmax as it was:
#
#     softmax(z)_k = e^(z_k + c) / Σ_j e^(z_j + c).
#
# And the logarithm of a quotient need never be computed as one.
#
# Worked example. z = (1000, 1002) and y = (1, 0): R = log(1 + e²) = 2.126928, since
# only the difference of the logits counts. Try what your first version makes of it.
#
# For the gradient you need the derivative of the loss by the logits. The softmax has
# the Jacobian
#
#     ∂softmax(z)_k / ∂z_j = softmax(z)_k·(1{j = k} − softmax(z)_j).
#
# Put it into R and simplify, for ANY row y ≥ 0; do not stop at the one-hot formula that
# you may know. Every division by a softmax cancels, and from the logits backwards
# everything is as in part b. `cross_entropy` has 1 point, `gradient_cross_entropy` has
# 2.


def cross_entropy(Z, Y):
    """The cross-entropy −Σ_i Σ_k y_ik·log softmax(z⁽ⁱ⁾)_k, summed over the samples (L10 eq. (9)).

    Parameters
    ----------
    Z : (N, K) float64, the logits, one sample a row; from −1e4 to 1e4
    Y : (N, K) float64, weights ≥ 0; a row may sum to anything, to 0 as well

    Returns
    -------
    R : float
    """
    raise NotImplementedError


def gradient_cross_entropy(X, Y, W0, b0, W1, b1):
    """The gradients of the cross-entropy of the network's outputs, summed over the samples (L10 exercise 10.3 (c)).

    The logits of sample i are its output x2⁽ⁱ⁾, as in `forward`, and the loss is that of `cross_entropy`.

    Parameters
    ----------
    X : (N, d) float64, one sample a row
    Y : (N, K) float64, weights ≥ 0; a row may sum to anything, to 0 as well
    W0, b0, W1, b1 : the parameters, as in `forward`; the logits may reach ±1e4

    Returns
    -------
    gradients : dict
        "W0" (h, d), "b0" (h,), "W1" (K, h) and "b1" (K,), float64
    """
    raise NotImplementedError


# Part d: every number of a tiny network
# --------------------------------------
#
# FEN's toy network has one input, one hidden neuron and one output, BOTH with a
# sigmoid:
#
#     z1 = w1·x + b1        h = σ(z1)
#     z2 = w2·h + b2        yhat = σ(z2)        loss = ½(yhat − t)²
#
# FEN follows one step of gradient descent through it on two slides: the forward pass,
# the backward pass, and new parameters θ − lr·∂loss/∂θ. Here every number has a name,
# and you return them all.
#
# Worked step, with FEN's numbers x = 1, t = 0, w1 = 0.5, b1 = 0, w2 = 2, b2 = 0,
# lr = 0.1. Forward:
#
#     z1 = 0.5     h = 0.622459     z2 = 1.244919     yhat = 0.776419     loss = 0.301413
#
# The slides round to two digits as they go, so your numbers need not end in theirs.
#
# Backward, dz2 means ∂loss/∂z2 and so on. Take all gradients at the old parameters, and
# only then compute the new ones.


def toy_step(x, t, w1, b1, w2, b2, lr):
    """One step of gradient descent on FEN's toy network, with everything that was computed on the way.

    All arguments are numbers.

    Parameters
    ----------
    x, t : input and target
    w1, b1 : weight and bias of the hidden neuron
    w2, b2 : weight and bias of the output neuron
    lr : the learning rate, > 0

    Returns
    -------
    numbers : dict of floats
        forward: "z1", "h", "z2", "yhat", "loss", where loss = ½(yhat − t)²;
        backward: "dz2", "dw2", "db2", "dz1", "dw1", "db1", the derivatives of the loss by z2, w2, …;
        updated: "w1", "b1", "w2", "b2", each the old value − lr·(its derivative)
    """
    raise NotImplementedError


# Part e: any depth
# -----------------
#
# L10 sections 3.10 to 3.12 drop the biases and let the network have any depth. Its
# weights are a list [W_0, …, W_L] of L + 1 matrices, and with x_0 = x
#
#     x_{ℓ+1} = σ(W_ℓ·x_ℓ)  for ℓ < L,        x_{L+1} = W_L·x_L,        R = ½‖x_{L+1} − y‖².
#
# The last layer is linear. The activation σ is handed to you as two functions,
# `activation` for σ and `activation_grad` for σ': both take an array z and act element
# by element. Note that `activation_grad` takes z, the value BEFORE the activation; for
# a general σ nothing else would do.
#
# Backpropagation is cheap because it computes everything once. So each of the two
# functions may be called at most 2·(L + 1) times, each time with the whole vector of
# one layer. Going through the network anew for every weight, as finite differences do,
# costs far more and does not pass.
#
# Worked step. For L = 1 this is part a without biases, with σ' in place of x1 ⊙
# (1 − x1). Write the step from W_1 to W_0 in a form that does not know which layer it
# is in, and repeat it. The list that you return has a gradient for every matrix, W_0
# included.


def mlp_gradient(x, y, weights, activation, activation_grad):
    """The gradients of R = ½‖x_{L+1} − y‖² by all weights of a network without biases (L10 sections 3.10 to 3.12).

    Parameters
    ----------
    x : (d,) float64
    y : (K,) float64
    weights : list of L + 1 arrays, L ≥ 0, from the input to the output
        weights[0] is (·, d), weights[L] is (K, ·), and each has as many columns as the one before has rows
    activation : callable, z ↦ σ(z), for an array of any shape; returns a new array of that shape
    activation_grad : callable, z ↦ σ'(z), likewise; z is what goes into the activation
        Each may be called at most 2·(L + 1) times, each time with a whole vector of pre-activations.

    Returns
    -------
    gradients : list of L + 1 arrays
        gradients[ℓ] belongs to weights[ℓ] and has its shape
    """
    raise NotImplementedError


# What it costs
# -------------
#
# A network has P parameters, and one forward pass takes time T. About how long does
# backpropagation take for the whole gradient, and how long do central differences take?
# And what must backpropagation keep in memory that a forward pass alone need not? Two
# or three sentences.
