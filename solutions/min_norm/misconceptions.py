"""Known wrong ways with minimum-norm solutions. The first line of each docstring is what a student is told."""

from fractions import Fraction

import numpy as np

from autograder.checking import replaces

# Values here are recorded, and must be the same on every machine. So what would be rounding noise is computed exactly,
# float32 is rounded to at the end, and a matrix that is singular without rounding raises.


def _shortest(A, b):
    Q, R = np.linalg.qr(A.T)
    return Q @ np.linalg.solve(R.T, b)


def _coefficients(A, b):
    """(AAᵀ)⁻¹b, without forming AAᵀ."""
    R = np.linalg.qr(A.T, mode="r")
    return np.linalg.solve(R, np.linalg.solve(R.T, b))


def _row_part(A, x):
    Q, _ = np.linalg.qr(A.T)
    return Q @ (Q.T @ x)


def _invertible(A):
    if A.shape[0] < A.shape[1]:
        raise np.linalg.LinAlgError("Singular matrix")
    return A


def _single(values):
    return np.asarray(values).astype(np.float32)


def _fractions(values):
    return np.vectorize(Fraction, otypes=[object])(values)


def _solved(M, b, exact=False):
    """Elimination in fractions. Raises if M is singular."""
    table = np.column_stack([_fractions(M), _fractions(b)])
    for i in range(len(table)):
        pivot = next((k for k in range(i, len(table)) if table[k, i]), None)
        if pivot is None:
            raise np.linalg.LinAlgError("Singular matrix")
        table[[i, pivot]] = table[[pivot, i]]
        table[i] = table[i] / table[i, i]
        for k in range(len(table)):
            if k != i:
                table[k] = table[k] - table[k, i] * table[i]
    return table[:, -1] if exact else np.vectorize(float)(table[:, -1])


# Part a


@replaces("decompose")
def row_after_null(A, x):
    """You return (x_null, x_row): the order is x_row, then x_null."""
    x_row = _row_part(A, x)
    return x - x_row, x_row


@replaces("decompose")
def projected_row_by_row(A, x):
    """You project on each row and add up: that counts twice what the rows share, unless they are orthogonal."""
    x_row = sum((a @ x) / (a @ a) * a for a in A)
    return x_row, x - x_row


@replaces("decompose")
def rows_taken_for_orthonormal(A, x):
    """You take AᵀA for the projection on the row space: that holds only if the rows of A are orthonormal."""
    x_row = A.T @ (A @ x)
    return x_row, x - x_row


@replaces("decompose")
def projected_on_singular_inverse(A, x):
    """You invert AᵀA, or A itself: for m < n neither has an inverse. A(AᵀA)⁻¹Aᵀ is for independent columns."""
    x_row = np.linalg.solve(_invertible(A), A @ x)
    return x_row, x - x_row


@replaces("decompose")
def nothing_in_the_null_space(A, x):
    """You return x and 0: for m < n most x have a part in the null space."""
    return x.copy(), np.zeros_like(x)


@replaces("decompose")
def nothing_in_the_row_space(A, x):
    """You return 0 and x: most x have a part in the row space."""
    return np.zeros_like(x), x.copy()


@replaces("decompose")
def first_coordinates_for_row_space(A, x):
    """You cut x into its first m entries and the rest: the row space is spanned by the rows, not by coordinates."""
    x_row = np.where(np.arange(len(x)) < len(A), x, 0.0)
    return x_row, x - x_row


@replaces("decompose")
def only_first_row(A, x):
    """You project on a single row: the row space is spanned by all of them."""
    a = A[0]
    x_row = (a @ x) / (a @ a) * a
    return x_row, x - x_row


@replaces("decompose")
def row_part_only(A, x):
    """You return x_row alone: two results are asked for, x_row and x_null."""
    return _row_part(A, x)


@replaces("decompose")
def coefficients_for_row_part(A, x):
    """You return coefficients with respect to the rows: x_row itself has n entries, and is Aᵀ times those."""
    x_row = _row_part(A, x)
    return _coefficients(A, A @ x), x - x_row


