"""Other right ways with minimum-norm solutions, as different as students are: each must get all points."""

import itertools
import sys
import warnings
from fractions import Fraction

import numpy as np
import scipy.linalg

from autograder.checking import replaces


def _exact_solution(M, b):
    """Gauss-Jordan elimination in fractions, for a square M that has an inverse."""
    table = [[*map(Fraction, row), Fraction(right)] for row, right in zip(M, b, strict=True)]
    for i in range(len(table)):
        pivot = next(k for k in range(i, len(table)) if table[k][i])
        table[i], table[pivot] = table[pivot], table[i]
        table[i] = [it / table[i][i] for it in table[i]]
        for k in set(range(len(table))) - {i}:
            factor = table[k][i]
            table[k] = [it - factor * its for it, its in zip(table[k], table[i], strict=True)]
    return [row[-1] for row in table]


def _orthonormal_rows(A):
    """Gram-Schmidt on the rows, twice for each, and the triangle L with A = L·Q."""
    Q, L = [], np.zeros((len(A), len(A)))
    for i, row in enumerate(A):
        rest = row.copy()
        for _ in range(2):
            for j, q in enumerate(Q):
                share = q @ rest
                L[i, j] += share
                rest = rest - share * q
        L[i, i] = np.sqrt(rest @ rest)
        Q.append(rest / L[i, i])
    return np.array(Q), L


# Part a


@replaces("decompose")
def formula_with_an_inverse(A, x):
    """The formula of the lecture as it stands, with the inverse of AAᵀ."""
    x_row = A.T @ np.linalg.inv(A @ A.T) @ A @ x
    return x_row, x - x_row


@replaces("decompose")
def null_space_of_scipy(A, x):
    """The null part first, with a basis from scipy; lists."""
    basis = scipy.linalg.null_space(A)
    x_null = np.einsum("ik,jk,j->i", basis, basis, x)
    return (x - x_null).tolist(), x_null.tolist()


@replaces("decompose")
def projection_by_singular_vectors(A, x):
    """Both parts from the right singular vectors, in one array of two rows; a full set of them, and prints."""
    _, _, rows = np.linalg.svd(A, full_matrices=True)
    print("the rank is", len(A))
    return np.array([sum((v @ x) * v for v in part) + 0 * x for part in (rows[: len(A)], rows[len(A) :])])


@replaces("decompose")
def gram_schmidt_on_the_rows(A, x):
    """x without its components along an orthonormal basis of the rows."""
    x_null = x.copy()
    for q in _orthonormal_rows(A)[0]:
        x_null -= (q @ x_null) * q
    return x - x_null, x_null


@replaces("decompose")
def exact_decomposition(A, x):
    """Exact arithmetic: fractions come back."""
    rows, vector = [list(map(Fraction, row)) for row in A.tolist()], list(map(Fraction, x.tolist()))
    gram = [[sum(map(Fraction.__mul__, p, q)) for q in rows] for p in rows]
    z = _exact_solution(gram, [sum(map(Fraction.__mul__, row, vector)) for row in rows])
    x_row = [sum(c * row[j] for c, row in zip(z, rows, strict=True)) for j in range(len(vector))]
    return tuple(x_row), [it - its for it, its in zip(vector, x_row, strict=True)]


# Part b


@replaces("gradient")
def gradient_in_loops(A, b, x):
    """Plain loops over lists."""
    rows, right, x = A.tolist(), b.tolist(), x.tolist()
    g = [0.0] * len(x)
    for row, target in zip(rows, right, strict=True):
        residual = sum(a * v for a, v in zip(row, x, strict=True)) - target
        for j, a in enumerate(row):
            g[j] += a * residual
    return g


@replaces("gradient")
def gradient_multiplied_out(A, b, x):
    """AᵀAx − Aᵀb by einsum."""
    return np.einsum("ij,ik,k->j", A, A, x) - np.einsum("ij,i->j", A, b)


@replaces("gradient")
def gradient_of_torch(A, b, x):
    """torch's automatic differentiation."""
    import torch

    A, b, x = torch.tensor(A), torch.tensor(b), torch.tensor(x, requires_grad=True)
    (0.5 * torch.sum((A @ x - b) ** 2)).backward()
    return x.grad


@replaces("gradient")
def central_differences(A, b, x):
    """Central differences, which are exact for a quadratic function whatever their step."""

    def half_step(direction):
        forward, backward = A @ (x + direction) - b, A @ (x - direction) - b
        return (forward + backward) @ (forward - backward) / 4

    return np.array([half_step(e) for e in np.eye(len(x))])


@replaces("row_coefficients")
def residual_in_a_list(A, b, x):
    """The residual, row by row, in a list; a warning and a line on stderr."""
    warnings.warn("this is only a warning", stacklevel=2)
    print("certificate", file=sys.stderr)
    return [a @ x - target for a, target in zip(A, b, strict=True)]


