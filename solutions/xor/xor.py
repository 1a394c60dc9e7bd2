# %% [markdown]
# # XOR with two hidden units
#
# Exclusive or is the smallest problem that defeats every linear model, and the first one that a
# hidden layer solves:
#
#     x1  x2   y = XOR(x1, x2)
#      0   0   0
#      0   1   1
#      1   0   1
#      1   1   0
#
# You will prove that no line separates the two classes, write down by hand two hidden units that
# do, see what least squares makes of the data, and let gradient descent look for the weights.
#
# Sources: L10 is lecture 10, Neural Networks: Fundamentals, exercise 10.1; PIA is Piastra,
# Artificial Neural Networks, which carries XOR from the linear fit to the network.
#
# Conventions, here and in the whole course:
#
# - A batch X is `(N, d)`: N samples, one a row, d features each. Arrays are NumPy float64.
# - The weights W0 of a layer with h units are `(h, d)`, one unit a row, and its biases b0 are
#   `(h,)`: on a batch the layer computes X·W0ᵀ + b0, which is `(N, h)`.
# - ReLU(z) = max(0, z), element by element.
# - Functions are pure: they never modify the arrays that they are given.
# - Wherever an array is asked for, a list of the same shape will do.
#
# Ten points: a 2, b 3, c 2, d 1, e 2.

# %%
import numpy as np

# %% [markdown]
# ## Part a: no line separates XOR
#
# A linear classifier predicts class 1 where g(x) = w·x + c is positive, and class 0 elsewhere.
# Show that no choice of w and c gets all four points right (L10 exercise 10.1, first question).
# A drawing convinces the eye. A certificate convinces anyone who can add: a few numbers from
# which the claim follows by arithmetic.
#
# Worked step. Take points p_i and weights λ_i ≥ 0 with Σ λ_i = 1; then Σ λ_i·p_i is called a
# convex combination of the points. Two facts about g:
#
# - g(Σ λ_i·p_i) = Σ λ_i·g(p_i). This needs Σ λ_i = 1: without it the constant c is not recovered.
# - If g ≤ 0 at every p_i, then g ≤ 0 at the combination; if g > 0 at every p_i, then g > 0 there.
#   This needs λ_i ≥ 0: a negative weight turns an inequality round.
#
# So if ONE point is a convex combination of the class-0 points and also one of the class-1
# points, then g would have to be ≤ 0 and > 0 there. No g can, and XOR is not separable.
# Find the weights of such a point.
#
# For comparison: AND (class 1 only at (1, 1)) has no certificate, since x1 + x2 − 1.5 separates it.
#
# The weights are checked in exact arithmetic, so write them down rather than compute them:
# in floating point 0.1 + 0.2 is not 0.3, and a proof has no rounding errors.


# %%
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
    ### BEGIN SOLUTION
    return [0.5, 0.5], [0.5, 0.5]
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part a.** The two diagonals of the unit square cross in its centre: (½, ½) is the
# midpoint of (0, 0) and (1, 1), and also of (0, 1) and (1, 0). There is no other certificate.
# The first combination is (λ₂, λ₂), the second is (μ₂, μ₁); they agree only if μ₁ = μ₂, which is
# ½ since they sum to 1, and then λ₂ = ½ too.
#
# Weights in a list of (0, 0), (0, 1), (1, 0), (1, 1), or sums that are not 1 ("(1, 1) is the sum
# of both pairs"), show that the idea was seen and the argument not: say which line of it breaks.

# %% [markdown]
# ## Part b: two hidden units suffice
#
# A network with one hidden layer of h ReLU units and an output bias b1 computes
#
#     f(x) = β·ReLU(W0·x + b0) + b1
#
# (L10 eqs. (1) and (2), with the output bias of exercise 10.1; PIA slide 40). It predicts class 1
# where f(x) > 0, and class 0 elsewhere: f(x) = 0 is class 0.
#
# Worked step. One unit is enough for AND: with W0 = [[1, 1]], b0 = [−1], β = [1], b1 = 0,
#
#     x         (0, 0)  (0, 1)  (1, 0)  (1, 1)
#     W0·x+b0     −1       0       0       1
#     ReLU         0       0       0       1
#     f(x)         0       0       0       1     > 0 only at (1, 1)
#
# One unit is not enough for XOR: β·ReLU(w·x + b) + b1 > 0 describes a half-plane, everything or
# nothing, and part a rules all three out. You need two units that do different work.
#
# First write the network for any N, d and h (1 point), then find weights of width 2 for XOR
# (2 points). Any weights that decide all four points right are accepted. Make the table above for
# yours: the decision asks for > 0, and a network that gives 0 on class 1 fails.