@replaces("decompose")
def projections_as_columns(A, x):
    """You return columns of shape (n, 1): both parts are vectors of shape (n,), as x is."""
    x_row = _row_part(A, x)[:, np.newaxis]
    return x_row, x[:, np.newaxis] - x_row


@replaces("decompose")
def x_changed_in_place(A, x):
    """You subtract x_row from the caller's x in place: work on a copy."""
    x_row = _row_part(A, x)
    x -= x_row
    return x_row, x


@replaces("decompose")
def single_precision_in_decompose(A, x):
    """Your two parts have seven digits, as float32 has: keep the arrays in float64."""
    x_row = _row_part(A, x)
    return _single(x_row), _single(x - x_row)


# Part b, the gradient


@replaces("gradient")
def transpose_forgotten(A, b, x):
    """You multiply the residual by A: the gradient is Aᵀ(Ax − b), with the transpose."""
    return A @ (A @ x - b)


@replaces("gradient")
def gradient_of_the_opposite_sign(A, b, x):
    """Your gradient points downhill: it is Aᵀ(Ax − b), and b − Ax has the other sign."""
    return A.T @ (b - A @ x)


@replaces("gradient")
def half_forgotten(A, b, x):
    """Your gradient is twice too long: R has the factor ½, which cancels the 2 of the square."""
    return 2 * A.T @ (A @ x - b)


@replaces("gradient")
def gradient_of_the_mean(A, b, x):
    """You divide by m: R is half the sum over the equations, not their mean."""
    return A.T @ (A @ x - b) / len(A)


@replaces("gradient")
def gradient_of_twice_the_mean(A, b, x):
    """Your gradient is that of the mean squared error, with 2/m: R is ½ times the sum of squares."""
    return 2 * A.T @ (A @ x - b) / len(A)


@replaces("gradient")
def right_side_forgotten(A, b, x):
    """Your gradient lacks b: it is AᵀAx − Aᵀb."""
    return A.T @ (A @ x)


@replaces("gradient")
def right_side_not_transposed(A, b, x):
    """You subtract b from AᵀAx: the transpose belongs to the whole residual, so b is multiplied by Aᵀ too."""
    return A.T @ A @ x - b


@replaces("gradient")
def residual_for_gradient(A, b, x):
    """You return the residual Ax − b: the gradient is Aᵀ times it, with one entry for each unknown."""
    return A @ x - b


@replaces("gradient")
def loss_for_gradient(A, b, x):
    """You return the loss R(x): its gradient is a vector with one entry for each unknown."""
    return 0.5 * np.sum((A @ x - b) ** 2)


@replaces("gradient")
def unit_gradient(A, b, x):
    """You scale the gradient to length 1: its length belongs to it."""
    g = A.T @ (A @ x - b)
    return g / max(np.linalg.norm(g), 1e-12)


@replaces("gradient")
def gradient_as_column(A, b, x):
    """Your gradient is a column of shape (n, 1): it is a vector of shape (n,), as x is."""
    return (A.T @ (A @ x - b))[:, np.newaxis]


@replaces("gradient")
def single_precision_in_gradient(A, b, x):
    """Your gradient has seven digits, as float32 has: keep the arrays in float64."""
    return _single(A.T @ (A @ x - b))


# Part b, the certificate


@replaces("row_coefficients")
def coefficients_of_the_opposite_sign(A, b, x):
    """Your z has the wrong sign: Aᵀ(b − Ax) is minus the gradient."""
    return b - A @ x


@replaces("row_coefficients")
def gradient_for_coefficients(A, b, x):
    """You return the gradient itself: asked for are its coefficients z, one for each row of A."""
    return A.T @ (A @ x - b)


@replaces("row_coefficients")
def products_with_the_rows(A, b, x):
    """You multiply the gradient by A: its products with the rows are coefficients only if these are orthonormal."""
    return A @ (A.T @ (A @ x - b))


