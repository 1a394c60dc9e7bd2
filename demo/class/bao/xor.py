# Plain Python, because I want to see every number. NumPy appears nowhere.
from fractions import Fraction

HALF = Fraction(1, 2)


def separation_certificate():
    return (HALF, HALF), (HALF, HALF)


def dot(u, v):
    return sum(a * b for a, b in zip(u, v))


def hidden(x, W0, b0):
    return [max(0.0, dot(row, x) + b) for row, b in zip(W0, b0)]


def relu_net(X, W0, b0, beta, b1=0.0):
    return [dot(beta, hidden(x, W0, b0)) + b1 for x in X]


def xor_weights():
    """A tent with its ridge on the line x1 + x2 = 1."""
    return [[1, 1], [-1, -1]], [-1, 1], [-1, -1], HALF


def xor_weights_without_bias():
    """One unit for each point of class 1."""
    third = Fraction(1, 3)
    return [[third, -third], [-third, third]], [0, 0], [3, 3]


def eliminate(M, v):
    """Any solution of M z = v, exactly. Free unknowns are set to zero."""
    n = len(M)
    rows = [list(row) + [value] for row, value in zip(M, v)]
    pivots = []
    for column in range(n):
        below = [i for i in range(len(pivots), n) if rows[i][column] != 0]
        if not below:
            continue
        top = len(pivots)
        rows[top], rows[below[0]] = rows[below[0]], rows[top]
        pivot = rows[top][column]
        rows[top] = [entry / pivot for entry in rows[top]]
        for i in range(n):
            if i != top and rows[i][column] != 0:
                factor = rows[i][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[top])]
        pivots.append(column)
    z = [Fraction(0)] * n
    for i, column in enumerate(pivots):
        z[column] = rows[i][-1]
    return z


def linear_fit(X, y):
    # Floats are fractions, so this is exact: no tolerance decides what is singular.
    A = [[Fraction(float(x)) for x in row] + [Fraction(1)] for row in X]
    t = [Fraction(float(value)) for value in y]
    columns = list(zip(*A))
    M = [[dot(p, q) for q in columns] for p in columns]
    v = [dot(p, t) for p in columns]
    # The solution of least norm lies in the range of M, so it is M z, and M M z = v.
    z = eliminate([[dot(p, q) for q in M] for p in M], v)
    theta = [float(dot(row, z)) for row in M]
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    X, y, W0, b0, beta = X.tolist(), y.tolist(), W0.tolist(), b0.tolist(), beta.tolist()
    N, h, d = len(X), len(W0), len(W0[0])
    losses = []
    for step in range(steps + 1):
        gW0 = [[0.0] * d for _ in range(h)]
        gb0, gbeta, gb1 = [0.0] * h, [0.0] * h, 0.0
        loss = 0.0
        for x, target in zip(X, y):
            a = hidden(x, W0, b0)
            r = dot(beta, a) + b1 - target
            loss += r * r / N
            g = 2 * r / N
            gb1 += g
            for j in range(h):
                gbeta[j] += g * a[j]
                if a[j] > 0:
                    gb0[j] += g * beta[j]
                    for i in range(d):
                        gW0[j][i] += g * beta[j] * x[i]
        losses.append(loss)
        if step < steps:
            W0 = [[w - lr * g for w, g in zip(row, grow)] for row, grow in zip(W0, gW0)]
            b0 = [b - lr * g for b, g in zip(b0, gb0)]
            beta = [b - lr * g for b, g in zip(beta, gbeta)]
            b1 = b1 - lr * gb1
    return (W0, b0, beta, b1), losses
