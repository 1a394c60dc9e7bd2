# %% [markdown]
# # Piecewise affine functions as ReLU networks
#
# A function is continuous piecewise affine (CPA) if it is continuous, and if space can be cut into
# finitely many convex polytopes on each of which it is affine. The magnitude of x is one, and so is
# the largest of M numbers. MUR states two facts that make such functions the language of ReLU
# networks:
#
# 1. Every ReLU network is CPA: affine maps and ReLU are, and compositions of CPA functions are.
# 2. Every CPA function from ℝᵈ to ℝ is a ReLU network.
#
# The second fact is proved by building the network, in three steps: the maximum of M numbers, then
# the maximum of M affine functions, which is every convex CPA function, then the difference of two
# of these, which is every CPA function. You will build all of it, without any training.
#
# Your networks are not tried on a few inputs. Each weight is taken as the exact fraction that it
# is, and a solver proves that the network is right for every real input, or finds an input where
# it is not, which you are then shown.
#
# Sources: MUR is Murari, Introduction to the Mathematics of Deep Learning, the slides "Some
# functions representable with ReLU" and "Any CPA is a ReLU network", and the exercises in their
# footnotes. FEN and PIA use the same building blocks for approximation.
#
# Conventions:
#
# - A network is a list of pairs `[(A0, b0), …, (AL, bL)]`. It computes x ↦ A0·x + b0, applies ReLU,
#   then A1·(…) + b1, and so on. There is a ReLU between any two affine maps, and none after the last.
# - Its depth L is the number of ReLU layers: one less than the number of pairs. A single pair is an
#   affine map, of depth 0.
# - A is `(out, in)`, one output a row, and b is `(out,)`. A map with a single output has an A of shape
#   `(1, in)` and a b of shape `(1,)`.
# - The networks that you are given are lists of pairs of float64 arrays. In those that you return,
#   nested lists will do as well.
# - A batch X is `(N, d)`, one sample a row: on it a layer computes X·Aᵀ + b.
# - Functions are pure: they never modify the networks or arrays that they are given.
# - Two functions count as equal if at every real x they differ by at most 1e-9·(1 + ‖x‖₁). Rounding
#   errors are far below that; an error of 1e-7 in a weight is not.
#
# Ten points: a 3, b 3, c 2, d 2. The written question carries 2 more.

# %%
import numpy as np

# %% [markdown]
# ## Part a: small networks
#
# First write the function that runs a network on a batch (1 point). Then give, by their weights,
# four networks with one hidden layer each (½ point each):
#
#     absolute    x      ↦ |x|
#     maximum2    (u, v) ↦ max(u, v)
#     minimum2    (u, v) ↦ min(u, v)
#     hat         x      ↦ max(0, 1 − |x|)
#
# MUR lists formulas for all four. Two of its lines want care. The formula max(u, v) = v + ReLU(u − v)
# has a v outside of any ReLU, which a network with one hidden layer does not have (this is the
# first footnote exercise). And MUR writes the hat as max{0, |1 − |x||}, which is a slip: an inner
# magnitude is never negative, so that function grows without bound. The hat rises from 0 at −1 to
# 1 at 0, and falls back to 0 at 1.
#
# Worked step. The ramp that clips x to [0, 1] is ReLU(x) − ReLU(x − 1): its slope becomes 1 at
# x = 0, and 0 again at x = 1. Each unit of the hidden layer is one row of A0, and the weights in
# front of the ReLUs are the one row of A1:
#
#     A0 = [[1],    b0 = [ 0,    A1 = [[1, −1]]    b1 = [0]
#           [1]]          −1]
#
# You may use more units than are needed, but exactly one hidden layer.


# %%
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
    ### BEGIN SOLUTION
    *hidden, (A_last, b_last) = network
    for A, b in hidden:
        X = np.maximum(X @ A.T + b, 0)
    return X @ A_last.T + b_last
    ### END SOLUTION


# %%
def absolute():
    """The network x ↦ |x| with one hidden layer (MUR, "Some functions representable with ReLU").

    Returns
    -------
    network : list of two pairs (A, b); one input, one output
    """
    ### BEGIN SOLUTION
    return [(np.array([[1.0], [-1.0]]), np.zeros(2)), (np.array([[1.0, 1.0]]), np.zeros(1))]
    ### END SOLUTION