@replaces("row_coefficients")
def coefficients_by_least_squares(A, b, x):
    """The coefficients of the gradient by least squares: others, where the rows are dependent."""
    return np.linalg.lstsq(A.T, A.T @ (A @ x - b), rcond=None)[0]


@replaces("row_coefficients")
def exact_residual(A, b, x):
    """Exact fractions in a tuple."""
    x = list(map(Fraction, x.tolist()))
    pairs = zip(A.tolist(), b.tolist(), strict=True)
    return tuple(sum(Fraction(a) * v for a, v in zip(row, x, strict=True)) - Fraction(right) for row, right in pairs)


# Part c


@replaces("gradient_descent")
def rows_of_an_array(A, b, x0, lr, steps):
    """An array made in advance, filled row by row."""
    iterates = np.empty((steps + 1, len(x0)))
    iterates[0] = x0
    for k in range(steps):
        iterates[k + 1] = iterates[k] - lr * ((A @ iterates[k] - b) @ A)
    return iterates


@replaces("gradient_descent")
def one_affine_map(A, b, x0, lr, steps):
    """Each step as x ← Mx + c, accumulated; a list of arrays comes back."""
    M, c = np.eye(len(x0)) - lr * A.T @ A, lr * A.T @ b
    return list(itertools.accumulate(range(steps), lambda x, _: M @ x + c, initial=x0))


@replaces("gradient_descent")
def lists_of_numbers(A, b, x0, lr, steps):
    """No NumPy: nested lists."""
    A, b, x = A.tolist(), b.tolist(), x0.tolist()
    iterates = [x]
    for _ in range(steps):
        residuals = [sum(a * v for a, v in zip(row, x, strict=True)) - right for row, right in zip(A, b, strict=True)]
        x = [v - lr * sum(row[j] * r for row, r in zip(A, residuals, strict=True)) for j, v in enumerate(x)]
        iterates.append(x)
    return iterates


@replaces("gradient_descent")
def all_iterates_at_once(A, b, x0, lr, steps):
    """No loop: in the basis of the singular vectors each component of the error is a power."""
    U, values, rows = np.linalg.svd(A, full_matrices=False)
    limit = (U.T @ b) / values
    start = rows @ x0
    powers = (1 - lr * values**2) ** np.arange(steps + 1)[:, np.newaxis]
    return x0 + (limit + powers * (start - limit) - start) @ rows


@replaces("gradient_descent")
def tensors_of_torch(A, b, x0, lr, steps):
    """torch instead of NumPy; a tensor comes back."""
    import torch

    A, b = torch.tensor(A), torch.tensor(b)
    iterates = torch.empty(steps + 1, len(x0), dtype=torch.float64)
    iterates[0] = torch.tensor(x0)
    for k in range(steps):
        iterates[k + 1] = iterates[k] - lr * (A.T @ (A @ iterates[k] - b))
    return iterates


@replaces("gradient_descent")
def object_that_remembers(A, b, x0, lr, steps):
    """A class with a history, which steps in place on its own copy."""

    class Descent:
        def __init__(self):
            self.x = np.array(x0)
            self.history = [self.x.copy()]

        def step(self):
            self.x -= lr * A.T.dot(A.dot(self.x) - b)
            self.history.append(self.x.copy())

    descent = Descent()
    for _ in range(steps):
        descent.step()
    return np.vstack(descent.history)


# Part d


@replaces("min_norm_solution")
def solver_of_numpy(A, b):
    """numpy.linalg.lstsq."""
    return np.linalg.lstsq(A, b, rcond=None)[0]


@replaces("min_norm_solution")
def pseudo_inverse(A, b):
    """numpy.linalg.pinv."""
    return np.linalg.pinv(A) @ b


@replaces("min_norm_solution")
def solver_of_scipy(A, b):
    """scipy.linalg.lstsq by divide and conquer; a list comes back."""
    return list(scipy.linalg.lstsq(A, b)[0])


@replaces("min_norm_solution")
def solver_of_scipy_with_pivots(A, b):
    """scipy.linalg.lstsq by a complete orthogonal factorisation."""
    return scipy.linalg.lstsq(A, b, lapack_driver="gelsy")[0]


@replaces("min_norm_solution")
def lq_factorisation(A, b):
    """An orthogonal factorisation of A itself, its rows from the last to the first."""
    R, Q = scipy.linalg.rq(A, mode="economic")
    return Q.T @ scipy.linalg.solve_triangular(R, b)


@replaces("min_norm_solution")
def singular_value_decomposition(A, b):
    """The singular value decomposition by hand."""
    U, values, rows = np.linalg.svd(A, full_matrices=False)
    return sum((u @ b) / value * v for u, value, v in zip(U.T, values, rows, strict=True))