@replaces("row_coefficients")
def coefficients_doubled(A, b, x):
    """Your z is twice too long: R has the factor ½, which cancels the 2 of the square."""
    return 2 * (A @ x - b)


@replaces("row_coefficients")
def coefficients_of_the_mean(A, b, x):
    """You divide by m: R is half the sum over the equations, not their mean."""
    return (A @ x - b) / len(A)


@replaces("row_coefficients")
def coefficients_without_right_side(A, b, x):
    """Your z lacks b: the gradient is Aᵀ(Ax − b), and Aᵀ(Ax) is something else."""
    return A @ x


@replaces("row_coefficients")
def coefficients_of_x(A, b, x):
    """Your z gives the row part of x: the certificate is for the gradient, Aᵀz = ∇R(x)."""
    return np.linalg.lstsq(A.T, x, rcond=1e-9)[0]


@replaces("row_coefficients")
def magnitudes_of_the_residuals(A, b, x):
    """You take the magnitudes of the residuals: a coefficient is negative where Ax is below b."""
    return np.abs(A @ x - b)


@replaces("row_coefficients")
def squared_residuals(A, b, x):
    """You return the squared residuals: the gradient is linear in the residuals themselves."""
    return (A @ x - b) ** 2


@replaces("row_coefficients")
def coefficients_as_column(A, b, x):
    """Your z is a column of shape (m, 1): it is a vector of shape (m,), as b is."""
    return (A @ x - b)[:, np.newaxis]


@replaces("row_coefficients")
def single_precision_in_row_coefficients(A, b, x):
    """Your z has seven digits, as float32 has: keep the arrays in float64."""
    return _single(A @ x - b)


# Part c


def _slope(A, b, x):
    return A.T @ (A @ x - b)


def _descend(A, b, x0, lr, steps, slope=_slope):
    iterates = [x0]
    for _ in range(steps):
        iterates.append(iterates[-1] - lr * slope(A, b, iterates[-1]))
    return np.array(iterates)


@replaces("gradient_descent")
def start_left_out(A, b, x0, lr, steps):
    """Your iterates lack the start: there are steps + 1 rows, and row 0 is x0."""
    return _descend(A, b, x0, lr, steps)[1:]


@replaces("gradient_descent")
def last_iterate_left_out(A, b, x0, lr, steps):
    """Your iterates lack the last one: there are steps + 1 rows, and the last is the iterate after all steps."""
    return _descend(A, b, x0, lr, steps)[:-1]


@replaces("gradient_descent")
def only_the_last_iterate(A, b, x0, lr, steps):
    """You return only the last iterate: every one is asked for, one a row, and the start first."""
    return _descend(A, b, x0, lr, steps)[-1]


@replaces("gradient_descent")
def one_step_too_many(A, b, x0, lr, steps):
    """You take steps + 1 steps: with the start that makes one row too many."""
    return _descend(A, b, x0, lr, steps + 1)


@replaces("gradient_descent")
def iterates_as_columns(A, b, x0, lr, steps):
    """Your iterates stand in columns: the shape is (steps + 1, n), one iterate a row."""
    return _descend(A, b, x0, lr, steps).T


@replaces("gradient_descent")
def always_from_zero(A, b, x0, lr, steps):
    """You start from 0 whatever x0 is: row 0 of the iterates is x0."""
    return _descend(A, b, np.zeros_like(x0), lr, steps)


@replaces("gradient_descent")
def uphill(A, b, x0, lr, steps):
    """You step uphill, along the gradient: descent subtracts it."""
    return _descend(A, b, x0, -lr, steps)


@replaces("gradient_descent")
def step_twice_too_long(A, b, x0, lr, steps):
    """Your steps are twice too long: with the factor ½ in R, the gradient is Aᵀ(Ax − b), without a 2."""
    return _descend(A, b, x0, 2 * lr, steps)


