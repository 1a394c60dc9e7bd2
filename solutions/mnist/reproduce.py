"""The table of L10 5.3 on all of MNIST, with the functions of the reference."""

import time

import torch
from matplotlib.figure import Figure
from torch import nn

from autograder.datasets import mnist

TITLE = "Test errors on MNIST (L10 5.3)"
REACHED = 0.3  # percentage points above the published value; below it is as good

# Learning rate, batch size, dropout, weight decay and epochs were chosen by the errors on 10,000 of the training images
# after training on the other 50,000. Test errors were seen beside them, however, so the choice is not blind to the
# test set, and the reproduced errors may be slightly too low. The logistic regression is a network without hidden
# layers, as in the lab of ISL 10.9.
BATCH_SIZE = 256
NETWORKS = {
    "Neural network + ridge": {"published": 2.3, "dropout": 0.0, "weight_decay": 0.3, "lr": 2e-3, "epochs": 16},
    "Neural network + dropout": {"published": 1.8, "dropout": 0.3, "weight_decay": 0.0, "lr": 2e-3, "epochs": 20},
    "Multinomial logistic regression": {"published": 7.2, "weight_decay": 0.0, "lr": 2e-3, "epochs": 20},
}
LDA = "Linear discriminant analysis"
PUBLISHED_LDA = 12.7


def reproduce(reference, *, seeds, epochs, progress):
    """Trains each method for each seed. `progress` is told what is done, and how much of how much."""
    torch.set_num_threads(2)
    start = time.monotonic()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    X, y, X_test, y_test = (torch.from_numpy(it).to(device) for it in mnist())
    lengths = {name: epochs or network["epochs"] for name, network in NETWORKS.items()}
    total, done = 1 + seeds * sum(lengths.values()), 0
    rows, curves = [], []
    for name, network in NETWORKS.items():
        values = []
        for seed in range(seeds):
            torch.manual_seed(seed)
            model = reference.build_model(network["dropout"]) if "dropout" in network else nn.Linear(784, 10)
            options = {"batch_size": BATCH_SIZE, "lr": network["lr"], "weight_decay": network["weight_decay"]}
            run = reference.epochs_of_training(model, X, y, **options, device=device, seed=seed)
            curve = {"name": name, "seed": seed, "loss": [], "error": []}
            for _ in range(lengths[name]):
                progress(f"{name}, seed {seed}", done, total)
                curve["loss"].append(next(run))
                curve["error"].append(100 * reference.error_rate(model, X_test, y_test, device=device))
                done += 1
            curves.append(curve)
            values.append(curve["error"][-1])
        rows.append(_row(name, network["published"], values))
    progress(LDA, done, total)
    W, b = reference.lda_fit(X, y, 10)
    wrong = (X_test.to(W.dtype) @ W.T + b).argmax(dim=1) != y_test
    rows.append(_row(LDA, PUBLISHED_LDA, [100 * wrong.double().mean().item()]))
    minutes = (time.monotonic() - start) / 60
    return {
        "title": TITLE,
        "measure": "test error in percent",
        "rows": rows,
        "curves": curves,
        "remark": f"Mean, lowest and highest; seeds: {seeds}, minutes: {minutes:.1f}, device: {device}.",
    }


def _row(name, published, values):
    mean = sum(values) / len(values)
    return {"name": name, "published": published, "values": values, "reproduced": mean <= published + REACHED}


def draw(result, path):
    """The training loss and the test error after each epoch, a line for each seed."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    colours = {name: f"C{number}" for number, name in enumerate(NETWORKS)}
    for curve in result["curves"]:
        epochs = range(1, len(curve["loss"]) + 1)
        style = {"color": colours[curve["name"]], "linewidth": 1, "label": "" if curve["seed"] else curve["name"]}
        left.plot(epochs, curve["loss"], **style)
        right.plot(epochs, curve["error"], **style)
    for name, colour in colours.items():
        right.axhline(NETWORKS[name]["published"], color=colour, linestyle=":", linewidth=1)
    left.set(xlabel="epoch", ylabel="mean loss in training", yscale="log")
    right.set(xlabel="epoch", ylabel="test error in percent", yscale="log", title="dotted: published", ylim=(1, 20))
    right.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
    left.legend(fontsize=8)
    figure.savefig(path, dpi=100)
