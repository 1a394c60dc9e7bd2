"""Other right ways to train on digits, as different as students are: each must get all points."""

import copy
import itertools
import logging
import math
import random
from collections import OrderedDict

import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.special
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from autograder.checking import replaces

# Part a, the network


class _Perceptron(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.hidden1 = nn.Linear(784, 256)
        self.hidden2 = nn.Linear(256, 128)
        self.output = nn.Linear(128, 10)
        self.dropout = dropout

    def forward(self, x):
        x = F.dropout(F.relu(self.hidden1(x)), self.dropout, self.training)
        x = F.dropout(F.relu(self.hidden2(x)), self.dropout, self.training)
        return self.output(x)


@replaces("build_model")
def class_with_functional_dropout(dropout=0.0):
    """A class of its own, with the functions for ReLU and dropout."""
    return _Perceptron(dropout)


class _ByHand(nn.Module):
    """Parameters and masks by hand; the weights are (inputs, outputs)."""

    def __init__(self, dropout):
        super().__init__()
        self.keep = 1 - dropout
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for inputs, outputs in itertools.pairwise((784, 256, 128, 10)):
            self.weights.append(nn.Parameter(torch.randn(inputs, outputs) * math.sqrt(2 / inputs)))
            self.biases.append(nn.Parameter(torch.zeros(outputs)))

    def forward(self, x):
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.addmm(bias, x, weight)
            if number < 2:
                x = torch.clamp(x, min=0)
                if self.training and self.keep < 1:
                    x = x * torch.bernoulli(torch.full_like(x, self.keep)) / self.keep
        return x


@replaces("build_model")
def parameters_by_hand(dropout=0.0):
    """No ready-made layer: parameters, products and masks."""
    return _ByHand(dropout)


@replaces("build_model")
def layers_in_a_loop(dropout=0.0):
    """A list of layers that grows in a loop; dropout only where there is some."""
    sizes, layers = [784, 256, 128], []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU(inplace=True)]
        if dropout > 0:
            layers.append(nn.Dropout(p=dropout))
    return nn.Sequential(nn.Flatten(), *layers, nn.Linear(sizes[-1], 10))


@replaces("build_model")
def named_layers_initialised_otherwise(dropout=0.0):
    """An OrderedDict of layers, He initialisation, and dropout before the ReLU, which is the same."""
    model = nn.Sequential(
        OrderedDict(
            first=nn.Linear(784, 256),
            drop_first=nn.Dropout(dropout),
            relu_first=nn.ReLU(),
            second=nn.Linear(256, 128),
            drop_second=nn.Dropout(dropout),
            relu_second=nn.ReLU(),
            out=nn.Linear(128, 10),
        )
    )
    for name, parameter in model.named_parameters():
        if name.endswith("weight"):
            nn.init.kaiming_normal_(parameter, nonlinearity="relu")
        else:
            nn.init.zeros_(parameter)
    print(model)
    return model


@replaces("build_model")
def blocks(dropout=0.0):
    """Blocks within blocks, and a model that was in evaluation mode for a while."""

    def block(inputs, outputs):
        return nn.Sequential(nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(dropout))

    model = nn.Sequential(block(784, 256), block(256, 128))
    model.add_module("logits", nn.Linear(128, 10))
    return model.eval().train()


# Part a, counting


@replaces("updates_per_epoch")
def ceiling(n, batch_size):
    """The ceiling of math."""
    return math.ceil(n / batch_size)


@replaces("updates_per_epoch")
def quotient_and_remainder(n, batch_size):
    """divmod, and one more for a remainder."""
    full, rest = divmod(n, batch_size)
    return full + bool(rest)


@replaces("updates_per_epoch")
def length_of_a_range(n, batch_size):
    """The first samples of the batches, counted; an array without dimensions comes back."""
    return np.array(len(range(0, n, batch_size)))


@replaces("updates_per_epoch")
def length_of_a_split(n, batch_size):
    """The batches themselves, counted."""
    return len(torch.arange(n).split(batch_size))


