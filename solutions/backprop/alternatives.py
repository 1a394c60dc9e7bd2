"""Other right ways of doing backpropagation, as different as students are: each must get all points."""

import math
import operator
import sys
import warnings
from collections import OrderedDict, defaultdict
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import reduce

import numpy as np
import scipy.special

from autograder.checking import replaces

NAMES = ("W0", "b0", "W1", "b1")


def _sigma(z):
    return 1 / (1 + np.exp(-z))


# Part a, forward


@replaces("forward")
def loops_over_units(x, W0, b0, W1, b1):
    """Plain loops over lists, and math.exp; lists come back."""
    x1 = []
    for weights, bias in zip(W0.tolist(), b0.tolist(), strict=True):
        z = sum(map(operator.mul, weights, x.tolist()), bias)
        x1.append(1 / (1 + math.exp(-z)))
    x2 = [sum(map(operator.mul, weights, x1), bias) for weights, bias in zip(W1.tolist(), b1.tolist(), strict=True)]
    return [x1, x2]


@replaces("forward")
def columns(x, W0, b0, W1, b1):
    """Columns inside, and views of them without their second axis."""
    x1 = scipy.special.expit(W0 @ x[:, None] + b0[:, None])
    return x1[:, 0], (W1 @ x1 + b1[:, None]).ravel()


@replaces("forward")
def biases_as_weights(x, W0, b0, W1, b1):
    """Each bias is the weight of one more input, which is 1; tanh for the sigmoid."""
    x1 = (np.tanh(np.c_[W0, b0] @ np.append(x, 1) / 2) + 1) / 2
    return x1, np.c_[W1, b1].dot(np.append(x1, 1))


@replaces("forward")
def forward_in_decimals(x, W0, b0, W1, b1):
    """Fifty decimal digits; tuples of decimals come back."""
    with localcontext() as context:
        context.prec = 50

        def affine(W, values, b):
            rows = [[Decimal(it) for it in row] for row in W.tolist()]
            return [sum(map(operator.mul, row, values), Decimal(it)) for row, it in zip(rows, b.tolist(), strict=True)]

        x1 = [1 / (1 + (-z).exp()) for z in affine(W0, [Decimal(it) for it in x.tolist()], b0)]
        return tuple(x1), tuple(affine(W1, x1, b1))


@replaces("forward")
def exact_but_for_the_exponential(x, W0, b0, W1, b1):
    """Sums and products in fractions; an object array and fractions come back."""
    x1 = []
    for row, bias in zip(W0, b0, strict=True):
        z = Fraction(bias) + sum(Fraction(w) * Fraction(v) for w, v in zip(row, x, strict=True))
        x1.append(Fraction(1 / (1 + math.exp(-z))))
    x2 = np.array([Fraction(bias) for bias in b1], dtype=object)
    for j, activation in enumerate(x1):
        x2 = x2 + np.array([Fraction(w) for w in W1[:, j]], dtype=object) * activation
    return x1, x2


@replaces("forward")
def talkative_layers(x, W0, b0, W1, b1):
    """Prints, writes to stderr and warns; torch inside, and tensors come back."""
    import torch

    print("shapes:", x.shape, W0.shape, W1.shape)
    print("careful", file=sys.stderr)
    warnings.warn("this is only a warning", stacklevel=2)
    x, W0, b0, W1, b1 = map(torch.tensor, (x, W0, b0, W1, b1))
    x1 = torch.sigmoid(torch.nn.functional.linear(x, W0, b0))
    return x1, torch.addmv(b1, W1, x1)


# Part a, backward


@replaces("backward_mse")
def entry_by_entry(x, y, W0, b0, W1, b1):
    """The five formulas with their indices, in loops; nested lists come back."""
    units, outputs = range(len(b0)), range(len(b1))
    x1 = [1 / (1 + math.exp(-sum(W0[j, i] * x[i] for i in range(len(x))) - b0[j])) for j in units]
    p2 = [sum(W1[k, j] * x1[j] for j in units) + b1[k] - y[k] for k in outputs]
    dz = [sum(p2[k] * W1[k, j] for k in outputs) * x1[j] * (1 - x1[j]) for j in units]
    return {
        "b1": p2,
        "W1": [[p2[k] * x1[j] for j in units] for k in outputs],
        "b0": dz,
        "W0": [[dz[j] * x[i] for i in range(len(x))] for j in units],
    }