@replaces("min_norm_solution")
def formula_refined(A, b):
    """The formula of the lecture, repeated on what is left of b: iterative refinement wins the digits back."""
    x = np.zeros(A.shape[1])
    for _ in range(6):
        x = x + A.T @ np.linalg.solve(A @ A.T, b - A @ x)
    return x


@replaces("min_norm_solution")
def gram_schmidt_and_substitution(A, b):
    """Gram-Schmidt on the rows, then forward substitution."""
    Q, L = _orthonormal_rows(A)
    y = np.zeros(len(b))
    for i in range(len(b)):
        y[i] = (b[i] - L[i, :i] @ y[:i]) / L[i, i]
    return y @ Q


@replaces("min_norm_solution")
def exact_formula(A, b):
    """The formula of the lecture in fractions, where AAᵀ loses nothing."""
    rows = [list(map(Fraction, row)) for row in A.tolist()]
    gram = [[sum(map(Fraction.__mul__, p, q)) for q in rows] for p in rows]
    z = _exact_solution(gram, b.tolist())
    return [sum(c * row[j] for c, row in zip(z, rows, strict=True)) for j in range(A.shape[1])]


@replaces("min_norm_solution")
def solver_of_torch(A, b):
    """torch.linalg.lstsq with the driver for full rank; a tensor comes back."""
    import torch

    return torch.linalg.lstsq(torch.tensor(A), torch.tensor(b)[:, None], driver="gels").solution.squeeze(1)


@replaces("min_norm_solution")
def some_solution_without_its_null_part(A, b):
    """A solution with n − m zeros, found with pivots, and then without its part in the null space."""
    Q, R, order = scipy.linalg.qr(A, pivoting=True)
    x = np.zeros(A.shape[1])
    x[order[: len(b)]] = scipy.linalg.solve_triangular(R[:, : len(b)], Q.T @ b)
    for v in np.linalg.svd(A)[2][len(b) :]:
        x = x - (v @ x) * v
    return x


# Part e


@replaces("gd_limit")
def shortest_solution_and_null_part(A, b, x0):
    """x* and the null part of the start, both by the formula of the lecture."""
    inverse = np.linalg.inv(A @ A.T)
    return A.T @ inverse @ b + x0 - A.T @ inverse @ A @ x0


@replaces("gd_limit")
def nearest_solution_with_multipliers(A, b, x0):
    """The solution nearest to the start, by Lagrange multipliers; a tuple comes back."""
    m, n = A.shape
    system = np.block([[np.eye(n), A.T], [A, np.zeros((m, m))]])
    return tuple(np.linalg.solve(system, np.concatenate([x0, b]))[:n])


@replaces("gd_limit")
def component_by_component(A, b, x0):
    """Each singular component of the start is exchanged for that of the solution, on a copy."""
    x = np.array(x0)
    U, values, rows = np.linalg.svd(A)
    for u, value, v in zip(U.T, values, rows, strict=False):
        x += ((u @ b) / value - v @ x) * v
    return x


# Part f


@replaces("best_step")
def eigenvalues_with_a_cutoff(A):
    """The eigenvalues of AᵀA, without those that are zero up to rounding."""
    eigenvalues = np.linalg.eigvalsh(A.T @ A)
    kept = eigenvalues[eigenvalues > 1e-10 * eigenvalues.max()]
    kappa = kept.max() / kept.min()
    return 2 / (kept.max() + kept.min()), ((kappa - 1) / (kappa + 1)) ** 2


@replaces("best_step")
def eigenvalues_of_the_smaller_matrix(A):
    """The eigenvalues of AAᵀ, unsorted and with zero imaginary parts; arrays of no dimension come back."""
    eigenvalues = np.linalg.eigvals(A @ A.T).real
    lr = np.array(2 / (eigenvalues.max() + eigenvalues.min()))
    return [lr, np.array((1 - lr * eigenvalues.min()) ** 2)]


@replaces("best_step")
def spectral_norms(A):
    """Norms for singular values, the condition number, and one array for both numbers."""
    kappa = np.linalg.cond(A) ** 2
    return np.array([2 / (np.linalg.norm(A, 2) ** 2 * (1 + 1 / kappa)), 1 - 4 * kappa / (kappa + 1) ** 2])


@replaces("best_step")
def theorem_of_the_lecture(A):
    """The general factor 1 − 2τμL/(μ + L) at the best τ, with scipy; arrays of one entry come back."""
    values = scipy.linalg.svdvals(A)
    L, mu = values[:1] ** 2, values[-1:] ** 2
    tau = 2 / (L + mu)
    return tau, 1 - 2 * tau * mu * L / (mu + L)


@replaces("best_step")
def eigenvalues_of_torch(A):
    """torch's eigenvalues; tensors come back."""
    import torch

    A = torch.tensor(A)
    eigenvalues = torch.linalg.eigvalsh(A @ A.T)
    mu, L = eigenvalues[0], eigenvalues[-1]
    return 2 / (L + mu), ((L - mu) / (L + mu)).square()
