# %% [markdown]
# # Activation functions
#
# Without something nonlinear between them, any number of layers collapse into one affine map. What
# stands there is the activation function, applied to each number by itself. Which function it is
# decides what a gradient looks like on its way back through the network, and so whether the network
# learns at all.
#
# You will write the eight activations that the lectures name, and their derivatives, so that they
# survive inputs of any size; see why a unit with a hard threshold learns nothing; compute where a
# sigmoid stops learning; and find the units of a ReLU layer that are dead.
#
# Sources: L10 is lecture 10, Neural Networks: Fundamentals, section 1.4 and exercise 10.2; FEN is
# Feng, Introduction to Machine Learning for Economists, "Activation functions"; MUR is Murari,
# Introduction to the Mathematics of Deep Learning, section 2.
#
# Conventions, here and in the whole course:
#
# - A batch X is `(N, d)`: N samples, one a row, d features each. Arrays are NumPy float64.
# - The weights W of a layer with h units are `(h, d)`, one unit a row, and its biases b are `(h,)`:
#   on a batch the layer computes z = X·Wᵀ + b, which is `(N, h)`.
# - Functions are pure: they never modify the arrays that they are given.
# - Wherever an array is asked for, a list of the same shape will do.
# - Results are compared to nine digits. A formula in float64 is right to fifteen; float32 is right
#   to seven, and so is many a difference quotient.
#
# Ten points: a 4, b 3, c 3; and one for each of two short answers in words.

# %%
import numpy as np
from scipy.special import erf

# %% [markdown]
# ## Part a: eight activations and their derivatives
#
# These are sixteen short functions. `step` and its derivative count 0.1 each, the others 0.15 and
# their derivatives 0.25; `maxout` counts one point.
#
#     step         1 for x > 0, else 0                         L10 exercise 10.2, where it is h
#     sigmoid      σ(x) = eˣ/(1 + eˣ) = 1/(1 + e⁻ˣ)            L10 1.4; FEN; MUR
#     tanh         (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)                       L10 1.4; FEN; MUR
#     relu         max(0, x)                                   L10 1.4; FEN; MUR
#     leaky_relu   x for x > 0, else slope·x                   FEN (slope 0.1); MUR
#     elu          x for x > 0, else α·(eˣ − 1)                FEN
#     softplus     ln(1 + eˣ)                                  named in L10 1.4
#     gelu         x·Φ(x)                                      named in L10 1.4
#
# Φ is the distribution function of the standard normal: Φ(x) = ½·(1 + erf(x/√2)). GELU is meant
# exactly, not by one of the approximations in circulation; `erf` is imported above.
#
# Shapes. The argument x is an array of any shape: a matrix, a vector, or a single number with no
# axis at all. The result has the same shape.
#
# Kinks. A function with a kink has no derivative there, and a program must return something. Here
# it is the derivative from the left, that of the branch "else" above. For `step` it is 0 everywhere,
# also at the jump.
#
# Large numbers. Pre-activations of a few hundred happen in every diverging run, and e¹⁰⁰⁰ is no
# float64: beyond x ≈ 709.8 `np.exp` gives inf and a warning, and inf/inf is NaN, which then
# spreads through the whole network. So each function must be right, without NaN and without a
# warning of overflow or of an invalid value, for |x| up to 10,000. Numbers too small for float64
# are no trouble: they become 0, silently.
#
# Note that `np.where(condition, A, B)` computes both A and B in full before it chooses. A branch
# that is not chosen can still overflow.
#
# Worked step. Take f(x) = ln cosh x, which is not among the eight. cosh 1000 overflows, though f is
# only about 999.3. Since f is even, write it for |x|, and take the large factor out before the
# logarithm: cosh x = ½·e^|x|·(1 + e^(−2|x|)), so that
#
#     f(x) = |x| − ln 2 + ln(1 + e^(−2|x|)).
#
# The only exponent left is never positive, and nothing can overflow. The derivative by the chain
# rule is sinh x/cosh x = tanh x.


# %%
def step(x):
    """The hard threshold: 1 for x > 0, and 0 for x ≤ 0 (L10 exercise 10.2).

    Parameters
    ----------
    x : float64 array of any shape

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, 1.0, 0.0)
    ### END SOLUTION


# %%
def step_grad(x):
    """The derivative of `step`, with 0 for the jump at x = 0, where there is none.

    Parameters
    ----------
    x : float64 array of any shape

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.zeros_like(x)
    ### END SOLUTION