# %% tags=["solution"]
# max(u, v) = ReLU(u − v) + ReLU(v) − ReLU(−v)
PAIR = np.array([[1.0, -1.0], [0.0, 1.0], [0.0, -1.0]])
MAXIMUM_OF_PAIR = np.array([[1.0, 1.0, -1.0]])


# %%
def maximum2():
    """The network (u, v) ↦ max(u, v) with one hidden layer (MUR, footnote 1).

    Returns
    -------
    network : list of two pairs (A, b); two inputs, one output
    """
    ### BEGIN SOLUTION
    return [(PAIR, np.zeros(3)), (MAXIMUM_OF_PAIR, np.zeros(1))]
    ### END SOLUTION


# %%
def minimum2():
    """The network (u, v) ↦ min(u, v) with one hidden layer (MUR, footnote 1).

    Returns
    -------
    network : list of two pairs (A, b); two inputs, one output
    """
    ### BEGIN SOLUTION
    return [(-PAIR, np.zeros(3)), (-MAXIMUM_OF_PAIR, np.zeros(1))]
    ### END SOLUTION


# %%
def hat():
    """The network x ↦ max(0, 1 − |x|) with one hidden layer (MUR, with the slip mended).

    Returns
    -------
    network : list of two pairs (A, b); one input, one output
    """
    ### BEGIN SOLUTION
    return [(np.ones((3, 1)), np.array([1.0, 0.0, -1.0])), (np.array([[1.0, -2.0, 1.0]]), np.zeros(1))]
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part a.** The key is v = ReLU(v) − ReLU(−v): whatever must pass a ReLU unchanged
# passes it as two units. So
#
#     |x|       = ReLU(x) + ReLU(−x)
#     max(u, v) = v + ReLU(u − v) = ReLU(u − v) + ReLU(v) − ReLU(−v)
#     min(u, v) = −max(−u, −v)    = −ReLU(v − u) − ReLU(−v) + ReLU(v)
#     hat(x)    = ReLU(x + 1) − 2·ReLU(x) + ReLU(x − 1)
#
# For the hat read off the slopes: 0, then +1 at x = −1, −2 at x = 0, +1 at x = 1.
#
# Who writes ReLU(v) alone has built a maximum that holds for positive v only; test with (−2, −1).

# %% tags=["notebook"]
# Your four networks, on the line or on the diagonal cut v = −x/2. A kink is where a unit switches.
if __name__ == "__main__":

    def in_arrays(network):
        return [(np.array(A, dtype=float), np.array(b, dtype=float)) for A, b in network]

    def values(network, X):
        return np.ravel(evaluate(in_arrays(network), X))

    x = np.linspace(-2.5, 2.5, 501)
    pairs = np.column_stack([x, -x / 2])
    try:
        curves = {
            "absolute": (values(absolute(), x[:, None]), [0]),
            "hat": (values(hat(), x[:, None]), [-1, 0, 1]),
            "maximum2(x, −x/2)": (values(maximum2(), pairs), [0]),
            "minimum2(x, −x/2)": (values(minimum2(), pairs), [0]),
        }
    except NotImplementedError:
        print("Write evaluate and the four networks first.")
    else:
        import matplotlib.pyplot as plt

        fig, axes = plt.subplots(1, 4, figsize=(12, 3), sharey=True, layout="constrained")
        for axis, (name, (y, kinks)) in zip(axes, curves.items(), strict=True):
            axis.plot(x, y)
            axis.plot(kinks, np.interp(kinks, x, y), "o", color="tab:red")
            axis.set(title=name, xlabel="x", aspect="equal", ylim=(-2.6, 2.6))
            axis.grid(alpha=0.3)
        plt.show()

