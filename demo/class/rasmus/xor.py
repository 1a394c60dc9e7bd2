import numpy as np


def separation_certificate():
    # both diagonals cross in the centre of the square
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    hidden = np.maximum(0.0, X @ W0.T + b0)
    return hidden @ beta + b1


def xor_weights():
    W0 = np.ones((2, 2))
    return W0, np.array([0.0, -1.0]), np.array([1.0, -2.0]), -0.5


import tensorflow as tf


def xor_weights_without_bias():
    return [[1, -1], [-1, 1]], [0, 0], [1, 1]