# %%
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
    ### BEGIN SOLUTION
    return np.maximum(X @ W0.T + b0, 0) @ beta + b1
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    W0 = np.array([[1.0, 1.0], [1.0, 1.0]])
    b0 = np.array([0.0, -1.0])
    beta = np.array([1.0, -2.0])
    return W0, b0, beta, -0.5
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part b.** XOR depends only on the count s = x1 + x2 and must be positive at s = 1
# and not at 0 or 2. Both units look at s: the first rises from the start, the second begins at
# s = 1 and outweighs it with twice the slope. With the output bias −½ the margin is the same on
# both sides:
#
#     s                       0     1     2
#     ReLU(s)                 0     1     2
#     ReLU(s − 1)             0     0     1
#     s − 2·ReLU(s − 1)       0     1     0
#     minus ½                −½     ½    −½
#
# These are PIA's weights (slide 40); there b1 = 0, which decides right as well.
# A tent works too: ½ − ReLU(s − 1) − ReLU(1 − s).

# %% tags=["notebook"]
# Where your network predicts class 1: the shaded region. The filled points must lie in it.
if __name__ == "__main__":
    try:
        axis = np.linspace(-0.5, 1.5, 201)
        x1, x2 = np.meshgrid(axis, axis)
        f = np.reshape(relu_net(np.column_stack([x1.ravel(), x2.ravel()]), *xor_weights()), x1.shape)
    except NotImplementedError:
        print("Write relu_net and xor_weights first.")
    else:
        import matplotlib.pyplot as plt

        fig, axes = plt.subplots(figsize=(4, 4))
        axes.contourf(x1, x2, f > 0, levels=[0.5, 1.5], colors=["tab:orange"], alpha=0.4)
        axes.plot([0, 1], [0, 1], "o", color="black", fillstyle="none", markersize=10)
        axes.plot([0, 1], [1, 0], "o", color="black", markersize=10)
        axes.set(xlabel="x1", ylabel="x2", title="f(x) > 0 (filled: class 1)", aspect="equal")
        plt.show()

# %% [markdown]
# ## Part c: without an output bias
#
# Can two hidden units decide XOR when b1 = 0 (L10 exercise 10.1, last question)? They can: give
# the weights. The decision rule is the same, class 1 where f(x) > 0.
#
# What changes: without b1 nothing can push f below zero where both units are switched off. There
# f = 0 exactly, which happens to be class 0. Rather than repair the weights of part b, you may
# ask afresh: where should each unit be active, and where should it be off?


# %%
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
    ### BEGIN SOLUTION
    W0 = np.array([[1.0, -1.0], [-1.0, 1.0]])
    b0 = np.array([0.0, 0.0])
    beta = np.array([1.0, 1.0])
    return W0, b0, beta
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part c.** One unit for each point of class 1: ReLU(x1 − x2) is 1 at (1, 0) and 0
# at the other three points, ReLU(x2 − x1) is 1 at (0, 1) and 0 elsewhere. Their sum is |x1 − x2|,
# which is XOR on the four points, and needs no bias at all. PIA's weights of part b with b1 = 0
# are right as well.

# %% [markdown]
# ## Part d: what least squares makes of it
#
# The obvious first attempt is a linear fit, f(x) = w·x + b with the smallest mean squared error
#
#     L(w, b) = (1/N) Σ_i (w·x_i + b − y_i)²
#
# (PIA, "Loss minimization"). Append a column of ones, X̂ = [X, 1] of shape `(N, d + 1)`, and
# collect the unknowns in ϑ = (w, b). Setting the gradient to zero gives the normal equations
#
#     X̂ᵀX̂ ϑ = X̂ᵀy.
#
# If X̂ᵀX̂ is invertible, ϑ = (X̂ᵀX̂)⁻¹X̂ᵀy. If not (fewer samples than unknowns, two equal
# features, a constant feature), there are many solutions, all with the same fit. Return the one
# whose whole vector ϑ = (w, b) has the smallest norm. The intercept counts like any other entry.
#
# Worked step. With the single feature x = 1 on every sample, w and b enter only as w + b, and the
# best fit is w + b = ȳ, the mean of y. Of all such pairs, w = b = ȳ/2 has the smallest norm.
#
# Then look at what XOR gives: w = 0 and b = ½. PIA's slide asks "What ??? A constant function?"
# Yes: the best linear answer to XOR is "one half, whatever the input". Write y − ½ for the four
# points, and you see that it is orthogonal to both features and to the constant: there is nothing
# in it that a line could catch.


