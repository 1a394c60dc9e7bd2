import numpy as np


def separation_certificate():
    # (0,0) + (1,1) = (1,1) = (0,1) + (1,0): both pairs have the same sum
    return [1, 1], [1, 1]


def relu_net(X, W0, b0, beta, b1=0.0):
    def relu(z): return (np.abs(z) + z) / 2
    return relu(X.dot(W0.T) + b0).dot(beta) + b1


def xor_weights():
    # f = relu(s) - 2 relu(s - 1) - 1
    # (0,0): -1   (0,1): 0   (1,0): 0   (1,1): -1
    # class 1 exactly where f >= 0
    return np.ones([2, 2]), np.array([0, -1]), np.array([1, -2]), -1


def xor_weights_without_bias():
    return np.ones([2, 2]), np.array([0, -1]), np.array([1, -2])


def linear_fit(X, y):
    # no pinv: a limit of ridges goes to the least norm, so take a very small one and clean up
    A = np.c_[X, np.ones(len(X))]
    eigenvalues, V = np.linalg.eigh(A.T.dot(A))
    big = eigenvalues > 1e-11 * eigenvalues.max()
    theta = V[:, big].dot(V[:, big].T.dot(A.T.dot(y)) / eigenvalues[big])
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    p = dict(W0=W0, b0=b0, beta=beta, b1=b1)
    losses = []

    def forward(p):
        z = X.dot(p["W0"].T) + p["b0"]
        return z, z * (z > 0)

    for _ in range(steps + 1):
        z, a = forward(p)
        e = a.dot(p["beta"]) + p["b1"] - y
        losses.append(np.average(e ** 2))
        delta = np.outer(e, p["beta"]) * (z > 0) * 2 / len(e)
        grad = dict(W0=delta.T.dot(X), b0=delta.sum(0), beta=a.T.dot(e) * 2 / len(e), b1=e.sum() * 2 / len(e))
        previous, p = p, {name: p[name] - lr * grad[name] for name in p}
    return tuple(previous.values()), losses
