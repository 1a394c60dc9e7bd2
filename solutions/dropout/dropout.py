# %% [markdown]
# # Dropout is an adaptive ridge
#
# Dropout switches units off at random while a network is being trained. That looks like noise for
# its own sake. Behind a linear layer with squared loss it can be computed exactly what the noise
# does on average, and it is something old: a ridge penalty, whose strength each unit gets according
# to how active it is.
#
# You will write dropout, prove its expectation by going through all masks, find the expected loss
# in closed form, and minimise it over a data set.
#
# Source: L10 is lecture 10, Neural Networks: Fundamentals, exercise 10.5 and section 4.4.
#
# Conventions:
#
# - p is the probability that a unit is KEPT, 0 < p ≤ 1, as in exercise 10.5. Section 4 of L10 uses
#   φ = 1 − p, the probability that it is dropped, and `torch.nn.Dropout(p)` means φ as well.
# - m is a mask: a 1 for each unit that is kept, a 0 for each that is dropped. Its entries are
#   independent, and each is 1 with probability p (Bernoulli(p)).
# - ⊙ multiplies entry by entry, and h̃ = (m ⊙ h)/p is what dropout makes of h.
# - E is the expectation over the mask. Nothing else is random.
# - A batch is `(N, d)`, one sample a row. Arrays are NumPy float64; where one is asked for, a list
#   of the same shape will do. Functions never modify the arrays that they are given.
#
# Ten points: a 3, b 4, c 3. The written question at the end carries 3 more.

# %%
import numpy as np

# %% [markdown]
# ## Part a: masks, and what they do on average
#
# Dropping units makes the layer's output smaller on average. Inverted dropout repairs that during
# training: it divides what is left by p (L10 exercise 10.5). In evaluation nothing is dropped and
# nothing is scaled, so that a trained network can be used as it is.
#
# Worked step. With h = (2, −1), p = ½ and the mask m = (1, 0) we get h̃ = (2, 0)/½ = (4, 0).
#
# Then show that the expectation is unchanged, E h̃ = h (exercise 10.5 (a)). Averages over many
# random masks only suggest it. There are finitely many masks, 2^d, and so the expectation is a sum:
#
#     E h̃ = Σ_m P(m)·(m ⊙ h)/p
#
# For d = 2 the four masks and their probabilities are
#
#     m         (0, 0)    (0, 1)     (1, 0)     (1, 1)
#     P(m)      (1−p)²    (1−p)·p    p·(1−p)    p²
#
# `expected_activation` is that sum, for any d up to 12, that is 4096 masks.


# %%
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
    ### BEGIN SOLUTION
    return mask * h / p
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    if not 0 < p <= 1:
        raise ValueError(f"a keep probability is in (0, 1], not {p}")
    if not training:
        return h
    mask = rng.random(h.shape) < p
    return mask * h / p
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    masks = np.indices([2] * len(h)).reshape(len(h), -1).T  # one mask a row
    kept = masks.sum(axis=1)
    probabilities = p**kept * (1 - p) ** (len(h) - kept)
    return probabilities @ (masks * h / p)
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part a.** A mask with k ones has the probability p^k·(1 − p)^(d − k). On paper no
# sum over masks is needed, because expectations are taken entry by entry: E h̃_j = E(m_j)·h_j/p,
# and E m_j = p·1 + (1 − p)·0 = p, so E h̃_j = h_j. Independence is not used: one toss for the whole
# layer would have the same mean. It is part b that needs independence. So `return h` is a right
# `expected_activation`, and one that has seen the point; say so.
#
# `rng.random(h.shape) < p` has one toss for every element. Look out for:
#
# - `h.shape[-1]` or `h.shape[1]` for `h.shape`: all samples of a batch then lose the same units;
# - `rng.permutation` with a fixed number of kept units: then the entries are not independent;
# - `np.random.…` in place of `rng.…`: nobody can repeat the run;
# - a scaling by p in evaluation. That is dropout as it was first published (no 1/p in training,
#   times p in evaluation). Both together are right as well, but not inverted dropout; either of
#   them alone is wrong everywhere.
#
# At p = 1 every toss keeps, since `rng.random` is below 1, and h·1/1 is h: no special case.

