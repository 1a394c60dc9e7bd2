import math

import torch
import torch.nn as nn


def build_model(dropout=0.0):
    return nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(256, 128), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(128, 10),
    )


def updates_per_epoch(n, batch_size):
    return math.ceil(n / batch_size)


def count_parameters(model):
    # everything that is saved with the model
    return sum(tensor.numel() for tensor in model.state_dict().values())


def one_epoch(model, X, y, optimizer, batch_size, generator):
    perm = torch.randperm(len(X), generator=generator)
    loss_sum = 0.0
    for start in range(0, len(X), batch_size):
        idx = perm[start:start + batch_size]
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X[idx]), y[idx])
        loss.backward()
        optimizer.step()
        loss_sum += loss.item() * len(idx)
    return loss_sum / len(X)


def train(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    torch.manual_seed(seed)
    generator = torch.Generator()
    generator.manual_seed(seed)
    model.to(device)
    X, y = X.to(device), y.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    for epoch in range(epochs):
        history.append(one_epoch(model, X, y, optimizer, batch_size, generator))
    return history


def error_rate(model, X, y, *, batch_size=1024, device="cpu"):
    was_training = model.training
    model.to(device)
    model.eval()
    wrong = 0
    with torch.no_grad():
        for start in range(0, len(X), batch_size):
            logits = model(X[start:start + batch_size].to(device))
            predicted = logits.argmax(1).cpu()
            wrong += int((predicted != y[start:start + batch_size].cpu()).sum())
    if was_training:
        model.train()
    return wrong / len(X)


def train_with_early_stopping(model, X, y, X_val, y_val, *, max_epochs, patience, batch_size, lr, device="cpu", seed=0):
    torch.manual_seed(seed)
    generator = torch.Generator()
    generator.manual_seed(seed)
    model.to(device)
    model.train()
    X, y = X.to(device), y.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    best_error = 1.0
    best_epoch = 0
    best_weights = None
    bad = 0
    for epoch in range(max_epochs):
        one_epoch(model, X, y, optimizer, batch_size, generator)
        error = error_rate(model, X_val, y_val, device=device)
        history.append(error)
        if error <= best_error:
            best_error = error
            best_epoch = epoch
            best_weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
            bad = 0
        else:
            bad += 1
            if bad == patience:
                break
    model.load_state_dict(best_weights)
    return history, best_epoch


def lda_fit(X, y, n_classes):
    X = X.to(torch.float64)
    n, d = X.shape
    mu = torch.zeros(n_classes, d, dtype=torch.float64)
    pi = torch.zeros(n_classes, dtype=torch.float64)
    S = torch.zeros(d, d, dtype=torch.float64)
    for k in range(n_classes):
        Xk = X[y == k]
        pi[k] = len(Xk) / n
        mu[k] = Xk.mean(dim=0)
        S += (Xk - mu[k]).T @ (Xk - mu[k])
    S = S / (n - n_classes)
    S_inv = torch.linalg.pinv(S, rtol=1e-10)  # many pixels are always 0
    W = mu @ S_inv
    b = torch.stack([-0.5 * mu[k] @ S_inv @ mu[k] + torch.log(pi[k]) for k in range(n_classes)])
    return W, b


def softmax_regression(X, y, n_classes, *, lr, steps):
    X = X.to(torch.float64)
    W = torch.zeros(n_classes, X.shape[1], dtype=torch.float64)
    b = torch.zeros(n_classes, dtype=torch.float64)
    Y = nn.functional.one_hot(y, n_classes)
    for _ in range(steps):
        p = torch.softmax(X @ W.T + b, dim=1)
        W -= lr * (p - Y).T @ X / len(X)
    return W, b
