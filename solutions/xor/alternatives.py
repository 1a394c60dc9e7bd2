"""Other right ways of solving XOR, as different as students are: each must get all points."""

import copy
import logging
import math
import operator
import sys
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import scipy.linalg

from autograder.checking import replaces

# Part a


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


@replaces("separation_certificate")
def halves_in_single_precision():
    """Two float32 arrays: ½ is exact in any precision."""
    return np.ones(2, dtype=np.float32) / 2, np.ones(2, dtype=np.float32) / 2


# Part b, the network


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


@replaces("relu_net")
def broadcast_over_units(X, W0, b0, beta, b1=0.0):
    """All products in one array (N, h, d), summed away; its own array is modified in place."""
    z = (X[:, None, :] * W0).sum(axis=-1)
    z += b0
    z[z < 0] = 0
    return np.sum(z * beta, axis=1) + b1


@replaces("relu_net")
def exact_network(X, W0, b0, beta, b1=0.0):
    """Exact arithmetic in fractions; a list of fractions comes back."""

    def exact(numbers):
        return [Fraction(number) for number in numbers.tolist()]

    rows, b0, beta = [exact(row) for row in W0], exact(b0), exact(beta)
    outputs = []
    for x in map(exact, X):
        z = [sum(map(operator.mul, row, x), bias) for row, bias in zip(rows, b0, strict=True)]
        outputs.append(sum(map(operator.mul, beta, [max(0, it) for it in z]), Fraction(b1)))
    return outputs


@replaces("relu_net")
def deep_copies_and_a_log(X, W0, b0, beta, b1=0.0):
    """Copies all that it is given, logs, and returns an object array of Python floats."""
    X, W0, b0, beta, b1 = copy.deepcopy((X, W0, b0, beta, b1))
    logging.getLogger(__name__).warning("%d samples", len(X))
    units = list(zip(W0, b0, beta, strict=True))
    return np.array([sum(slope * max(w @ x + bias, 0) for w, bias, slope in units) + b1 for x in X], dtype=object)


# Part b, the weights


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


@replaces("xor_weights")
def huge_integers_with_units_exchanged():
    """Integers of a million in arrays, the later unit first; b1 is a NumPy scalar."""
    W0 = np.full((2, 2), 10**6)
    return W0, np.array([-(10**6), 0]), np.array([-20, 9]), np.int64(-1)


@replaces("xor_weights")
def weights_that_training_found():
    """Irregular numbers as gradient descent leaves them, in tensors."""
    import torch

    W0 = torch.tensor([[0.8137, -0.8129], [-1.2046, 1.2051]], dtype=torch.float64, requires_grad=True)
    return W0, torch.tensor([-0.0006, 0.0003]), torch.tensor([1.2283, 0.8299]), torch.tensor(-0.02)


# Part c


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


@replaces("xor_weights_without_bias")
def zero_only_up_to_rounding():
    """f(1, 1) would be 0 if 0.9 and 0.3 were exact, and is 1e-16 as floats are."""
    return ((0.9, 0.9), (0.3, 0.3)), (0.0, -0.3), (1.0, -6.0)


@replaces("xor_weights_without_bias")
def tiny_weights():
    """Weights of a millionth; on class 0 both units are well below their kinks or at them."""
    return 1e-6 * np.array([[1, -2], [-2, 1]]), np.zeros(2), 1e-6 * np.array([1, 1])


@replaces("xor_weights_without_bias")
def far_below_zero():
    """The second unit pulls f down to −14 at (1, 1); a tuple and lists."""
    return [[3, 3], (5, 5)], [0, -5], (1, -4)


# Part d


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
def pseudo_inverse_of_the_normal_equations(X, y):
    """The formula as it stands, with pinv for the inverse at its default cut-off."""
    A = np.concatenate((X, np.ones((len(X), 1))), axis=1)
    theta = np.linalg.pinv(A.T @ A) @ A.T @ y
    return theta[: X.shape[1]], theta[X.shape[1]]