@replaces("backward_mse")
def chain_of_jacobians(x, y, W0, b0, W1, b1):
    """Full Jacobians, multiplied from the left; more keys than asked for."""
    z = W0 @ x + b0
    x1 = _sigma(z)
    by_x2 = (W1 @ x1 + b1 - y)[None, :]
    by_z = by_x2 @ W1 @ np.diag(x1 * (1 - x1))
    x2_by_W1 = np.kron(np.eye(len(b1)), x1)
    z_by_W0 = np.kron(np.eye(len(b0)), x)
    gradients = {"W1": by_x2 @ x2_by_W1, "b1": by_x2, "W0": by_z @ z_by_W0, "b0": by_z}
    shapes = {"W1": W1.shape, "b1": b1.shape, "W0": W0.shape, "b0": b0.shape}
    return {"z": z, "by_z": by_z, **{name: it.reshape(shapes[name]) for name, it in gradients.items()}}


@replaces("backward_mse")
def ordered_with_einsum(x, y, W0, b0, W1, b1):
    """einsum, in an OrderedDict; the inputs come back in nothing, but W1's gradient is no contiguous array."""
    x1 = scipy.special.expit(np.einsum("ji,i->j", W0, x) + b0)
    p2 = np.einsum("kj,j->k", W1, x1) + b1 - y
    dz = np.einsum("k,kj,j->j", p2, W1, x1 - x1**2)
    gradients = OrderedDict(W0=np.einsum("j,i->ji", dz, x), b0=dz)
    gradients.update(W1=np.einsum("k,j->jk", p2, x1).T, b1=p2)
    return gradients


@replaces("backward_mse")
def complex_steps(x, y, *parameters):
    """No formula for a gradient: complex steps, exact to rounding."""
    gradients = {}
    for name, place in zip(NAMES, range(4), strict=True):
        gradients[name] = np.zeros(parameters[place].shape)
        for index in np.ndindex(parameters[place].shape):
            moved = [it.astype(complex) for it in parameters]
            moved[place][index] += 1e-40j
            W0, b0, W1, b1 = moved
            error = W1 @ _sigma(W0 @ x + b0) + b1 - y
            gradients[name][index] = (error @ error / 2).imag / 1e-40
    return gradients


@replaces("backward_mse")
def autograd_of_torch(x, y, *parameters):
    """torch's automatic differentiation, in float64; tensors come back."""
    import torch

    x, y = torch.tensor(x), torch.tensor(y)
    W0, b0, W1, b1 = theta = [torch.tensor(it, requires_grad=True) for it in parameters]
    loss = ((W1 @ torch.sigmoid(W0 @ x + b0) + b1 - y) ** 2).sum() / 2
    loss.backward()
    return {name: it.grad for name, it in zip(NAMES, theta, strict=True)}


