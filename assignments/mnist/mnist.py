"""Handwritten digits.

MNIST is 60,000 training and 10,000 test images of handwritten digits, 28 × 28 pixels
each: the data on which neural networks had their first success. You will build the
network of the lecture, train it in mini-batches with the usual tricks, and see how far
it gets beyond the two linear methods of its table:

    method                                      test error (L10 5.3)
    network with ridge (weight decay)                  2.3 %
    network with dropout                               1.8 %
    multinomial logistic regression                    7.2 %
    linear discriminant analysis                      12.7 %

Sources: L10 is lecture 10, Neural Networks: Fundamentals, section 5, with 3.8, 3.9 and
4; ISL is James et al., An Introduction to Statistical Learning, 10.2 (the network),
10.9 (the lab), 4.3 and 4.4 (the linear methods); FEN is Feng, Introduction to Machine
Learning for Economists.

Conventions:

- Here we work in torch. X is a float32 tensor `(N, 784)`, an image a row, with pixels
  in [0, 1]; y is an int64 tensor `(N,)` with the digits 0 to 9. They are never
  modified.
- A model is any `nn.Module` that maps `(N, 784)` to logits `(N, 10)`: the Z of L10 eq.
  (22), before any softmax. It is trained in place. The checks use other small models
  too, with other numbers of features and classes, so take sizes from the tensors.
- `device` is a name such as "cpu" or "cuda", and it alone decides where everything
  happens. Do not look for a GPU yourself, and do not fall back to the CPU.
- Wherever a number is asked for, a Python number or a tensor of one element will do.

The course ships 6,000 training and 1,000 test images, which train in seconds; nothing
has to be downloaded. All of MNIST comes with `autograder.datasets.mnist()` in the same
form, and takes minutes.

Ten points: a 2, b 4, c 2, d 2.
"""

import torch
from torch import nn
from torch.nn import functional as F

# Part a: the network, and how much there is to do
# ------------------------------------------------
#
# The network of L10 5.1 has two hidden layers:
#
#     784 → 256, ReLU, dropout → 128, ReLU, dropout → 10
#
# What comes out are logits. There is no softmax at the end: `F.cross_entropy` takes
# logits, and contains the softmax of L10 eq. (23) in a form that does not overflow.
#
# Dropout sets each hidden activation to zero with probability φ while the model is in
# training mode, and does nothing in evaluation mode (L10 4.4). `nn.Dropout(φ)` takes
# the probability of dropping. (The exercise `dropout` of this course uses p = 1 − φ,
# the probability of keeping.)
#
# Worked step. A layer from m to n units has n·m weights and n biases, so the first one
# has 256·784 + 256 = 200,960 parameters. The whole network has 235,146, almost four for
# each of the 60,000 training images.
#
# An epoch goes through all N samples once, in batches of B; if B does not divide N, the
# last batch is smaller, and it counts like any other. How many updates does an epoch
# have? For all of MNIST and B = 128, L10 5.2 asks you.


def build_model(dropout=0.0):
    """The network 784-256-128-10 with ReLU, and dropout after each of the two hidden layers (L10 5.1).

    Parameters
    ----------
    dropout : float, 0 ≤ dropout < 1, the probability φ with which a hidden activation is dropped

    Returns
    -------
    model : nn.Module, in training mode, on the CPU, with float32 parameters
        It maps `(N, 784)` to logits `(N, 10)`, and its 235,146 parameters are freshly drawn by torch.
    """
    raise NotImplementedError


def updates_per_epoch(n, batch_size):
    """The number of batches, and so of updates, in one epoch.

    Parameters
    ----------
    n : int ≥ 1, the number of samples
    batch_size : int ≥ 1; it may be larger than n

    Returns
    -------
    updates : int; a last batch that is not full counts as one
    """
    raise NotImplementedError


def count_parameters(model):
    """The number of parameters that training can change: every entry of every weight and bias of the model.

    Parameters
    ----------
    model : any nn.Module, all of whose parameters are trained
        Its buffers, such as the running means of batch normalisation, are not parameters.

    Returns
    -------
    count : int
    """
    raise NotImplementedError


