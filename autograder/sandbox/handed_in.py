"""The networks that a grader hands in, as torch modules in the process of the student's code."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from autograder.sandbox.network import Layer, Network


class HandedIn(nn.Sequential):
    """A module made from a `Network`."""


class _Observe(nn.Module):
    def __init__(self, function: Callable[..., None]) -> None:
        super().__init__()
        self._function = function

    def forward(self, x: Tensor) -> Tensor:
        mode = "training" if self.training else "evaluation"
        self._function(x.detach(), mode, str(x.device), torch.is_grad_enabled())
        return x


def build(network: Network) -> HandedIn:
    """The module, on the CPU, in the network's mode."""
    module = HandedIn(*map(_module, network.layers))
    module.train(network.mode == "training")
    return module


def read(module: HandedIn) -> Network:
    """The module's state as it is now."""
    modes = {"training" if it.training else "evaluation" for it in module.modules()}
    parameters = list(module.parameters())
    return Network(
        [_layer(it) for it in module],
        modes.pop() if len(modes) == 1 else "mixed",
        ", ".join(sorted({str(it.device) for it in parameters})),
        [None if it.grad is None else _values(it.grad) for it in parameters],
    )


def _module(layer: Layer) -> nn.Module:
    if layer.weight is not None:
        outputs, inputs = layer.weight.shape
        linear = nn.Linear(inputs, outputs, dtype=torch.from_numpy(layer.weight).dtype)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(layer.weight))
            linear.bias.copy_(torch.from_numpy(layer.bias))
        return linear
    if layer.function is not None:
        return _Observe(layer.function)
    return nn.Dropout(layer.p) if layer.p is not None else nn.ReLU()


def _layer(module: nn.Module) -> Layer:
    if isinstance(module, nn.Linear):
        return Layer("linear", weight=_values(module.weight), bias=_values(module.bias))
    if isinstance(module, _Observe):
        return Layer("observe", function=module._function)
    return Layer("dropout", p=module.p) if isinstance(module, nn.Dropout) else Layer("relu")


def _values(tensor: Tensor) -> Any:
    return tensor.detach().cpu().numpy()
