"""Checks of the minimum-norm exercise: what is right, and for how many points."""

import numpy as np
import pytest

from autograder.checking import CLOSED_FORM, ITERATIVE, Tolerance, array, number, part, require, same, unpack

# How A is hard: its shape (m, n), its condition number, and its largest singular value.
HARDNESS = {
    "generic": (3, 5, 3, 2),
    "one row": (1, 4, 1, 2),
    "m = n - 1": (4, 5, 3, 2),
    "square": (3, 3, 3, 2),
    "wide": (2, 12, 3, 2),
    "kappa = 1e3": (3, 6, 1e3, 2),
    "small A": (3, 5, 1e3, 5e-3),
    "large A": (3, 5, 3, 1e2),
}
SHAPES = [(3, 3), (3, 3), (2, 3), (3, 7)]
each_hardness = pytest.mark.parametrize("hardness", HARDNESS)


# Part a


@part("a", points=0.25)
def test_parts_sum_to_x(submission, rng):
    """x_row + x_null is x"""
    for A, x in splits(rng):
        x_row, x_null = split(submission, A, x)
        miss, size = largest(x_row + x_null - x), np.linalg.norm(x)
        require(
            miss <= rounding(A) * size,
            f"x_row + x_null should be x, but differs from it by {miss:.2g}.",
            mistake=single_precision("decompose", miss, size, x_row, x_null),
        )


@part("a", points=0.25, after="test_parts_sum_to_x")
def test_pythagoras(submission, rng):
    """‖x‖² = ‖x_row‖² + ‖x_null‖²"""
    for A, x in splits(rng):
        x_row, x_null = split(submission, A, x)
        whole, squares = x @ x, x_row @ x_row + x_null @ x_null
        require(
            abs(whole - squares) <= rounding(A) * whole,
            f"‖x‖² is {whole:.6g}, but ‖x_row‖² + ‖x_null‖² is {squares:.6g}: the two parts are not orthogonal.",
        )


@part("a", points=0.25, after="test_parts_sum_to_x")
def test_null_part(submission, rng):
    """A·x_null = 0"""
    for A, x in splits(rng):
        require_null_part(A, x, split(submission, A, x)[1])


@part("a", points=0.25, after="test_parts_sum_to_x")
def test_row_part(submission, rng):
    """x_row is orthogonal to the null space"""
    for A, x in splits(rng):
        require_row_part(A, x, split(submission, A, x)[0])


@each_hardness
@part("a", points=0.125, after=("test_null_part", "test_row_part"))
def test_decompose(submission, rng, hardness):
    """decompose where A is hard"""
    A = hard_matrix(rng, hardness)
    x = rng.normal(size=A.shape[1])
    x_row, x_null = split(submission, A, x)
    miss = largest(x_row + x_null - x)
    require(miss <= rounding(A) * np.linalg.norm(x), f"x_row + x_null should be x, but differs from it by {miss:.2g}.")
    require_null_part(A, x, x_null)
    require_row_part(A, x, x_row)


# Part b: A may have any shape and rank

ANY_A = {
    "more rows": lambda rng: rng.normal(size=(6, 2)),
    "rank 1": lambda rng: np.outer(rng.normal(size=3), rng.normal(size=4)),
    "small A": lambda rng: matrix(rng, 3, 5, 1e3, 1e-2),
    "large A": lambda rng: matrix(rng, 5, 3, 1e3, 1e2),
}
any_matrix = pytest.mark.parametrize("hardness", ANY_A)


@part("b", points=0.5)
def test_gradient(submission, reference, rng):
    """gradient is Aᵀ(Ax − b)"""
    for A, b, x in any_systems(rng):
        got, expected = submission.gradient(A, b, x), reference.gradient(A, b, x)
        same_values(got, expected, gradient_rounding(A, b, x), "gradient")


@any_matrix
@part("b", points=0.125, after="test_gradient")
def test_gradient_for_any_A(submission, reference, rng, hardness):
    """gradient for any A"""
    A = ANY_A[hardness](rng)
    x = rng.normal(size=A.shape[1])
    for b in (rng.normal(size=len(A)), A @ x):
        got, expected = submission.gradient(A, b, x), reference.gradient(A, b, x)
        same_values(got, expected, gradient_rounding(A, b, x), "gradient")


