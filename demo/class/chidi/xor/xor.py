import numpy as np

# indices: n = sample, d = feature, h = hidden unit


def separation_certificate():
    lam = np.full(2, 0.5)
    return lam, lam


def relu_net(X, W0, b0, beta, b1=0.0):
    pre = np.einsum("nd,hd->nh", X, W0) + b0
    return np.einsum("nh,h->n", np.where(pre > 0, pre, 0), beta) + b1


def xor_weights():
    # (AND with a twist) x1 + x2 counts; the second unit takes 2 away when both are on
    W0 = [[1, 1],
          [1, 1]]
    b0 = [0, -1]
    beta = [1, -2]
    b1 = 0
    return W0, b0, beta, b1


def xor_weights_without_bias():
    return xor_weights()[:3]    # b1 was 0 anyway


def linear_fit(X, y):
    A = np.pad(X, ((0, 0), (0, 1)), constant_values=1.0)
    theta = np.linalg.lstsq(A, y, rcond=1e-12)[0]
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    W0, b0, beta = W0.copy(), b0.copy(), beta.copy()    # not the caller's arrays!
    losses = np.empty(steps + 1)
    for k in range(steps + 1):
        pre = np.einsum("nd,hd->nh", X, W0) + b0
        on = (pre > 0).astype(float)
        r = np.einsum("nh,nh,h->n", pre, on, beta) + b1 - y
        losses[k] = np.einsum("n,n->", r, r) / len(y)
        if k == steps:
            break
        g = 2 * r / len(y)
        dW0 = np.einsum("n,h,nh,nd->hd", g, beta, on, X)
        db0 = np.einsum("n,h,nh->h", g, beta, on)
        dbeta = np.einsum("n,nh,nh->h", g, pre, on)
        W0 -= lr * dW0
        b0 -= lr * db0
        beta -= lr * dbeta
        b1 -= lr * g.sum()
    return (W0, b0, beta, b1), losses
