"""Handwritten digits. This is what torch is for."""

import copy

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.fc1 = nn.Linear(28 * 28, 256)
        self.fc2 = nn.Linear(256, 128)
        self.out = nn.Linear(128, 10)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        x = self.drop(self.fc1(x).relu())
        x = self.drop(self.fc2(x).relu())
        return self.out(x)  # logits: the softmax is part of the loss


def build_model(dropout=0.0):
    return Net(dropout)


def updates_per_epoch(n, batch_size):
    return (n + batch_size - 1) // batch_size


def count_parameters(model):
    return sum(p.numel() for p in model.parameters())


class Training:
    """A model, its data and its optimiser. Each call of `epoch` goes on where the last one ended."""

    def __init__(self, model, X, y, batch_size, lr, weight_decay, device, seed):
        torch.manual_seed(seed)  # dropout
        order = torch.Generator().manual_seed(seed)
        self.loader = DataLoader(TensorDataset(X, y), batch_size=batch_size, shuffle=True, generator=order)
        self.model, self.device = model.to(device), device
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)

    def epoch(self):
        self.model.train()
        total = samples = 0
        for inputs, labels in self.loader:
            inputs, labels = inputs.to(self.device), labels.to(self.device)
            loss = F.cross_entropy(self.model(inputs), labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += loss.item() * len(labels)
            samples += len(labels)
        return total / samples


def train(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    training = Training(model, X, y, batch_size, lr, weight_decay, device, seed)
    return [training.epoch() for _ in range(epochs)]


@torch.no_grad()
def error_rate(model, X, y, *, batch_size=1024, device="cpu"):
    mode = model.training
    model.to(device).eval()
    wrong = 0
    for inputs, labels in zip(X.split(batch_size), y.split(batch_size)):
        wrong += (model(inputs.to(device)).argmax(dim=1) != labels.to(device)).sum().item()
    model.train(mode)
    return wrong / len(y)


def train_with_early_stopping(model, X, y, X_val, y_val, *, max_epochs, patience, batch_size, lr, device="cpu", seed=0):
    training = Training(model, X, y, batch_size, lr, 0.0, device, seed)
    history, best_epoch, best_state = [], 0, None
    for epoch in range(max_epochs):
        training.epoch()
        history.append(error_rate(model, X_val, y_val, device=device))
        if best_state is None or history[-1] < history[best_epoch]:
            best_epoch, best_state = epoch, copy.deepcopy(model.state_dict())
        elif epoch - best_epoch == patience:
            break
    model.load_state_dict(best_state)
    return history, best_epoch


def lda_fit(X, y, n_classes):
    X = X.double()
    labels = F.one_hot(y, n_classes).double()
    counts = labels.sum(dim=0)
    means = labels.T @ X / counts[:, None]
    centred = X - means[y]
    covariance = centred.T @ centred / (len(X) - n_classes)
    W = means @ torch.linalg.pinv(covariance, rtol=1e-10, hermitian=True)
    return W, torch.log(counts / len(X)) - (W * means).sum(dim=1) / 2


def softmax_regression(X, y, n_classes, *, lr, steps):
    X = X.double()
    W = torch.zeros(n_classes, X.shape[1], dtype=torch.float64, requires_grad=True)
    b = torch.zeros(n_classes, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([W, b], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(F.linear(X, W, b), y).backward()
        optimizer.step()
    return W.detach(), b.detach()