# %%
def sigmoid(x):
    """The logistic function σ(x) = eˣ/(1 + eˣ) (L10 1.4 and exercise 10.2; FEN), also far from 0.

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.exp(-np.logaddexp(0, -x))
    ### END SOLUTION


# %%
def sigmoid_grad(x):
    """The derivative σ'(x) of `sigmoid` at x, also far from 0.

    The argument is x itself, not σ(x).

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    small = np.exp(-np.abs(x))
    return small / (1 + small) ** 2
    ### END SOLUTION


# %%
def tanh(x):
    """The hyperbolic tangent (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ) (L10 1.4; FEN; MUR), also far from 0.

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.tanh(x)
    ### END SOLUTION


# %%
def tanh_grad(x):
    """The derivative of `tanh` at x, also far from 0.

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return 1 - np.tanh(x) ** 2
    ### END SOLUTION


# %%
def relu(x):
    """The rectified linear unit max(0, x) (L10 1.4 and exercise 10.2; FEN; MUR).

    Parameters
    ----------
    x : float64 array of any shape

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0)
    ### END SOLUTION


# %%
def relu_grad(x):
    """The derivative of `relu` at x; at the kink x = 0 it is the one from the left.

    Parameters
    ----------
    x : float64 array of any shape

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, 1.0, 0.0)
    ### END SOLUTION


# %%
def leaky_relu(x, slope=0.1):
    """The leaky rectified linear unit: x for x > 0, and slope·x for x ≤ 0 (FEN; MUR).

    Parameters
    ----------
    x : float64 array of any shape
    slope : float, 0 ≤ slope ≤ 1; it may be left out, and is 0.1 then

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.maximum(x, slope * x)
    ### END SOLUTION


# %%
def leaky_relu_grad(x, slope=0.1):
    """The derivative of `leaky_relu` with respect to x; at the kink x = 0 it is the one from the left.

    Parameters
    ----------
    x : float64 array of any shape
    slope : float, 0 ≤ slope ≤ 1; it may be left out, and is 0.1 then

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, 1.0, slope)
    ### END SOLUTION


# %%
def elu(x, alpha=1.0):
    """The exponential linear unit: x for x > 0, and α·(eˣ − 1) for x ≤ 0 (FEN), also far from 0.

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000
    alpha : float > 0; it may be left out, and is 1 then

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))
    ### END SOLUTION


# %%
def elu_grad(x, alpha=1.0):
    """The derivative of `elu` with respect to x; at the kink x = 0 it is the one from the left.

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000
    alpha : float > 0; it may be left out, and is 1 then

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, 1.0, alpha * np.exp(-np.abs(x)))
    ### END SOLUTION


# %%
def softplus(x):
    """The smooth relative of ReLU, ln(1 + eˣ) (named in L10 1.4), also far from 0.

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.logaddexp(0, x)
    ### END SOLUTION


# %%
def softplus_grad(x):
    """The derivative of `softplus` at x, also far from 0.

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return np.exp(-np.logaddexp(0, -x))
    ### END SOLUTION