@replaces("gradient_descent")
def step_of_the_mean(A, b, x0, lr, steps):
    """You divide the gradient by m: R is half the sum over the equations, not their mean."""
    return _descend(A, b, x0, lr / len(A), steps)


@replaces("gradient_descent")
def step_without_transpose(A, b, x0, lr, steps):
    """You multiply the residual by A: the step is lr·Aᵀ(Ax − b), with the transpose."""
    return _descend(A, b, x0, lr, steps, slope=lambda A, b, x: A @ (A @ x - b))


@replaces("gradient_descent")
def gradient_never_renewed(A, b, x0, lr, steps):
    """You take the gradient at the start in every step: it changes with x, so compute it anew."""
    return np.array([x0 - k * lr * _slope(A, b, x0) for k in range(steps + 1)])


@replaces("gradient_descent")
def equation_by_equation(A, b, x0, lr, steps):
    """You move after each equation: a step takes the gradient over all of them, and moves once."""
    iterates = [x0]
    for _ in range(steps):
        x = iterates[-1]
        for a, right in zip(A, b, strict=True):
            x = x - lr * (a @ x - right) * a
        iterates.append(x)
    return np.array(iterates)


@replaces("gradient_descent")
def entry_by_entry(A, b, x0, lr, steps):
    """You use entries of x that are new already: a step computes the whole gradient at the old x."""
    iterates = [x0]
    for _ in range(steps):
        x = iterates[-1].copy()
        for i in range(len(x)):
            x[i] -= lr * (A[:, i] @ (A @ x - b))
        iterates.append(x)
    return np.array(iterates)


@replaces("gradient_descent")
def lr_divided_by_steps(A, b, x0, lr, steps):
    """Your learning rate falls from step to step: it is the same in every one."""
    iterates = [x0]
    for k in range(steps):
        iterates.append(iterates[-1] - lr / (k + 1) * _slope(A, b, iterates[-1]))
    return np.array(iterates)


@replaces("gradient_descent")
def start_changed_in_place(A, b, x0, lr, steps):
    """You update the caller's x0 in place: -= changes the array itself, so make a new one."""
    iterates = [x0.copy()]
    for _ in range(steps):
        x0 -= lr * _slope(A, b, x0)
        iterates.append(x0.copy())
    return np.array(iterates)


@replaces("gradient_descent")
def same_array_appended(A, b, x0, lr, steps):
    """All your rows are the last iterate: the list holds one array many times, and -= changes it everywhere."""
    return np.array([_descend(A, b, x0, lr, steps)[-1]] * (steps + 1))


@replaces("gradient_descent")
def at_least_one_step(A, b, x0, lr, steps):
    """You take a step before you ask whether any is left: with steps = 0 the start comes back alone."""
    return _descend(A, b, x0, lr, max(steps, 1))


@replaces("gradient_descent")
def momentum_added(A, b, x0, lr, steps):
    """You carry a part of the last step over, as momentum does: plain gradient descent has no memory."""
    iterates, velocity = [x0], np.zeros_like(x0)
    for _ in range(steps):
        velocity = 0.9 * velocity - lr * _slope(A, b, iterates[-1])
        iterates.append(iterates[-1] + velocity)
    return np.array(iterates)


@replaces("gradient_descent")
def stops_when_it_grows(A, b, x0, lr, steps):
    """You stop when the loss grows: the iterates of a learning rate that is too large are asked for as well."""
    iterates = [x0]
    for _ in range(steps):
        x = iterates[-1] - lr * _slope(A, b, iterates[-1])
        grows = np.sum((A @ x - b) ** 2) > 1.0001 * np.sum((A @ iterates[-1] - b) ** 2)
        iterates.append(iterates[-1] if grows else x)
    return np.array(iterates)


@replaces("gradient_descent")
def stops_when_it_has_converged(A, b, x0, lr, steps):
    """You stop before all steps are done: a row is asked for each of them, also when nothing moves any more."""
    iterates = [x0]
    while len(iterates) <= steps and np.linalg.norm(_slope(A, b, iterates[-1])) > 1e-10:
        iterates.append(iterates[-1] - lr * _slope(A, b, iterates[-1]))
    return np.array(iterates)


