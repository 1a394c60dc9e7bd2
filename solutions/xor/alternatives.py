"""Other right ways of solving XOR, as different as students are: each must get all points."""

import math
import sys
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import scipy.linalg

from autograder.checking import replaces


@replaces("separation_certificate")
def halves_as_fractions():
    """Exact fractions in tuples."""
    return (Fraction(1, 2), Fraction(1, 2)), (Fraction(2, 4), Fraction(1, 2))


@replaces("separation_certificate")
def halves_in_one_array():
    """One array whose rows are lam and mu."""
    return np.full((2, 2), 0.5)


@replaces("separation_certificate")
def halves_as_decimals():
    """Decimal numbers, in lists."""
    return [[Decimal("0.5"), Decimal("0.50")], [Decimal("0.5"), Decimal("0.5")]]


@replaces("relu_net")
def loops_over_samples_and_units(X, W0, b0, beta, b1=0.0):
    """Plain loops; a list comes back."""
    outputs = []
    for x in X:
        total = float(b1)
        for weights, bias, slope in zip(W0, b0, beta, strict=True):
            z = sum(w * v for w, v in zip(weights, x, strict=True)) + bias
            if z > 0:
                total += slope * z
        outputs.append(total)
    return outputs


@replaces("relu_net")
def einsum_and_where(X, W0, b0, beta, b1=0.0):
    """einsum, and np.where for ReLU."""
    z = np.einsum("nd,hd->nh", X, W0) + b0
    return np.einsum("nh,h->n", np.where(z > 0, z, 0.0), beta) + b1


@replaces("relu_net")
def column_by_column(X, W0, b0, beta, b1=0.0):
    """Samples as columns, and ReLU as the mean of z and its magnitude."""
    z = W0 @ X.T + b0[:, None]
    return (beta[None, :] @ ((z + np.abs(z)) / 2)).ravel() + b1


@replaces("relu_net")
def network_of_torch(X, W0, b0, beta, b1=0.0):
    """torch inside; a tensor comes back."""
    import torch

    X, W0, b0, beta = (torch.from_numpy(np.array(it)) for it in (X, W0, b0, beta))
    return torch.relu(torch.nn.functional.linear(X, W0, b0)) @ beta + b1


@replaces("relu_net")
def talkative_network(X, W0, b0, beta, b1=0.0):
    """Prints, writes to stderr and warns."""
    print("shapes:", X.shape, W0.shape)
    print("careful", file=sys.stderr)
    warnings.warn("this is only a warning", stacklevel=2)
    return np.clip(X @ W0.T + b0, 0, None).dot(beta) + b1


@replaces("xor_weights")
def tent():
    """A tent around x1 + x2 = 1, in nested lists of ints and floats."""
    return [[1, 1], [-1, -1]], [-1, 1], [-1, -1], 0.5


@replaces("xor_weights")
def weights_of_a_tenth():
    """Floats that are no exact tenths, and no output bias needed."""
    return np.array([[0.1, -0.1], [-0.1, 0.1]]), np.zeros(2), np.array([0.3, 0.3]), np.array([-0.01])


@replaces("xor_weights")
def weights_as_decimals():
    """Decimal weights on a large scale, in tuples."""
    big = Decimal(10) ** 6
    return ((big, big), (big, big)), (0, -big), (Decimal(1), Decimal(-2)), Fraction(-1, 3)


@replaces("xor_weights_without_bias")
def weights_of_the_lecture():
    """The lecture's weights, as float32."""
    W0 = np.ones((2, 2), dtype=np.float32)
    return W0, np.array([0, -1], dtype=np.float32), np.array([1, -2], dtype=np.float32)


@replaces("xor_weights_without_bias")
def units_for_two_corners():
    """Each unit is on at one point of class 1 only; lists of fractions."""
    half = Fraction(1, 2)
    return [[1, -1], [-1, 1]], [-half, -half], [2, Fraction(7, 3)]


@replaces("linear_fit")
def least_squares_solver(X, y):
    """numpy.linalg.lstsq; the intercept as an array of one entry."""
    solution = np.linalg.lstsq(np.hstack([X, np.ones((X.shape[0], 1))]), y, rcond=None)[0]
    return solution[:-1], solution[-1:]


@replaces("linear_fit")
def solver_of_scipy(X, y):
    """scipy.linalg.lstsq with a QR decomposition; a list of two comes back."""
    solution, *_ = scipy.linalg.lstsq(np.c_[X, np.ones(len(y))], y, lapack_driver="gelsy", cond=1e-12)
    return [list(solution[:-1]), float(solution[-1])]