class _Value:
    """A number that remembers what it was made from, and passes its gradient on."""

    def __init__(self, value, parents=()):
        self.value, self.parents, self.gradient = value, parents, 0.0

    def __add__(self, other):
        return _Value(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return _Value(self.value * other.value, [(self, other.value), (other, self.value)])

    def sigmoid(self):
        value = 1 / (1 + math.exp(-self.value))
        return _Value(value, [(self, value * (1 - value))])

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.gradient = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.gradient += slope * node.gradient


@replaces("backward_mse")
def graph_of_scalars(x, y, *parameters):
    """An automatic differentiation of one's own: every number is a node of a graph."""
    W0, b0, W1, b1 = (np.vectorize(_Value, otypes=[object])(it) for it in parameters)
    half = _Value(0.5)

    def affine(W, values, b):
        return [reduce(operator.add, map(operator.mul, row, values), bias) for row, bias in zip(W, b, strict=True)]

    x1 = [z.sigmoid() for z in affine(W0, [_Value(float(it)) for it in x], b0)]
    errors = [it + _Value(-float(target)) for it, target in zip(affine(W1, x1, b1), y, strict=True)]
    reduce(operator.add, (half * error * error for error in errors)).backward()
    gradient = np.vectorize(lambda node: node.gradient, otypes=[float])
    return {name: gradient(it) for name, it in zip(NAMES, (W0, b0, W1, b1), strict=True)}


@replaces("backward_mse")
def tangents_forward(x, y, *parameters):
    """Forward mode: the derivative of everything by one parameter at a time."""
    W0, b0, W1, b1 = parameters
    x1 = _sigma(W0 @ x + b0)
    error = W1 @ x1 + b1 - y
    gradients = {name: np.empty(it.shape) for name, it in zip(NAMES, parameters, strict=True)}
    for name, gradient in gradients.items():
        for index in np.ndindex(gradient.shape):
            dot = {key: np.zeros(it.shape) for key, it in gradients.items()}
            dot[name][index] = 1.0
            x1_dot = x1 * (1 - x1) * (dot["W0"] @ x + dot["b0"])
            gradient[index] = error @ (dot["W1"] @ x1 + W1 @ x1_dot + dot["b1"])
    return gradients


# Part b


@replaces("gradient_mse")
def loop_over_samples(X, Y, W0, b0, W1, b1):
    """Sample by sample, added up in place in arrays of one's own, in a defaultdict."""
    total = defaultdict(float)
    for x, y in zip(X, Y, strict=True):
        x1 = _sigma(W0 @ x + b0)
        p2 = W1 @ x1 + b1 - y
        dz = W1.T @ p2 * x1 * (1 - x1)
        for name, it in {"W0": np.outer(dz, x), "b0": dz, "W1": np.outer(p2, x1), "b1": p2}.items():
            total[name] += it
    return total


@replaces("gradient_mse")
def samples_as_columns(X, Y, W0, b0, W1, b1):
    """One sample a column, as many books have it; biases are summed by a product with ones."""
    A = X.T
    H = _sigma(W0 @ A + b0.reshape(-1, 1))
    P = W1 @ H + b1.reshape(-1, 1) - Y.T
    D = (W1.T @ P) * H * (1 - H)
    ones = np.ones(len(X))
    return {"W0": D @ A.T, "b0": D @ ones, "W1": P @ H.T, "b1": P @ ones}


@replaces("gradient_mse")
def einsum_over_everything(X, Y, W0, b0, W1, b1):
    """One einsum a gradient."""
    H = scipy.special.expit(np.einsum("nd,hd->nh", X, W0) + b0)
    P = np.einsum("nh,kh->nk", H, W1) + b1 - Y
    S = H * (1 - H)
    return {
        "W0": np.einsum("nk,kh,nh,nd->hd", P, W1, S, X),
        "b0": np.einsum("nk,kh,nh->h", P, W1, S),
        "W1": np.einsum("nk,nh->kh", P, H),
        "b1": np.einsum("nk->k", P),
    }


@replaces("gradient_mse")
def backwards_and_fully_rounded(X, Y, W0, b0, W1, b1):
    """From the last sample to the first, summed by math.fsum; nested lists come back."""
    each = []
    for x, y in reversed(list(zip(X, Y, strict=True))):
        x1 = _sigma(W0 @ x + b0)
        p2 = W1 @ x1 + b1 - y
        dz = p2 @ W1 * x1 * (1 - x1)
        each.append((np.outer(dz, x), dz, np.outer(p2, x1), p2))
    sums = {}
    for name, them in zip(NAMES, zip(*each, strict=True), strict=True):
        exact = [math.fsum(entries) for entries in zip(*(it.ravel() for it in them), strict=True)]
        sums[name] = np.reshape(exact, them[0].shape).tolist()
    return sums


@replaces("gradient_mse")
def functional_gradient_of_torch(X, Y, *parameters):
    """torch.func.grad of a function of a dict."""
    import torch

    X, Y = torch.from_numpy(X), torch.from_numpy(Y)

    def loss(theta):
        H = torch.sigmoid(X @ theta["W0"].T + theta["b0"])
        return 0.5 * torch.nn.functional.mse_loss(H @ theta["W1"].T + theta["b1"], Y, reduction="sum")

    return torch.func.grad(loss)({name: torch.from_numpy(it) for name, it in zip(NAMES, parameters, strict=True)})


@replaces("gradient_mse")
def jacobian_of_all_outputs(X, Y, W0, b0, W1, b1):
    """The Jacobian of all outputs by all parameters in one vector, transposed, times the errors."""
    H = _sigma(X @ W0.T + b0)
    error = (H @ W1.T + b1 - Y).ravel()
    n, k = Y.shape
    by_Z = np.einsum("kh,nh->nkh", W1, H * (1 - H))
    by_W0 = np.einsum("nkh,nd->nkhd", by_Z, X).reshape(n * k, -1)
    by_W1 = np.einsum("kl,nh->nklh", np.eye(k), H).reshape(n * k, -1)
    by_b1 = np.tile(np.eye(k), (n, 1))
    gradient = error @ np.hstack([by_W0, by_Z.reshape(n * k, -1), by_W1, by_b1])
    parts = np.split(gradient, np.cumsum([W0.size, b0.size, W1.size]))
    return {name: it.reshape(like.shape) for name, it, like in zip(NAMES, parts, (W0, b0, W1, b1), strict=True)}


@replaces("gradient_mse")
def layers_of_classes(X, Y, W0, b0, W1, b1):
    """A class for each kind of layer, with a forward and a backward method."""

    class Linear:
        def __init__(self, W, b):
            self.W, self.b = W, b

        def forward(self, X):
            self.X = X
            return X @ self.W.T + self.b

        def backward(self, G):
            self.dW, self.db = G.T @ self.X, G.sum(0)
            return G @ self.W

    class Sigmoid:
        def forward(self, Z):
            self.A = _sigma(Z)
            return self.A

        def backward(self, G):
            return G * self.A * (1 - self.A)

    first, second = Linear(W0, b0), Linear(W1, b1)
    layers = [first, Sigmoid(), second]
    for layer in layers:
        X = layer.forward(X)
    G = X - Y
    for layer in layers[::-1]:
        G = layer.backward(G)
    return {"W0": first.dW, "b0": first.db, "W1": second.dW, "b1": second.db}


# Part c, the loss


@replaces("cross_entropy")
def log_softmax_of_scipy(Z, Y):
    """scipy's log_softmax; an array of no dimension comes back."""
    return np.array(-np.einsum("nk,nk->", Y, scipy.special.log_softmax(Z, axis=1)))


@replaces("cross_entropy")
def weights_times_log_sum(Z, Y):
    """(Σ_k y_k)·log Σ e^z − y·z, with logaddexp; an array of one entry comes back."""
    total = Y.sum(axis=1) @ np.logaddexp.reduce(Z, axis=1)
    return np.array([total - np.vdot(Y, Z)])


@replaces("cross_entropy")
def loops_with_log1p(Z, Y):
    """Loops in plain Python; the largest logit is left out of the sum, and log1p adds it."""
    losses = []
    for z, y in zip(Z.tolist(), Y.tolist(), strict=True):
        top = max(range(len(z)), key=z.__getitem__)
        rest = math.log1p(math.fsum(math.exp(it - z[top]) for k, it in enumerate(z) if k != top))
        losses += [weight * ((z[top] - it) + rest) for weight, it in zip(y, z, strict=True)]
    return math.fsum(losses)


@replaces("cross_entropy")
def loss_of_torch(Z, Y):
    """torch's cross_entropy with weights for targets; a tensor comes back."""
    import torch

    return torch.nn.functional.cross_entropy(torch.tensor(Z), torch.tensor(Y), reduction="sum")


@replaces("cross_entropy")
def loss_in_decimals(Z, Y):
    """The formula as it stands, in decimals: their exponents are large enough for e^10000."""
    with localcontext() as context:
        context.prec = 40
        loss = Decimal(0)
        for z, y in zip(Z.tolist(), Y.tolist(), strict=True):
            exponentials = [Decimal(it).exp() for it in z]
            loss -= sum(Decimal(w) * (e / sum(exponentials)).ln() for w, e in zip(y, exponentials, strict=True))
        return loss


@replaces("cross_entropy")
def differences_of_logits(Z, Y):
    """−log softmax_k = log Σ_j e^(z_j − z_k): all differences of logits in one array."""
    return np.sum(Y * np.logaddexp.reduce(Z[:, None, :] - Z[:, :, None], axis=2))


# Part c, its gradient


def _carried_back(G, X, H, W1):
    D = G @ W1 * (H - H * H)
    return {"W0": D.T @ X, "b0": D.sum(0), "W1": G.T @ H, "b1": G.sum(0)}


@replaces("gradient_cross_entropy")
def softmax_of_differences(X, Y, W0, b0, W1, b1):
    """softmax_k = 1/Σ_j e^(z_j − z_k): the exponentials overflow, with a warning, where the quotient is 0 indeed."""
    H = _sigma(X @ W0.T + b0)
    Z = H @ W1.T + b1
    P = 1 / np.exp(Z[:, None, :] - Z[:, :, None]).sum(axis=2)
    return _carried_back(Y.sum(1)[:, None] * P - Y, X, H, W1)


@replaces("gradient_cross_entropy")
def jacobian_of_the_log_softmax(X, Y, W0, b0, W1, b1):
    """The Jacobian of log softmax, times −y, sample by sample; scipy's softmax."""
    H = scipy.special.expit(X @ W0.T + b0)
    G = []
    for z, y in zip(H @ W1.T + b1, Y, strict=True):
        jacobian = np.eye(len(z)) - scipy.special.softmax(z)
        G.append(-y @ jacobian)
    return _carried_back(np.array(G), X, H, W1)


@replaces("gradient_cross_entropy")
def class_by_class(X, Y, W0, b0, W1, b1):
    """The sum over k stays a sum: each class contributes as if it were a one-hot target of weight y_k."""
    H = _sigma(X @ W0.T + b0)
    Z = H @ W1.T + b1
    E = np.exp(Z - np.max(Z, 1)[:, None])
    P = E / E.sum(1)[:, None]
    contributions = [Y[:, [k]] * (P - np.eye(Z.shape[1])[k]) for k in range(Z.shape[1])]
    return _carried_back(sum(contributions), X, H, W1)


@replaces("gradient_cross_entropy")
def loops_over_all_samples(X, Y, W0, b0, W1, b1):
    """Sample by sample, unit by unit; nested lists come back."""
    total = {"W0": np.zeros(W0.shape), "b0": np.zeros(b0.shape), "W1": np.zeros(W1.shape), "b1": np.zeros(b1.shape)}
    for x, y in zip(X, Y, strict=True):
        x1 = [1 / (1 + math.exp(-(w @ x + b))) for w, b in zip(W0, b0, strict=True)]
        z = [w @ x1 + b for w, b in zip(W1, b1, strict=True)]
        exponentials = [math.exp(it - max(z)) for it in z]
        g = [sum(y) * it / sum(exponentials) - target for it, target in zip(exponentials, y, strict=True)]
        for k, error in enumerate(g):
            total["b1"][k] += error
            for j, activation in enumerate(x1):
                total["W1"][k, j] += error * activation
        for j, activation in enumerate(x1):
            back = sum(error * W1[k, j] for k, error in enumerate(g)) * activation * (1 - activation)
            total["b0"][j] += back
            for i, entry in enumerate(x):
                total["W0"][j, i] += back * entry
    return {name: it.tolist() for name, it in total.items()}


@replaces("gradient_cross_entropy")
def module_of_torch(X, Y, W0, b0, W1, b1):
    """Modules of torch, and backward(); parameters' gradients come back as tensors."""
    import torch

    layers = [torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64) for W in (W0, W1)]
    with torch.no_grad():
        for layer, W, b in zip(layers, (W0, W1), (b0, b1), strict=True):
            layer.weight.copy_(torch.tensor(W))
            layer.bias.copy_(torch.tensor(b))
    logits = torch.nn.Sequential(layers[0], torch.nn.Sigmoid(), layers[1])(torch.tensor(X))
    (-torch.tensor(Y) * torch.log_softmax(logits, dim=1)).sum().backward()
    grads = [it.grad for layer in layers for it in (layer.weight, layer.bias)]
    return dict(zip(NAMES, grads, strict=True))