# %% [markdown]
# ## Part b: maxima, and with them every convex function
#
# The maximum of M numbers is a network as well. MUR notes that max(a, b, c) = max(max(a, b), c), and
# so extends the maximum of two to M, one number after the other: M − 1 hidden layers. A tournament
# needs far fewer. In each round the numbers meet in pairs and the larger of each pair goes on, so
# that half of them are left after one hidden layer. Build the network that has exactly
#
#     ⌈log2 M⌉     hidden layers:   M    1  2  3  4  5  8  9
#                                   L    0  1  2  2  3  3  4
#
# (2 points). Between two rounds, the affine map that puts out the winners and the one that forms
# the next pairs touch, with no ReLU between them. Two affine maps that touch are one:
#
#     C·(A·x + b) + d = (C·A)·x + (C·b + d).
#
# Worked step, with numbers. Say that a round ends with u = p − q, v = r and t = s, where p, q, r
# and s are outputs of ReLUs, and that the next layer needs u − v. Its row is [1, −1, −1, 0] on
# (p, q, r, s): u and v themselves are never computed.
#
# If the number of competitors is odd, one of them has no opponent. It must still pass the ReLU
# layer unharmed, be it positive or negative.
#
# A convex CPA function is the maximum of finitely many affine ones,
# g(x) = max_m (a_m·x + b_m) (MUR, "Any CPA is a ReLU network", part I). Build its network from the
# affine functions (1 point); its depth is up to you.


# %% tags=["solution"]
def tournament(A, b):
    """The largest entry of A·x + b."""
    network = []
    while len(A) > 1:
        half = (len(A) + 1) // 2
        pairs = np.minimum(np.arange(2 * half), len(A) - 1)
        meetings = np.kron(np.eye(half), PAIR)
        network.append((meetings @ A[pairs], meetings @ b[pairs]))
        A, b = np.kron(np.eye(half), MAXIMUM_OF_PAIR), np.zeros(half)
    return [*network, (A, b)]


# %%
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
    ### BEGIN SOLUTION
    return tournament(np.eye(M), np.zeros(M))
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    return tournament(A, b)
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part b.** The competitors are always the entries of A·x + b: at first the numbers
# themselves, later the winners, which are affine in the ReLUs of the last round. A round applies
# the three units of `maximum2` to each pair, with the touching maps multiplied out. An odd one out
# meets itself: max(v, v) = v, so that it needs no case of its own. After each round (M + 1) // 2
# are left, hence ⌈log2 M⌉ rounds.
#
# A tournament that begins with the affine functions instead of the numbers is `convex_cpa`.
#
# Typical errors: filling up to an even number with zeros, which makes the maximum of negative
# numbers 0; letting the odd one out pass as ReLU(v), which is wrong for the same inputs; the chain
# max(max(a, b), c), which is right but has depth M − 1.

# %% tags=["notebook"]
# A convex function as the upper edge of four lines.
if __name__ == "__main__":
    x = np.linspace(-3.0, 3.0, 601)
    slopes, offsets = np.array([[-2.0], [-0.5], [0.5], [2.0]]), np.array([-2.5, 0.0, -0.25, -2.5])
    try:
        y = values(convex_cpa(slopes, offsets), x[:, None])
    except NotImplementedError:
        print("Write evaluate and convex_cpa first.")
    else:
        import matplotlib.pyplot as plt

        kinks = np.array([-5 / 3, 0.25, 1.5])
        fig, axes = plt.subplots(figsize=(5, 4), layout="constrained")
        axes.plot(x, x[:, None] * slopes.T + offsets, color="gray", linewidth=0.8)
        axes.plot(x, y, linewidth=2.5)
        axes.plot(kinks, np.interp(kinks, x, y), "o", color="tab:red")
        axes.set(xlabel="x", title="max over four affine functions", ylim=(-2, 4))
        plt.show()

# %% [markdown]
# ## Part c: differences, and with them every function
#
# Every CPA function from ℝᵈ to ℝ is the difference g − h of two convex ones (MUR, citing Kripfganz and
# Schulze). So what is left is to subtract networks, and for that MUR assumes without loss of generality
# that g and h have the same number of layers. Its fourth footnote asks why this is allowed.
#
# Worked step. Here is the identity on ℝ with one hidden layer: x = ReLU(x) − ReLU(−x), so
#
#     A0 = [[ 1],    b0 = [0,    A1 = [[1, −1]]    b1 = [0].
#           [−1]]          0]
#
# Make a network deeper without changing its function (1 point), and then run two networks side by
# side and subtract (1 point): the first layer feeds x to both, the layers between must not mix
# them, and the last affine map subtracts.
#
# Mind the biases: a copy that is negated is negated with its bias.