@part("b", points=0.5)
def test_row_coefficients(submission, rng):
    """Aᵀz is the gradient"""
    for A, b, x in any_systems(rng):
        require_coefficients(A, b, x, submission.row_coefficients(A, b, x))


@any_matrix
@part("b", points=0.125, after="test_row_coefficients")
def test_row_coefficients_for_any_A(submission, rng, hardness):
    """Aᵀz is the gradient for any A"""
    A = ANY_A[hardness](rng)
    x = rng.normal(size=A.shape[1])
    for b in (rng.normal(size=len(A)), A @ x):
        require_coefficients(A, b, x, submission.row_coefficients(A, b, x))


# Part c


@part("c", points=0.25)
def test_one_step(submission, reference, rng):
    """One step: the start in row 0, and x − lr·∇R(x) in row 1"""
    for m, n in SHAPES:
        A, b, x0 = matrix(rng, m, n), rng.normal(size=m), rng.normal(size=n)
        same_iterates(submission, reference, A, b, x0, 0.1, 1)


@part("c", points=0.125, after="test_one_step")
def test_no_step(submission, reference, rng):
    """With steps = 0 the start comes back alone, as a single row"""
    for m, n in SHAPES[1:3]:
        same_iterates(submission, reference, matrix(rng, m, n), rng.normal(size=m), rng.normal(size=n), 0.1, 0)


@part("c", points=0.125, after="test_one_step")
def test_iterates_from_zero(submission, rng):
    """From 0 every iterate lies in the row space"""
    for hardness in ("generic", "wide", "kappa = 1e3"):
        A = hard_matrix(rng, hardness)
        m, n = A.shape
        iterates = submission.gradient_descent(A, rng.normal(size=m), np.zeros(n), 1 / largest_eigenvalue(A), 20)
        iterates = array(iterates, (21, n), "iterates")
        outside = np.abs(iterates @ null_basis(A)).max(axis=1)
        k = int(outside.argmax())
        require(
            outside[k] <= rounding(A) * largest(iterates),
            f"From x0 = 0 the iterate after {k} steps should lie in row(A), but has a null part of {outside[k]:.2g}.",
        )


@part("c", points=0.125, after="test_one_step")
def test_error_never_grows(submission, rng):
    """For lr < 2/L no step leads farther from the limit"""
    for hardness, share in (("generic", 0.5), ("square", 1.9), ("kappa = 1e3", 1.9)):
        A = hard_matrix(rng, hardness)
        n = A.shape[1]
        b, x0 = A @ rng.normal(size=n), rng.normal(size=n)
        iterates = submission.gradient_descent(A, b, x0, share / largest_eigenvalue(A), 30)
        iterates = array(iterates, (31, n), "iterates")
        limit = x0 + np.linalg.pinv(A) @ (b - A @ x0)
        distances = np.linalg.norm(iterates - limit, axis=1)
        k = int(np.diff(distances).argmax())
        require(
            distances[k + 1] <= distances[k] + rounding(A) * distances[0],
            f"Step {k + 1} leads from the distance {distances[k]:.6g} to {distances[k + 1]:.6g} from the limit, "
            f"with lr = {share}/L: there no step may lead farther away.",
        )


@each_hardness
@part("c", points=0.125, after="test_one_step")
def test_many_steps(submission, reference, rng, hardness):
    """Many steps where A is hard"""
    A = hard_matrix(rng, hardness)
    n = A.shape[1]
    same_iterates(submission, reference, A, A @ rng.normal(size=n), rng.normal(size=n), 1.9 / largest_eigenvalue(A), 20)


@part("c", points=0.25, after="test_many_steps")
def test_too_large_step(submission, reference, rng):
    """Many steps with a learning rate that is too large: the iterates run away"""
    for m, n in SHAPES[1:3]:
        A, b, x0 = matrix(rng, m, n), rng.normal(size=m), rng.normal(size=n)
        same_iterates(submission, reference, A, b, x0, 2.2 / largest_eigenvalue(A), 20)