@replaces("count_parameters")
def products_of_shapes(model):
    """The products of the shapes."""
    count = 0
    for _, parameter in model.named_parameters():
        count += math.prod(parameter.shape)
    return count


@replaces("count_parameters")
def length_of_one_vector(model):
    """All parameters in one vector; a tensor comes back."""
    return torch.tensor(nn.utils.parameters_to_vector(model.parameters()).shape[0])


@replaces("count_parameters")
def modules_one_by_one(model):
    """By module, those of each counted without those of its children."""
    return sum(sum(it.nelement() for it in part.parameters(recurse=False)) for part in model.modules())


@replaces("count_parameters")
def trainable_parameters(model):
    """Those that require gradients, which are all; a float."""
    return float(np.sum([it.detach().numpy().size for it in model.parameters() if it.requires_grad]))


# Part b, training


def _train(
    model, X, y, optimiser, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0, loss=F.cross_entropy
):
    """The usual loop, with some optimiser."""
    torch.manual_seed(seed)
    model.train()
    model.to(device)
    X, y = X.to(device), y.to(device)
    optimiser = optimiser(model.parameters(), lr=lr, weight_decay=weight_decay)
    history = []
    for _ in range(epochs):
        order, total = torch.randperm(X.shape[0], device=device), 0.0
        for start in range(0, X.shape[0], batch_size):
            batch = order[start : start + batch_size]
            optimiser.zero_grad(set_to_none=False)
            value = loss(model(X[batch]), y[batch])
            value.backward()
            optimiser.step()
            total += value.detach() * batch.shape[0]
        history.append(float(total) / X.shape[0])
    return history


@replaces("train")
def plain_sgd(model, X, y, **options):
    """Stochastic gradient descent as it is in the lecture."""
    return _train(model, X, y, torch.optim.SGD, **options)


@replaces("train")
def sgd_with_nesterov_momentum(model, X, y, **options):
    """Momentum, and lists in a tuple for a result."""
    return tuple(
        _train(model, X, y, lambda *it, **its: torch.optim.SGD(*it, **its, momentum=0.8, nesterov=True), **options)
    )


@replaces("train")
def adam_with_ridge_in_the_gradient(model, X, y, **options):
    """Adam, whose weight decay is part of the gradient; an array comes back."""
    return np.array(_train(model, X, y, torch.optim.Adam, **options))


@replaces("train")
def root_mean_square_propagation(model, X, y, **options):
    """RMSprop; a tensor comes back."""
    return torch.tensor(_train(model, X, y, torch.optim.RMSprop, **options), dtype=torch.float64)


@replaces("train")
def log_softmax_and_nll(model, X, y, **options):
    """The cross-entropy in two steps."""
    return _train(model, X, y, torch.optim.AdamW, **options, loss=lambda z, t: F.nll_loss(F.log_softmax(z, dim=1), t))


@replaces("train")
def cross_entropy_by_hand(model, X, y, **options):
    """logsumexp minus the logit of the label."""
    return _train(
        model, X, y, torch.optim.NAdam, **options,
        loss=lambda z, t: (z.logsumexp(dim=1) - z.gather(1, t[:, None])[:, 0]).mean(),
    )  # fmt: skip


