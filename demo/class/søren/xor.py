# Løsning på øvelse 1, af Søren (skrevet på min gamle computer)
import numpy as np


def separation_certificate():
    # diagonalerne mødes på midten
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    return np.maximum(X @ W0.T + b0, 0) @ beta + b1


def xor_weights():
    # første enhed tæller, anden trækker fra
    return [[1, 1], [1, 1]], [0, -1], [1, -2], 0


def xor_weights_without_bias():
    return [[1, 1], [1, 1]], [0, -1], [1, -2]


def linear_fit(X, y):
    raise NotImplementedError  # når jeg får tid


def train(X, y, W0, b0, beta, b1, lr, steps):
    raise NotImplementedError