@replaces("gradient_descent")
def recursion_over_steps(A, b, x0, lr, steps):
    """You call gradient_descent from itself once a step: Python stops at about a thousand nested calls. Use a loop."""
    if steps > 900:
        raise RecursionError("maximum recursion depth exceeded")
    return _descend(A, b, x0, lr, steps)


@replaces("gradient_descent")
def single_precision_in_gradient_descent(A, b, x0, lr, steps):
    """Your iterates have seven digits, as float32 has: keep the arrays in float64."""
    return _single(_descend(A, b, x0, lr, steps))


# Part d


@replaces("min_norm_solution")
def singular_matrix_inverted(A, b):
    """You invert AᵀA, or A itself: for m < n neither has an inverse. It is AAᵀ that has one."""
    return np.linalg.solve(_invertible(A), b)


@replaces("min_norm_solution")
def last_transpose_forgotten(A, b):
    """You multiply (AAᵀ)⁻¹b by A: the solution is Aᵀ times it, with the transpose."""
    return A @ _coefficients(A, b)


@replaces("min_norm_solution")
def coefficients_for_solution(A, b):
    """You return (AAᵀ)⁻¹b: those are the coefficients of the rows, and Aᵀ times them is the solution."""
    return _coefficients(A, b)


@replaces("min_norm_solution")
def inverse_forgotten(A, b):
    """You return Aᵀb: the factor (AAᵀ)⁻¹ is missing, which is 1 only for orthonormal rows."""
    return A.T @ b


@replaces("min_norm_solution")
def basic_solution(A, b):
    """You solve for the first m unknowns and set the others to 0: that is a solution, but not the shortest one."""
    x = np.zeros(A.shape[1])
    x[: len(A)] = _solved(A[:, : len(A)], b)
    return x


@replaces("min_norm_solution")
def scaled_gradient(A, b):
    """You scale Aᵀb so that the residual is smallest: that is one step of steepest descent, not the solution."""
    g = A.T @ b
    return (g @ g) / ((A @ g) @ (A @ g)) * g


@replaces("min_norm_solution")
def ridge(A, b):
    """You add a ridge to AAᵀ: it shrinks the solution, and AAᵀ has an inverse without it."""
    return A.T @ np.linalg.solve(A @ A.T + 1e-3 * np.eye(len(A)), b)


@replaces("min_norm_solution")
def solution_as_column(A, b):
    """Your solution is a column of shape (n, 1): it is a vector of shape (n,)."""
    return _shortest(A, b)[:, np.newaxis]


@replaces("min_norm_solution")
def whole_result_of_lstsq(A, b):
    """You return all four results of lstsq: the solution is the first of them."""
    return np.linalg.lstsq(A, b, rcond=1e-5)


@replaces("min_norm_solution")
def single_precision_in_min_norm_solution(A, b):
    """Your solution has seven digits, as float32 has: keep the arrays in float64."""
    return _single(_shortest(A, b))


@replaces("min_norm_solution")
def singular_values_cut_off(A, b):
    """You take small singular values for zero: none is, A has full row rank, and 1e-6 of the largest counts."""
    return np.linalg.pinv(A, rcond=1e-4) @ b


@replaces("min_norm_solution")
def condition_squared(A, b):
    """You lose digits where A is ill-conditioned, as forming AAᵀ does: κ(AAᵀ) = κ(A)². Decompose A itself."""
    rows = _fractions(A)
    gram = np.vectorize(float)(rows @ rows.T)  # the only rounding
    z = _solved(gram, b, exact=True)
    return np.vectorize(float)(z @ rows)


# Part e


@replaces("gd_limit")
def start_ignored(A, b, x0):
    """You return x* whatever the start is: no step changes the null part of x0, so it is still there at the end."""
    return _shortest(A, b)


