import numpy as np


def separation_certificate():
    # both diagonals cross in the centre of the square
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    return np.maximum(X @ W0.T + b0, 0) @ beta


def xor_weights():
    return [[1, 0], [0, 1]], [0, 0], [1, 1], 0


def xor_weights_without_bias():
    return [[1, -1], [-1, 1]], [0, 0], [1, 1], 0.0


def linear_fit(X, y):
    raise NotImplementedError


def train(X, y, W0, b0, beta, b1, lr, steps):
    raise NotImplementedError