# Part b: training
# ----------------
#
# Training minimises the mean cross-entropy
#
#     R(θ) = −(1/N) Σ_i log f_{y_i}(x_i)        with f = softmax of the logits
#
# (L10 eqs. (23) and (24), there without the factor 1/N). One update takes the gradient
# on a batch instead of all N samples (L10 3.9), which is what
# `F.cross_entropy(logits, labels)`, the mean over the batch, gives after `backward`.
#
# The optimiser is yours to choose: SGD, with momentum or without, Adam, AdamW, … It
# gets `lr` as its learning rate, and `weight_decay` as its ridge penalty: (λ/2)·‖θ‖² in
# the loss, or θ ← (1 − lr·λ)·θ in each update. For plain SGD the two are the same (L10
# eqs. (20) and (21)).
#
# What the checks look at, since every right optimiser satisfies it:
#
# - Every sample is used exactly once in each epoch, the last batch included, in a fresh
#   order each epoch. The order depends on `seed` alone.
# - The same seed, model and data give the same result on the CPU, whatever was drawn
#   before the call. Dropout draws from torch's global generator: you may seed and use
#   that one.
# - `history` has one number per epoch: the mean over all N samples of the loss which
#   each had when its batch was used. A ridge penalty is not part of it. With lr = 0 the
#   model never changes, and without dropout every entry is R at the start.
# - `weight_decay` makes the weights smaller. With lr = 0.01, which suits SGD, with or
#   without momentum up to 0.9, and Adam and its relatives, the loss falls, and the
#   model learns the digits. (Adadelta and Rprop would need quite another lr, and so
#   would RMSprop with momentum.) Every parameter is trained.
# - Model, data and loss are on `device`; afterwards the model is there, and in training
#   mode, whatever its mode was before.
#
# Worked step. Five samples in batches of two: the batches have 2, 2 and 1 samples. If
# their mean losses are 1, 1 and 4, the mean over the samples is
# (2·1 + 2·1 + 1·4)/5 = 1.6. The mean of the three means would be 2, as if the single
# last sample counted twice.
#
# The error rate is the fraction of samples whose largest logit does not belong to the
# label. It is a statement about the model without dropout, so it is taken in evaluation
# mode; afterwards the model has the mode that it had before. No gradients are needed,
# and without them the pass takes less time and memory; batches bound the memory, and
# change nothing.