# %% tags=["solution"]
def side_by_side(A, B):
    """The block-diagonal matrix of A and B."""
    return np.vstack([np.pad(A, ((0, 0), (0, B.shape[1]))), np.pad(B, ((0, 0), (A.shape[1], 0)))])


def deepened(network, layers):
    """The same function with so many more hidden layers."""
    *hidden, (A, b) = network
    for _ in range(layers):
        identity = np.eye(len(b))
        hidden.append((np.vstack([A, -A]), np.concatenate([b, -b])))
        A, b = np.hstack([identity, -identity]), np.zeros(len(b))
    return [*hidden, (A, b)]


# %%
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
    ### BEGIN SOLUTION
    missing = depth - (len(network) - 1)
    if missing < 0:
        raise ValueError(f"the network has more than {depth} hidden layers")
    return deepened(network, missing)
    ### END SOLUTION


# %%
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
    ### BEGIN SOLUTION
    depth = max(len(g), len(h))
    ((A, a), (B, b)), *others = zip(deepened(g, depth - len(g)), deepened(h, depth - len(h)), strict=True)
    layers = [(np.vstack([A, B]), np.concatenate([a, b]))]
    for (A, a), (B, b) in others:
        layers.append((side_by_side(A, B), np.concatenate([a, b])))
    *hidden, (A, b) = layers
    minus = np.kron([1.0, -1.0], np.eye(len(b) // 2))
    return [*hidden, (minus @ A, minus @ b)]
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part c.** Put x = ReLU(x) − ReLU(−x) behind the last affine map: the map A·x + b becomes
# a hidden layer with rows A and −A and biases b and −b, and [I, −I] is the new last map. This
# answers the footnote: any depth can be had, so the smaller can be raised to the larger.
#
# In the difference the first layers are stacked (both see the same x), the later ones form
# block-diagonal matrices (neither sees the other), and [I, −I] is multiplied into the last map. If
# both are affine, the only layer is first and last at once.

# %% [markdown]
# ## Part d: composition and kinks
#
# Running g on the outputs of f gives g∘f, a network again: compositions of CPA functions are CPA
# (MUR). The last affine map of f and the first of g touch, and become one as in part b, so that the
# depth is the sum of the two (1 point).
#
# Then the converse question for networks from ℝ to ℝ: given the weights, where are the kinks
# (1 point)? A kink, or breakpoint, is a point where the slope changes.
#
# Worked step. A unit ReLU(w·x + b) of the first layer switches at x = −b/w if w ≠ 0. A unit of the second
# layer sees a function z that is piecewise affine in x, and switches wherever z crosses zero: that
# may happen on several of z's pieces, or on none.
#
# Not every switch is a kink of the output. The weight of the unit in the next layer may be zero, or
# another unit may switch at the same point and make up for it, as in ReLU(x) − ReLU(−x), or all
# that comes after may be switched off there. And each kink counts once, however many units make it.


# %%
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
    ### BEGIN SOLUTION
    *first, (A, b) = f
    (C, d), *rest = g
    return [*first, (C @ A, C @ b + d), *rest]
    ### END SOLUTION


# %% tags=["solution"]
def apart(points):
    """The points in ascending order, without those that are closer than 1e-9 to the one before."""
    points = np.sort(points)
    return points[np.diff(points, prepend=-np.inf) >= 1e-9]


def between(edges):
    """A point of every piece into which the edges cut the line."""
    return np.concatenate([edges[:1] - 1, (edges[1:] + edges[:-1]) / 2, edges[-1:] + 1])


# %%
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
    ### BEGIN SOLUTION
    *hidden, (A_last, _) = network
    edges = np.array([])
    slopes, offsets = np.ones((1, 1)), np.zeros((1, 1))
    for A, b in hidden:
        slopes, offsets = slopes @ A.T, offsets @ A.T + b
        sloping = np.abs(slopes) >= 1e-9
        everywhere = apart(np.concatenate([edges, -offsets[sloping] / slopes[sloping]]))
        inside = between(everywhere)
        piece = np.searchsorted(edges, inside)
        slopes, offsets, edges = slopes[piece], offsets[piece], everywhere
        active = slopes * inside[:, None] + offsets > 0
        slopes, offsets = slopes * active, offsets * active
    changes = np.diff(np.ravel(slopes @ A_last.T))
    return edges[np.abs(changes) >= 1e-9]
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution of part d.** For the kinks, keep track of every unit's slope and offset on every piece of
# the line. A layer first maps slopes and offsets like anything else; then each unit may cut a piece
# where its value crosses zero. Cutting too often does no harm (the zero of an affine function that
# lies outside of its piece is only one more cut): on each new piece a unit is on or off as a whole,
# and one point of the piece decides. At the end a cut is a kink only if the output's slope changes
# there.
#
# Typical errors: only the kinks −b/w of the first layer; all switches, whether or not the output
# notices; a search on a grid, which misses what is close together or far out.

# %% tags=["notebook"]
# The hat, stretched to [−1, 1], composed with itself: each time that adds one layer and doubles the teeth.
if __name__ == "__main__":
    x = np.linspace(-1.5, 1.5, 1201)
    try:
        zigzag = in_arrays(compose(in_arrays(hat()), [(np.array([[2.0]]), np.array([-1.0]))]))
        network, curves = zigzag, []
        for _ in range(3):
            kinks = np.asarray(breakpoints(network), dtype=float)
            curves.append((values(network, x[:, None]), kinks, values(network, kinks[:, None])))
            network = in_arrays(compose(network, zigzag))
    except NotImplementedError:
        print("Write evaluate, hat, compose and breakpoints first.")
    else:
        import matplotlib.pyplot as plt

        fig, axes = plt.subplots(1, 3, figsize=(12, 3), sharey=True, layout="constrained")
        for axis, (y, kinks, heights) in zip(axes, curves, strict=True):
            axis.plot(x, y)
            axis.plot(kinks, heights, "o", color="tab:red", markersize=4)
            axis.set(xlabel="x", title=f"{len(kinks)} kinks")
        plt.show()

# %% [markdown]
# ## Why networks are piecewise affine
#
# You have built a network for a CPA function. The other direction rests on the polytopes: MUR leaves
# it as an exercise that g∘f has a polytope partition too.

# %% [markdown] tags=["written"] points=2
# ### The pieces of a composition
#
# Let f: ℝᵈ → ℝᶜ be affine on each polytope P_j of a finite partition of ℝᵈ, and g: ℝᶜ → ℝᵉ affine on
# each polytope Q_k of a finite partition of ℝᶜ, both continuous. (1) Show that each set
# {x in P_j : f(x) in Q_k} is a convex polytope, an intersection of finitely many half-spaces, on which
# g∘f is affine. (2) Some of these sets are empty or flat (without interior points). Show that those
# may be left out: the others still cover ℝᵈ. Five to ten sentences.
#
# ### BEGIN MARK SCHEME
# (1) On P_j the map f is affine, f(x) = A_j·x + b_j. So f(x) in Q_k is a finite list of inequalities
# c·(A_j·x + b_j) ≥ s, each a half-space of x (or all or nothing, if cᵀA_j = 0); together with those of P_j
# they are finitely many: a convex polytope, closed. There g∘f is an affine map after an affine map.
# 0.5 for the half-spaces, 0.5 for affine.
# (2) There are finitely many sets and together they cover ℝᵈ. A flat polytope lies in a hyperplane, and
# finitely many hyperplanes contain no open ball. So every x is a limit of points that lie in none of the flat
# sets, hence in the others; infinitely many of these lie in the same one, which is closed and contains x.
# 0.5 for "finitely many flat sets contain no ball", 0.5 for the limit and closedness. Interiors stay
# disjoint for different j. For the same j they may overlap where f flattens P_j, since the image may then run along
# the common face of Q_k and Q_k'; MUR's partition needs this mended, but it was not asked for.
# ### END MARK SCHEME
