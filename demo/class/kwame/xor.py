import numpy as np

# I did what I could between two shifts, sorry. Nothing is tested yet!!


def separation_certificate():
    # both pairs add up to (1, 1)
    lam = [1, 1]
    mu = [1, 1]
    return lam, mu


def relu_net(X, W0, b0, beta, b1=0.0):
    hidden = np.maximum(X @ W0.T + b0, 0)
    return hidden @ beta


def xor_weights():
    # one unit for x1, one for x2
    W0 = np.array([[1, 0], [0, 1]])
    b0 = np.array([0, 0])
    beta = np.array([1, 1])
    b1 = 0
    # (1, 1) gives 2, that is > 0 ... something has to pull it down?
    return W0, b0, beta, b1


def xor_weights_without_bias():
    # same, without b1
    W0, b0, beta, b1 = xor_weights()
    return W0, b0, beta


def linear_fit(X, y):
    pass  # next week


def train(X, y, W0, b0, beta, b1, lr, steps):
    raise NotImplementedError