# %%
def gelu(x):
    """The Gaussian error linear unit x·Φ(x) with the exact Φ(x) = ½·(1 + erf(x/√2)) (named in L10 1.4).

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return x * (1 + erf(x / np.sqrt(2))) / 2
    ### END SOLUTION


# %%
def gelu_grad(x):
    """The derivative of `gelu` at x. The derivative of Φ is the normal density e^(−x²/2)/√(2π).

    Parameters
    ----------
    x : float64 array of any shape, |x| ≤ 10,000

    Returns
    -------
    float64 array of the shape of x
    """
    ### BEGIN SOLUTION
    return (1 + erf(x / np.sqrt(2))) / 2 + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    ### END SOLUTION


# %% [markdown]
# The ninth is of another kind. `maxout` (FEN) is no function of one number: a unit has k affine maps
# of its own, and gives the largest of their values. FEN's slide shows k = 2, the formula with
# max(w₁ᵀx + b₁, w₂ᵀx + b₂); here k is any number, and 1 is allowed. ReLU is the case of k = 2 with
# one map zero. There is no further activation: the result may be negative.


# %%
def maxout(x, W, b):
    """One maxout unit with k pieces: the largest of the k numbers W·x_i + b, for every sample x_i (FEN).

    Parameters
    ----------
    x : (N, d) float64, one sample a row
    W : (k, d) float64, one affine map a row
    b : (k,) float64

    Returns
    -------
    (N,) float64, not (N, 1); also for one sample, one feature or one map
    """
    ### BEGIN SOLUTION
    return np.max(x @ W.T + b, axis=1)
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part a.** Every formula is arranged so that no exponent is positive.
#
# - softplus(x) = ln(e⁰ + eˣ), which is what `np.logaddexp(0, x)` is made for. By hand it is
#   max(x, 0) + ln(1 + e^(−|x|)).
# - σ(x) = 1/(1 + e⁻ˣ) = e^(−softplus(−x)). The other common way divides numerator and denominator
#   by the larger exponential. `scipy.special.expit` does either.
# - σ' = σ·(1 − σ) = e⁻ˣ/(1 + e⁻ˣ)², and it is even, so x may be replaced by |x|. σ·(1 − σ) is right
#   too; it is 0 from x ≈ 37 on, where the true value is below 1e-16.
# - tanh' = 1 − tanh². With 1/cosh² the overflow comes back.
# - ELU: the exponential of max(x, 0) is not wanted, so x is cut off at 0 before it.
#   `np.where(x > 0, x, alpha * (np.exp(x) - 1))` gives the right values and still overflows, since
#   both branches are computed for all x. `elu_grad` has α·e^(−|x|), which is α·eˣ where it counts.
# - softplus' = eˣ/(1 + eˣ) = σ.
# - gelu' = Φ(x) + x·φ(x) by the product rule. It is not monotone: gelu has its minimum, about −0.17,
#   at x ≈ −0.75.
#
# Typical errors: x ≥ 0 in place of x > 0, which is the derivative from the right; a scalar 0 for
# `step_grad`; a formula in terms of the value, as in s·(1 − s), that is given x for s.

# %% tags=["notebook"]
# The eight functions (thick) and their derivatives (thin).
if __name__ == "__main__":
    pairs = {
        "step": (step, step_grad),
        "sigmoid": (sigmoid, sigmoid_grad),
        "tanh": (tanh, tanh_grad),
        "relu": (relu, relu_grad),
        "leaky_relu": (leaky_relu, leaky_relu_grad),
        "elu": (elu, elu_grad),
        "softplus": (softplus, softplus_grad),
        "gelu": (gelu, gelu_grad),
    }
    axis = np.linspace(-4, 4, 401)
    curves = {}
    for title, functions in pairs.items():
        try:
            curves[title] = [function(axis) for function in functions]
        except NotImplementedError:
            print(f"Write {title} and {title}_grad first.")
    if curves:
        import matplotlib.pyplot as plt

        fig, grid = plt.subplots(2, 4, figsize=(11, 5), sharex=True, sharey=True, layout="constrained")
        for axes, title in zip(grid.flat, pairs, strict=True):
            for curve, width in zip(curves.get(title, []), (2.5, 1), strict=False):
                axes.plot(axis, curve, linewidth=width)
            axes.set(title=title, ylim=(-1.3, 2.2))
            axes.grid(alpha=0.3)
        plt.show()

# %% [markdown]
# ## Part b: the gradient of one unit, and the step that does not learn
#
# Exercise 10.2 of L10 asks why the hard threshold is a problem for gradient-based training. Take the
# smallest network there is, one unit with one sample x of shape `(d,)` and its class y, 0 or 1:
#
#     z = w·x + b                    the pre-activation, a number
#     a = activation(z)              to be read as the probability of class 1
#     p = a, but at least c and at most 1 − c        with c = 1e-12 (`CLIP` below)
#     L = −y·ln p − (1 − y)·ln(1 − p)                binary cross-entropy
#
# Return the gradient of L with respect to w and b, for any activation: it comes to you as a
# function, and its derivative as another one. Both take a number and return a number.
#
# The clip is there because a step says 0 or 1 with full conviction, and ln 0 is −∞. It serves only to
# keep dL/dp finite: evaluate dL/dp at the clipped p, then go on through a = activation(z) as if there
# were no clip. That is a convention, and the checks follow it.
#
# Worked step. With the squared error ½·(a − y)² in place of L, the chain rule reads
#
#     dL/dz = (a − y)·activation'(z),     dL/dw = dL/dz·x,     dL/db = dL/dz.
#
# Only the first factor changes for the cross-entropy: differentiate L with respect to p, put the two
# terms over one denominator, and see what is left in the numerator.
#
# When your function works, look at what the chain rule gives for `step`: one factor of the product
# is zero whatever the data, the label and the weights are.

# %%
CLIP = 1e-12


# %%
def weight_gradient(x, y, w, b, activation, activation_grad):
    """The gradient of one unit's cross-entropy on one sample (L10 exercise 10.2, first question).

    With z = w·x + b, a = activation(z), p = a clipped to [CLIP, 1 − CLIP] and
    L = −y·ln p − (1 − y)·ln(1 − p): dL/dz is dL/dp at the clipped p, times the derivative of the
    activation at z. The clip itself is not differentiated.

    Parameters
    ----------
    x : (d,) float64, one sample
    y : float, its class: 0.0 or 1.0
    w : (d,) float64
    b : float
    activation, activation_grad : functions that take a float (or an array with no axis) and return one;
        activation_grad is the derivative of activation, and takes z too

    Returns
    -------
    dw : (d,) float64, dL/dw
    db : float, dL/db
    """
    ### BEGIN SOLUTION
    z = w @ x + b
    p = np.clip(activation(z), CLIP, 1 - CLIP)
    dz = (p - y) / (p * (1 - p)) * activation_grad(z)
    return dz * x, dz
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part b.** dL/dp = −y/p + (1 − y)/(1 − p) = (p − y)/(p·(1 − p)), and so
#
#     dL/dz = (p − y)/(p·(1 − p))·activation'(z),     dL/dw = dL/dz·x,     dL/db = dL/dz.
#
# For `step` the last factor is 0 for every z. The gradient is identically zero, every weight is a
# stationary point, and gradient descent stays where it started, however wrong the answers are. The
# derivative is no accident of the convention at the jump: the loss as a function of the weights is
# piecewise constant, so it says nothing about the direction in which it gets smaller.
#
# For the sigmoid, σ' = σ·(1 − σ) cancels the denominator: dL/dz = p − y. This is why sigmoid and
# cross-entropy go together: an output unit that is sure and wrong still learns at full speed (until
# the clip stops it, at |z| ≈ 27.6). It is special to this pair. Students who write p − y for every
# activation have learnt the result and not the rule; so have those who take activation_grad at a
# instead of z, since many programs store derivatives as functions of the value.

# %% tags=["notebook"]
# What a step does to learning: one unit, 40 samples of two classes, gradient descent from one start.
if __name__ == "__main__":
    rng = np.random.default_rng(1)
    inputs = np.concatenate([rng.normal(-1, 0.7, 20), rng.normal(1, 0.7, 20)])[:, np.newaxis]
    classes = np.repeat([0.0, 1.0], 20)

    def mean_loss(activation, w, b):
        p = np.clip(activation(inputs @ w + b), CLIP, 1 - CLIP)
        return np.mean(-classes * np.log(p) - (1 - classes) * np.log(1 - p))

    def errors_while_learning(activation, derivative):
        w, b, errors = np.array([-1.0]), 0.5, []
        for _ in range(100):
            errors.append(np.mean((activation(inputs @ w + b) > 0.5) != classes))
            gradients = [
                weight_gradient(x, y, w, b, activation, derivative) for x, y in zip(inputs, classes, strict=True)
            ]
            w = w - 0.2 * np.mean([dw for dw, _ in gradients], axis=0)
            b = b - 0.2 * np.mean([db for _, db in gradients])
        return errors

    try:
        runs = {
            title: (errors_while_learning(function, derivative), function)
            for title, function, derivative in [("step", step, step_grad), ("sigmoid", sigmoid, sigmoid_grad)]
        }
    except NotImplementedError:
        print("Write weight_gradient, step and sigmoid with their derivatives first.")
    else:
        import matplotlib.pyplot as plt

        fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
        weights = np.linspace(-2, 4, 601)
        for title, (errors, function) in runs.items():
            losses = np.array([mean_loss(function, np.array([weight]), 0.5) for weight in weights])
            left.plot(errors, label=title)
            right.plot(weights, losses / losses.max(), label=title)
        left.set(xlabel="steps of gradient descent", ylabel="fraction decided wrongly", ylim=(0, 1))
        left.set_title("The step stays where it started")
        right.set(xlabel="w, for b = ½", ylabel="loss, divided by its largest value", ylim=(0, 1.05))
        right.set_title("Its loss is flat between jumps")
        left.legend()
        right.legend()
        plt.show()

# %% [markdown]
# ## Part c: where a sigmoid saturates, and which ReLUs are dead
#
# MUR calls an activation with a bounded range one that saturates: far from 0 it is flat, and its
# derivative is almost nothing. How far is far? σ' is even, has its maximum ¼ at x = 0, and falls on
# both sides. So for every eps with 0 < eps ≤ ¼ there is exactly one x ≥ 0 with σ'(x) = eps, and from
# there on the gradient is multiplied by eps or less. Find it in closed form (2 points): σ' in
# terms of σ is a quadratic equation for σ(x), and the logarithm takes you from σ(x) back to x.
#
# Then test your formula on small numbers before you trust it. At eps = 1e-30 the answer is about 69,
# and there σ is so close to 1 that float64 cannot tell the two apart: a formula that subtracts the
# one from the other gets 0, and has lost everything. Yours must be right to nine digits for eps down
# to 1e-30. Rewrite it so that nothing small is the difference of two larger numbers.
#
# For eps outside of the interval there is no such x: raise `ValueError`.
#
# ReLU is flat as well, on one side only. A unit that gives 0 on every sample of the data has the
# derivative 0 on every sample: no gradient reaches its weights, and it may stay so for ever. L10 1.4
# calls it a dying ReLU. Write a function that finds these units in a layer (1 point). One sample on
# which the unit is active keeps it alive. A unit whose pre-activation is exactly 0 is inactive, since
# its output is 0 and its derivative is too.


# %%
def saturation_point(eps):
    """The x ≥ 0 at which the derivative of the sigmoid is eps: σ'(x) = eps (L10 exercise 10.2; MUR).

    Parameters
    ----------
    eps : float, 0 < eps ≤ 1/4

    Returns
    -------
    x : float, right to a relative error of 1e-9 for eps from 1e-30 to 0.2499, and 0 for eps = 1/4

    Raises
    ------
    ValueError
        if eps is outside of the interval
    """
    ### BEGIN SOLUTION
    if not 0 < eps <= 0.25:
        raise ValueError(f"eps must be above 0 and at most 1/4, but is {eps}")
    return 2 * np.arccosh(0.5 / np.sqrt(eps))
    ### END SOLUTION


# %%
def dead_units(X, W, b):
    """Which units of a ReLU layer are inactive on every sample (L10 1.4, "dying ReLUs").

    Unit j is inactive on sample i if z_ij ≤ 0, where z = X·Wᵀ + b.

    Parameters
    ----------
    X : (N, d) float64, one sample a row
    W : (h, d) float64, one unit a row
    b : (h,) float64

    Returns
    -------
    (h,) bool, true for the dead units
    """
    ### BEGIN SOLUTION
    return np.all(X @ W.T + b <= 0, axis=0)
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part c.** With s = σ(x), the equation s·(1 − s) = eps has the roots ½·(1 ± r) with
# r = √(1 − 4·eps). For x ≥ 0 it is the larger one, and x = ln(s/(1 − s)). For small eps, 1 − s is a
# difference of two numbers near 1. It is also eps/s, by the equation itself, and so
#
#     x = ln(s²/eps) = 2·ln(½·(1 + r)) − ln eps,
#
# which is accurate. Shorter still: σ'(x) = 1/(e^(x/2) + e^(−x/2))² = 1/(2·cosh(x/2))², and
# hence x = 2·arcosh(1/(2·√eps)). For small eps this is ln(1/eps), nearly: the point moves out only
# logarithmically, and 7 is already enough for a factor of 1/1000.
#
# A dead unit has z ≤ 0 on all samples: `all` over the samples, which are the rows, gives one answer
# for each unit. `any` finds the units that are inactive now and then, which nearly all are, and
# should be. Units can die of one large step that leaves them with a very negative bias. Their own
# weights then get no gradient; only a change in the layers before, or other data, can wake them.

# %% tags=["notebook"]
# Left: the derivative of the sigmoid, and the points where it has fallen to eps.
# Right: the fraction of dead units in a layer of 200, as all biases are moved down.
if __name__ == "__main__":
    rng = np.random.default_rng(2)
    samples, units = rng.normal(size=(1000, 20)), rng.normal(size=(200, 20)) / np.sqrt(20)
    shifts = np.linspace(0, 6, 61)
    try:
        points = {eps: saturation_point(eps) for eps in (0.25, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)}
        slopes = sigmoid_grad(np.linspace(0, 16, 321))
        dead = {n: [np.mean(dead_units(samples[:n], units, np.full(200, -it))) for it in shifts] for n in (10, 1000)}
    except NotImplementedError:
        print("Write saturation_point, dead_units and sigmoid_grad first.")
    else:
        import matplotlib.pyplot as plt

        fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
        left.semilogy(np.linspace(0, 16, 321), slopes)
        left.semilogy(list(points.values()), list(points), "o", color="black")
        left.set(xlabel="x", ylabel="σ'(x)", title="A sigmoid saturates")
        left.grid(alpha=0.3)
        for n, fractions in dead.items():
            right.plot(shifts, fractions, label=f"{n} samples")
        right.set(xlabel="biases moved down by", ylabel="fraction of dead units", title="ReLUs die")
        right.legend()
        plt.show()

# %% [markdown]
# ## Two answers in words
#
# A few sentences each, marked by a person: one point for each answer. What counts is the chain of
# reasons, not the length.

# %% [markdown] tags=["written"] points=1
# ### Why does saturation slow training?
#
# Explain with the backpropagation chain rule what happens to the gradients of a network with sigmoid
# units in its hidden layers when |z| is large in many of them (L10 exercise 10.2, second question). Say
# what depth does to it, and whether an output unit with sigmoid and cross-entropy suffers in the same
# way; part b knows.
#
# ### BEGIN MARK SCHEME
# Half a point for the mechanism: the gradient with respect to a unit's pre-activation, and so to its
# weights and to everything below it, contains the factor σ'(z), which is at most ¼ and about
# e^(−|z|) for large |z|. The update is that gradient times the learning rate, so the weights of a
# saturated unit hardly move, and neither do those whose gradient passes through it, even when the
# output is wrong.
#
# A quarter for depth: each layer on the way back contributes one more such factor, so that the
# product shrinks geometrically (vanishing gradients). Weights can make up for it or not: to mention
# them is good, not required.
#
# A quarter for the output: with cross-entropy the factor σ' cancels, dL/dz = p − y, and an output unit
# that is sure and wrong still learns. With squared error it would not. "It suffers too" without a
# reason earns nothing here.
#
# No credit for "the gradient is zero" (it is small; only the step's is zero), for "the function is not
# differentiable there", or for confusing a small gradient with having reached a minimum.
# ### END MARK SCHEME

# %% [markdown] tags=["written"] points=1
# ### What does ReLU gain, and what does it risk?
#
# Compare ReLU with the step and with the sigmoid: name two things that it gains for training, and one
# that can still go wrong, with its cause and one remedy (L10 exercise 10.2, third question).
#
# ### BEGIN MARK SCHEME
# A quarter of a point for each of two gains, up to half a point: its derivative is exactly 1 for
# z > 0, however large z is, so that it does not saturate on that side and active units pass the gradient on
# unshrunk; against the step, its derivative is not zero everywhere, so there is something to
# follow; it is cheap, with no exponential, and cannot overflow; its outputs are sparse.
#
# A quarter for the risk with its cause: for z ≤ 0 the derivative is 0, and a unit with z ≤ 0 on all
# samples gets no gradient and cannot come back by itself (a dead unit), for instance after too large
# a step has made its bias very negative. Also accepted: the output is unbounded and not centred, so that
# activations may grow through the layers.
#
# A quarter for a remedy that fits: leaky ReLU, ELU, softplus or GELU, whose derivative is not zero
# for moderate z < 0; a smaller learning rate; a careful initialisation (He, biases at zero or slightly
# above); normalisation of the inputs of the layer.
#
# No credit for "ReLU is linear" as a gain, or for calling a unit dead because it is off on some samples.
# ### END MARK SCHEME