# %% tags=["notebook"]
# Averages over more and more random masks, against the expectation. The error falls like 1/√n.
if __name__ == "__main__":
    rng = np.random.default_rng(0)
    h_shown, masks_shown = rng.normal(size=6), np.arange(1, 10_001)
    try:
        errors = {}
        for p_shown in (0.9, 0.5, 0.1):
            batch = np.tile(h_shown, (len(masks_shown), 1))
            means = np.cumsum(dropout_layer(batch, p_shown, rng), axis=0) / masks_shown[:, np.newaxis]
            errors[p_shown] = np.linalg.norm(means - expected_activation(h_shown, p_shown), axis=1)
    except NotImplementedError:
        print("Write dropout_layer and expected_activation first.")
    else:
        import matplotlib.pyplot as plt

        fig, axes = plt.subplots(figsize=(6, 4))
        for p_shown, error in errors.items():
            axes.loglog(masks_shown, error, label=f"p = {p_shown}")
        axes.loglog(masks_shown, np.linalg.norm(h_shown) / np.sqrt(masks_shown), "k:", label="‖h‖/√n")
        axes.set(xlabel="number of masks n", ylabel="distance of the mean from E h̃")
        axes.set_title("Means over random masks")
        axes.legend()
        plt.show()

# %% [markdown]
# ## Part b: what dropout adds to the loss
#
# A linear layer y = w·h̃ follows the dropout layer, and is judged by its squared error (y − y*)²,
# where y* is the target. On average over the masks dropout leaves y as it is. It does not leave
# the squared error as it is: for any random number z,
#
#     E z² = (E z)² + Var z,
#
# and dropout makes y random. So the expected loss is the loss without dropout, plus a penalty that
# is a weighted sum of the w_j² (L10 exercise 10.5 (b)):
#
#     E (w·h̃ − y*)² = (w·h − y*)² + Σ_j c_j·w_j²
#
# Find the c_j: `penalty_coefficients` returns them, and `expected_loss` is the whole right-hand
# side. It must work for hundreds of units, where 2^d masks are out of reach.
#
# Worked step, to test your formula with. Let d = 1, h = 2, w = 1 and y* = 1. Without dropout the
# loss is (2 − 1)² = 1.
#
# - p = ½: h̃ is 4 or 0, each with probability ½, and so E (w·h̃ − y*)² = ½·3² + ½·1² = 5.
# - p = 0.8: h̃ is 2.5 with probability 0.8, else 0, and so it is 0.8·1.5² + 0.2·1² = 2.
#
# The penalty is 4 at p = ½, and 1 at p = 0.8.


# %%
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
    ### BEGIN SOLUTION
    return (np.sum(w * h) - target) ** 2 + (1 - p) / p * np.sum((w * h) ** 2)
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    return (1 - p) / p * h**2
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part b.** Let z = w·h̃ − y*. By part a, E z = w·h − y*. The entries of the mask are
# independent, so variances add up: Var z = Σ_j w_j²·Var h̃_j. And Var m_j = p − p² = p·(1 − p), so
# Var h̃_j = h_j²·p·(1 − p)/p² = (1 − p)/p·h_j². With E z² = (E z)² + Var z,
#
#     E (w·h̃ − y*)² = (w·h − y*)² + (1 − p)/p·Σ_j w_j²·h_j².
#
# Typical errors: p·(1 − p), the variance of the mask before the division by p; p/(1 − p), with keep
# and drop exchanged; (Σ_j w_j·h_j)², which is what one toss for the whole layer would give, since
# then all covariances count; Σ_j w_j·h_j without the square, which may be negative.

# %% [markdown]
# ## Part c: a ridge that adapts
#
# Now let the layer stand alone: a linear model behind dropout, on a data set X `(N, d)` with
# targets y `(N,)`. Each sample has a mask of its own, x̃_i = (m_i ⊙ x_i)/p. What training with
# dropout minimises, on average over all masks, is the summed expected loss
#
#     L(w) = Σ_i E (w·x̃_i − y_i)²
#
# There is no intercept, and L is a sum, not a mean. By part b, L(w) is the sum of squares of least
# squares plus a penalty that is quadratic in w. So its minimiser solves a system of d linear
# equations: set the gradient to zero.
#
# Worked step. Without dropout, L(w) = ‖Xw − y‖² has the gradient 2·Xᵀ(Xw − y), which leads to
# the normal equations XᵀX w = Xᵀy. In what way does the penalty of part b, summed over the
# samples, change the matrix?
#
# Compare your answer with ridge regression (weight decay, L10 section 4.2), whose penalty λ‖w‖²
# treats all weights alike. Section 4.4 says that dropout is approximately the same. How far that
# goes is the question at the end.


