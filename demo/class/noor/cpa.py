import numpy as np


def evaluate(network, X):
    for A, b in network:
        X = np.maximum(X @ A.T + b, 0)
    return X


def absolute():
    return [(np.array([[1.], [-1.]]), np.zeros(2)), (np.array([[1., 1.]]), np.zeros(1))]


def maximum2():
    # max(u, v) = v + relu(u - v)
    return [(np.array([[1., -1.], [0., 1.]]), np.zeros(2)), (np.array([[1., 1.]]), np.zeros(1))]


def minimum2():
    # min(u, v) = u - relu(u - v)
    return [(np.array([[1., 0.], [1., -1.]]), np.zeros(2)), (np.array([[1., -1.]]), np.zeros(1))]


def hat():
    # up at -1, twice down at 0, up again at 1
    return [(np.array([[1.], [1.], [1.]]), np.array([1., 0., -1.])), (np.array([[1., -2., 1.]]), np.zeros(1))]


def maximum(M):
    if M == 1:
        return [(np.eye(1), np.zeros(1))]
    half = M // 2
    left, right = maximum(half), maximum(M - half)
    right = pad_depth(right, len(left) - 1) if len(right) < len(left) else right
    left = pad_depth(left, len(right) - 1)
    layers = []
    for k, ((A, a), (B, b)) in enumerate(zip(left, right)):
        block = np.zeros((len(A) + len(B), A.shape[1] + B.shape[1]))
        block[:len(A), :A.shape[1]] = A
        block[len(A):, A.shape[1]:] = B
        layers.append((block, np.concatenate([a, b])))
    return compose(layers, maximum2())


def convex_cpa(A, b):
    return compose([(A, b)], maximum(len(A)))


def pad_depth(network, depth):
    if len(network) > depth + 1:
        raise ValueError("too deep")
    network = list(network)
    while len(network) < depth + 1:
        A, b = network.pop()
        # y = relu(y) - relu(-y)
        network.append((np.vstack([A, -A]), np.concatenate([b, b])))
        eye = np.eye(len(b))
        network.append((np.hstack([eye, -eye]), np.zeros(len(b))))
    return network


def difference(g, h):
    depth = max(len(g), len(h)) - 1
    g, h = pad_depth(g, depth), pad_depth(h, depth)
    if depth == 0:
        return [(g[0][0] - h[0][0], g[0][1] - h[0][1])]
    result = [(np.vstack([g[0][0], h[0][0]]), np.concatenate([g[0][1], h[0][1]]))]
    for (A, a), (B, b) in zip(g[1:-1], h[1:-1]):
        upper = np.hstack([A, np.zeros((len(A), B.shape[1]))])
        lower = np.hstack([np.zeros((len(B), A.shape[1])), B])
        result.append((np.vstack([upper, lower]), np.concatenate([a, b])))
    result.append((np.hstack([g[-1][0], -h[-1][0]]), g[-1][1] - h[-1][1]))
    return result


def compose(f, g):
    A, b = f[-1]
    C, d = g[0]
    return f[:-1] + [(C @ A, C @ b + d)] + g[1:]


def breakpoints(network):
    # to do
    raise NotImplementedError