@replaces("gd_limit")
def whole_start_added(A, b, x0):
    """You add all of x0 to x*: its row part is forgotten on the way, and only its null part stays."""
    return _shortest(A, b) + x0


@replaces("gd_limit")
def row_part_kept(A, b, x0):
    """You keep the row part of x0: the steps change just that part, and it is the null part that stays."""
    return _shortest(A, b) + _row_part(A, x0)


@replaces("gd_limit")
def null_part_only(A, b, x0):
    """You return the null part of x0: the row part does not vanish, it converges to x*."""
    return x0 - _row_part(A, x0)


@replaces("gd_limit")
def start_returned(A, b, x0):
    """You return x0, its row part plus its null part: of the two only the null part stays."""
    return x0.copy()


@replaces("gd_limit")
def null_part_subtracted(A, b, x0):
    """You subtract the null part of x0: it stays as it is, so it is added to x*."""
    return _shortest(A, b) - (x0 - _row_part(A, x0))


@replaces("gd_limit")
def residual_of_the_wrong_sign(A, b, x0):
    """Your correction of x0 has the wrong sign: what is missing at x0 is b − Ax0."""
    return x0 - _shortest(A, b - A @ x0)


@replaces("gd_limit")
def one_newton_step_with_singular_hessian(A, b, x0):
    """You invert AᵀA, or A itself: for m < n neither has an inverse."""
    return np.linalg.solve(_invertible(A), b)


@replaces("gd_limit")
def some_steps_of_descent(A, b, x0):
    """You run gradient descent for a while: that comes near the limit, which is asked for exactly."""
    L = np.linalg.norm(A, 2) ** 2
    return _descend(A, b, x0, 1 / L, 20)[-1]


@replaces("gd_limit")
def limit_as_column(A, b, x0):
    """Your limit is a column of shape (n, 1): it is a vector of shape (n,), as x0 is."""
    return (x0 + _shortest(A, b - A @ x0))[:, np.newaxis]


@replaces("gd_limit")
def start_of_the_limit_changed(A, b, x0):
    """You change the caller's x0 in place: work on a copy."""
    x0 += _shortest(A, b - A @ x0)
    return x0


@replaces("gd_limit")
def single_precision_in_gd_limit(A, b, x0):
    """Your limit has seven digits, as float32 has: keep the arrays in float64."""
    return _single(x0 + _shortest(A, b - A @ x0))


# Part f


def _best(largest, smallest):
    return 2 / (largest + smallest), ((largest - smallest) / (largest + smallest)) ** 2


def _eigenvalues(A):
    """The non-zero eigenvalues of AᵀA, in descending order."""
    return np.linalg.svd(A, compute_uv=False) ** 2


@replaces("best_step")
def zero_eigenvalues_counted(A):
    """You take the smallest of all n eigenvalues of AᵀA, which is 0 for m < n: only the others matter."""
    L, mu = _eigenvalues(A)[[0, -1]]
    return _best(L, mu if A.shape[0] == A.shape[1] else 0.0)


@replaces("best_step")
def zero_whatever_the_size(A):
    """You take what is at most 1e-10 for zero, whatever the size of A: it is 1e-10 times the largest eigenvalue."""
    eigenvalues = _eigenvalues(A)
    return _best(*eigenvalues[eigenvalues > 1e-10][[0, -1]])


@replaces("best_step")
def singular_values_for_eigenvalues(A):
    """You take L and μ from A: they are eigenvalues of AᵀA, the squares of the singular values of A."""
    values = np.sqrt(_eigenvalues(A))
    return _best(values[0], values[-1])


@replaces("best_step")
def condition_number_of_A(A):
    """You take κ(A) for κ: here κ = L/μ is the condition number of AᵀA, which is κ(A)²."""
    eigenvalues = _eigenvalues(A)
    lr, _ = _best(eigenvalues[0], eigenvalues[-1])
    kappa = np.sqrt(eigenvalues[0] / eigenvalues[-1])
    return lr, ((kappa - 1) / (kappa + 1)) ** 2


