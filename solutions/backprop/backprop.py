# %% [markdown]
# # Backpropagation by hand
#
# A network learns by following a gradient, and a framework finds the gradient for you. Once in
# your life you should find it yourself: for a network with one hidden layer and two losses, for
# a network so small that every number fits on a line, and for a network of any depth.
#
# Sources: L10 is lecture 10, Neural Networks: Fundamentals, exercise 10.3 and sections 3.10 to
# 3.12; FEN is Feng, Introduction to Machine Learning for Economists, toy network; MUR is Murari,
# Introduction to the Mathematics of Deep Learning, "how do we compute the gradients?".
#
# Conventions, as in the whole course:
#
# - A single sample x is `(d,)`. A batch X is `(N, d)`: N samples, one a row. Arrays are NumPy
#   float64.
# - The weights W of a layer are `(outputs, inputs)`, one unit a row, and its biases b are
#   `(outputs,)`: on a sample the layer computes W·x + b, on a batch X·Wᵀ + b.
# - The gradients of a network come as a dict with the keys `"W0"`, `"b0"`, `"W1"`, `"b1"`. Each has
#   the shape of its parameter.
# - Functions are pure: they never modify the arrays that they are given.
# - Wherever an array is asked for, a list of the same shape will do.
#
# Results are compared to nine digits. A formula is right to fifteen; finite differences are right
# to six or ten, and so they can check your gradients but not replace them.
#
# Ten points: a 3, b 1, c 3, d 1, e 2. Two written answers carry three more.

# %%
import numpy as np


# %%
def sigmoid(z):
    """σ(z) = 1/(1 + e^(−z)), element by element (L10 section 3.2); its derivative is σ'(z) = σ(z)·(1 − σ(z))."""
    return 1 / (1 + np.exp(-z))


# %% [markdown]
# ## Part a: one sample
#
# The network of L10 exercise 10.3, with K outputs, h hidden units and d inputs:
#
#     z  = W0·x + b0              (h,)
#     x1 = σ(z)                   (h,)     L10 eq. (26)
#     x2 = W1·x1 + b1             (K,)     L10 eq. (27), no activation
#     R  = ½‖x2 − y‖²             a number
#
# Backpropagation walks from the end to the beginning. At each quantity it asks one question: how
# does R change when this changes a little? Write p2 for the gradient of R with respect to x2, and
# p1 for that with respect to x1, as L10 section 3.11 does (MUR calls them g). Each p follows from
# the p after it by one step of the chain rule (L10 eq. (19)), and each parameter's gradient from
# the p of the layer that it feeds (L10 eq. (18)).
#
# Worked step. R depends on x2 through ½ Σ_k (x2_k − y_k)², so p2_k = ∂R/∂x2_k = x2_k − y_k. The
# bias b1 enters x2 as it stands, ∂x2_k/∂b1_k = 1, so its gradient is p2 itself.
#
# Now go on: to W1, back to x1, through σ to z, and to b0 and W0. Where you do not know which
# factor comes first, or whether a matrix is transposed, write one entry out with its indices,
# ∂R/∂W1_kj, and then find the product that has this entry at (k, j).
#
# The checks compare in the order in which backpropagation produces the gradients, b1, W1, b0, W0,
# and tell you the first one that is wrong. `forward` has 1 point, `backward_mse` has 2.

# %% tags=["solution"]


def network(X, W0, b0, W1, b1):
    """The activations of both layers, for one sample `(d,)` or for a batch `(N, d)`."""
    X1 = sigmoid(X @ W0.T + b0)
    return X1, X1 @ W1.T + b1