@part("c", points=0.125, after="test_many_steps")
def test_more_than_a_thousand_steps(submission, rng):
    """More than a thousand steps, and they go on when it has converged"""
    steps = 1500
    for share in (0.004, 0.5):
        a, b, x0 = rng.uniform(0.005, 0.015, 2), rng.normal(), rng.normal(size=2)
        # With a single row the residual is multiplied by 1 − share in each step.
        progress = 1 - (1 - share) ** np.arange(steps + 1)
        expected = x0 + np.outer(progress, (b - a @ x0) / (a @ a) * a)
        got = submission.gradient_descent(a[np.newaxis], np.array([b]), x0, share / (a @ a), steps)
        got = array(got, (None, 2), "iterates")
        require(
            len(got) == steps + 1,
            f"{steps} steps and the start are {steps + 1} rows, but there are {len(got)}.",
            mistake="stops_when_it_has_converged",
        )
        same(got, expected, ITERATIVE)


# Part d


@part("d", points=0.25)
def test_solution(submission, rng):
    """Ax = b"""
    for A, b in systems(rng):
        require_solution(A, b, array(submission.min_norm_solution(A, b), (A.shape[1],)), "min_norm_solution")


@part("d", points=0.25, after="test_solution")
def test_least_norm(submission, reference, rng):
    """Of all solutions it is the shortest one"""
    for A, b in systems(rng):
        got, expected = submission.min_norm_solution(A, b), reference.min_norm_solution(A, b)
        same_values(got, expected, rounding(A) * np.linalg.norm(expected), "min_norm_solution")


@pytest.mark.parametrize("hardness", ["one row", "m = n - 1", "small A", "large A"])
@part("d", points=0.0625, after="test_least_norm")
def test_min_norm_solution(submission, reference, rng, hardness):
    """The shortest solution where A is hard"""
    A = hard_matrix(rng, hardness)
    b = rng.normal(size=len(A))
    got, expected = submission.min_norm_solution(A, b), reference.min_norm_solution(A, b)
    same_values(got, expected, rounding(A) * np.linalg.norm(expected), "min_norm_solution")


@part("d", points=0.25, after="test_least_norm")
def test_ill_conditioned(submission, rng):
    """The shortest solution to eight digits at κ(A) = 1e6"""
    for n in (5, 6, 8):
        A, expected = exact_system(rng, n)
        size = np.linalg.norm(expected)
        got = array(submission.min_norm_solution(A, A @ expected), (n,))
        error = np.linalg.norm(got - expected) / size
        # Over 200 seeds the error of stable ways, about κ·eps = 2e-10, was at most 5e-10: QR and LQ with and without
        # pivots, SVD, pinv, lstsq of NumPy, and every driver of SciPy. Ways through AAᵀ, about κ²·eps = 2e-4, had at
        # least 1e-5 in one of the three systems, and at most 4e-4. A cut-off of singular values makes it near 1.
        require(
            not 1e-8 < error < 1e-2,
            f"The relative error is {error:.1e}, and 1e-8 is allowed. With κ(A) = 1e6 a stable way reaches 1e-9.",
            mistake="condition_squared",
        )
        same(got, expected, Tolerance(1e-8, 1e-8 * size, "Fifty times κ·eps, as the statement says."))


# Part e


@part("e", points=0.25)
def test_limit_is_a_solution(submission, rng):
    """The limit solves Ax = b"""
    for A, b in wide_systems(rng):
        x0 = rng.normal(size=A.shape[1])
        x = array(submission.gd_limit(A, b, x0), x0.shape)
        require_solution(A, b, x, "gd_limit")


@part("e", points=0.25)
def test_way_to_the_limit(submission, rng):
    """The way from the start to the limit lies in the row space"""
    for A, b in wide_systems(rng):
        x0 = rng.normal(size=A.shape[1])
        x = array(submission.gd_limit(A, b, x0), x0.shape)
        outside, size = largest((x - x0) @ null_basis(A)), np.linalg.norm(x) + np.linalg.norm(x0)
        require(
            outside <= rounding(A) * size,
            "Every step of gradient descent lies in row(A), and so does their sum, limit − x0. "
            f"But yours has a null part of {outside:.2g}.",
            mistake=single_precision("gd_limit", outside, size, x),
        )


@each_hardness
@part("e", points=0.0625, after=("test_limit_is_a_solution", "test_way_to_the_limit"))
def test_gd_limit(submission, reference, rng, hardness):
    """The limit where A is hard"""
    A = hard_matrix(rng, hardness)
    n = A.shape[1]
    b, x0 = A @ rng.normal(size=n), rng.normal(size=n)
    got, expected = submission.gd_limit(A, b, x0), reference.gd_limit(A, b, x0)
    same_values(got, expected, rounding(A) * (np.linalg.norm(expected) + np.linalg.norm(x0)), "gd_limit")