@replaces("linear_fit")
def normal_equations_by_eigenvectors(X, y):
    """The normal equations through an eigendecomposition, without the zero eigenvalues."""
    A = np.vstack([X.T, np.ones(len(X))])
    values, vectors = np.linalg.eigh(A @ A.T)
    inverse = np.divide(1.0, values, out=np.zeros_like(values), where=values > 1e-9 * values.max())
    theta = vectors @ (inverse * (vectors.T @ (A @ y)))
    return theta[:-1], theta[-1]


@replaces("linear_fit")
def tiny_ridge(X, y):
    """A ridge of 1e-8, which the statement allows."""
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.linalg.solve(A.T @ A + 1e-8 * np.eye(A.shape[1]), A.T @ y)
    return theta[:-1], theta[-1]


@replaces("train")
def sums_over_samples(X, y, W0, b0, beta, b1, lr, steps):
    """Gradients summed sample by sample; losses in an array."""
    W0, b0, beta, b1 = W0.copy(), b0.copy(), beta.copy(), float(b1)
    losses = np.empty(steps + 1)
    for step in range(steps + 1):
        dW0, db0, dbeta, db1, loss = np.zeros_like(W0), np.zeros_like(b0), np.zeros_like(beta), 0.0, 0.0
        for x, target in zip(X, y, strict=True):
            z = W0 @ x + b0
            on = z > 0
            error = beta[on] @ z[on] + b1 - target
            loss += error * error
            dbeta += 2 * error * np.maximum(z, 0)
            db1 += 2 * error
            db0 += 2 * error * beta * on
            dW0 += 2 * error * np.outer(beta * on, x)
        losses[step] = loss / len(X)
        if step < steps:
            rate = lr / len(X)
            W0, b0, beta, b1 = W0 - rate * dW0, b0 - rate * db0, beta - rate * dbeta, b1 - rate * db1
    return (W0, b0, beta, b1), losses


@replaces("train")
def in_place_on_copies(X, y, W0, b0, beta, b1, lr, steps):
    """Copies first, then updates in place; the bias is an array of no dimension."""
    theta = [np.array(it, dtype=float) for it in (W0, b0, beta, b1)]
    history = []

    def forward():
        z = theta[0] @ X.T + theta[1][:, np.newaxis]
        h = z * (z > 0)
        return z, h, theta[2] @ h + theta[3] - y

    for _ in range(steps):
        z, h, r = forward()
        history += [np.mean(np.square(r))]
        back = theta[2][:, np.newaxis] * np.heaviside(z, 0.0) * r
        gradients = [back @ X, back.sum(1), h @ r, r.sum()]
        for number, gradient in enumerate(gradients):
            theta[number] -= lr * (2 / len(y)) * gradient
    history.append(np.mean(forward()[2] ** 2))
    return [theta, history]


@replaces("train")
def gradients_of_torch(X, y, W0, b0, beta, b1, lr, steps):
    """torch's automatic differentiation, in float64; losses as a tensor."""
    import torch

    X, y = torch.tensor(X), torch.tensor(y)
    theta = [torch.tensor(np.array(it), dtype=torch.float64, requires_grad=True) for it in (W0, b0, beta, b1)]
    losses = []
    for step in range(steps + 1):
        loss = ((torch.relu(X @ theta[0].T + theta[1]) @ theta[2] + theta[3] - y) ** 2).mean()
        losses.append(loss.detach())
        if step < steps:
            gradients = torch.autograd.grad(loss, theta)
            with torch.no_grad():
                theta = [(it - lr * slope).requires_grad_() for it, slope in zip(theta, gradients, strict=True)]
    W0, b0, beta, b1 = (it.detach().numpy() for it in theta)
    return (W0, b0, beta, b1), torch.stack(losses)


@replaces("train")
def generator_of_states(X, y, W0, b0, beta, b1, lr, steps):
    """The states of the iteration from a generator; sums rounded only once, by math.fsum."""

    def states(W0, b0, beta, b1):
        while True:
            z = X.dot(W0.transpose()) + b0
            active = (z > 0).astype(float)
            r = (z * active).dot(beta) + b1 - y
            yield (W0, b0, beta, b1), math.fsum(r * r) / r.size
            scale = 2.0 * lr / r.size
            d = r[:, None] * beta[None, :] * active
            W0, b0, beta, b1 = (
                W0 - scale * d.T.dot(X),
                b0 - scale * d.sum(0),
                beta - scale * (z * active).T.dot(r),
                b1 - scale * math.fsum(r),
            )

    run = states(W0, b0, beta, b1)
    losses = []
    for _ in range(steps + 1):
        parameters, loss = next(run)
        losses.append(loss)
    return parameters, losses