# %%
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
    ### BEGIN SOLUTION
    return network(x, W0, b0, W1, b1)
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    x1, x2 = network(x, W0, b0, W1, b1)
    p2 = x2 - y
    p1 = W1.T @ p2
    dz = p1 * x1 * (1 - x1)
    return {"W0": np.outer(dz, x), "b0": dz, "W1": np.outer(p2, x1), "b1": p2}
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part a.** Entry by entry: x2_k = Σ_j W1_kj·x1_j + b1_k, so
#
#     ∂R/∂W1_kj = p2_k·x1_j            ∇W1 = p2 x1ᵀ      (K, h)
#     ∂R/∂x1_j  = Σ_k p2_k·W1_kj       p1  = W1ᵀp2       (h,)
#     ∂R/∂z_j   = p1_j·σ'(z_j)         dz  = p1 ⊙ x1 ⊙ (1 − x1)
#     ∂R/∂b0_j  = dz_j                 ∇b0 = dz          (h,)
#     ∂R/∂W0_ji = dz_j·x_i             ∇W0 = dz xᵀ       (h, d)
#
# The sum over k in the second line is why W1 is transposed: x1_j reaches R through all K outputs.
#
# Typical errors: σ' left out, or taken at x1 instead of z (x1 is σ(z) already, so σ'(z) is
# x1·(1 − x1), and σ(x1)·(1 − σ(x1)) is something else); the outer products the wrong way round,
# which only a square layer forgives; W1 for W1ᵀ; y − x2; a factor 2 although the loss has its ½.

# %% [markdown] tags=["written"] points=2
# ### The algorithm on paper
#
# Derive your four gradients (L10 exercise 10.3 (a)). Write out one entry of each, with its
# indices, by the chain rule; then write the whole algorithm down, forward pass and backward pass,
# in matrix form, with the shape of every intermediate quantity.
#
# ### BEGIN MARK SCHEME
# With p2 = x2 − y: ∂R/∂W1_kj = p2_k·x1_j and ∂R/∂b1_k = p2_k (½ point). ∂R/∂x1_j is the sum of
# p2_k·W1_kj over all k, and the sum must be there (½). ∂R/∂b0_j = ∂R/∂z_j = ∂R/∂x1_j·x1_j·(1 − x1_j),
# and ∂R/∂W0_ji is that times x_i (½).
# Algorithm (½): z, x1 (h,); x2, p2 (K,); p1 = W1ᵀp2 and dz (h,); gradients p2 x1ᵀ (K, h), p2 (K,),
# dz xᵀ (h, d), dz (h,). A missing shape costs nothing twice; formulas without a derivation earn the
# last half point only.
# ### END MARK SCHEME

# %% [markdown]
# ## Part b: all samples
#
# The loss of a data set is here the SUM of the losses of its samples,
#
#     R = Σ_i ½‖x2⁽ⁱ⁾ − y⁽ⁱ⁾‖²,
#
# (L10 exercise 10.3 (b); L10 eq. (10) has the mean, which is the same divided by N). A gradient is
# linear, so the gradient of the sum is the sum of the gradients.
#
# A loop over part a is a right answer. It is worth finding the matrix products that do the sum by
# themselves: if row i of P and row i of Q belong to sample i, then PᵀQ is the sum over i of the
# outer products of these rows. Write both, and let one check the other.
#
# Then look at the figure: it shows what finite differences can tell you about a gradient, and at
# which step.

# %% tags=["solution"]


def summed_gradients(dX2, X, X1, W1):
    """From the gradients of each sample's loss by its outputs, `(N, K)`, to those of the sum by all parameters."""
    dZ = dX2 @ W1 * X1 * (1 - X1)
    return {"W0": dZ.T @ X, "b0": dZ.sum(axis=0), "W1": dX2.T @ X1, "b1": dX2.sum(axis=0)}


# %%
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
    ### BEGIN SOLUTION
    X1, X2 = network(X, W0, b0, W1, b1)
    return summed_gradients(X2 - Y, X, X1, W1)
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part b.** With P the matrix whose rows are the p2 of the samples, and D the one whose
# rows are their dz:
#
#     P = X2 − Y   (N, K)              D = (P·W1) ⊙ X1 ⊙ (1 − X1)   (N, h)
#     ∇W1 = PᵀX1,  ∇b1 = Σ_i P_i       ∇W0 = DᵀX,  ∇b0 = Σ_i D_i
#
# A bias is one parameter for all samples, so its gradient is summed over them as well; broadcasting
# in the forward pass becomes a sum in the backward pass. A gradient of shape (N, h) for b0 is the
# sign that this was missed.