# %%
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
    ### BEGIN SOLUTION
    augmented = np.column_stack([X, np.ones(len(X))])
    theta = np.linalg.pinv(augmented, rcond=1e-10) @ y
    return theta[:-1], theta[-1]
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part d.** The pseudo-inverse gives X̂⁺y, the solution of least norm of the normal
# equations, whether they are singular or not. Applied to X̂ rather than X̂ᵀX̂ it does not square
# the condition number; `np.linalg.lstsq` does the same. Singular values below 1e-10 of the largest
# are rounding errors here, and count as zero. `np.linalg.solve` is no substitute: on a singular
# matrix it raises, or, worse, divides by a rounding error.
#
# Why ½: y − ½ = ½·(−1, 1, 1, −1) is, up to a factor, the product of x1 − ½ and x2 − ½. It is
# orthogonal to the columns x1, x2 and 1 of X̂, so its projection on them is zero.

# %% [markdown]
# ## Part e: gradient descent finds weights
#
# By hand we knew what the units should do. Gradient descent knows only the loss
#
#     L = (1/N) Σ_i (f(x_i) − y_i)²        with f = relu_net
#
# (no factor ½), and repeats θ ← θ − lr·∇L(θ) with all N samples in every step (L10 eq. (11); PIA
# slide 32 and "Computing Gradients"). The parameters are θ = (W0, b0, β, b1).
#
# Worked step. Write r_i = f(x_i) − y_i. Then ∂L/∂f(x_i) = (2/N)·r_i, and since f contains b1 as it
# stands, ∂L/∂b1 = (2/N) Σ_i r_i. The other three follow by the chain rule: β meets the hidden
# activations ReLU(z), and W0 and b0 act through z = W0·x + b0, by way of β and ReLU'(z).
#
# Three things to watch:
#
# - Update simultaneously. ∇L is taken at ONE point θ. If β is replaced first and the gradient of
#   W0 is then computed with the new β, the direction is no longer the gradient at any point,
#   and this is no longer gradient descent.
# - ReLU'(0) = 0 here. It is not a case for pedants: biases often start at zero, and then the
#   sample (0, 0) has z = 0 in every unit at the very first step. Any other value at the kink
#   gives other weights.
# - The loss is recorded before the first step and after every step: steps + 1 values.
#
# Do not expect success from every start. With two hidden units, many starts end in a poor local
# minimum or with a dead unit; L10 3.5 to 3.7 says why.

# %% tags=["solution"]


def loss_and_gradients(X, y, W0, b0, beta, b1):
    """The loss, and its gradients with respect to W0, b0, beta and b1, all at the same point."""
    z = X @ W0.T + b0
    hidden = np.maximum(z, 0)
    residual = hidden @ beta + b1 - y
    d_output = 2 / len(y) * residual
    d_z = np.outer(d_output, beta) * (z > 0)
    return np.mean(residual**2), (d_z.T @ X, d_z.sum(axis=0), hidden.T @ d_output, d_output.sum())


# %%
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
    ### BEGIN SOLUTION
    parameters = (W0, b0, beta, b1)
    losses = []
    for _ in range(steps):
        loss, gradients = loss_and_gradients(X, y, *parameters)
        losses.append(loss)
        parameters = tuple(value - lr * gradient for value, gradient in zip(parameters, gradients, strict=True))
    losses.append(loss_and_gradients(X, y, *parameters)[0])
    return parameters, losses
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part e.** With r = f − y and δ = (2/N)·r of shape `(N,)`:
#
#     ∂L/∂b1 = Σ_i δ_i                ∂L/∂β = Hᵀδ  with H = ReLU(Z), Z = X·W0ᵀ + b0
#     D = (δ βᵀ) ⊙ ReLU'(Z)           ∂L/∂W0 = DᵀX,  ∂L/∂b0 = Σ_i D_i
#
# This is backpropagation (L10 eqs. (18) and (19)) for one hidden layer. One function returns the
# loss and all four gradients at one θ; the update then cannot mix old and new parameters, and
# nothing is modified in place.

# %% tags=["notebook"]
# Gradient descent on XOR from ten random starts: which of them find a solution?
if __name__ == "__main__":
    X_xor = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y_xor = np.array([0.0, 1.0, 1.0, 0.0])
    try:
        runs = []
        for seed in range(10):
            rng = np.random.default_rng(seed)
            start = rng.normal(size=(2, 2)), np.zeros(2), rng.normal(size=2), 0.0
            runs.append(train(X_xor, y_xor, *start, 0.1, 2000)[1])
    except NotImplementedError:
        print("Write train first.")
    else:
        import matplotlib.pyplot as plt

        fig, axes = plt.subplots(figsize=(6, 4))
        for losses in runs:
            axes.plot(losses)
        axes.axhline(0.25, color="black", linestyle=":", label="the constant ½")
        axes.set(xlabel="step", ylabel="loss", xscale="symlog", xlim=(0, 2000), ylim=(0, 1))
        axes.set_title("Ten random starts, two hidden units")
        axes.legend()
        plt.show()