@replaces("best_step")
def factor_not_squared(A):
    """Your factor is for the distance: asked for is that of the squared distance, so square it."""
    lr, factor = _best(*_eigenvalues(A)[[0, -1]])
    return lr, np.sqrt(factor)


@replaces("best_step")
def factor_squared_twice(A):
    """You square the factor twice: ((κ − 1)/(κ + 1))² is for the squared distance already."""
    lr, factor = _best(*_eigenvalues(A)[[0, -1]])
    return lr, factor**2


@replaces("best_step")
def step_of_one_over_L(A):
    """You take the step 1/L: it converges, but 2/(L + μ) is faster in the worst case."""
    L, mu = _eigenvalues(A)[[0, -1]]
    return 1 / L, (1 - mu / L) ** 2


@replaces("best_step")
def best_factor_with_another_step(A):
    """Your factor is that of the best step, but your step is 1/L: the best one is 2/(L + μ)."""
    L, mu = _eigenvalues(A)[[0, -1]]
    return 1 / L, _best(L, mu)[1]


@replaces("best_step")
def step_of_two_over_L(A):
    """You take the step 2/L: there the fastest component only changes its sign. The best step is 2/(L + μ)."""
    L, mu = _eigenvalues(A)[[0, -1]]
    return 2 / L, _best(L, mu)[1]


@replaces("best_step")
def half_the_step(A):
    """Your step is half the best one: it is 2/(L + μ), with a 2."""
    lr, factor = _best(*_eigenvalues(A)[[0, -1]])
    return lr / 2, factor


@replaces("best_step")
def rate_of_strong_convexity(A):
    """Your factor is 1 − μ/L: that bound holds for the step 1/L, and is weaker."""
    L, mu = _eigenvalues(A)[[0, -1]]
    return _best(L, mu)[0], 1 - mu / L


@replaces("best_step")
def square_of_the_numerator_only(A):
    """You square only the numerator: the factor is the square of the whole fraction (κ − 1)/(κ + 1)."""
    L, mu = _eigenvalues(A)[[0, -1]]
    kappa = L / mu
    return _best(L, mu)[0], (kappa - 1) ** 2 / (kappa + 1)


@replaces("best_step")
def fraction_inverted(A):
    """Your fraction is upside down, and your factor above 1: it is (κ − 1)/(κ + 1), squared."""
    L, mu = _eigenvalues(A)[[0, -1]]
    return _best(L, mu)[0], ((L + mu) / max(L - mu, 1e-6 * L)) ** 2


@replaces("best_step")
def kappa_for_factor(A):
    """You return κ: asked for is the factor ((κ − 1)/(κ + 1))²."""
    L, mu = _eigenvalues(A)[[0, -1]]
    return _best(L, mu)[0], L / mu


@replaces("best_step")
def eigenvalues_of_the_mean(A):
    """You divide by m: R is half the sum over the equations, so its Hessian is AᵀA and not AᵀA/m."""
    eigenvalues = _eigenvalues(A) / len(A)
    return _best(eigenvalues[0], eigenvalues[-1])


@replaces("best_step")
def frobenius_for_largest(A):
    """You take the sum of all eigenvalues, ‖A‖² of Frobenius, for L: it is the largest of them."""
    eigenvalues = _eigenvalues(A)
    return _best(eigenvalues.sum(), eigenvalues[-1])


@replaces("best_step")
def factor_first(A):
    """You return (factor, lr): the order is lr, then factor."""
    return _best(*_eigenvalues(A)[[0, -1]])[::-1]


@replaces("best_step")
def step_without_factor(A):
    """You return the learning rate alone: two results are asked for, lr and factor."""
    return _best(*_eigenvalues(A)[[0, -1]])[0]


@replaces("best_step")
def single_precision_in_best_step(A):
    """Your numbers have seven digits, as float32 has: keep the arrays in float64."""
    return tuple(map(_single, _best(*_eigenvalues(A)[[0, -1]])))
