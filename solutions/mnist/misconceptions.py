"""Known wrong ways to train on digits. The first line of each docstring is what a student is told."""

import copy
import itertools
from contextlib import suppress

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checking import replaces

# Part a, the network


def _network(sizes=(784, 256, 128, 10), activation=nn.ReLU, dropouts=(0.0, 0.0), bias=True):
    layers = []
    for number in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[number], sizes[number + 1], bias=bias))
        if number < len(sizes) - 2:
            layers += [activation(), nn.Dropout(dropouts[number])]
    return nn.Sequential(*layers)


@replaces("build_model")
def softmax_at_the_end(dropout=0.0):
    """You end with a softmax: the model gives logits, and the cross-entropy contains the softmax already."""
    return nn.Sequential(*_network(dropouts=(dropout, dropout)), nn.Softmax(dim=1))


@replaces("build_model")
def log_softmax_at_the_end(dropout=0.0):
    """You end with log-softmax: the model gives the logits themselves, and the cross-entropy does the rest."""
    return nn.Sequential(*_network(dropouts=(dropout, dropout)), nn.LogSoftmax(dim=1))


@replaces("build_model")
def relu_on_the_logits(dropout=0.0):
    """You apply the ReLU to the output as well: a logit may be negative."""
    return nn.Sequential(*_network(dropouts=(dropout, dropout)), nn.ReLU())


@replaces("build_model")
def no_activation(dropout=0.0):
    """You leave out the ReLU: without it three layers are one affine map."""
    return _network(activation=nn.Identity, dropouts=(dropout, dropout))


@replaces("build_model")
def sigmoid_for_relu(dropout=0.0):
    """You use the sigmoid: the activation of both hidden layers is the ReLU."""
    return _network(activation=nn.Sigmoid, dropouts=(dropout, dropout))


@replaces("build_model")
def one_hidden_layer(dropout=0.0):
    """Your network has one hidden layer: there are two, of 256 and of 128 units."""
    return _network(sizes=(784, 256, 10), dropouts=(dropout,))


@replaces("build_model")
def hidden_layers_swapped(dropout=0.0):
    """Your hidden layers have 128 and 256 units: the larger one comes first."""
    return _network(sizes=(784, 128, 256, 10), dropouts=(dropout, dropout))


@replaces("build_model")
def no_biases(dropout=0.0):
    """Your layers have no biases: each unit has one of its own."""
    return _network(dropouts=(dropout, dropout), bias=False)


@replaces("build_model")
def double_precision_model(dropout=0.0):
    """Your model is in float64: the images are float32, and so are the parameters."""
    return _network(dropouts=(dropout, dropout)).double()


@replaces("build_model")
def keeping_for_dropping(dropout=0.0):
    """You keep with the probability `dropout`: it is the probability with which an activation is dropped."""
    return _network(dropouts=(1 - dropout, 1 - dropout))


@replaces("build_model")
def dropout_forgotten(dropout=0.0):
    """Your model drops nothing: dropout follows each of the two hidden layers."""
    return _network()


@replaces("build_model")
def dropout_after_one_layer(dropout=0.0):
    """You drop after the first hidden layer only: dropout follows each of the two."""
    return _network(dropouts=(dropout, 0.0))


@replaces("build_model")
def dropout_on_the_logits(dropout=0.0):
    """You drop logits: dropout follows the hidden layers, and nothing follows the output."""
    return nn.Sequential(*_network(dropouts=(dropout, dropout)), nn.Dropout(dropout))


@replaces("build_model")
def dropout_on_the_pixels(dropout=0.0):
    """You drop pixels: dropout follows the hidden layers, and the input goes in whole."""
    return nn.Sequential(nn.Dropout(dropout), *_network(dropouts=(dropout, dropout)))