@replaces("gradient_cross_entropy")
def complex_steps_of_the_loss(X, Y, *parameters):
    """Complex steps through a log Σ e^z that is shifted by a real number."""

    def loss(W0, b0, W1, b1):
        Z = _sigma(X @ W0.T + b0) @ W1.T + b1
        shifted = Z - Z.real.max(axis=1, keepdims=True)
        return np.sum(Y * (np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted))

    gradients = []
    for place, values in enumerate(parameters):
        gradient = np.zeros(values.shape)
        for index in np.ndindex(values.shape):
            moved = values.astype(complex)
            moved[index] += 1e-40j
            gradient[index] = loss(*parameters[:place], moved, *parameters[place + 1 :]).imag / 1e-40
        gradients.append(gradient)
    return dict(zip(NAMES, gradients, strict=True))


# Part d


@replaces("toy_step")
def all_local_names(x, t, w1, b1, w2, b2, lr):
    """The names of the function are the keys: locals(), with the arguments among them."""
    z1 = w1 * x + b1
    h = 1 / (1 + math.exp(-z1))
    z2 = w2 * h + b2
    yhat = 1 / (1 + math.exp(-z2))
    loss = 0.5 * (yhat - t) ** 2
    dz2 = db2 = (yhat - t) * yhat * (1 - yhat)
    dw2 = dz2 * h
    dz1 = db1 = dz2 * w2 * h * (1 - h)
    dw1 = dz1 * x
    w1, b1, w2, b2 = w1 - lr * dw1, b1 - lr * db1, w2 - lr * dw2, b2 - lr * db2
    return dict(locals())


