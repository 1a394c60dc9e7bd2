import numpy as np
import torch


def separation_certificate():
    # both diagonals cross in the centre of the square
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    X, W0, b0, beta = map(torch.as_tensor, (X, W0, b0, beta))
    return (torch.relu(X @ W0.T + b0) @ beta + b1).numpy()


def xor_weights():
    W0 = np.ones((2, 2))
    return W0, np.array([0.0, -1.0]), np.array([1.0, -2.0]), -0.5


def xor_weights_without_bias():
    return [[1, -1], [-1, 1]], [0, 0], [1, 1]


def linear_fit(X, y):
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.linalg.pinv(A) @ y
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    X, y = torch.as_tensor(X), torch.as_tensor(y)
    params = [torch.tensor(np.asarray(p), dtype=torch.float64, requires_grad=True) for p in (W0, b0, beta, b1)]
    losses = []
    for step in range(steps + 1):
        out = torch.relu(X @ params[0].T + params[1]) @ params[2] + params[3]
        loss = ((out - y) ** 2).mean()
        losses.append(loss.item())
        if step < steps:
            grads = torch.autograd.grad(loss, params)
            with torch.no_grad():
                for p, g in zip(params, grads):
                    p -= lr * g
    return [p.detach().numpy() for p in params], losses