class _AlwaysDropping(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.dropout = dropout
        self.layers = nn.ModuleList([nn.Linear(784, 256), nn.Linear(256, 128), nn.Linear(128, 10)])

    def forward(self, x):
        for layer in self.layers[:2]:
            x = F.dropout(torch.relu(layer(x)), self.dropout)
        return self.layers[2](x)


@replaces("build_model")
def dropout_in_evaluation_too(dropout=0.0):
    """Your model drops in evaluation mode too: `F.dropout` knows the mode only from `training=self.training`."""
    return _AlwaysDropping(dropout)


@replaces("build_model")
def model_in_evaluation_mode(dropout=0.0):
    """Your model comes in evaluation mode: a new model is in training mode."""
    return _network(dropouts=(dropout, dropout)).eval()


_models = {}


@replaces("build_model")
def one_model_for_all_calls(dropout=0.0):
    """You return the same model at every call: build a new one, with weights of its own."""
    return _models.setdefault(dropout, _network(dropouts=(dropout, dropout)))


# Part a, counting


@replaces("updates_per_epoch")
def partial_batch_not_counted(n, batch_size):
    """You leave out the last batch, which is not full: it counts as an update as well."""
    return n // batch_size


@replaces("updates_per_epoch")
def one_update_too_many(n, batch_size):
    """You always count one batch more than the full ones: where batch_size divides n there is none left over."""
    return n // batch_size + 1


@replaces("updates_per_epoch")
def fraction_of_an_update(n, batch_size):
    """You return n / batch_size as it is: the number of updates is whole."""
    return n / batch_size


@replaces("updates_per_epoch")
def rounded_updates(n, batch_size):
    """You round to the nearest: a last batch counts, however small it is."""
    return round(n / batch_size)


@replaces("updates_per_epoch")
def at_least_one_update(n, batch_size):
    """You count the full batches, and one if there are none: the samples left over are a batch, too."""
    return max(1, n // batch_size)


@replaces("count_parameters")
def weights_without_biases(model):
    """You count weights and no biases: every entry of every parameter counts."""
    return sum(it.numel() for it in model.parameters() if it.dim() > 1)


@replaces("count_parameters")
def number_of_tensors(model):
    """You count the parameter tensors: what counts is the entries in them."""
    return len(list(model.parameters()))


@replaces("count_parameters")
def buffers_counted(model):
    """You count the entries of the state dict, which holds buffers as well: they are not trained."""
    return sum(it.numel() for it in model.state_dict().values())


@replaces("count_parameters")
def bytes_counted(model):
    """You count bytes: a parameter is one number, whatever it takes in memory."""
    return sum(it.numel() * it.element_size() for it in model.parameters())


@replaces("count_parameters")
def rows_counted(model):
    """You add up `len` of the parameters, which is the number of their rows: `numel` counts entries."""
    return sum(len(it) for it in model.parameters())


@replaces("count_parameters")
def number_of_the_lecture(model):
    """You return the number of the lecture's network: count those of the model that is given."""
    return 235_146


# Part b, training


def _batches(n, size):
    return torch.randperm(n).split(size)


def _mean_over_samples(losses, sizes):
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)


def _train(
    model, X, y, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0,
    mode=True, loss=F.cross_entropy, batches=_batches, mean=_mean_over_samples,
):  # fmt: skip
    """Right training, in which one thing may be exchanged."""
    if seed is not None:
        torch.manual_seed(seed)
    model.to(device).train(mode)
    X, y = X.to(device), y.to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    history = []
    for _ in range(epochs):
        losses, sizes = [], []
        for batch in batches(len(X), batch_size):
            value = loss(model(X[batch]), y[batch])
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            losses.append(value.item())
            sizes.append(len(batch))
        history.append(mean(losses, sizes))
    return history


@replaces("train")
def softmax_before_cross_entropy(model, X, y, **options):
    """You apply a softmax before `cross_entropy`, which contains one: it takes the logits."""
    return _train(model, X, y, **options, loss=lambda z, t: F.cross_entropy(torch.softmax(z, dim=1), t))


@replaces("train")
def squared_error_loss(model, X, y, **options):
    """You minimise the squared distance to one-hot labels: the loss is the cross-entropy."""
    return _train(model, X, y, **options, loss=lambda z, t: F.mse_loss(z, F.one_hot(t, z.shape[1]).to(z.dtype)))


@replaces("train")
def mean_of_batch_means(model, X, y, **options):
    """You average over the batches: a sample of a smaller last batch then counts more than the others."""
    return _train(model, X, y, **options, mean=lambda losses, sizes: sum(losses) / len(losses))


@replaces("train")
def sum_of_batch_means(model, X, y, **options):
    """You add up the losses of the batches: the history holds means over the samples."""
    return _train(model, X, y, **options, mean=lambda losses, sizes: sum(losses))


@replaces("train")
def sum_of_batch_means_over_samples(model, X, y, **options):
    """You divide the sum of the batches' mean losses by N: each mean has to be weighed by the batch's size first."""
    return _train(model, X, y, **options, mean=lambda losses, sizes: sum(losses) / sum(sizes))


@replaces("train")
def sum_over_samples(model, X, y, **options):
    """You add up the losses of all samples: the history holds their mean."""
    return _train(model, X, y, **options, mean=lambda losses, sizes: len(X) * _mean_over_samples(losses, sizes))


@replaces("train")
def loss_of_the_last_batch(model, X, y, **options):
    """You record the loss of each epoch's last batch: the history holds the mean over all samples."""
    return _train(model, X, y, **options, mean=lambda losses, sizes: losses[-1])


@replaces("train")
def one_entry_per_batch(model, X, y, **options):
    """You record every batch: the history has one number per epoch."""
    entries = []
    _train(model, X, y, **options, mean=lambda losses, sizes: entries.extend(losses))
    return entries


@replaces("train")
def running_total(model, X, y, **options):
    """You never set the total back: in the second epoch it still contains the first."""
    total = []

    def mean(losses, sizes):
        total.append(_mean_over_samples(losses, sizes))
        return sum(total)

    return _train(model, X, y, **options, mean=mean)


@replaces("train")
def last_batch_dropped(model, X, y, **options):
    """You drop the last batch where it is not full: every sample is used in every epoch."""
    return _train(
        model, X, y, **options, batches=lambda n, size: torch.randperm(n)[: max(n // size, 1) * size].split(size)
    )


@replaces("train")
def one_batch_per_epoch(model, X, y, **options):
    """You use one batch in each epoch: an epoch goes through all samples."""
    return _train(model, X, y, **options, batches=lambda n, size: _batches(n, size)[:1])


@replaces("train")
def batch_size_ignored(model, X, y, **options):
    """You use all samples at once: an update takes `batch_size` of them."""
    return _train(model, X, y, **options, batches=lambda n, size: [torch.randperm(n)])


@replaces("train")
def drawn_with_replacement(model, X, y, **options):
    """You draw each batch afresh, so that some samples come twice and others never: go through a permutation."""
    return _train(model, X, y, **options, batches=lambda n, size: torch.randint(n, (n,)).split(size))


@replaces("train")
def not_shuffled(model, X, y, **options):
    """You take the samples in the order in which they are given: shuffle them in each epoch."""
    return _train(model, X, y, **options, batches=lambda n, size: torch.arange(n).split(size))


@replaces("train")
def same_order_every_epoch(model, X, y, **options):
    """You shuffle once, and every epoch has the same batches: draw a new order in each, and seed only once."""
    orders = []

    def batches(n, size):
        orders.append(torch.randperm(n))
        return orders[0].split(size)

    return _train(model, X, y, **options, batches=batches)


@replaces("train")
def batches_kept_together(model, X, y, **options):
    """You shuffle the batches, but each always holds the same samples: shuffle the samples."""

    def batches(n, size):
        parts = torch.arange(n).split(size)
        return [parts[i] for i in torch.randperm(len(parts))]

    return _train(model, X, y, **options, batches=batches)


@replaces("train")
def labels_left_in_order(model, X, y, **options):
    """You shuffle the images and not the labels: both need the same permutation."""
    torch.manual_seed(options.get("seed", 0) + 1)
    return _train(model, X[torch.randperm(len(X))], y, **options)


@replaces("train")
def seed_ignored(model, X, y, *, seed=0, **options):
    """You never use the seed: the same seed has to give the same result."""
    return _train(model, X, y, **options, seed=None)


@replaces("train")
def fixed_seed(model, X, y, *, seed=0, **options):
    """You set a seed of your own: use the one that is given."""
    return _train(model, X, y, **options, seed=42)


@replaces("train")
def dropout_not_seeded(model, X, y, *, seed=0, **options):
    """You seed the order of the samples alone: dropout draws from the global generator, which needs the seed too."""
    generator = torch.Generator().manual_seed(seed)

    def batches(n, size):
        return torch.randperm(n, generator=generator).split(size)

    return _train(model, X, y, **options, seed=None, batches=batches)


@replaces("train")
def trained_in_evaluation_mode(model, X, y, **options):
    """You train in evaluation mode, where dropout does nothing: call `model.train()` first."""
    return _train(model, X, y, **options, mode=False)


@replaces("train")
def mode_left_as_it_was(model, X, y, **options):
    """You train in whatever mode the model comes: call `model.train()`, for it may be in evaluation mode."""
    return _train(model, X, y, **options, mode=model.training)


@replaces("train")
def left_in_evaluation_mode_by_train(model, X, y, **options):
    """You leave the model in evaluation mode: after `train` it is in training mode."""
    history = _train(model, X, y, **options)
    model.eval()
    return history


def _updates(model, X, y, update, *, epochs, batch_size, lr, weight_decay=0.0, device="cpu", seed=0):
    """Training with an update of its own, which gives the loss."""
    torch.manual_seed(seed)
    model.to(device).train()
    X, y = X.to(device), y.to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    history = []
    for _ in range(epochs):
        total = 0.0
        for batch in _batches(len(X), batch_size):
            total += update(optimiser, F.cross_entropy(model(X[batch]), y[batch])).item() * len(batch)
        history.append(total / len(X))
    return history


@replaces("train")
def gradients_never_cleared(model, X, y, **options):
    """You never call `zero_grad`: the gradients of all batches so far add up."""

    def update(optimiser, loss):
        loss.backward()
        optimiser.step()
        return loss

    model.zero_grad()
    return _updates(model, X, y, update, **options)


@replaces("train")
def gradients_cleared_once_per_epoch(model, X, y, *, epochs, seed=0, **options):
    """You call `zero_grad` once per epoch: the gradients of an epoch's batches add up. Clear them for each batch."""
    size, seen = options["batch_size"], 0

    def update(optimiser, loss):
        nonlocal seen
        if seen % -(-len(X) // size) == 0:
            optimiser.zero_grad()
        seen += 1
        loss.backward()
        optimiser.step()
        return loss

    return _updates(model, X, y, update, epochs=epochs, seed=seed, **options)


@replaces("train")
def gradients_cleared_too_late(model, X, y, **options):
    """You call `zero_grad` between `backward` and `step`: then there is nothing left to step along."""

    def update(optimiser, loss):
        loss.backward()
        optimiser.zero_grad()
        optimiser.step()
        return loss

    return _updates(model, X, y, update, **options)


@replaces("train")
def no_steps(model, X, y, **options):
    """You never call `step`: gradients alone change no weight."""

    def update(optimiser, loss):
        optimiser.zero_grad()
        loss.backward()
        return loss

    return _updates(model, X, y, update, **options)


@replaces("train")
def learning_rate_ignored(model, X, y, *, lr, **options):
    """You leave the learning rate to the optimiser's default: pass `lr` on."""
    return _train(model, X, y, **options, lr=1e-3)


@replaces("train")
def weight_decay_ignored(model, X, y, *, weight_decay=0.0, **options):
    """You do not use weight_decay: hand it to the optimiser, or add the penalty to the loss."""
    return _train(model, X, y, **options)


def _train_with_penalty(model, X, y, sign, recorded, *, weight_decay=0.0, **options):
    """Training with an explicit penalty in the loss."""

    def update(optimiser, loss):
        penalty = sign * weight_decay / 2 * sum((it**2).sum() for it in model.parameters())
        optimiser.zero_grad()
        (loss + penalty).backward()
        optimiser.step()
        return loss + recorded * penalty

    return _updates(model, X, y, update, **options)


@replaces("train")
def weight_decay_that_grows(model, X, y, **options):
    """You subtract the penalty: large weights then make the loss smaller, and the weights grow."""
    return _train_with_penalty(model, X, y, -1, 0, **options)


@replaces("train")
def penalty_in_the_history(model, X, y, **options):
    """You record the loss with its penalty: the history holds the cross-entropy alone."""
    return _train_with_penalty(model, X, y, 1, 1, **options)


@replaces("train")
def copy_trained(model, X, y, **options):
    """You train a copy: the caller's model stays as it was."""
    return _train(copy.deepcopy(model), X, y, **options)


@replaces("train")
def model_drawn_anew(model, X, y, **options):
    """You draw the weights anew: training begins with those that the model has."""
    torch.manual_seed(options.get("seed", 0))
    for module in model.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return _train(model, X, y, **options)


@replaces("train")
def images_scaled_in_place(model, X, y, **options):
    """You standardise the images in place, and so change the caller's tensor: work on a copy."""
    X -= X.mean()
    X /= X.std()
    return _train(model, X, y, **options)


@replaces("train")
def device_ignored_by_train(model, X, y, *, device="cpu", **options):
    """You do not use `device`: model and data have to be moved there."""
    return _train(model, X, y, **options)


@replaces("train")
def device_chosen_by_train(model, X, y, *, device="cpu", **options):
    """You choose the device yourself, by what is available: `device` alone decides."""
    return _train(model, X, y, **options, device="cuda" if torch.cuda.is_available() else "cpu")


@replaces("train")
def data_not_moved(model, X, y, *, device="cpu", **options):
    """You move the model and not the data: `X.to(device)` returns a new tensor, which has to be assigned."""
    return _train(model.to(device), _Unmoved(X), _Unmoved(y), **options, device=device)


@replaces("train")
def model_not_moved(model, X, y, *, device="cpu", **options):
    """You move the data and not the model: both have to be on `device`."""
    where = next(model.parameters()).device
    return _train(model, _Unmoved(X.to(device)), _Unmoved(y.to(device)), **options, device=where)


class _Unmoved:
    """A tensor that stays where it is."""

    def __init__(self, tensor):
        self.tensor = tensor

    def __len__(self):
        return len(self.tensor)

    def __getitem__(self, index):
        return self.tensor[index]

    def split(self, size):
        return self.tensor.split(size)

    def to(self, device):
        return self


# Part b, the error rate


def _wrong(model, X, y, batch_size, device):
    """How many are wrong in each batch, in the mode in which the model is."""
    model.to(device)
    with torch.no_grad():
        return [
            int((model(images.to(device)).argmax(dim=1) != labels.to(device)).sum())
            for images, labels in zip(X.split(batch_size), y.split(batch_size), strict=True)
        ]


def _error_rate(model, X, y, *, batch_size=1024, device="cpu"):
    mode = model.training
    model.eval()
    wrong = _wrong(model, X, y, batch_size, device)
    model.train(mode)
    return sum(wrong) / len(X)


@replaces("error_rate")
def accuracy_for_error(model, X, y, **options):
    """You return the fraction that is right: the error rate is the fraction that is wrong."""
    return 1 - _error_rate(model, X, y, **options)


@replaces("error_rate")
def error_in_percent(model, X, y, **options):
    """You return percent: the error rate is a fraction between 0 and 1."""
    return 100 * _error_rate(model, X, y, **options)


@replaces("error_rate")
def number_of_errors(model, X, y, **options):
    """You return how many samples are wrong: divide by their number."""
    return round(len(X) * _error_rate(model, X, y, **options))


@replaces("error_rate")
def loss_for_error(model, X, y, *, batch_size=1024, device="cpu"):
    """You return the cross-entropy: the error rate counts the samples that are wrong."""
    mode = model.training
    model.to(device).eval()
    with torch.no_grad():
        loss = F.cross_entropy(model(X.to(device)), y.to(device)).item()
    model.train(mode)
    return loss


@replaces("error_rate")
def mean_of_batch_errors(model, X, y, *, batch_size=1024, device="cpu"):
    """You average the error rates of the batches: a sample of a smaller last batch then counts more."""
    mode = model.training
    model.eval()
    wrong = _wrong(model, X, y, batch_size, device)
    model.train(mode)
    rates = [count / len(labels) for count, labels in zip(wrong, y.split(batch_size), strict=True)]
    return sum(rates) / len(rates)


@replaces("error_rate")
def last_batch_not_judged(model, X, y, *, batch_size=1024, device="cpu"):
    """You leave out the last batch where it is not full: every sample is judged."""
    mode = model.training
    model.eval()
    kept = max(len(X) // batch_size, 1) * batch_size
    wrong = _wrong(model, X[:kept], y[:kept], batch_size, device)
    model.train(mode)
    return sum(wrong) / len(X[:kept])


@replaces("error_rate")
def first_batch_judged(model, X, y, *, batch_size=1024, device="cpu"):
    """You judge the first batch alone: the error rate is that of all samples."""
    return _error_rate(model, X[:batch_size], y[:batch_size], device=device)


@replaces("error_rate")
def evaluated_at_once(model, X, y, *, batch_size=1024, device="cpu"):
    """You let all samples through the model at once: batch_size says how many at a time, which bounds the memory."""
    return _error_rate(model, X, y, batch_size=len(X), device=device)


@replaces("error_rate")
def smallest_logit(model, X, y, **options):
    """You predict the class of the smallest logit: the largest one belongs to the most probable class."""
    return _error_rate(_Negated(model), X, y, **options)


class _Negated(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.training = model.training
        self.model = model

    def forward(self, x):
        return -self.model(x)


@replaces("error_rate")
def evaluated_with_dropout(model, X, y, *, batch_size=1024, device="cpu"):
    """You evaluate in training mode, with dropout on: call `model.eval()` first."""
    return sum(_wrong(model, X, y, batch_size, device)) / len(X)


@replaces("error_rate")
def left_in_evaluation_mode(model, X, y, *, batch_size=1024, device="cpu"):
    """You leave the model in evaluation mode: give it back the mode that it had."""
    return sum(_wrong(model.eval(), X, y, batch_size, device)) / len(X)


@replaces("error_rate")
def left_in_training_mode(model, X, y, *, batch_size=1024, device="cpu"):
    """You leave the model in training mode, whatever its mode was: give it back the one that it had."""
    wrong = _wrong(model.eval(), X, y, batch_size, device)
    model.train()
    return sum(wrong) / len(X)


@replaces("error_rate")
def gradients_recorded(model, X, y, *, batch_size=1024, device="cpu"):
    """You evaluate with gradients recorded, which takes time and memory: use `torch.no_grad()`."""
    mode = model.training
    model.to(device).eval()
    wrong = 0
    for images, labels in zip(X.split(batch_size), y.split(batch_size), strict=True):
        wrong += (model(images.to(device)).argmax(dim=1) != labels.to(device)).sum().item()
    model.train(mode)
    return wrong / len(X)


@replaces("error_rate")
def parameters_frozen(model, X, y, **options):
    """You switch off `requires_grad` and leave it off: the model cannot be trained any more. Use `torch.no_grad()`."""
    model.requires_grad_(False)
    return _error_rate(model, X, y, **options)


@replaces("error_rate")
def device_ignored_by_error_rate(model, X, y, *, device="cpu", **options):
    """You do not use `device` in error_rate: model and data have to be moved there."""
    return _error_rate(model, X, y, **options)


@replaces("error_rate")
def device_chosen_by_error_rate(model, X, y, *, device="cpu", **options):
    """You choose the device of the evaluation yourself: `device` alone decides."""
    return _error_rate(model, X, y, **options, device="cuda" if torch.cuda.is_available() else "cpu")


@replaces("error_rate")
def images_not_moved(model, X, y, *, batch_size=1024, device="cpu"):
    """You move the model and not the images: each batch has to be on `device`."""
    mode = model.training
    model.to(device).eval()
    wrong = 0
    with torch.no_grad():
        for images, labels in zip(X.split(batch_size), y.split(batch_size), strict=True):
            wrong += (model(images).argmax(dim=1) != labels).sum().item()
    model.train(mode)
    return wrong / len(X)


# Part c


def _stop_early(
    model, X, y, X_val, y_val, *, max_epochs, patience, batch_size, lr, device="cpu", seed=0,
    keep=lambda state: {name: it.clone() for name, it in state.items()}, better=None, ends=None,
    judge=_error_rate, order=_batches, restore=True, decay=0.0,
):  # fmt: skip
    """Right early stopping, in which one thing may be exchanged."""
    better = better or (lambda history: history[-1] < min(history[:-1], default=2.0))
    ends = ends or (lambda history, best_epoch: len(history) - 1 - best_epoch >= patience)
    history, best, best_epoch = [], None, 0

    def after_epoch(losses, sizes):
        nonlocal best, best_epoch
        history.append(judge(model, X_val, y_val, device=device))
        if better(history):
            best, best_epoch = keep(model.state_dict()), len(history) - 1
        if ends(history, best_epoch):
            raise StopIteration

    options = {"epochs": max_epochs, "batch_size": batch_size, "lr": lr, "device": device, "seed": seed}
    options["weight_decay"] = decay
    with suppress(StopIteration):
        _train(model, X, y, **options, batches=order, mean=after_epoch)
    if restore:
        model.load_state_dict(best)
    return history, best_epoch


@replaces("train_with_early_stopping")
def best_weights_not_restored(model, X, y, X_val, y_val, **options):
    """You leave the model with its last weights: load those of the best epoch in the end."""
    return _stop_early(model, X, y, X_val, y_val, **options, restore=False)


@replaces("train_with_early_stopping")
def references_for_copies(model, X, y, X_val, y_val, **options):
    """You keep the state dict itself, whose tensors go on changing with the model: copy the tensors."""
    return _stop_early(model, X, y, X_val, y_val, **options, keep=lambda state: state)


@replaces("train_with_early_stopping")
def first_weights_restored(model, X, y, X_val, y_val, **options):
    """You restore the weights from before the training: keep those of the best epoch."""
    start = {name: it.clone() for name, it in model.state_dict().items()}
    return _stop_early(model, X, y, X_val, y_val, **options, keep=lambda state: start)


@replaces("train_with_early_stopping")
def buffers_not_restored(model, X, y, X_val, y_val, **options):
    """You restore the parameters and not the buffers, such as the running means of batch normalisation."""
    parameters = {name for name, _ in model.named_parameters()}
    kept = []

    def keep(state):
        kept[:] = [{name: it.clone() for name, it in state.items() if name in parameters}]

    result = _stop_early(model, X, y, X_val, y_val, **options, keep=keep, restore=False)
    model.load_state_dict(kept[0], strict=False)
    return result


@replaces("train_with_early_stopping")
def last_minimum(model, X, y, X_val, y_val, **options):
    """You take an equal error for a better one: the best epoch is the first with the lowest error."""
    return _stop_early(model, X, y, X_val, y_val, **options, better=lambda it: it[-1] <= min(it))


@replaces("train_with_early_stopping")
def epochs_counted_from_one(model, X, y, X_val, y_val, **options):
    """You count epochs from 1: best_epoch is an index into the history, and the first epoch is 0."""
    history, best_epoch = _stop_early(model, X, y, X_val, y_val, **options)
    return history, best_epoch + 1


@replaces("train_with_early_stopping")
def last_epoch_returned(model, X, y, X_val, y_val, **options):
    """You return the last epoch: best_epoch is the one with the lowest error."""
    history, _ = _stop_early(model, X, y, X_val, y_val, **options)
    return history, len(history) - 1


@replaces("train_with_early_stopping")
def best_error_returned(model, X, y, X_val, y_val, **options):
    """You return the lowest error in place of its epoch: best_epoch is an index."""
    history, best_epoch = _stop_early(model, X, y, X_val, y_val, **options)
    return history, history[best_epoch]


@replaces("train_with_early_stopping")
def one_epoch_too_patient(model, X, y, X_val, y_val, *, patience, **options):
    """You stop one epoch too late: after `patience` epochs without a lower error it is over."""
    return _stop_early(model, X, y, X_val, y_val, **options, patience=patience + 1)


@replaces("train_with_early_stopping")
def one_epoch_too_impatient(model, X, y, X_val, y_val, *, patience, **options):
    """You stop one epoch too early: the best epoch itself is not one of the `patience` epochs."""
    return _stop_early(
        model, X, y, X_val, y_val, **options, patience=patience, ends=lambda it, best: len(it) - best >= patience
    )


@replaces("train_with_early_stopping")
def patience_ignored(model, X, y, X_val, y_val, *, patience, **options):
    """You stop at the first epoch that is not better: wait for `patience` of them in a row."""
    return _stop_early(model, X, y, X_val, y_val, **options, patience=1)


@replaces("train_with_early_stopping")
def never_stopped(model, X, y, X_val, y_val, **options):
    """You always run max_epochs: stop after `patience` epochs without a lower error."""
    return _stop_early(model, X, y, X_val, y_val, **options, ends=lambda history, best: False)


@replaces("train_with_early_stopping")
def patience_never_renewed(model, X, y, X_val, y_val, *, patience, **options):
    """You count all epochs without a lower error: a better epoch starts the count again."""

    def ends(history, best_epoch):
        return sum(it >= min(history[:i]) for i, it in enumerate(history) if i) >= patience

    return _stop_early(model, X, y, X_val, y_val, **options, patience=patience, ends=ends)


@replaces("train_with_early_stopping")
def compared_with_the_epoch_before(model, X, y, X_val, y_val, *, patience, **options):
    """You compare each epoch with the one before: compare it with the best so far."""

    def ends(history, best_epoch):
        recent = history[-patience - 1 :]
        return len(recent) > patience and all(a <= b for a, b in itertools.pairwise(recent))

    return _stop_early(model, X, y, X_val, y_val, **options, patience=patience, ends=ends)


@replaces("train_with_early_stopping")
def history_up_to_the_best(model, X, y, X_val, y_val, **options):
    """You cut the history after the best epoch: it has an entry for each epoch that was run."""
    history, best_epoch = _stop_early(model, X, y, X_val, y_val, **options)
    return history[: best_epoch + 1], best_epoch


@replaces("train_with_early_stopping")
def highest_error_kept(model, X, y, X_val, y_val, **options):
    """You keep the epoch with the highest number: it is an error, and lower is better."""
    return _stop_early(model, X, y, X_val, y_val, **options, better=lambda it: it[-1] > max(it[:-1], default=-1.0))


@replaces("train_with_early_stopping")
def accuracies_recorded(model, X, y, X_val, y_val, **options):
    """You record accuracies: the history holds error rates."""
    history, best_epoch = _stop_early(model, X, y, X_val, y_val, **options)
    return [1 - it for it in history], best_epoch


@replaces("train_with_early_stopping")
def training_errors_watched(model, X, y, X_val, y_val, **options):
    """You watch the error on the training set: only images that the model has not seen tell when to stop."""
    return _stop_early(model, X, y, X, y, **options)


@replaces("train_with_early_stopping")
def validation_set_trained_on(model, X, y, X_val, y_val, **options):
    """You train on the validation set too: then it cannot tell what the model does with images it has not seen."""
    return _stop_early(model, torch.cat([X, X_val]), torch.cat([y, y_val]), X_val, y_val, **options)


@replaces("train_with_early_stopping")
def validated_with_dropout(model, X, y, X_val, y_val, **options):
    """You validate in training mode, with dropout on: the error rate belongs to evaluation mode."""
    return _stop_early(model, X, y, X_val, y_val, **options, judge=evaluated_with_dropout)


@replaces("train_with_early_stopping")
def trained_on_without_dropout(model, X, y, X_val, y_val, **options):
    """You leave the model in evaluation mode after the first validation: then it trains on without dropout."""
    return _stop_early(model, X, y, X_val, y_val, **options, judge=left_in_evaluation_mode)


@replaces("train_with_early_stopping")
def learning_rate_ignored_while_stopping_early(*data, lr, **options):
    """You train with a learning rate of your own while you stop early: it is lr."""
    return _stop_early(*data, lr=0.001, **options)


@replaces("train_with_early_stopping")
def decay_while_stopping_early(*data, **options):
    """You leave the optimiser its own weight decay while you stop early (that of AdamW is 0.01): it should be 0."""
    return _stop_early(*data, **options, decay=0.01)


@replaces("train_with_early_stopping")
def seed_ignored_while_stopping_early(*data, seed=0, **options):
    """You do not use the seed while you stop early: the order of the samples depends on it."""
    return _stop_early(*data, seed=0, **options)


@replaces("train_with_early_stopping")
def left_in_evaluation_mode_by_stopping_early(model, *data, **options):
    """You leave the model in evaluation mode after early stopping: in the end it should be in training mode."""
    result = _stop_early(model, *data, **options)
    model.eval()
    return result


@replaces("train_with_early_stopping")
def device_ignored_while_stopping_early(*data, device="cpu", **options):
    """You stay on the CPU while you stop early, whatever device is asked for: move model and data to it."""
    return _stop_early(*data, **options)


@replaces("train_with_early_stopping")
def device_chosen_while_stopping_early(*data, device="cpu", **options):
    """You look for a GPU yourself while you stop early: device alone decides where everything happens."""
    return _stop_early(*data, **options, device="cuda" if torch.cuda.is_available() else "cpu")


@replaces("train_with_early_stopping")
def same_order_while_stopping_early(model, X, y, X_val, y_val, *, seed=0, **options):
    """You seed each epoch alike, and so it has the same batches as the one before: draw a new order in each."""

    def order(n, size):
        torch.manual_seed(seed)
        return _batches(n, size)

    return _stop_early(model, X, y, X_val, y_val, **options, seed=seed, order=order)


# Part d, linear discriminant analysis


def _moments(X, y, n_classes):
    X = X.double()
    counts = torch.bincount(y, minlength=n_classes).double()
    means = torch.stack([X[y == k].mean(dim=0) for k in range(n_classes)])
    deviations = X - means[y]
    return counts, means, deviations.T @ deviations


def _scores(covariance, means, offset, half=0.5):
    W = means @ torch.linalg.pinv(covariance, hermitian=True)
    return W, offset - half * (W * means).sum(dim=1)


@replaces("lda_fit")
def divided_by_n(X, y, n_classes):
    """You divide the covariance by N: with n_classes means estimated, the divisor is N − n_classes."""
    counts, means, scatter = _moments(X, y, n_classes)
    return _scores(scatter / len(X), means, (counts / len(X)).log())


@replaces("lda_fit")
def divided_by_n_minus_one(X, y, n_classes):
    """You divide the covariance by N − 1: there are n_classes means, so it is N − n_classes."""
    counts, means, scatter = _moments(X, y, n_classes)
    return _scores(scatter / (len(X) - 1), means, (counts / len(X)).log())


@replaces("lda_fit")
def scatter_not_divided(X, y, n_classes):
    """You do not divide the sum of squares: the covariance is that sum over N − n_classes."""
    counts, means, scatter = _moments(X, y, n_classes)
    return _scores(scatter, means, (counts / len(X)).log())


@replaces("lda_fit")
def covariance_around_the_overall_mean(X, y, n_classes):
    """You subtract the overall mean: each sample deviates from the mean of its own class."""
    counts, means, _ = _moments(X, y, n_classes)
    deviations = X.double() - X.double().mean(dim=0)
    return _scores(deviations.T @ deviations / (len(X) - n_classes), means, (counts / len(X)).log())


@replaces("lda_fit")
def second_moments_for_covariance(X, y, n_classes):
    """You do not subtract the class means: a covariance is taken around them."""
    counts, means, _ = _moments(X, y, n_classes)
    X = X.double()
    return _scores(X.T @ X / (len(X) - n_classes), means, (counts / len(X)).log())


@replaces("lda_fit")
def mean_of_the_covariances(X, y, n_classes):
    """You average the classes' covariances alike: pooled, each class counts with the number of its samples."""
    counts, means, _ = _moments(X, y, n_classes)
    covariances = []
    for k in range(n_classes):
        deviations = X[y == k].double() - means[k]
        covariances.append(deviations.T @ deviations / max(len(deviations) - 1, 1))
    return _scores(sum(covariances) / n_classes, means, (counts / len(X)).log())


@replaces("lda_fit")
def variances_only(X, y, n_classes):
    """You keep the diagonal of the covariance alone: LDA needs the covariances between features as well."""
    counts, means, scatter = _moments(X, y, n_classes)
    covariance = torch.diag(torch.diag(scatter)) / (len(X) - n_classes)
    return _scores(covariance, means, (counts / len(X)).log())


@replaces("lda_fit")
def nearest_mean(X, y, n_classes):
    """You leave out the covariance: then the nearest class mean decides, in a measure that knows no spread."""
    counts, means, scatter = _moments(X, y, n_classes)
    return _scores(torch.eye(len(scatter), dtype=torch.float64), means, (counts / len(X)).log())


@replaces("lda_fit")
def covariance_not_inverted(X, y, n_classes):
    """You multiply by the covariance: its inverse belongs there."""
    counts, means, scatter = _moments(X, y, n_classes)
    W = means @ scatter / (len(X) - n_classes)
    return W, (counts / len(X)).log() - (W * means).sum(dim=1) / 2


@replaces("lda_fit")
def priors_forgotten(X, y, n_classes):
    """You leave out log π_k: a class that is more frequent gets a larger score."""
    _, means, scatter = _moments(X, y, n_classes)
    return _scores(scatter / (len(X) - n_classes), means, 0.0)


@replaces("lda_fit")
def priors_without_logarithm(X, y, n_classes):
    """You add π_k: its logarithm belongs there."""
    counts, means, scatter = _moments(X, y, n_classes)
    return _scores(scatter / (len(X) - n_classes), means, counts / len(X))


@replaces("lda_fit")
def half_forgotten(X, y, n_classes):
    """You leave out the ½ before μ_k·Σ⁻¹μ_k."""
    counts, means, scatter = _moments(X, y, n_classes)
    return _scores(scatter / (len(X) - n_classes), means, (counts / len(X)).log(), half=1.0)


@replaces("lda_fit")
def wrong_sign_of_the_offset(X, y, n_classes):
    """You add ½·μ_k·Σ⁻¹μ_k: it is subtracted."""
    counts, means, scatter = _moments(X, y, n_classes)
    return _scores(scatter / (len(X) - n_classes), means, (counts / len(X)).log(), half=-0.5)


@replaces("lda_fit")
def quadratic_term_forgotten(X, y, n_classes):
    """You leave out −½·μ_k·Σ⁻¹μ_k in b: classes with large means then win too often."""
    counts, means, scatter = _moments(X, y, n_classes)
    return _scores(scatter / (len(X) - n_classes), means, (counts / len(X)).log(), half=0.0)


@replaces("lda_fit")
def large_ridge(X, y, n_classes):
    """Your ridge is so large that it changes the scores: take the pseudo-inverse, or at most 1e-6."""
    counts, means, scatter = _moments(X, y, n_classes)
    covariance = scatter / (len(X) - n_classes) + 0.1 * torch.eye(len(scatter), dtype=torch.float64)
    return _scores(covariance, means, (counts / len(X)).log())


@replaces("lda_fit")
def singular_covariance_inverted(X, y, n_classes):
    """You invert the covariance as if it were never singular: with constant or equal columns it has no inverse."""
    counts, means, scatter = _moments(X, y, n_classes)
    W = means @ torch.linalg.inv(scatter / (len(X) - n_classes))
    return W, (counts / len(X)).log() - (W * means).sum(dim=1) / 2


@replaces("lda_fit")
def one_column_per_class(X, y, n_classes):
    """You return W with a column for each class: it is (n_classes, d), a row for each."""
    counts, means, scatter = _moments(X, y, n_classes)
    W, b = _scores(scatter / (len(X) - n_classes), means, (counts / len(X)).log())
    return W.T, b


# Part d, logistic regression


def _softmax(scores):
    return torch.softmax(scores, dim=1)


def _descend(X, y, n_classes, lr, steps, *, scale=None, link=_softmax, penalty=0.0, start=None):
    """Right gradient descent, in which one thing may be exchanged."""
    W = torch.zeros(n_classes, X.shape[1]) if start is None else start
    b = torch.zeros(n_classes)
    for _ in range(steps):
        d_scores = (link(X @ W.T + b) - F.one_hot(y, n_classes)) * (scale or 1 / len(X))
        W, b = W - lr * (d_scores.T @ X + penalty * W), b - lr * d_scores.sum(dim=0)
    return W, b


@replaces("softmax_regression")
def loss_summed(X, y, n_classes, *, lr, steps):
    """Your gradient is that of the sum over the samples: the loss is their mean."""
    return _descend(X, y, n_classes, lr, steps, scale=1.0)


@replaces("softmax_regression")
def mean_over_classes_too(X, y, n_classes, *, lr, steps):
    """You divide by N·n_classes: the mean is over the samples alone."""
    return _descend(X, y, n_classes, lr, steps, scale=1 / (len(X) * n_classes))


@replaces("softmax_regression")
def uphill(X, y, n_classes, *, lr, steps):
    """You step along the gradient: descent goes against it."""
    return _descend(X, y, n_classes, -lr, steps)


@replaces("softmax_regression")
def one_class_against_the_rest(X, y, n_classes, *, lr, steps):
    """You use a sigmoid for each class: the probabilities of the classes come from one softmax."""
    return _descend(X, y, n_classes, lr, steps, link=torch.sigmoid)


@replaces("softmax_regression")
def squared_error_of_scores(X, y, n_classes, *, lr, steps):
    """You fit the one-hot labels by least squares: the loss is the cross-entropy of a softmax."""
    return _descend(X, y, n_classes, lr, steps, link=lambda z: z)


@replaces("softmax_regression")
def softmax_over_the_samples(X, y, n_classes, *, lr, steps):
    """You take the softmax over the samples: the probabilities of the classes add up to 1 for each sample."""
    return _descend(X, y, n_classes, lr, steps, link=lambda z: torch.softmax(z, dim=0))


@replaces("softmax_regression")
def penalised_regression(X, y, n_classes, *, lr, steps):
    """You add a ridge penalty: here the loss has none."""
    return _descend(X, y, n_classes, lr, steps, penalty=0.1)


@replaces("softmax_regression")
def intercept_forgotten(X, y, n_classes, *, lr, steps):
    """You never change b: it has a gradient as well."""
    return _descend(X, y, n_classes, lr, steps)[0], torch.zeros(n_classes)


@replaces("softmax_regression")
def probabilities_never_renewed(X, y, n_classes, *, lr, steps):
    """You compute the probabilities once: they change with every step."""
    return _descend(X, y, n_classes, lr * steps, 1)


@replaces("softmax_regression")
def number_of_steps_ignored(X, y, n_classes, *, lr, steps):
    """You take one step: take as many as `steps` says."""
    return _descend(X, y, n_classes, lr, 1)


@replaces("softmax_regression")
def step_size_of_its_own(X, y, n_classes, *, lr, steps):
    """You use a learning rate of your own: use the one that is given."""
    return _descend(X, y, n_classes, 1e-3, steps)


@replaces("softmax_regression")
def random_start(X, y, n_classes, *, lr, steps):
    """You start from random weights: start from zero."""
    torch.manual_seed(0)
    return _descend(X, y, n_classes, lr, steps, start=torch.randn(n_classes, X.shape[1]))


@replaces("softmax_regression")
def a_column_per_class(X, y, n_classes, *, lr, steps):
    """Your W has a column for each class: it is (n_classes, d), a row for each."""
    W, b = _descend(X, y, n_classes, lr, steps)
    return W.T, b