@replaces("linear_fit")
def inverse_unless_singular(X, y):
    """The inverse where the rank is full, and the pseudo-inverse elsewhere."""
    A = np.pad(X, ((0, 0), (0, 1)), constant_values=1.0)
    if np.linalg.matrix_rank(A) == A.shape[1]:
        *w, b = np.linalg.inv(A.T @ A) @ (A.T @ y)
    else:
        *w, b = np.linalg.pinv(A) @ y
    return w, b


@replaces("linear_fit")
def singular_values(X, y):
    """The singular value decomposition by hand, with a cut-off relative to the largest value."""
    U, values, Vt = np.linalg.svd(np.column_stack([X, np.ones(len(X))]), full_matrices=False)
    kept = values > 1e-12 * values[0]
    theta = Vt[kept].T @ (U[:, kept].T @ y / values[kept])
    return theta[:-1], np.array(theta[-1])


@replaces("linear_fit")
def conjugate_gradients(X, y):
    """An iteration from zero, which never leaves the row space and so finds the least norm."""
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.zeros(A.shape[1])
    p = r = A.T @ y
    stop = 1e-28 * np.sum(A**2) * (y @ y)
    while r @ r > stop:
        Ap = A @ p
        theta = theta + r @ r / (Ap @ Ap) * p
        before, r = r, A.T @ (y - A @ theta)
        p = r + r @ r / (before @ before) * p
    return theta[:-1], theta[-1]


@replaces("linear_fit")
def exact_elimination(X, y):
    """Gaussian elimination in fractions on (X̂ᵀX̂)²·u = X̂ᵀy, free unknowns zero; ϑ = X̂ᵀX̂·u has the least norm."""
    A = np.vectorize(Fraction, otypes=[object])(np.column_stack([X, np.ones(len(X))]))
    gram = A.T @ A
    table = np.column_stack([gram @ gram, A.T @ [Fraction(it) for it in y]])
    pivots = []
    for column in range(len(gram)):
        row = len(pivots)
        below = next((i for i in range(row, len(gram)) if table[i, column]), None)
        if below is None:
            continue
        table[[row, below]] = table[[below, row]]
        table[row] = table[row] / table[row, column]
        for i in set(range(len(gram))) - {row}:
            table[i] = table[i] - table[i, column] * table[row]
        pivots.append(column)
    theta = gram[:, pivots] @ table[: len(pivots), -1]
    return list(theta[:-1]), theta[-1]


@replaces("linear_fit")
def solver_of_torch(X, y):
    """torch.linalg.lstsq with a driver for deficient rank; tensors come back."""
    import torch

    A = torch.from_numpy(np.column_stack([X, np.ones(len(X))]))
    theta = torch.linalg.lstsq(A, torch.tensor(y)[:, None], driver="gelsd").solution.squeeze(1)
    return theta[:-1], theta[-1]


@replaces("linear_fit")
def tiny_ridge(X, y):
    """A ridge of 1e-8, which the statement allows."""
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.linalg.solve(A.T @ A + 1e-8 * np.eye(A.shape[1]), A.T @ y)
    return theta[:-1], theta[-1]


# Part e


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
def lists_of_floats(X, y, W0, b0, beta, b1, lr, steps):
    """Plain Python: lists and loops, no NumPy; nested lists come back."""
    X, y, W0, b0, beta = X.tolist(), y.tolist(), W0.tolist(), b0.tolist(), beta.tolist()
    units, features, rate = range(len(b0)), range(len(X[0])), 2 * lr / len(y)
    losses = []
    for step in range(steps + 1):
        loss, slope = 0.0, 0.0
        dW0, db0, dbeta = [[0.0 for _ in features] for _ in units], [0.0 for _ in units], [0.0 for _ in units]
        for x, target in zip(X, y, strict=True):
            z = [sum(map(operator.mul, W0[j], x)) + b0[j] for j in units]
            error = sum(beta[j] * z[j] for j in units if z[j] > 0) + b1 - target
            loss += error**2 / len(y)
            slope += error
            for j in units:
                if z[j] > 0:
                    dbeta[j] += error * z[j]
                    db0[j] += error * beta[j]
                    for i in features:
                        dW0[j][i] += error * beta[j] * x[i]
        losses.append(loss)
        if step == steps:
            return (W0, b0, beta, b1), losses
        W0 = [[W0[j][i] - rate * dW0[j][i] for i in features] for j in units]
        b0 = [b0[j] - rate * db0[j] for j in units]
        beta = [beta[j] - rate * dbeta[j] for j in units]
        b1 -= rate * slope


