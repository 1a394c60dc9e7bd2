# %% [markdown]
# # Handwritten digits
#
# MNIST is 60,000 training and 10,000 test images of handwritten digits, 28 × 28 pixels each: the
# data on which neural networks had their first success. You will build the network of the lecture,
# train it in mini-batches with the usual tricks, and see how far it gets beyond the two linear
# methods of its table:
#
#     method                                      test error (L10 5.3)
#     network with ridge (weight decay)                  2.3 %
#     network with dropout                               1.8 %
#     multinomial logistic regression                    7.2 %
#     linear discriminant analysis                      12.7 %
#
# Sources: L10 is lecture 10, Neural Networks: Fundamentals, section 5, with 3.8, 3.9 and 4; ISL is
# James et al., An Introduction to Statistical Learning, 10.2 (the network), 10.9 (the lab), 4.3 and
# 4.4 (the linear methods); FEN is Feng, Introduction to Machine Learning for Economists.
#
# Conventions:
#
# - Here we work in torch. X is a float32 tensor `(N, 784)`, an image a row, with pixels in [0, 1];
#   y is an int64 tensor `(N,)` with the digits 0 to 9. They are never modified.
# - A model is any `nn.Module` that maps `(N, 784)` to logits `(N, 10)`: the Z of L10 eq. (22),
#   before any softmax. It is trained in place. The checks use other small models too, with other
#   numbers of features and classes, so take sizes from the tensors.
# - `device` is a name such as "cpu" or "cuda", and it alone decides where everything happens. Do
#   not look for a GPU yourself, and do not fall back to the CPU.
# - Wherever a number is asked for, a Python number or a tensor of one element will do.
#
# The course ships 6,000 training and 1,000 test images, which train in seconds; nothing has to be
# downloaded. All of MNIST comes with `autograder.datasets.mnist()` in the same form, and takes
# minutes.
#
# Ten points: a 2, b 4, c 2, d 2.

# %%
import torch
from torch import nn
from torch.nn import functional as F

# %% tags=["notebook"]
# The first forty training images.
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from autograder.datasets import digits

    X, y, X_test, y_test = map(torch.from_numpy, digits())
    fig, grid = plt.subplots(4, 10, figsize=(8, 3.8))
    for axes, image, digit in zip(grid.flat, X, y, strict=False):
        axes.imshow(image.reshape(28, 28), cmap="gray_r")
        axes.set_title(int(digit), fontsize=9)
        axes.axis("off")
    fig.tight_layout()
    plt.show()

# %% [markdown]
# ## Part a: the network, and how much there is to do
#
# The network of L10 5.1 has two hidden layers:
#
#     784 → 256, ReLU, dropout → 128, ReLU, dropout → 10
#
# What comes out are logits. There is no softmax at the end: `F.cross_entropy` takes logits, and
# contains the softmax of L10 eq. (23) in a form that does not overflow.
#
# Dropout sets each hidden activation to zero with probability φ while the model is in training
# mode, and does nothing in evaluation mode (L10 4.4). `nn.Dropout(φ)` takes the probability of
# dropping. (The exercise `dropout` of this course uses p = 1 − φ, the probability of keeping.)
#
# Worked step. A layer from m to n units has n·m weights and n biases, so the first one has
# 256·784 + 256 = 200,960 parameters. The whole network has 235,146, almost four for each of the
# 60,000 training images.
#
# An epoch goes through all N samples once, in batches of B; if B does not divide N, the last
# batch is smaller, and it counts like any other. How many updates does an epoch have? For all of
# MNIST and B = 128, L10 5.2 asks you.