# %% tags=["notebook"]
# Your gradient along a random direction, compared with three rules that know only the loss R.
# A right gradient: the curves go down. A wrong one: they stay near 1, whatever the step.
if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X_demo, Y_demo = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    shapes = {"W0": (5, 3), "b0": (5,), "W1": (2, 5), "b1": (2,)}
    theta = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    direction = {name: rng.normal(size=shape) / 5 for name, shape in shapes.items()}

    def loss_at(t):
        """R at the parameters theta + t·direction; t may be complex."""
        W0, b0, W1, b1 = (theta[name] + t * direction[name] for name in shapes)
        X2 = 1 / (1 + np.exp(-X_demo @ W0.T - b0)) @ W1.T + b1
        return np.sum((X2 - Y_demo) ** 2) / 2

    try:
        yours = gradient_mse(X_demo, Y_demo, **theta)
    except NotImplementedError:
        print("Write gradient_mse first.")
    else:
        import matplotlib.pyplot as plt

        slope = sum(np.sum(np.asarray(yours[name]) * direction[name]) for name in shapes)
        steps = 10.0 ** np.arange(-1, -16, -0.25)
        rules = {
            "forward, (R(θ+h) − R(θ))/h": [(loss_at(h) - loss_at(0.0)) / h for h in steps],
            "central, (R(θ+h) − R(θ−h))/2h": [(loss_at(h) - loss_at(-h)) / (2 * h) for h in steps],
            "complex step, Im R(θ+ih)/h": [loss_at(1j * h).imag / h for h in steps],
        }
        fig, axes = plt.subplots(figsize=(6, 4))
        for label, values in rules.items():
            axes.loglog(steps, np.maximum(np.abs(np.array(values) / slope - 1), 1e-17), ".-", label=label)
        axes.invert_xaxis()
        axes.set(xlabel="step h", ylabel="relative difference to your gradient", ylim=(1e-17, 1e4))
        axes.set_title("Checking a gradient")
        axes.legend(loc="upper center")
        plt.show()

# %% [markdown]
# ## Part c: cross-entropy
#
# For K classes the outputs z = x2 are logits, and
#
#     softmax(z)_k = e^(z_k) / Σ_j e^(z_j),        R = −Σ_i Σ_k y_ik·log softmax(z⁽ⁱ⁾)_k
#
# (L10 eq. (9), exercise 10.3 (c)), again summed over the samples. A row of Y is one-hot if the class
# is known. Here it may be any row of weights y_k ≥ 0: probabilities if the class is uncertain,
# counts if a sample stands for many, all zero if it is to be left out. So its sum need not be 1.
#
# Logits go up to ±10⁴, and there the formula as it stands breaks. In float64 e^710 is infinite and
# e^(−746) is zero, so you meet ∞/∞, 0/0 or log 0, although R itself is a number of moderate size.
# Two facts help. Adding one constant to all logits of a sample leaves its softmax as it was:
#
#     softmax(z)_k = e^(z_k + c) / Σ_j e^(z_j + c).
#
# And the logarithm of a quotient need never be computed as one.
#
# Worked example. z = (1000, 1002) and y = (1, 0): R = log(1 + e²) = 2.126928, since only the
# difference of the logits counts. Try what your first version makes of it.
#
# For the gradient you need the derivative of the loss by the logits. The softmax has the Jacobian
#
#     ∂softmax(z)_k / ∂z_j = softmax(z)_k·(1{j = k} − softmax(z)_j).
#
# Put it into R and simplify, for ANY row y ≥ 0; do not stop at the one-hot formula that you may know.
# Every division by a softmax cancels, and from the logits backwards everything is as in part b.
# `cross_entropy` has 1 point, `gradient_cross_entropy` has 2.

# %% tags=["solution"]