@replaces("train")
def trajectory_of_one_vector(X, y, W0, b0, beta, b1, lr, steps):
    """All parameters in one vector, moved by the Jacobian of the outputs; the whole trajectory is stored."""
    h, d = W0.shape
    cuts = np.cumsum([h * d, h, h])
    A = np.column_stack([X, np.ones(len(X))])
    path = np.empty((steps + 1, cuts[-1] + 1))
    path[0] = np.hstack([W0.ravel(), b0, beta, b1])
    losses = np.empty(steps + 1)
    for k in range(steps + 1):
        w, c, s, t = np.split(path[k], cuts)
        z = A @ np.column_stack([w.reshape(h, d), c]).T
        on = np.sign(np.maximum(z, 0))
        residual = (z * on) @ s + t - y
        losses[k] = residual @ residual / len(y)
        if k < steps:
            by_weight = np.einsum("nj,ni->nji", on * s, X).reshape(len(y), h * d)
            jacobian = np.hstack([by_weight, on * s, z * on, np.ones((len(y), 1))])
            path[k + 1] = path[k] - lr * 2 / len(y) * (residual @ jacobian)
    w, c, s, t = np.split(path[-1], cuts)
    return (w.reshape(h, d), c, s, t), losses


@replaces("train")
def complex_steps(X, y, W0, b0, beta, b1, lr, steps):
    """No formula for a gradient: derivatives by complex steps, exact to rounding."""
    theta = [np.array(it, dtype=complex) for it in (W0, b0, beta, b1)]

    def loss():
        z = X @ theta[0].T + theta[1]
        return np.mean((np.where(z.real > 0, z, 0) @ theta[2] + theta[3] - y) ** 2)

    losses = [loss().real]
    for _ in range(steps):
        gradients = []
        for values in theta:
            gradient = np.zeros(values.shape)
            for index in np.ndindex(values.shape):
                values[index] += 1e-30j
                gradient[index] = loss().imag / 1e-30
                values[index] = values[index].real
            gradients.append(gradient)
        for number, gradient in enumerate(gradients):
            theta[number] -= lr * gradient
        losses.append(loss().real)
    return tuple(values.real for values in theta), losses


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
def optimizer_of_torch(X, y, W0, b0, beta, b1, lr, steps):
    """A module of torch with an optimizer, in float64; every loss is printed."""
    import torch

    hidden = torch.nn.Linear(W0.shape[1], W0.shape[0], dtype=torch.float64)
    output = torch.nn.Linear(W0.shape[0], 1, dtype=torch.float64)
    network = torch.nn.Sequential(hidden, torch.nn.ReLU(), output, torch.nn.Flatten(0))
    start = {"0.weight": W0, "0.bias": b0, "2.weight": beta[None, :], "2.bias": np.array([b1])}
    network.load_state_dict({name: torch.tensor(values) for name, values in start.items()})
    optimizer = torch.optim.SGD(network.parameters(), lr=lr)
    X, y = torch.tensor(X), torch.tensor(y)
    losses = []
    for step in range(steps + 1):
        loss = torch.nn.functional.mse_loss(network(X), y)
        losses.append(loss.item())
        print(f"step {step}: loss {loss.item():.6f}")
        if step < steps:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return (hidden.weight, hidden.bias, output.weight[0], output.bias), losses


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