@replaces("train")
def loader_with_its_generator(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    """A DataLoader with a generator for the order; batches are moved one by one, and every loss is printed."""
    torch.manual_seed(seed)
    order = torch.Generator().manual_seed(seed)
    loader = DataLoader(TensorDataset(X, y), batch_size=batch_size, shuffle=True, generator=order)
    model = model.to(device)
    criterion = nn.CrossEntropyLoss()
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    history = []
    for epoch in range(epochs):
        model.train()
        running, seen = 0.0, 0
        for batch in loader:
            images, labels = (it.to(device) for it in batch)
            optimiser.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimiser.step()
            running += loss.item() * labels.size(0)
            seen += labels.size(0)
        history.append(running / seen)
        print(f"epoch {epoch + 1}/{epochs}: loss {history[-1]:.4f}")
    return history


@replaces("train")
def loader_and_global_seed(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    """A DataLoader that draws from the global generator; losses sample by sample, averaged in the end."""
    torch.manual_seed(seed)
    model.to(device).train()
    optimiser = torch.optim.Adam(model.parameters(), lr, weight_decay=weight_decay)
    loader = DataLoader([*zip(X, y, strict=True)], batch_size, shuffle=True)
    means = torch.zeros(epochs)
    for epoch in range(epochs):
        losses = []
        for images, labels in loader:
            each = F.cross_entropy(model(images.to(device)), labels.to(device), reduction="none")
            model.zero_grad()
            each.mean().backward()
            optimiser.step()
            losses.append(each.detach().cpu())
        means[epoch] = torch.cat(losses).mean()
    return means


@replaces("train")
def order_of_numpy(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    """NumPy's generator for the order, torch's for dropout; sums of losses."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(int(rng.integers(2**31)))
    model.to(device).train()
    X, y = X.to(device), y.to(device)
    optimiser = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.5, weight_decay=weight_decay)
    history = np.zeros(epochs)
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for part in np.array_split(order, range(batch_size, len(X), batch_size)):
            batch = torch.from_numpy(part).to(device)
            loss = F.cross_entropy(model(X.index_select(0, batch)), y.index_select(0, batch), reduction="sum")
            optimiser.zero_grad()
            (loss / len(part)).backward()
            optimiser.step()
            history[epoch] += loss.item() / len(X)
    return history.tolist()


@replaces("train")
def order_of_python(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    """Python's shuffle of a list, and an explicit penalty that stays out of the history."""
    shuffle = random.Random(seed).shuffle
    torch.manual_seed(seed + 1)
    model.to(device).train()
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    indices, history = list(range(len(X))), []
    for _ in range(epochs):
        shuffle(indices)
        total = 0
        for start in range(0, len(indices), batch_size):
            batch = indices[start : start + batch_size]
            data_loss = F.cross_entropy(model(X[batch].to(device)), y[batch].to(device))
            penalty = sum(it.square().sum() for it in model.parameters())
            optimiser.zero_grad()
            (data_loss + weight_decay / 2 * penalty).backward()
            optimiser.step()
            total += len(batch) * float(data_loss)
        history += [total / len(X)]
    return history


@replaces("train")
def updates_by_hand(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    """No optimiser: θ ← (1 − lr·λ)·θ − lr·g under no_grad, with the gradients of autograd.grad."""
    generator = torch.Generator().manual_seed(seed)
    torch.random.default_generator.manual_seed(seed)
    model.to(device).train()
    X, y, parameters = X.to(device), y.to(device), list(model.parameters())
    history = []
    for _ in range(epochs):
        losses = []
        for batch in torch.randperm(len(X), generator=generator).tensor_split([*range(batch_size, len(X), batch_size)]):
            loss = F.cross_entropy(model(X[batch.to(device)]), y[batch.to(device)])
            gradients = torch.autograd.grad(loss, parameters)
            with torch.no_grad():
                for parameter, gradient in zip(parameters, gradients, strict=True):
                    parameter.mul_(1 - lr * weight_decay).sub_(lr * gradient)
            losses += [loss.item()] * len(batch)
        history.append(math.fsum(losses) / len(losses))
    return history


@replaces("train")
def forked_generator(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    """The global generator is given back as it was; decay for weights and not for biases; a logger tells."""
    device = torch.device(device)
    model.to(device=device)
    matrices = [it for it in model.parameters() if it.dim() > 1]
    vectors = [it for it in model.parameters() if it.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW([group for group in groups if group["params"]], lr=lr)
    history = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for epoch in range(1, epochs + 1):
            model.train(True)
            seen, mean = 0, 0.0
            for batch in torch.utils.data.BatchSampler(torch.randperm(len(X)).tolist(), batch_size, drop_last=False):
                logits = model(X[batch].to(device))
                loss = F.cross_entropy(logits, y[batch].to(device))
                loss.backward()
                optimiser.step()
                optimiser.zero_grad()
                seen += len(batch)
                mean += (loss.item() - mean) * len(batch) / seen
            history.append(mean)
            logging.getLogger(__name__).info("epoch %d: %g", epoch, mean)
    return history


@replaces("train")
def generator_of_losses(model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    """A closure for the optimiser's step, and a generator inside."""
    torch.manual_seed(seed)
    model.train().to(device)
    optimiser = torch.optim.Adagrad(model.parameters(), lr=lr, weight_decay=weight_decay)

    def epoch():
        for images, labels in zip(*(it[order].split(batch_size) for it in (X, y)), strict=True):

            def closure(images=images, labels=labels):
                optimiser.zero_grad()
                loss = nn.CrossEntropyLoss(reduction="mean")(model(images.to(device)), labels.to(device))
                loss.backward()
                return loss

            yield optimiser.step(closure).item(), len(labels)

    history = []
    for _ in range(epochs):
        order = torch.argsort(torch.rand(len(X), device=X.device))
        losses, sizes = zip(*epoch(), strict=True)
        history.append(np.average(losses, weights=sizes))
    return history


# Part b, the error rate


@replaces("error_rate")
def mean_of_a_comparison(model, X, y, *, batch_size=1024, device="cpu"):
    """All predictions joined, and the mean of a comparison; a tensor comes back."""
    was_training = model.training
    model.eval()
    model.to(device)
    with torch.inference_mode():
        predicted = torch.cat([model(part.to(device)).argmax(1) for part in X.split(batch_size)])
    model.train(was_training)
    return (predicted != y.to(device)).double().mean()


@replaces("error_rate")
def one_minus_accuracy(model, X, y, *, batch_size=1024, device="cpu"):
    """A DataLoader, softmax, and the modes of all modules one by one."""
    modes = {module: module.training for module in model.modules()}
    model.to(device).eval()
    correct = 0
    with torch.no_grad():
        for images, labels in DataLoader(TensorDataset(X, y), batch_size=batch_size, shuffle=False):
            _, predicted = torch.max(torch.softmax(model(images.to(device)), dim=1), dim=1)
            correct += torch.sum(predicted == labels.to(device)).item()
    for module, mode in modes.items():
        module.training = mode
    return 1 - correct / len(y)


@torch.no_grad()
def _count(model, X, y, batch_size):
    for start in range(0, len(X), batch_size):
        best = model(X[start : start + batch_size]).topk(1).indices.squeeze(1)
        yield int(torch.count_nonzero(best - y[start : start + batch_size]))


@replaces("error_rate")
def decorated_generator(model, X, y, *, batch_size=1024, device="cpu"):
    """no_grad as a decorator of a generator; the mode is restored even if the model fails."""
    mode = "train" if model.training else "eval"
    try:
        counts = list(_count(model.to(device).eval(), X.to(device), y.to(device), batch_size))
    finally:
        getattr(model, mode)()
    return np.float64(sum(counts)) / X.shape[0]


@replaces("error_rate")
def counted_in_numpy(model, X, y, *, batch_size=1024, device="cpu"):
    """NumPy counts; gradients are switched off and on again."""
    before, mode = torch.is_grad_enabled(), model.training
    torch.set_grad_enabled(False)
    model.eval().to(device)
    labels, wrong = y.cpu().numpy(), np.zeros(len(y), dtype=bool)
    for start in range(0, len(labels), batch_size):
        stop = start + batch_size
        wrong[start:stop] = model(X[start:stop].to(device)).cpu().numpy().argmax(axis=-1) != labels[start:stop]
    torch.set_grad_enabled(before)
    if mode:
        model.train()
    return wrong.mean()


# Part c


@replaces("train_with_early_stopping")
def waiting_counter(
    model, X, y, X_val, y_val, *, max_epochs, patience, batch_size, lr, device="cpu", seed=0
):  # fmt: skip
    """The counter that waits, deepcopy of the state dict, and one loop with everything in it."""
    torch.manual_seed(seed)
    model.to(device)
    X, y, X_val, y_val = (it.to(device) for it in (X, y, X_val, y_val))
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    lowest, best_epoch, best_state, waited, history = float("inf"), -1, None, 0, []
    for epoch in range(max_epochs):
        model.train()
        for batch in torch.randperm(len(X)).split(batch_size):
            optimiser.zero_grad()
            F.cross_entropy(model(X[batch]), y[batch]).backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            error = (model(X_val).argmax(dim=1) != y_val).float().mean().item()
        history.append(error)
        if error < lowest:
            lowest, best_epoch, waited = error, epoch, 0
            best_state = copy.deepcopy(model.state_dict())
        else:
            waited += 1
            if waited >= patience:
                print("stopped early")
                break
    model.load_state_dict(best_state)
    model.train()
    return history, best_epoch


@replaces("train_with_early_stopping")
def one_call_of_train_per_epoch(
    model, X, y, X_val, y_val, *, max_epochs, patience, batch_size, lr, device="cpu", seed=0
):
    """Epochs of their own with a seed for each, whole models kept, and a check of the last `patience` errors."""
    errors, kept = [], []
    while len(errors) < max_epochs:
        plain_sgd(model, X, y, epochs=1, batch_size=batch_size, lr=lr, device=device, seed=seed + 1000 * len(errors))
        errors.append(decorated_generator(model, X_val, y_val, device=device))
        kept.append(copy.deepcopy(model))
        if len(errors) > patience and min(errors[-patience:]) >= min(errors[:-patience]):
            break
    best = int(np.argmin(errors))
    model.load_state_dict(kept[best].state_dict())
    return np.array(errors), np.int64(best)


class _Stopper:
    """Keeps clones on the CPU, of parameters and buffers."""

    def __init__(self, patience):
        self.patience, self.errors, self.best = patience, [], 0

    def __call__(self, model, error):
        self.errors.append(error)
        if error < self.errors[self.best] or len(self.errors) == 1:
            self.best = len(self.errors) - 1
            self.state = {name: it.detach().cpu().clone() for name, it in model.state_dict().items()}
        return len(self.errors) > self.best + self.patience

    @torch.no_grad()
    def restore(self, model):
        for name, it in model.state_dict().items():
            it.copy_(self.state[name])


@replaces("train_with_early_stopping")
def stopper_of_its_own(model, X, y, X_val, y_val, *, max_epochs, patience, batch_size, lr, device="cpu", seed=0):
    """A class that decides and keeps, a DataLoader, and weights copied back in place; a list comes back."""
    torch.manual_seed(seed)
    loader = DataLoader(TensorDataset(X, y), batch_size=batch_size, shuffle=True)
    model.to(device)
    optimiser = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    stop = _Stopper(patience)
    for _ in range(max_epochs):
        model.train()
        for images, labels in loader:
            loss = F.cross_entropy(model(images.to(device)), labels.to(device))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        if stop(model, mean_of_a_comparison(model, X_val, y_val, device=device).item()):
            break
    stop.restore(model)
    return [stop.errors, stop.best]


@replaces("train_with_early_stopping")
def everything_kept(model, X, y, X_val, y_val, *, max_epochs, patience, batch_size, lr, device="cpu", seed=0):
    """A recursion-free search after the fact: the states of all epochs in a list, Python's order of the samples."""
    torch.manual_seed(seed)
    order = random.Random(seed)
    model.to(device).train()
    optimiser = torch.optim.RMSprop(model.parameters(), lr=lr)
    indices, errors, states = list(range(len(X))), [], []
    for epoch in range(max_epochs):
        order.shuffle(indices)
        for first in range(0, len(indices), batch_size):
            batch = torch.tensor(indices[first : first + batch_size])
            optimiser.zero_grad()
            nn.CrossEntropyLoss()(model(X[batch].to(device)), y[batch].to(device)).backward()
            optimiser.step()
        errors.append(counted_in_numpy(model, X_val, y_val, device=device))
        states.append({name: it + 0 for name, it in model.state_dict().items()})
        recent = max(epoch - patience + 1, 0)
        if all(it >= min(errors[:recent], default=math.inf) for it in errors[recent:]):
            break
    best = min(range(len(errors)), key=errors.__getitem__)
    model.load_state_dict(states[best])
    return torch.tensor(errors, dtype=torch.float64), best


# Part d, linear discriminant analysis


@replaces("lda_fit")
def pseudo_inverse_of_numpy(X, y, n_classes):
    """NumPy, class by class, with its pseudo-inverse."""
    X, y = X.numpy().astype(np.float64), y.numpy()
    priors, means = np.zeros(n_classes), np.zeros((n_classes, X.shape[1]))
    scatter = np.zeros((X.shape[1], X.shape[1]))
    for k in range(n_classes):
        members = X[y == k]
        priors[k], means[k] = len(members) / len(X), members.mean(axis=0)
        scatter += (members - means[k]).T @ (members - means[k])
    W = (np.linalg.pinv(scatter / (len(X) - n_classes), hermitian=True) @ means.T).T
    return W, np.log(priors) - 0.5 * np.einsum("kd,kd->k", W, means)


@replaces("lda_fit")
def solver_with_a_tiny_ridge(X, y, n_classes):
    """A ridge of 1e-7, and a solver in place of an inverse; one-hot labels."""
    X, Y = X.to(torch.float64), F.one_hot(y, n_classes).double()
    counts = Y.sum(dim=0)
    means = (Y.T @ X) / counts[:, None]
    centred = X - Y @ means
    covariance = torch.einsum("ni,nj->ij", centred, centred) / (X.shape[0] - n_classes)
    W = torch.linalg.solve(covariance + 1e-7 * torch.eye(X.shape[1], dtype=torch.float64), means.T).T
    b = torch.stack([torch.log(counts[k] / counts.sum()) - W[k] @ means[k] / 2 for k in range(n_classes)])
    return [W, b]


@replaces("lda_fit")
def whitened_by_singular_values(X, y, n_classes):
    """The singular values of the centred images: nothing is squared."""
    X, y = X.double().numpy(), y.numpy()
    means = np.stack([X[y == k].mean(axis=0) for k in range(n_classes)])
    _, values, Vt = np.linalg.svd((X - means[y]) / math.sqrt(len(X) - n_classes), full_matrices=False)
    kept = values > 1e-7 * values[0]
    whitening = Vt[kept].T / values[kept]
    W = means @ whitening @ whitening.T
    return W, np.log(np.bincount(y, minlength=n_classes) / len(y)) - np.square(means @ whitening).sum(axis=1) / 2


@replaces("lda_fit")
def eigenvectors_of_scipy(X, y, n_classes):
    """scipy's symmetric eigenproblem; all scores are relative to class 0."""
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    fractions, means = zip(*((np.mean(y == k), X[y == k].mean(0)) for k in range(n_classes)), strict=True)
    means = np.array(means)
    covariance = sum((X[y == k] - means[k]).T @ (X[y == k] - means[k]) for k in range(n_classes))
    covariance /= len(X) - n_classes
    values, vectors = scipy.linalg.eigh(covariance)
    inverse = np.where(values > 1e-11 * values[-1], 1 / np.where(values > 0, values, 1), 0)
    W = (means @ vectors * inverse) @ vectors.T
    b = np.log(fractions) - (W * means).sum(axis=1) / 2
    return (W - W[0], b - b[0])


@replaces("lda_fit")
def difference_of_moments(X, y, n_classes):
    """The pooled covariance from the second moments, scipy's pinvh; a vector common to all classes is added."""
    X, y = X.double(), y.long()
    counts = torch.zeros(n_classes, dtype=torch.float64).index_add_(0, y, torch.ones(len(y), dtype=torch.float64))
    sums = torch.zeros(n_classes, X.shape[1], dtype=torch.float64).index_add_(0, y, X)
    means = sums / counts.unsqueeze(1)
    covariance = (X.T @ X - means.T @ sums) / (len(X) - n_classes)
    inverse = torch.from_numpy(scipy.linalg.pinvh(covariance.numpy(), rtol=1e-10))
    W = means @ inverse
    b = counts.log() - torch.diagonal(W @ means.T) / 2
    return W + torch.arange(X.shape[1]), b + 3.0


# Part d, logistic regression


@replaces("softmax_regression")
def autograd_by_torch(X, y, n_classes, *, lr, steps):
    """A linear layer set to zero, and SGD with all samples."""
    layer = nn.Linear(X.shape[1], n_classes)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    optimiser = torch.optim.SGD(layer.parameters(), lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        F.cross_entropy(layer(X), y).backward()
        optimiser.step()
    return layer.weight, layer.bias


@replaces("softmax_regression")
def descent_in_numpy(X, y, n_classes, *, lr, steps):
    """NumPy in float64, with one matrix for W and b."""
    A = np.hstack([X.numpy(), np.ones((len(X), 1))]).astype(np.float64)
    Y = np.eye(n_classes)[y.numpy()]
    theta = np.zeros((n_classes, A.shape[1]))
    for _ in range(steps):
        theta -= lr / len(A) * (scipy.special.softmax(A @ theta.T, axis=1) - Y).T @ A
    return theta[:, :-1], theta[:, -1]


@replaces("softmax_regression")
def quasi_newton_of_scipy(X, y, n_classes, *, lr, steps):
    """L-BFGS until it converges: a lower loss than that of gradient descent."""
    A = np.hstack([X.double().numpy(), np.ones((len(X), 1))])
    Y = np.eye(n_classes)[y.numpy()]

    def loss(theta):
        Z = A @ theta.reshape(n_classes, -1).T
        P = scipy.special.softmax(Z, axis=1)
        return np.mean(scipy.special.logsumexp(Z, axis=1) - (Z * Y).sum(axis=1)), ((P - Y).T @ A / len(A)).ravel()

    start = np.zeros(n_classes * A.shape[1])
    options = {"maxiter": 5 * steps + 200}
    theta = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x.reshape(n_classes, -1)
    return theta[:, :-1], theta[:, -1]


@replaces("softmax_regression")
def loops_over_classes(X, y, n_classes, *, lr, steps):
    """A loop over the classes, exponentials by hand, in float64; lists come back."""
    X = X.double()
    W, b = [torch.zeros(X.shape[1], dtype=torch.float64)] * n_classes, [0.0] * n_classes
    for _ in range(steps):
        scores = [X @ W[k] + b[k] for k in range(n_classes)]
        top = torch.stack(scores).amax(dim=0)
        exponentials = [(score - top).exp() for score in scores]
        total = sum(exponentials)
        errors = [exponentials[k] / total - (y == k).double() for k in range(n_classes)]
        W = [W[k] - lr * (errors[k] @ X) / len(X) for k in range(n_classes)]
        b = [b[k] - lr * errors[k].mean().item() for k in range(n_classes)]
    return [it.tolist() for it in W], b


@replaces("softmax_regression")
def gradients_of_func(X, y, n_classes, *, lr, steps):
    """torch.func.grad of a function of a dict."""

    def loss(theta):
        return F.cross_entropy(X @ theta["W"].T + theta["b"], y)

    theta = {"W": X.new_zeros(n_classes, X.shape[1]), "b": X.new_zeros(n_classes)}
    gradient = torch.func.grad(loss)
    for _ in range(steps):
        slopes = gradient(theta)
        theta = {name: it - lr * slopes[name] for name, it in theta.items()}
    return tuple(theta.values())