def log_softmax(Z):
    """The logarithms of the softmax of each row; the largest logit becomes 0, so no exponential overflows."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


# %%
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
    ### BEGIN SOLUTION
    return -np.sum(Y * log_softmax(Z))
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    X1, X2 = network(X, W0, b0, W1, b1)
    dX2 = Y.sum(axis=1, keepdims=True) * np.exp(log_softmax(X2)) - Y
    return summed_gradients(dX2, X, X1, W1)
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part c.** Shifting by the row's largest logit makes the largest exponential 1: the sum
# is at least 1 and at most K, and its logarithm is harmless. The maximum must be that of the row;
# with one for the whole matrix, a row far below it underflows to log 0.
#
# For one sample, with s = softmax(z):
#
#     ∂R/∂z_j = −Σ_k (y_k/s_k)·s_k·(1{j = k} − s_j) = −y_j + s_j·Σ_k y_k.
#
# The s_k cancels before anything is divided. For one-hot y the sum is 1, and what is left is the
# familiar softmax − y.
#
# Typical errors: softmax − y for all Y; −y/s, the gradient by the probabilities, taken for that by
# the logits; the Jacobian applied once more to softmax − y; log(s + 1e-12), which turns a loss of
# 20,000 into 27.6 and teaches nothing where the network is most wrong.

# %% [markdown]
# ## Part d: every number of a tiny network
#
# FEN's toy network has one input, one hidden neuron and one output, BOTH with a sigmoid:
#
#     z1 = w1·x + b1        h = σ(z1)
#     z2 = w2·h + b2        yhat = σ(z2)        loss = ½(yhat − t)²
#
# FEN follows one step of gradient descent through it on two slides: the forward pass, the backward
# pass, and new parameters θ − lr·∂loss/∂θ. Here every number has a name, and you return them all.
#
# Worked step, with FEN's numbers x = 1, t = 0, w1 = 0.5, b1 = 0, w2 = 2, b2 = 0, lr = 0.1. Forward:
#
#     z1 = 0.5     h = 0.622459     z2 = 1.244919     yhat = 0.776419     loss = 0.301413
#
# The slides round to two digits as they go, so your numbers need not end in theirs.
#
# Backward, dz2 means ∂loss/∂z2 and so on. Take all gradients at the old parameters, and only then
# compute the new ones.


# %%
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
    ### BEGIN SOLUTION
    z1 = w1 * x + b1
    h = sigmoid(z1)
    z2 = w2 * h + b2
    yhat = sigmoid(z2)
    dz2 = (yhat - t) * yhat * (1 - yhat)
    dz1 = dz2 * w2 * h * (1 - h)
    gradients = {"dz2": dz2, "dw2": dz2 * h, "db2": dz2, "dz1": dz1, "dw1": dz1 * x, "db1": dz1}
    before = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
    updated = {name: value - lr * gradients[f"d{name}"] for name, value in before.items()}
    return {"z1": z1, "h": h, "z2": z2, "yhat": yhat, "loss": (yhat - t) ** 2 / 2, **gradients, **updated}
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part d.** Unlike part a the output has an activation, so the error meets its slope:
# dz2 = (yhat − t)·yhat·(1 − yhat). Then dw2 = dz2·h, db2 = dz2, dz1 = dz2·w2·h·(1 − h), dw1 = dz1·x,
# db1 = dz1. With FEN's numbers dz2 = 0.134781, dw2 = 0.083895, dz1 = 0.063348, and the new
# weights are w2 = 1.991610 and w1 = 0.493665 (the slides have 1.992 and 0.494).
#
# dz1 uses the OLD w2. Whoever updates w2 first gets a direction that is the gradient at no point.

# %% tags=["notebook"]
# The toy network learns its target from FEN's start: fast at first, then ever more slowly, because
# the slopes yhat·(1 − yhat) and h·(1 − h) shrink the gradient on its way back.
if __name__ == "__main__":
    state, path = {"w1": 0.5, "b1": 0.0, "w2": 2.0, "b2": 0.0}, []
    try:
        for _ in range(400):
            path.append(toy_step(1.0, 0.0, **state, lr=1.0))
            state = {name: float(path[-1][name]) for name in state}
    except NotImplementedError:
        print("Write toy_step first.")
    else:
        import matplotlib.pyplot as plt

        fig, axes = plt.subplots(figsize=(6, 4))
        for name in ("yhat", "dz2", "dz1"):
            axes.semilogy([abs(numbers[name]) for numbers in path], label=name)
        axes.set(xlabel="step", ylabel="magnitude", title="The toy network on its way to t = 0, lr = 1")
        axes.legend()
        plt.show()

# %% [markdown]
# ## Part e: any depth
#
# L10 sections 3.10 to 3.12 drop the biases and let the network have any depth. Its weights are a
# list [W_0, …, W_L] of L + 1 matrices, and with x_0 = x
#
#     x_{ℓ+1} = σ(W_ℓ·x_ℓ)  for ℓ < L,        x_{L+1} = W_L·x_L,        R = ½‖x_{L+1} − y‖².
#
# The last layer is linear. The activation σ is handed to you as two functions, `activation` for σ
# and `activation_grad` for σ': both take an array z and act element by element. Note that
# `activation_grad` takes z, the value BEFORE the activation; for a general σ nothing else would do.
#
# Backpropagation is cheap because it computes everything once. So each of the two functions may be
# called at most 2·(L + 1) times, each time with the whole vector of one layer. Going through the
# network anew for every weight, as finite differences do, costs far more and does not pass.
#
# Worked step. For L = 1 this is part a without biases, with σ' in place of x1 ⊙ (1 − x1). Write the
# step from W_1 to W_0 in a form that does not know which layer it is in, and repeat it. The list
# that you return has a gradient for every matrix, W_0 included.


# %%
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
    ### BEGIN SOLUTION
    inputs, slopes = [x], []
    for W in weights[:-1]:
        z = W @ inputs[-1]
        inputs.append(activation(z))
        slopes.append(activation_grad(z))
    delta = weights[-1] @ inputs[-1] - y
    gradients = [np.outer(delta, inputs[-1])]
    for layer in reversed(range(len(slopes))):
        delta = weights[layer + 1].T @ delta * slopes[layer]
        gradients.append(np.outer(delta, inputs[layer]))
    return gradients[::-1]
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part e.** Let z_ℓ = W_ℓ·x_ℓ, and δ_ℓ the gradient by z_ℓ. Then
#
#     δ_L = x_{L+1} − y,        δ_ℓ = (W_{ℓ+1}ᵀδ_{ℓ+1}) ⊙ σ'(z_ℓ)  for ℓ = L − 1, …, 0,
#     ∇W_ℓ = δ_ℓ x_ℓᵀ           for ℓ = L, …, 0.
#
# The loop of L10 section 3.12 runs over ℓ = L, …, 1 only, and so never produces ∇W_0, which its last
# line promises. The gradients need ℓ = 0 as well; it is p_0, the gradient by the input, that nobody needs.
#
# Every forward value is kept, so σ and σ' are called once a layer. Typical errors: σ' taken at x_ℓ;
# the output treated as if it had an activation; the gradients returned from last to first; the
# caller's list reversed in place.

# %% [markdown] tags=["written"] points=1
# ### What it costs
#
# A network has P parameters, and one forward pass takes time T. About how long does backpropagation
# take for the whole gradient, and how long do central differences take? And what must backpropagation
# keep in memory that a forward pass alone need not? Two or three sentences.
#
# ### BEGIN MARK SCHEME
# Backpropagation: a small multiple of T (2 to 4), whatever P is: each layer is gone through once forward
# and once or twice backward (¼). Central differences: two forward passes for each parameter, 2·P·T (¼).
# Memory: the inputs and the pre-activations (or slopes) of every layer, until the backward pass has used
# them, so it grows with the depth (and the batch); a forward pass needs those of one layer at a time (½).
# ### END MARK SCHEME