# Part f


@part("f", points=0.5)
def test_step(submission, reference, rng):
    """The best learning rate"""
    for A in spectra(rng):
        lr, _ = unpack(submission.best_step(A), "lr", "factor")
        same_values(number(lr, "lr"), reference.best_step(A)[0], 0, "best_step")


@part("f", points=0.5)
def test_factor(submission, reference, rng):
    """The factor of the squared distance"""
    for A in spectra(rng):
        _, factor = unpack(submission.best_step(A), "lr", "factor")
        same_values(number(factor, "factor"), reference.best_step(A)[1], CLOSED_FORM.absolute, "best_step")


@each_hardness
@part("f", points=0.125, after=("test_step", "test_factor"))
def test_best_step(submission, rng, hardness):
    """lr and factor agree in the slowest and the fastest direction, where A is hard"""
    A = hard_matrix(rng, hardness)
    lr, factor = map(number, unpack(submission.best_step(A), "lr", "factor"))
    _, _, rows = np.linalg.svd(A)
    for which, error in (("largest", rows[0]), ("smallest", rows[len(A) - 1])):
        after = error - lr * A.T @ (A @ error)
        require(
            abs(after @ after - factor) <= CLOSED_FORM.relative,
            f"In the direction of the {which} eigenvalue a step with lr = {lr:.6g} multiplies the squared distance "
            f"by {after @ after:.9g}, and not by {factor:.9g}.",
        )


# What the checks share


def matrix(rng, m, n, kappa=3, scale=2):
    """A random A with singular values from `scale` down to `scale`/`kappa`, in equal ratios."""
    U, V = (np.linalg.qr(rng.normal(size=(size, size)))[0] for size in (m, n))
    rank = min(m, n)
    return U[:, :rank] * np.geomspace(scale, scale / kappa, rank) @ V[:rank]


def hard_matrix(rng, hardness):
    return matrix(rng, *HARDNESS[hardness])


def exact_system(rng, n):
    """A of shape (4, n) with κ(A) between 9e5 and 1e6, and x* in its row space: neither they nor A·x* are rounded.

    The singular values are multiples of 2⁻³⁴ and the singular vectors of ¼, so all sums are exact in float64.
    """
    first, others = np.arange(4), np.append(rng.permutation(n - 1)[:3], n - 1)
    U, V = reflection(rng, 4, first), reflection(rng, n, first) @ reflection(rng, n, others)
    values = np.ldexp(1.0625 + rng.integers(1, 2**10, 4) / 2**14, -20)
    values[0] = 1
    coefficients = rng.choice([-1, 1], 4) * rng.integers(4, 9, 4) / 8
    return U * values @ V[:4], coefficients @ V[:4]


def reflection(rng, n, places):
    """The reflection I − ½vvᵀ, where v has entries ±1 in four places. It mixes those four coordinates."""
    v = np.zeros(n)
    v[places] = rng.choice([-1.0, 1.0], 4)
    return np.eye(n) - np.outer(v, v) / 2


def splits(rng):
    """Matrices and vectors; AᵀA of the integer ones is singular without rounding."""
    yield np.array([[3.0, 4.0]]), np.array([5.0, 0.0])
    yield np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]), np.array([1.0, 2.0, 4.0])
    for m, n in SHAPES:
        yield matrix(rng, m, n), rng.normal(size=n)


def systems(rng):
    """Matrices and right-hand sides, square ones first: for them every product of A and Aᵀ is defined."""
    for _ in range(2):
        yield matrix(rng, 3, 3), rng.normal(size=3)
    yield from wide_systems(rng)


def wide_systems(rng):
    """The same for m < n; AᵀA of the integer ones is singular without rounding."""
    yield np.array([[3.0, 4.0]]), np.array([50.0])
    yield np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]), np.array([1.0, 3.0])
    for m, n in [(2, 4), (2, 4), (3, 7)]:
        yield matrix(rng, m, n), rng.normal(size=m)


def any_systems(rng):
    """A, b and x of any shape, square ones first; the residuals Ax − b have both signs."""
    for m, n in [(3, 3), (3, 3), (2, 4), (1, 3), (4, 1)]:
        A, x, residuals = rng.normal(size=(m, n)), rng.normal(size=n), rng.uniform(0.5, 1.5, m) * (-1) ** np.arange(m)
        yield A, A @ x - residuals, x