def train(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    """Trains the model in mini-batches on the cross-entropy (L10 3.9 and 5.2).

    Each epoch uses every sample exactly once, in batches of `batch_size` in a fresh order; the last
    batch may be smaller. The order depends on `seed` alone, and so does, on the CPU, the result.

    Parameters
    ----------
    model : nn.Module from (N, d) to logits (N, n_classes); trained in place
    X : (N, d) float32 tensor, on whatever device
    y : (N,) int64 tensor
    epochs : int ≥ 1
    batch_size : int ≥ 1; it may be larger than N
    lr : float ≥ 0, the learning rate of the optimiser, which is your choice
    weight_decay : float ≥ 0, the λ of L10 eqs. (20) and (21)
    device : str or torch.device, where model and data are moved to and all computing is done
    seed : int ≥ 0

    Returns
    -------
    history : list of `epochs` floats, the mean over all N samples of their losses in each epoch

    The model ends on `device` and in training mode, whatever its mode was before.
    """
    raise NotImplementedError


def error_rate(model, X, y, *, batch_size=1024, device="cpu"):
    """The fraction of samples that the model gets wrong: the class of the largest logit is not the label.

    The model is used in evaluation mode and without gradients, and afterwards has the mode, training
    or evaluation, in which it was given.

    Parameters
    ----------
    model : nn.Module from (N, d) to logits (N, n_classes); its parameters do not change
    X : (N, d) float32 tensor, on whatever device
    y : (N,) int64 tensor
    batch_size : int ≥ 1, how many samples go through the model at a time
    device : str or torch.device, where model and data are moved to and all computing is done

    Returns
    -------
    error : float in [0, 1], not in percent
    """
    raise NotImplementedError


# Part c: early stopping
# ----------------------
#
# With more epochs the training loss goes on falling, while the error on images that the
# model has not seen comes to a halt and may rise again. Early stopping watches a
# validation set and keeps the weights of its best epoch (L10 4.3; FEN, "Stopping
# Criteria").
#
# - After every epoch of training (as in `train`, in one run: a fresh order in each
#   epoch) take the error rate on the validation set, and record it. No gradient ever
#   comes from that set.
# - The best epoch is the first one that has the lowest error so far. Epochs count from
#   0.
# - Stop after `patience` epochs in a row that were not strictly better than the best,
#   or after `max_epochs` epochs.
# - In the end the model has the weights of the best epoch, not of the last.
#
# Worked step. With patience = 2 the errors
#
#     epoch     0     1     2     3
#     error   0.30  0.20  0.25  0.20
#
# end the training after epoch 3: epochs 2 and 3 are not strictly better than epoch 1.
# The history has four entries, and best_epoch is 1.
#
# Mind that `model.state_dict()` holds the model's own tensors, and the optimiser
# changes them in place. What you keep must not change with them.


def train_with_early_stopping(model, X, y, X_val, y_val, *, max_epochs, patience, batch_size, lr, device="cpu", seed=0):
    """Trains until the error rate on the validation set no longer falls; keeps the best weights (L10 4.3).

    Parameters
    ----------
    model, X, y, batch_size, lr, device, seed : as in `train`, with weight_decay = 0
    X_val : (M, d) float32 tensor, the validation set
    y_val : (M,) int64 tensor
    max_epochs : int ≥ 1
    patience : int ≥ 1, the number of epochs in a row without a strictly lower error after which to stop

    Returns
    -------
    history : list of floats, the validation error rate after each epoch that was run
    best_epoch : int, the index of the first lowest entry of history

    The model ends with the weights and buffers it had after `best_epoch`, on `device` and in training mode.
    """
    raise NotImplementedError


# Part d: the two linear methods of the table
# -------------------------------------------
#
# Both methods give every class k a score that is linear in x, s_k(x) = W_k·x + b_k, and
# predict the class with the largest score. They differ in where W `(n_classes, d)` and
# b `(n_classes,)` come from. Adding the same vector to all rows of W, or the same
# number to all of b, changes no difference between classes; so the checks look at
# differences only.
#
# Linear discriminant analysis (ISL 4.4) models each class as a normal distribution with
# a mean of its own and one covariance for all. With N_k samples in class k,
#
#     π_k = N_k / N
#     μ_k = (1/N_k) Σ_{i: y_i = k} x_i
#     Σ   = 1/(N − K) · Σ_i (x_i − μ_{y_i})(x_i − μ_{y_i})ᵀ      with K = n_classes
#
#     s_k(x) = x·Σ⁻¹μ_k − ½·μ_k·Σ⁻¹μ_k + log π_k
#
# Many pixels are zero in every image, and their rows and columns of Σ are zero: there
# is no Σ⁻¹. Take the pseudo-inverse, or add a ridge so tiny (at most 1e-6 on the
# diagonal) that it decides nothing else; there the checks look at the predictions.
# Convert to float64 first: the entries of Σ span many orders of magnitude.
#
# Multinomial logistic regression (ISL 4.3.5) takes softmax of the scores for the
# probabilities of the classes, and minimises the mean cross-entropy of part b over W
# and b. This is a network without a hidden layer, and the loss is convex. From W = 0
# and b = 0 take `steps` steps of gradient descent with all N samples.
#
# Worked step. With p_ik the probability of class k for sample i, the derivative of the
# loss with respect to s_ik is (p_ik − [y_i = k]) / N, where [y_i = k] is 1 if y_i = k
# and 0 if not. At the start all scores are zero and p_ik = 1/K, so the derivative with
# respect to b_k is 1/K − N_k/N: the first step raises b_k for the classes that are more
# frequent than the others.


def lda_fit(X, y, n_classes):
    """Linear discriminant analysis: the scores X·Wᵀ + b of n_classes normal distributions (ISL 4.4).

    W_k = Σ⁻¹μ_k and b_k = −½·μ_k·Σ⁻¹μ_k + log π_k, with the covariance Σ pooled over the classes
    (divided by N − n_classes) and π_k the fraction of class k.

    Parameters
    ----------
    X : (N, d) float32 tensor with N > n_classes; columns may be constant, or equal to others
    y : (N,) int64 tensor, in which each of the classes 0 to n_classes − 1 occurs
    n_classes : int ≥ 2

    Returns
    -------
    W : (n_classes, d), tensor or array
    b : (n_classes,)
        Judged by differences between classes; where Σ is singular, by the predictions.
    """
    raise NotImplementedError


def softmax_regression(X, y, n_classes, *, lr, steps):
    """Multinomial logistic regression by gradient descent with all samples, from zero (ISL 4.3.5).

    Minimises the mean over the samples of the cross-entropy between y and softmax(X·Wᵀ + b): no
    penalty, no mini-batches.

    Parameters
    ----------
    X : (N, d) float32 tensor
    y : (N,) int64 tensor with values below n_classes
    n_classes : int ≥ 2
    lr : float > 0, the learning rate, for which gradient descent converges
    steps : int ≥ 1, the number of steps

    Returns
    -------
    W : (n_classes, d), tensor or array
    b : (n_classes,)
        Judged by differences between classes: their loss may exceed that of gradient descent by
        1 %. A better method that gives a lower loss is welcome.
    """
    raise NotImplementedError
