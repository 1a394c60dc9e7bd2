# Exact where it can be: floats are fractions, and the formulas of the lecture hold in fractions.
# With those, A A' loses nothing, however badly A is conditioned. No NumPy again.
from fractions import Fraction
from math import atan2, cos, sin


def dot(u, v):
    return sum(a * b for a, b in zip(u, v))


def exact(A):
    return [[Fraction(float(a)) for a in row] for row in A]


def transposed_times(A, z):
    """A' z"""
    return [dot(column, z) for column in zip(*A)]


def solve(M, v):
    """Gauss and Jordan, in fractions. M is regular."""
    rows = [list(row) + [value] for row, value in zip(M, v)]
    n = len(rows)
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k] != 0)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [entry / rows[k][k] for entry in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [a - rows[i][k] * b for a, b in zip(rows[i], rows[k])]
    return [row[-1] for row in rows]


def shortest(A, b):
    """A' (A A')^-1 b; everything is exact"""
    gram = [[dot(p, q) for q in A] for p in A]
    return transposed_times(A, solve(gram, b))


def floats(v):
    return [float(a) for a in v]


def decompose(A, x):
    A, x = exact(A), [Fraction(float(a)) for a in x]
    row = shortest(A, [dot(a, x) for a in A])
    return floats(row), floats(a - b for a, b in zip(x, row))


def row_coefficients(A, b, x):
    return [float(dot(a, x) - c) for a, c in zip(A, b)]


def gradient(A, b, x):
    return floats(transposed_times(A, row_coefficients(A, b, x)))


def gradient_descent(A, b, x0, lr, steps):
    A, b, x = A.tolist(), b.tolist(), x0.tolist()
    path = [x]
    for _ in range(steps):
        x = [a - lr * g for a, g in zip(x, gradient(A, b, x))]
        path.append(x)
    return path


def min_norm_solution(A, b):
    return floats(shortest(exact(A), [Fraction(float(c)) for c in b]))


def gd_limit(A, b, x0):
    # the start moves along the rows, until nothing is left of the residual
    A, x0 = exact(A), [Fraction(float(a)) for a in x0]
    missing = [Fraction(float(c)) - dot(a, x0) for a, c in zip(A, b)]
    return floats(a + s for a, s in zip(x0, shortest(A, missing)))


def eigenvalues(S):
    """Jacobi: turn two coordinates at a time, until nothing is left beside the diagonal."""
    n = len(S)
    for _ in range(30):
        for i in range(n):
            for j in range(i):
                if S[i][j] == 0:
                    continue
                angle = atan2(2 * S[i][j], S[j][j] - S[i][i]) / 2
                c, s = cos(angle), sin(angle)
                for row in S:
                    row[j], row[i] = c * row[j] + s * row[i], c * row[i] - s * row[j]
                S[j], S[i] = (
                    [c * p + s * q for p, q in zip(S[j], S[i])],
                    [c * q - s * p for p, q in zip(S[j], S[i])],
                )
    return [S[i][i] for i in range(n)]


def best_step(A):
    # A A' has the eigenvalues of A' A, without the zeros
    found = eigenvalues([[float(dot(p, q)) for q in A.tolist()] for p in A.tolist()])
    L, mu = max(found), min(found)
    # (kappa - 1)/(kappa + 1) = (L - mu)/(L + mu)
    return 2 / (L + mu), ((L - mu) / (L + mu)) ** 2
