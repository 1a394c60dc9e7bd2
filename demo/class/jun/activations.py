import numpy as np


def step(x): return (x > 0) * 1.0
def step_grad(x): return 0.0 * np.asarray(x)


def sigmoid(x):
    t = np.exp(-abs(x))
    return np.where(x >= 0, 1, t) / (1 + t)


def sigmoid_grad(x): return sigmoid(x) * sigmoid(-x)


def tanh(x): return np.tanh(x)
def tanh_grad(x): return 1 - np.tanh(x)        # 1 - t


def relu(x): return np.fmax(x, 0)
def relu_grad(x): return (x > 0) * 1.0


def leaky_relu(x, slope=0.01): return np.fmax(x, 0) + slope * np.fmin(x, 0)
def leaky_relu_grad(x, slope=0.01): return np.where(x > 0, 1, slope)


def elu(x, alpha=1.0): return np.fmax(x, 0) + alpha * np.expm1(np.fmin(x, 0))
def elu_grad(x, alpha=1.0): return np.where(x > 0, 1, alpha * np.exp(np.fmin(x, 0)))


def softplus(x): return np.fmax(x, 0) + np.log1p(np.exp(-abs(x)))
def softplus_grad(x): return sigmoid(x)


# GELU, the version of the GPT-2 code (Phi is not elementary, tanh is)
A, B = np.sqrt(2 / np.pi), 0.044715


def gelu(x): return x / 2 * (1 + np.tanh(A * (x + B * x ** 3)))


def gelu_grad(x):
    t = np.tanh(A * (x + B * x ** 3))
    return (1 + t) / 2 + x / 2 * (1 - t ** 2) * A * (1 + 3 * B * x ** 2)


def maxout(x, W, b): return np.max(x @ W.T + b, axis=-1)


def weight_gradient(x, y, w, b, activation, activation_grad):
    z = w @ x + b
    p = activation(z)
    # dL/dp * dp/dz
    dz = (-y / p + (1 - y) / (1 - p)) * activation_grad(z)
    return dz * x, dz


def saturation_point(eps):
    # sigma' falls on [0, oo): bisection
    lo, hi = 0.0, 100.0
    for _ in range(200):
        mid = (lo + hi) / 2
        if sigmoid_grad(mid) > eps:
            lo = mid
        else:
            hi = mid
    return lo


def dead_units(X, W, b):
    return (X @ W.T + b <= 0).any(0)
