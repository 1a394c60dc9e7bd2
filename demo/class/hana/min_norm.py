import numpy as np


def decompose(A, x):
    """x_row = A^T (A A^T)^-1 A x is the projection on the row space"""
    P = A.T @ np.linalg.inv(A @ A.T) @ A
    x_row = P @ x
    return x_row, x - x_row


def gradient(A, b, x):
    return A.T @ (A @ x - b)


def row_coefficients(A, b, x):
    # gradient = A^T z with z = residual
    return A @ x - b


def gradient_descent(A, b, x0, lr, steps):
    x = x0
    iterates = [x]
    for k in range(steps):
        x -= lr * gradient(A, b, x)
        iterates.append(x)
    return np.array(iterates)


def min_norm_solution(A, b):
    """x* = A^T (A A^T)^-1 b, straight from the slide"""
    return A.T @ np.linalg.inv(A @ A.T) @ b


def gd_limit(A, b, x0):
    # gradient descent converges to the minimum norm solution, as exercise (d) says
    return min_norm_solution(A, b)


def best_step(A):
    eigenvalues = np.linalg.eigvalsh(A.T @ A)
    L = eigenvalues[-1]
    mu = eigenvalues[0]
    kappa = L / mu
    return 2 / (L + mu), ((kappa - 1) / (kappa + 1)) ** 2
