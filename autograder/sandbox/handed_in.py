"""The networks that a grader hands in, as torch modules in the process of the student's code."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from autograder.sandbox.network import Array, Layer, Network

_NAMES = {"linear": nn.Linear, "batch_norm": nn.BatchNorm1d, "relu": nn.ReLU, "dropout": nn.Dropout}


class HandedIn(nn.Sequential):
    """A module made from a `Network`. It tells the grader of everything that enters."""

    def __init__(
        self,
        modules: Sequence[nn.Module],
        observer: Callable[..., Any] | None,
        observes: Sequence[str],
        loads: int,
    ) -> None:
        super().__init__(*modules)
        self.observer = observer
        self.observes = observes
        self.loads = loads

    def forward(self, x: Tensor) -> Tensor:
        if self.observer is not None:
            arrays = _arrays(self) if "arrays" in self.observes else []
            gradients = _gradients(self) if "gradients" in self.observes else []
            state = _mode({self.training}), str(x.device), torch.is_grad_enabled()
            answer = self.observer(x.detach(), *state, arrays, gradients)
            if answer is not None:
                return torch.as_tensor(answer).to(x.device)
        for module in self:
            x = module(x)
        return x

    def load_state_dict(self, *arguments: Any, **options: Any) -> Any:
        self.loads += 1
        return super().load_state_dict(*arguments, **options)


def build(network: Network) -> HandedIn:
    """The module, on the CPU, in the network's mode."""
    modules = [_module(layer) for layer in network.layers]
    module = HandedIn(modules, network.observer, network.observes, network.loads)
    return module.train(network.mode == "training").requires_grad_(network.trainable)


def read(module: HandedIn) -> Network:
    """The module's state as it is now."""
    parameters = list(module.parameters())
    return Network(
        [_layer(it) for it in module],
        _mode({it.training for it in module.modules()}),
        module.observer,
        module.observes,
        ", ".join(sorted({str(it.device) for it in parameters})),
        all(it.requires_grad for it in parameters),
        module.loads,
        _gradients(module),
    )


def _module(layer: Layer) -> nn.Module:
    arrays = [torch.from_numpy(array) for array in layer.arrays]
    if not arrays:
        return nn.Dropout(layer.p) if layer.kind == "dropout" else nn.ReLU()
    outputs = len(arrays[0])
    made = nn.Linear(arrays[0].shape[1], outputs) if layer.kind == "linear" else nn.BatchNorm1d(outputs)
    made.to(arrays[0].dtype)
    with torch.no_grad():
        for ours, value in zip(_tensors(made), arrays, strict=True):
            ours.copy_(value)
    return made


def _layer(module: nn.Module) -> Layer:
    kind = next(name for name, kind in _NAMES.items() if isinstance(module, kind))
    return Layer(kind, [_values(it) for it in _tensors(module)], module.p if isinstance(module, nn.Dropout) else 0.0)


def _arrays(module: nn.Module) -> list[Array]:
    return [_values(it) for layer in module.children() for it in _tensors(layer)]


def _tensors(layer: nn.Module) -> list[Tensor]:
    """Parameters and running moments of one layer."""
    return [*layer.parameters(), *(it for it in layer.buffers() if it.dim())]


def _gradients(module: nn.Module) -> list[Array | None]:
    return [None if it.grad is None else _values(it.grad) for it in module.parameters()]


def _values(tensor: Tensor) -> Array:
    # A copy: memory is shared otherwise, and training goes on.
    values: Array = tensor.detach().cpu().numpy().copy()
    return values


def _mode(training: set[bool]) -> str:
    return "mixed" if len(training) > 1 else "training" if training == {True} else "evaluation"