def spectra(rng):
    """Matrices; the last has orthogonal rows of one length."""
    for m, n in SHAPES:
        yield matrix(rng, m, n, rng.uniform(2, 5), rng.uniform(1, 3))
    yield matrix(rng, 3, 5, 1, 1.7)


def null_basis(A):
    """An orthonormal basis of null(A) in columns, for A of full row rank."""
    return np.linalg.svd(A)[2][len(A) :].T


def null_vector(rng, A):
    """A vector of null(A); for square A that is 0."""
    basis = null_basis(A)
    return basis @ rng.normal(size=basis.shape[1])


def largest_eigenvalue(A):
    return np.linalg.norm(A, 2) ** 2


def largest(values):
    return float(np.max(np.abs(values), initial=0))


def rounding(A):
    """The error allowed for results that solve with A, relative to their size.

    Ways through AAᵀ are right here, and lose κ²·eps; times 100 for their constants. At κ = 1e3 that is 2e-8. Where κ
    is small it would be 1e-13; 1e-9 is allowed there, as for every closed form: a fiftieth of what float32 loses.
    """
    return max(CLOSED_FORM.relative, 100 * np.linalg.cond(A) ** 2 * np.finfo(float).eps)


def gradient_rounding(A, b, x):
    """The error allowed for a gradient. Ax and b may cancel, so it goes by their sizes; κ plays no part.

    That is 1e-10 of what is added up, where a few roundings lose 1e-15 and float32 loses 1e-7.
    """
    size = np.linalg.norm(A, 2)
    return 1e-10 * size * (size * np.linalg.norm(x) + np.linalg.norm(b))


def single_precision(function, error, size, *results):
    """The name of the mistake if the results have the digits of float32: right ones, but no more than it holds."""
    is_single = all((it == it.astype(np.float32)).all() for it in results)
    return f"single_precision_in_{function}" if is_single and error <= 1e-5 * size else None


def split(submission, A, x):
    """x_row and x_null as decompose gives them."""
    x_row, x_null = unpack(submission.decompose(A, x), "x_row", "x_null")
    return array(x_row, x.shape, "x_row"), array(x_null, x.shape, "x_null")


def require_null_part(A, x, x_null):
    miss = largest(A @ x_null)
    require(
        miss <= rounding(A) * np.linalg.norm(A, 2) * np.linalg.norm(x),
        f"x_null should lie in null(A), but A·x_null has an entry of size {miss:.2g}.",
    )


def require_row_part(A, x, x_row):
    outside = largest(x_row @ null_basis(A))
    require(
        outside <= rounding(A) * np.linalg.norm(x),
        f"x_row should lie in row(A), but a vector of length 1 in null(A) has the product {outside:.2g} with it.",
    )


def require_solution(A, b, x, function):
    miss, size = largest(A @ x - b), np.linalg.norm(A, 2) * np.linalg.norm(x) + np.linalg.norm(b)
    require(
        miss <= rounding(A) * size,
        f"Ax should be b, but differs from it by up to {miss:.2g}.",
        mistake=single_precision(function, miss, size, x),
    )


def require_coefficients(A, b, x, got):
    z = array(got, (len(A),), "z")
    expected, allowed = A.T @ (A @ x - b), gradient_rounding(A, b, x)
    miss = largest(A.T @ z - expected)
    require(
        miss <= allowed,
        f"Aᵀz should be the gradient, but differs from it by up to {miss:.2g}.",
        mistake=single_precision("row_coefficients", miss, largest(expected), z),
    )


def same_iterates(submission, reference, A, b, x0, lr, steps):
    got, expected = submission.gradient_descent(A, b, x0, lr, steps), reference.gradient_descent(A, b, x0, lr, steps)
    same_values(got, expected, rounding(A) * largest(expected), "gradient_descent")


def same_values(got, expected, allowed, function):
    """Compares entries with one error allowed for all: a small entry may be the difference of large ones."""
    values = array(got, np.shape(expected))
    miss, size = largest(values - expected), largest(expected)
    if miss > allowed + CLOSED_FORM.relative * size:
        mistake = single_precision(function, miss, size, values)
        require(mistake is None, f"The result has the digits of float32: it is off by {miss:.2g}.", mistake=mistake)
    same(got, expected, Tolerance(CLOSED_FORM.relative, allowed, "See `rounding` and `gradient_rounding`."))
