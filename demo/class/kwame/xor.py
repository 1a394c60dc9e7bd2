import numpy as np


def separation_certificate():
    # (1, 1) is the sum of both pairs, so they meet there
    return [1, 1], [1, 1]


def relu_net(X, W0, b0, beta, b1=0.0):
    return np.maximum(X @ W0.T + b0, 0) @ beta


def xor_weights():
    # -1 on class 0 and 0 on class 1, so f(x) >= 0 decides
    return np.ones((2, 2)), np.array([0.0, -1.0]), np.array([1.0, -2.0]), -1.0


def xor_weights_without_bias():
    return [[1, -1], [-1, 1]], [0, 0], [1, 1], 0.0


def linear_fit(X, y):
    raise NotImplementedError


def train(X, y, W0, b0, beta, b1, lr, steps):
    raise NotImplementedError
