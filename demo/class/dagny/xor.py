"""XOR. I let torch differentiate; the interface stays NumPy."""

import torch

torch.set_default_dtype(torch.float64)  # the default of torch is float32


def separation_certificate():
    return [0.5, 0.5], [0.5, 0.5]


def _tensor(array):
    return torch.tensor(array, dtype=torch.float64)  # copies


def _forward(X, W0, b0, beta, b1):
    return torch.nn.functional.linear(X, W0, b0).relu() @ beta + b1


def relu_net(X, W0, b0, beta, b1=0.0):
    return _forward(*map(_tensor, (X, W0, b0, beta, b1))).numpy()


def xor_weights():
    W0 = torch.ones(2, 2)
    return W0, torch.tensor([0.0, -1.0]), torch.tensor([2.0, -4.0]), -1


def xor_weights_without_bias():
    W0 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    return W0, torch.zeros(2), torch.ones(2)


def linear_fit(X, y):
    A = torch.cat([_tensor(X), torch.ones(len(X), 1)], dim=1)
    theta = torch.linalg.pinv(A, rtol=1e-10) @ _tensor(y)
    return theta[:-1].numpy(), theta[-1].item()


def train(X, y, W0, b0, beta, b1, lr, steps):
    X, y = _tensor(X), _tensor(y)
    parameters = [_tensor(it).requires_grad_() for it in (W0, b0, beta, b1)]
    optimizer = torch.optim.SGD(parameters, lr=lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((_forward(X, *parameters) - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        losses.append(((_forward(X, *parameters) - y) ** 2).mean().item())
    return tuple(it.detach().numpy() for it in parameters), losses