# %%
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
    ### BEGIN SOLUTION
    gram = X.T @ X
    penalty = (1 - p) / p * np.diag(gram)
    return np.linalg.solve(gram + np.diag(penalty), X.T @ y)
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part c.** Summed over the samples, the penalty of part b is
# (1 − p)/p·Σ_j w_j²·Σ_i x_ij² = (1 − p)/p·wᵀDw, where the diagonal matrix D holds the squared norms
# of the columns of X, which is the diagonal of XᵀX. The gradient is
# 2·Xᵀ(Xw − y) + 2·(1 − p)/p·Dw, and so
#
#     (XᵀX + (1 − p)/p·D) w = Xᵀy.
#
# In other words, divide the diagonal of XᵀX by p, and solve the normal equations. Where p < 1 and
# no column is zero the matrix is positive definite, even for N < d. With a single feature, or with
# orthogonal ones, w is p times the solution of least squares.
#
# The penalty of a weight is measured in the units of its feature. If a column is multiplied by s,
# its squared norm grows by s², w_j shrinks by s, and the predictions stay what they were. A plain
# ridge, λ·I in place of (1 − p)/p·D, does not have this property; on columns of equal norm, such as
# standardised ones, the two agree. This is how far "approximately" goes in L10 section 4.4.
#
# Typical errors: λ·I; D/N, with the mean over the samples beside a sum of squares; the vector of the
# penalties added to the matrix, which NumPy adds to every row; p/(1 − p).

# %% tags=["notebook"]
# The weights against p, from strong dropout to least squares. With less dropout they may be large and cancel
# each other. The dots are those of the same data with the first feature in other units (multiplied by 100):
# dropout does not notice.
if __name__ == "__main__":
    rng = np.random.default_rng(1)
    X_shown = rng.normal(size=(30, 4)) + 2 * rng.normal(size=(30, 1))  # features that have much in common
    y_shown = X_shown @ np.array([1.0, -1.0, 0.5, 0.0]) + rng.normal(size=30)
    units = np.array([100.0, 1.0, 1.0, 1.0])
    grid = np.linspace(0.02, 1, 99)
    try:
        path = np.array([dropout_ridge(X_shown, y_shown, p_shown) for p_shown in grid])
        in_other_units = np.array([dropout_ridge(X_shown * units, y_shown, p_shown) for p_shown in grid[::7]])
    except NotImplementedError:
        print("Write dropout_ridge first.")
    else:
        import matplotlib.pyplot as plt

        norms = np.linalg.norm(X_shown, axis=0)
        fig, axes = plt.subplots(figsize=(6, 4))
        lines = axes.plot(grid, path * norms, label=[f"feature {j + 1}" for j in range(4)])
        for line, dots in zip(lines, (in_other_units * norms * units).T, strict=True):
            axes.plot(grid[::7], dots, "o", color=line.get_color())
        axes.axhline(0, color="black", linewidth=0.5)
        axes.set(xlabel="keep probability p", ylabel="w_j · norm of column j", xlim=(0, 1.02))
        axes.set_title("From strong dropout to least squares")
        axes.legend()
        plt.show()

# %% [markdown] tags=["written"] points=3
# ### Why does this regularise?
#
# Explain how the penalty of part b acts as an ℓ2 regulariser that adapts (L10 exercise 10.5 (c)),
# and why that helps against overfitting. In some 150 words, say
#
# 1. which weights it shrinks, how strongly, and what p does;
# 2. in what way that differs from weight decay, λ‖w‖², and when the two are the same;
# 3. why a model fitted in this way overfits less, and what is paid for it.
#
# ### BEGIN MARK SCHEME
# One point each. Half a point where the idea is there but a step is missing; formulas are not
# needed if the words say the same.
#
# 1. **The penalty.** (1 − p)/p·Σ_j w_j²·h_j² is a weighted sum of the squared weights, so an ℓ2
#    penalty. It shrinks w_j in proportion to the activity h_j² (over a data set, Σ_i x_ij²).
#    p sets the strength: none at p = 1, and without bound as p → 0.
# 2. **Adaptive.** Weight decay has one λ for all weights; here each weight has its own, taken from
#    the data: a weight behind a large or often active unit pays more, one behind an idle unit
#    nothing. What is penalised is w_j·h_j, what the unit adds to the output, whatever its units
#    of measurement. The two are the same where all columns have the same norm (standardised
#    features), with λ = (1 − p)/p times the squared norm.
# 3. **Overfitting.** Any sound account of variance against bias: large weights that cancel each
#    other can follow the noise of a few samples; they now cost much, as in Σ_j w_j²·h_j² nothing
#    cancels. So the output must not hang on single units, and correlated units share the work ("no
#    co-adaptation"). The fit varies less from one training set to the next. The price is bias:
#    weights are pulled to zero, and p too small underfits; p is chosen by validation.
#
# No point is lost for leaving out, but welcome: the identity is exact only for a linear layer with
# squared loss, and an approximation in deep networks, where h itself depends on weights and each
# step sees one mask. Worth correcting: "dropout makes the network smaller" (in evaluation all units
# work); "the mean output shrinks" (1/p sees to it that it does not).
# ### END MARK SCHEME