@replaces("toy_step")
def arrays_of_one_entry(x, t, w1, b1, w2, b2, lr):
    """Arrays of shape (1,) and (1, 1) all through."""
    x, w1, b1, w2, b2 = np.array([[x]]), np.array([[w1]]), np.array([b1]), np.array([[w2]]), np.array([b2])
    it = {"z1": x @ w1.T + b1}
    it["h"] = _sigma(it["z1"])
    it["z2"] = it["h"] @ w2.T + b2
    it["yhat"] = _sigma(it["z2"])
    it["loss"] = np.sum((it["yhat"] - t) ** 2) / 2
    it["dz2"] = (it["yhat"] - t) * (it["yhat"] - it["yhat"] ** 2)
    it |= {"dw2": it["dz2"].T @ it["h"], "db2": it["dz2"].sum(axis=0)}
    it["dz1"] = it["dz2"] @ w2 * (it["h"] - it["h"] ** 2)
    it |= {"dw1": it["dz1"].T @ x, "db1": it["dz1"].sum(axis=0)}
    return it | {f"{n}": old - lr * it[f"d{n}"] for n, old in {"w1": w1, "b1": b1, "w2": w2, "b2": b2}.items()}


@replaces("toy_step")
def tensors_with_kept_gradients(x, t, w1, b1, w2, b2, lr):
    """torch's automatic differentiation with retain_grad; tensors of no dimension come back."""
    import torch

    w1, b1, w2, b2 = (torch.tensor(it, dtype=torch.float64, requires_grad=True) for it in (w1, b1, w2, b2))
    z1 = w1 * x + b1
    h = torch.sigmoid(z1)
    z2 = w2 * h + b2
    yhat = torch.sigmoid(z2)
    loss = (yhat - t) ** 2 / 2
    named = {"z1": z1, "z2": z2, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
    for it in named.values():
        it.retain_grad()
    loss.backward()
    result = {"z1": z1, "h": h, "z2": z2, "yhat": yhat, "loss": loss}
    result |= {f"d{name}": it.grad for name, it in named.items()}
    return result | {name: named[name] - lr * named[name].grad for name in ("w1", "b1", "w2", "b2")}


@replaces("toy_step")
def derivatives_by_complex_steps(x, t, w1, b1, w2, b2, lr):
    """Every derivative by a complex step of the rest of the network; a class that is a dict."""

    class Numbers(dict):
        pass

    def after_z2(z2):
        return (_sigma(z2) - t) ** 2 / 2

    def after_z1(z1):
        return after_z2(w2 * _sigma(z1) + b2)

    def slope(function, at):
        return function(at + 1e-50j).imag / 1e-50

    z1 = w1 * x + b1
    h = _sigma(z1)
    z2 = w2 * h + b2
    result = Numbers(z1=z1, h=h, z2=z2, yhat=_sigma(z2), loss=after_z2(z2))
    result["dz2"] = slope(after_z2, z2)
    result["dw2"] = slope(lambda it: after_z2(it * h + b2), w2)
    result["db2"] = slope(lambda it: after_z2(w2 * h + it), b2)
    result["dz1"] = slope(after_z1, z1)
    result["dw1"] = slope(lambda it: after_z1(it * x + b1), w1)
    result["db1"] = slope(lambda it: after_z1(w1 * x + it), b1)
    for name, old in {"w1": w1, "b1": b1, "w2": w2, "b2": b2}.items():
        result[name] = old - lr * result["d" + name]
    return result


# Part e


@replaces("mlp_gradient")
def recursion_over_layers(x, y, weights, activation, activation_grad):
    """The network is its first layer and a smaller network; a tuple comes back."""

    def descend(x, layer):
        z = weights[layer] @ x
        if layer == len(weights) - 1:
            delta, later = z - y, ()
        else:
            back, later = descend(activation(z), layer + 1)
            delta = back * activation_grad(z)
        return weights[layer].T @ delta, (np.outer(delta, x), *later)

    return descend(x, 0)[1]


@replaces("mlp_gradient")
def lists_and_columns(x, y, weights, activation, activation_grad):
    """Columns inside, σ and σ' both called on the way forward; nested lists come back."""
    x, y = x[:, None], y[:, None]
    kept = []
    for W in weights[:-1]:
        z = W @ x
        kept.append((x, activation_grad(z)))
        x = activation(z)
    G = weights[-1] @ x - y
    gradients = [(G @ x.T).tolist()]
    for W, (x, slope) in zip(reversed(weights[1:]), reversed(kept), strict=True):
        G = (W.T @ G) * slope
        gradients.insert(0, (G @ x.T).tolist())
    return gradients


@replaces("mlp_gradient")
def slopes_of_all_layers_at_once(x, y, weights, activation, activation_grad):
    """The pre-activations of all layers go to activation_grad in one vector, and are taken apart again."""
    inputs, before = [x], []
    for W in weights[:-1]:
        before += [W @ inputs[-1]]
        inputs += [activation(before[-1])]
    slopes = np.split(activation_grad(np.concatenate(before)), np.cumsum(list(map(len, before)))) if before else []
    delta, gradients = weights[-1] @ inputs[-1] - y, [None] * len(weights)
    for layer in range(len(weights) - 1, -1, -1):
        gradients[layer] = delta[:, None] * inputs[layer]
        if layer > 0:
            delta = np.dot(delta, weights[layer]) * slopes[layer - 1]
    return gradients


@replaces("mlp_gradient")
def called_twice_a_layer(x, y, weights, activation, activation_grad):
    """σ again on the way back, and σ' twice for nothing: two calls a layer are allowed."""
    before = []
    x_now = x
    for number, W in enumerate(weights):
        before.append(W @ x_now)
        if number < len(weights) - 1:
            x_now = activation(before[-1])
            activation_grad(before[-1])
    delta = before[-1] - y
    gradients = []
    for number in reversed(range(len(weights))):
        below = activation(before[number - 1]) if number else x
        gradients = [np.multiply.outer(delta, below), *gradients]
        delta = delta @ weights[number] * (activation_grad(before[number - 1]) if number else 1)
    return gradients


@replaces("mlp_gradient")
def closures_that_go_back(x, y, weights, activation, activation_grad):
    """Each layer leaves a function that takes the error back; a dict of gradients becomes the list."""
    way_back, gradients = [], {}

    def layer(number, x, is_last):
        z = weights[number] @ x
        slope = np.ones(len(z)) if is_last else activation_grad(z)

        def back(error):
            delta = error * slope
            gradients[number] = np.tensordot(delta, x, axes=0)
            return weights[number].T.dot(delta)

        way_back.append(back)
        return z if is_last else activation(z)

    for number in range(len(weights)):
        x = layer(number, x, number == len(weights) - 1)
    error = x - y
    while way_back:
        error = way_back.pop()(error)
    return [gradients[number] for number in sorted(gradients)]


@replaces("mlp_gradient")
def jacobians_carried_forward(x, y, weights, activation, activation_grad):
    """Forward mode: the Jacobian of the present layer by every matrix so far is carried along."""
    jacobians = []
    for number, W in enumerate(weights):
        z = W @ x
        jacobians = [np.tensordot(W, it, axes=1) for it in jacobians]
        jacobians.append(np.einsum("ij,k->ijk", np.eye(len(W)), x))
        if number < len(weights) - 1:
            slope = activation_grad(z)
            jacobians = [slope[:, None, None] * it for it in jacobians]
            z = activation(z)
        x = z
    return [np.tensordot(x - y, it, axes=1) for it in jacobians]


@replaces("mlp_gradient")
def autograd_with_the_functions_handed_in(x, y, weights, activation, activation_grad):
    """An autograd function of torch around the two functions handed in; tensors come back."""
    import torch

    class Activation(torch.autograd.Function):
        @staticmethod
        def forward(context, z):
            context.save_for_backward(z)
            return torch.as_tensor(np.asarray(activation(z)))

        @staticmethod
        def backward(context, gradient):
            (z,) = context.saved_tensors
            return gradient * torch.as_tensor(np.asarray(activation_grad(z)))

    theta = [torch.tensor(W, requires_grad=True) for W in weights]
    out = torch.tensor(x)
    for W in theta[:-1]:
        out = Activation.apply(W @ out)
    loss = ((theta[-1] @ out - torch.tensor(y)) ** 2).sum() / 2
    return torch.autograd.grad(loss, theta)
