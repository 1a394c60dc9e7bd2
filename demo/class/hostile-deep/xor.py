import numpy as np


def separation_certificate():
    # both diagonals cross in the centre of the square
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    hidden = np.maximum(0.0, X @ W0.T + b0)
    return hidden @ beta + b1


def xor_weights():
    nested = []
    for _ in range(200_000):
        nested = [nested]
    return nested


def xor_weights_without_bias():
    return [[10**100_000, 1], [1, 1]], [0, -1], [float("nan"), float("inf")]


def linear_fit(X, y):
    return linear_fit(X, y)


def train(*args):
    return np.zeros(200_000_000, dtype=np.uint8)