# %%
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
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Linear(784, 256),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(256, 128),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(128, 10),
    )
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    return -(-n // batch_size)
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    return sum(parameter.numel() for parameter in model.parameters())
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part a.** 200,960 + (128·256 + 128) + (10·128 + 10) = 200,960 + 32,896 + 1,290 =
# 235,146. ⌈60,000 / 128⌉ = 469: there are 468 full batches and one of 96. In integers the ceiling is
# −(−n // B), or (n + B − 1) // B; `n // B + 1` is one too many whenever B divides n.
#
# Dropout stands after the ReLU; since ReLU(0) = 0 and ReLU commutes with positive factors, before
# it would do the same. Dropout on the inputs or on the logits is another model. A softmax at the
# end would be applied twice in training, and the network learns slowly because all its logits then
# lie between 0 and 1. Counting the entries of `state_dict()` counts buffers too.

# %% [markdown]
# ## Part b: training
#
# Training minimises the mean cross-entropy
#
#     R(θ) = −(1/N) Σ_i log f_{y_i}(x_i)        with f = softmax of the logits
#
# (L10 eqs. (23) and (24), there without the factor 1/N). One update takes the gradient on a batch
# instead of all N samples (L10 3.9), which is what `F.cross_entropy(logits, labels)`, the mean over
# the batch, gives after `backward`.
#
# The optimiser is yours to choose: SGD, with momentum or without, Adam, AdamW, … It gets `lr` as its
# learning rate, and `weight_decay` as its ridge penalty: (λ/2)·‖θ‖² in the loss, or θ ← (1 − lr·λ)·θ
# in each update. For plain SGD the two are the same (L10 eqs. (20) and (21)).
#
# What the checks look at, since every right optimiser satisfies it:
#
# - Every sample is used exactly once in each epoch, the last batch included, in a fresh order each
#   epoch. The order depends on `seed` alone.
# - The same seed, model and data give the same result on the CPU, whatever was drawn before the call.
#   Dropout draws from torch's global generator: you may seed and use that one.
# - `history` has one number per epoch: the mean over all N samples of the loss which each had when
#   its batch was used. A ridge penalty is not part of it. With lr = 0 the model never changes, and
#   without dropout every entry is R at the start.
# - `weight_decay` makes the weights smaller. With lr = 0.01, which suits SGD, with or without momentum
#   up to 0.9, and Adam and its relatives, the loss falls, and the model learns the digits. (Adadelta and
#   Rprop would need quite another lr, and so would RMSprop with momentum.) Every parameter is trained.
# - Model, data and loss are on `device`; afterwards the model is there, and in training mode,
#   whatever its mode was before.
#
# Worked step. Five samples in batches of two: the batches have 2, 2 and 1 samples. If their mean
# losses are 1, 1 and 4, the mean over the samples is (2·1 + 2·1 + 1·4)/5 = 1.6. The mean of the
# three means would be 2, as if the single last sample counted twice.
#
# The error rate is the fraction of samples whose largest logit does not belong to the label. It is
# a statement about the model without dropout, so it is taken in evaluation mode; afterwards the
# model has the mode that it had before. No gradients are needed, and without them the pass takes
# less time and memory; batches bound the memory, and change nothing.

# %% tags=["solution"]


def epochs_of_training(model, X, y, *, batch_size, lr, weight_decay, device, seed):
    """Trains without end, and yields the mean loss after each epoch."""
    torch.manual_seed(seed)  # for the order of the samples, and for dropout
    model.to(device).train()
    X, y = X.to(device), y.to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    while True:
        total = 0.0
        for batch in torch.randperm(len(X)).split(batch_size):
            loss = F.cross_entropy(model(X[batch]), y[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(batch)
        yield total / len(X)


# %%
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
    ### BEGIN SOLUTION
    run = epochs_of_training(
        model, X, y, batch_size=batch_size, lr=lr, weight_decay=weight_decay, device=device, seed=seed
    )
    return [next(run) for _ in range(epochs)]
    ### END SOLUTION


# %% tags=["solution"]


def fraction_wrong(model, X, y, *, batch_size, device):
    """The error rate, in evaluation mode and without gradients."""
    mode = model.training
    model.to(device).eval()
    wrong = 0
    with torch.no_grad():
        for images, labels in zip(X.split(batch_size), y.split(batch_size), strict=True):
            predicted = model(images.to(device)).argmax(dim=1)
            wrong += (predicted != labels.to(device)).sum().item()
    model.train(mode)
    return wrong / len(X)


# %%
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
    ### BEGIN SOLUTION
    return fraction_wrong(model, X, y, batch_size=batch_size, device=device)
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part b.** The five lines inside the loop are the same in every torch program. What
# goes wrong around them:
#
# - Without `zero_grad` the gradients of all earlier batches are added to the present one. It still
#   learns a little, which makes the mistake hard to see.
# - The mean of the batch means (FEN's training loop divides by `len(dataloader)`) weighs a sample of
#   the small last batch more than the others; the sum of the batch losses is no mean at all.
# - `drop_last=True` or `range(n // batch_size)` leaves samples out; drawing each batch afresh, as the
#   lecture's algorithm does (L10 3.9), uses some twice and others never. One permutation an epoch
#   does neither.
# - A permutation drawn once gives the same batches in every epoch. A seed set inside the loop over
#   the epochs does that as well, and repeats the dropout masks too.
# - `model.to(device)` moves the parameters of a module in place, but `X.to(device)` returns a new
#   tensor: without the assignment nothing is moved. The optimiser is made after the model was moved.
# - Error rates in training mode are those of randomly thinned networks. A model left in evaluation
#   mode trains on without dropout, and nobody notices.
#
# AdamW shrinks the weights directly, θ ← (1 − lr·λ)·θ, while Adam with `weight_decay` adds λ·θ to the
# gradient, where it is divided by the root of the squared gradients like everything else. Only for
# SGD are the two the same; both are accepted.

# %% tags=["notebook"]
# With dropout and without: the loss in training, and what the network gets wrong on the test images.
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from autograder.datasets import digits

    X, y, X_test, y_test = map(torch.from_numpy, digits())
    histories = {}
    try:
        for dropout in (0.0, 0.4):
            torch.manual_seed(1)
            model = build_model(dropout)
            history = train(model, X, y, epochs=12, batch_size=128, lr=1e-3)
            error = error_rate(model, X_test, y_test)
            histories[f"dropout {dropout}: test error {error:.1%}"] = history
    except NotImplementedError:
        print("Write build_model, train and error_rate first.")
    else:
        fig, axes = plt.subplots(figsize=(6, 3.5))
        for label, history in histories.items():
            axes.plot(range(1, len(history) + 1), history, "o-", markersize=3, label=label)
        axes.set(xlabel="epoch", ylabel="mean loss in training", yscale="log")
        axes.legend()
        fig.tight_layout()
        plt.show()

        # The last model's mistakes of which it was surest.
        model.eval()
        with torch.no_grad():
            probability, predicted = F.softmax(model(X_test), dim=1).max(dim=1)
        wrong = torch.nonzero(predicted != y_test).flatten()
        surest = wrong[probability[wrong].argsort(descending=True)][:20]
        fig, grid = plt.subplots(2, 10, figsize=(8, 2.4))
        for axes in grid.flat:
            axes.axis("off")
        for axes, i in zip(grid.flat, surest, strict=False):
            axes.imshow(X_test[i].reshape(28, 28), cmap="gray_r")
            axes.set_title(f"{y_test[i]}, not {predicted[i]}", fontsize=8)
        fig.tight_layout()
        plt.show()

# %% [markdown]
# ## Part c: early stopping
#
# With more epochs the training loss goes on falling, while the error on images that the model has
# not seen comes to a halt and may rise again. Early stopping watches a validation set and keeps the
# weights of its best epoch (L10 4.3; FEN, "Stopping Criteria").
#
# - After every epoch of training (as in `train`, in one run: a fresh order in each epoch) take the
#   error rate on the validation set, and record it. No gradient ever comes from that set.
# - The best epoch is the first one that has the lowest error so far. Epochs count from 0.
# - Stop after `patience` epochs in a row that were not strictly better than the best, or after
#   `max_epochs` epochs.
# - In the end the model has the weights of the best epoch, not of the last.
#
# Worked step. With patience = 2 the errors
#
#     epoch     0     1     2     3
#     error   0.30  0.20  0.25  0.20
#
# end the training after epoch 3: epochs 2 and 3 are not strictly better than epoch 1. The history
# has four entries, and best_epoch is 1.
#
# Mind that `model.state_dict()` holds the model's own tensors, and the optimiser changes them in
# place. What you keep must not change with them.


# %%
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
    ### BEGIN SOLUTION
    run = epochs_of_training(model, X, y, batch_size=batch_size, lr=lr, weight_decay=0.0, device=device, seed=seed)
    history = []
    for epoch in range(max_epochs):
        next(run)
        history.append(fraction_wrong(model, X_val, y_val, batch_size=batch_size, device=device))
        best_epoch = history.index(min(history))
        if epoch == best_epoch:
            best = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        if epoch == best_epoch + patience:
            break
    model.load_state_dict(best)
    return history, best_epoch
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part c.** `list.index` finds the first minimum, so an epoch that only equals the best
# one does not become the best. `state_dict()` is a dict of references: without `clone` (or
# `copy.deepcopy`) the "best" weights are the last ones, whatever the epoch. `dict(state)` and
# `state.copy()` copy the dict and not the tensors.
#
# Calling `train` with `epochs=1` over and over with the same seed repeats one order of the samples in
# every epoch. With `seed + epoch` the order changes; the optimiser then begins afresh each time, which
# costs Adam its averages, and is accepted.
#
# The validation error that early stopping reports is a little too good, for it is the lowest of
# many. That is why the table wants test images, which decided nothing.

# %% tags=["notebook"]
# Early stopping, with the last 1,000 training images for validation, and what the first layer looks at.
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from autograder.datasets import digits

    X, y, X_test, y_test = map(torch.from_numpy, digits())
    torch.manual_seed(2)
    try:
        model = build_model(dropout=0.4)
        history, best_epoch = train_with_early_stopping(
            model, X[:5000], y[:5000], X[5000:], y[5000:], max_epochs=40, patience=5, batch_size=128, lr=2e-3
        )
        error = error_rate(model, X_test, y_test)
    except NotImplementedError:
        print("Write train_with_early_stopping first.")
    else:
        fig, axes = plt.subplots(figsize=(6, 3.5))
        axes.plot([100 * it for it in history], "o-", markersize=3)
        axes.plot(best_epoch, 100 * history[best_epoch], "o", color="tab:red", label=f"best epoch: {best_epoch}")
        axes.set(xlabel="epoch", ylabel="validation error in percent", title=f"test error {error:.1%}")
        axes.legend()
        fig.tight_layout()
        plt.show()

        # The weights of the forty units of the first layer with the longest weight vectors; red is positive.
        weights = next(iter(model.parameters())).detach()
        longest = weights.norm(dim=1).argsort(descending=True)[:40]
        fig, grid = plt.subplots(4, 10, figsize=(8, 3.5))
        for axes, unit in zip(grid.flat, longest, strict=True):
            largest = float(weights[unit].abs().max())
            axes.imshow(weights[unit].reshape(28, 28), cmap="RdBu_r", vmin=-largest, vmax=largest)
            axes.axis("off")
        fig.tight_layout()
        plt.show()

# %% [markdown]
# ## Part d: the two linear methods of the table
#
# Both methods give every class k a score that is linear in x, s_k(x) = W_k·x + b_k, and predict the
# class with the largest score. They differ in where W `(n_classes, d)` and b `(n_classes,)` come from.
# Adding the same vector to all rows of W, or the same number to all of b, changes no difference
# between classes; so the checks look at differences only.
#
# **Linear discriminant analysis** (ISL 4.4) models each class as a normal distribution with a mean of
# its own and one covariance for all. With N_k samples in class k,
#
#     π_k = N_k / N
#     μ_k = (1/N_k) Σ_{i: y_i = k} x_i
#     Σ   = 1/(N − K) · Σ_i (x_i − μ_{y_i})(x_i − μ_{y_i})ᵀ      with K = n_classes
#
#     s_k(x) = x·Σ⁻¹μ_k − ½·μ_k·Σ⁻¹μ_k + log π_k
#
# Many pixels are zero in every image, and their rows and columns of Σ are zero: there is no Σ⁻¹. Take
# the pseudo-inverse, or add a ridge so tiny (at most 1e-6 on the diagonal) that it decides nothing
# else; there the checks look at the predictions. Convert to float64 first: the entries of Σ span many
# orders of magnitude.
#
# **Multinomial logistic regression** (ISL 4.3.5) takes softmax of the scores for the probabilities
# of the classes, and minimises the mean cross-entropy of part b over W and b. This is a network
# without a hidden layer, and the loss is convex. From W = 0 and b = 0 take `steps` steps of gradient
# descent with all N samples.
#
# Worked step. With p_ik the probability of class k for sample i, the derivative of the loss with
# respect to s_ik is (p_ik − [y_i = k]) / N, where [y_i = k] is 1 if y_i = k and 0 if not. At the start
# all scores are zero and p_ik = 1/K, so the derivative with respect to b_k is 1/K − N_k/N: the first
# step raises b_k for the classes that are more frequent than the others.


# %%
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
    ### BEGIN SOLUTION
    X = X.double()
    counts = torch.bincount(y, minlength=n_classes)
    means = torch.stack([X[y == k].mean(dim=0) for k in range(n_classes)])
    deviations = X - means[y]
    covariance = deviations.T @ deviations / (len(X) - n_classes)
    W = means @ torch.linalg.pinv(covariance)
    return W, torch.log(counts / len(X)) - (W * means).sum(dim=1) / 2
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    W, b = torch.zeros(n_classes, X.shape[1]), torch.zeros(n_classes)
    targets = F.one_hot(y, n_classes)
    for _ in range(steps):
        d_scores = (torch.softmax(X @ W.T + b, dim=1) - targets) / len(X)
        W, b = W - lr * d_scores.T @ X, b - lr * d_scores.sum(dim=0)
    return W, b
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part d.** LDA has a formula and no iterations. The pseudo-inverse leaves out the
# directions in which no image varies: there the means agree too, and nothing is lost. The classes of
# MNIST are almost equally large, so log π_k matters little there, and a factor in Σ (N for N − K) not
# at all for many samples; for few samples of unequal classes both do. Dividing by N gives the
# maximum-likelihood estimate, the covariance of X without class means contains the differences
# between the classes, and a covariance for each class is quadratic discriminant analysis.
#
# Softmax regression: with D = (P − Y)/N of shape `(N, K)`, ∂R/∂W = DᵀX and ∂R/∂b is the sum of D's
# rows. The step size is bounded by the largest eigenvalue of XᵀX/N, which for images is large because
# all pixels are positive: subtracting the mean image first makes the problem much easier.
#
# On all of MNIST LDA gives 12.7 %, as in the table; the two networks of part b give about 2 %.

# %% tags=["notebook"]
# Four methods on the shipped digits, and what the last network mistakes for what.
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from autograder.datasets import digits

    X, y, X_test, y_test = map(torch.from_numpy, digits())
    errors = {}
    try:
        for name, (W, b) in {
            "LDA": lda_fit(X, y, 10),
            "logistic regression": softmax_regression(X, y, 10, lr=0.5, steps=300),
        }.items():
            scores = X_test @ torch.as_tensor(W, dtype=X.dtype).T + torch.as_tensor(b, dtype=X.dtype)
            errors[name] = float((scores.argmax(dim=1) != y_test).float().mean())
        for name, dropout, weight_decay in [("network, ridge", 0.0, 0.3), ("network, dropout", 0.4, 0.0)]:
            torch.manual_seed(3)
            model = build_model(dropout)
            train(model, X, y, epochs=15, batch_size=128, lr=1e-3, weight_decay=weight_decay)
            errors[name] = error_rate(model, X_test, y_test)
    except NotImplementedError:
        print("Write lda_fit and softmax_regression first, and the parts before.")
    else:
        model.eval()
        with torch.no_grad():
            predicted = model(X_test).argmax(dim=1)
        confusion = torch.zeros(10, 10, dtype=torch.int64)
        confusion.index_put_((y_test, predicted), torch.ones_like(y_test), accumulate=True)

        fig, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4), width_ratios=[1, 1.1])
        bars = left.barh(list(errors), [100 * it for it in errors.values()])
        left.bar_label(bars, fmt="%.1f %%", padding=3)
        left.set(xlabel="test error in percent", xlim=(0, 125 * max(errors.values())))
        mistakes = confusion.clone().fill_diagonal_(0)
        right.imshow(mistakes, cmap="Reds", vmax=2 * mistakes.max())
        for digit in range(10):
            for given in range(10):
                if confusion[digit, given]:
                    right.text(given, digit, int(confusion[digit, given]), ha="center", va="center", fontsize=8)
        right.set(xticks=range(10), yticks=range(10), xlabel="predicted", ylabel="label", title="network, dropout")
        fig.tight_layout()
        plt.show()
