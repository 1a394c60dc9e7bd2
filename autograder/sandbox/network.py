"""Torch's tensors and modules where torch is not imported: a grader hands them in, and reads how they came out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Tensor:
    """The values of a torch tensor, which it becomes in the process of the student's code."""

    array: Array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.array, dtype=dtype, copy=copy)


@dataclass(frozen=True, eq=False)
class Layer:
    """One module of a `Network`. `kind` is "linear" (with weight (out, in) and bias (out,)), "relu", "dropout"
    (with p, the probability of dropping) or "observe", which calls `function(x, mode, device, gradients)` on
    whatever passes through it: the values, whether the module is in "training" or "evaluation", on which device x
    is, and whether gradients are recorded."""

    kind: str
    weight: Array | None = None
    bias: Array | None = None
    p: float | None = None
    function: Callable[..., None] | None = None


@dataclass(eq=False)
class Network:
    """A `torch.nn.Sequential` that is handed in, and afterwards is in the state in which student code left it.

    `mode` is "training", "evaluation" or "mixed"; `device` where all parameters are, or several devices with commas;
    `gradients` has an entry a parameter, None where there is none.
    """

    layers: Sequence[Layer]
    mode: str = "training"
    device: str = "cpu"
    gradients: list[Array | None] = field(default_factory=list)

    @property
    def parameters(self) -> list[Array]:
        """Weight and bias of each linear layer, in order."""
        return [it for layer in self.layers for it in (layer.weight, layer.bias) if it is not None]

    def outputs(self, X: Array) -> Array:
        """In evaluation, computed in float64: (N, in) to (N, out)."""
        for layer in self.layers:
            if layer.weight is not None and layer.bias is not None:
                X = X @ layer.weight.astype(float).T + layer.bias
            elif layer.kind == "relu":
                X = np.maximum(X, 0)
        return X

    def __repr__(self) -> str:
        widths = [layer.weight.shape for layer in self.layers if layer.weight is not None]
        return "a network " + "-".join(str(it) for it in (widths[0][1], *(outputs for outputs, _ in widths)))


def pack(network: Network) -> list[Any]:
    layers = [[it.kind, it.weight, it.bias, it.p, it.function] for it in network.layers]
    return [layers, network.mode, network.device, list(network.gradients)]


def unpack(content: Any) -> Network:
    """Raises `ValueError` or `TypeError` for what is not the content of a network."""
    layers, mode, device, gradients = content
    network = Network([Layer(*layer) for layer in layers], mode, device, gradients)
    if not all(type(it) is str and len(it) < 100 for it in (mode, device)):
        raise ValueError("mode and device")
    if not all(isinstance(it, np.ndarray) for it in network.parameters):
        raise ValueError("parameters")
    if not isinstance(gradients, list) or not all(it is None or isinstance(it, np.ndarray) for it in gradients):
        raise ValueError("gradients")
    return network


def same_layers(one: Network, other: Network) -> bool:
    """Whether they differ in nothing but their state."""
    return _kinds(one) == _kinds(other)


def _kinds(network: Network) -> list[Any]:
    shapes = [[None if it is None else it.shape for it in (layer.weight, layer.bias)] for layer in network.layers]
    return [(it.kind, it.p, it.function, *shape) for it, shape in zip(network.layers, shapes, strict=True)]
