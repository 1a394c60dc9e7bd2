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
    """One module of a `Network`, by `kind`: "linear" with the arrays weight (out, in) and bias (out,); "batch_norm"
    with weight, bias, running mean and running variance, all (d,); "relu"; "dropout" with p, the probability of
    dropping."""

    kind: str
    arrays: Sequence[Array] = ()
    p: float = 0.0


@dataclass(eq=False)
class Network:
    """A `torch.nn.Sequential` that is handed in, and afterwards is in the state in which student code left it.

    `observer(x, mode, device, records_gradients, arrays, gradients)` hears of every batch that enters, on which device
    it is, and whether gradients are recorded. Of all arrays and gradients at that moment it hears if `observes` names
    "arrays" or "gradients", otherwise both lists are empty; to tell them costs about as much again. If it returns an
    array, that is what the network gives. An observer that counts is an object which `copy.deepcopy` copies.

    `mode` is "training", "evaluation" or "mixed"; `device` is where all parameters are, or several devices with commas;
    `trainable` says whether all parameters require gradients; `loads` counts calls of `load_state_dict`; `gradients`
    has an entry for each weight and bias, None where there is none.
    """

    layers: Sequence[Layer]
    mode: str = "training"
    observer: Callable[..., Array | None] | None = None
    observes: Sequence[str] = ()
    device: str = "cpu"
    trainable: bool = True
    loads: int = 0
    gradients: list[Array | None] = field(default_factory=list)

    @property
    def arrays(self) -> list[Array]:
        """Those of all layers, in order."""
        return [array for layer in self.layers for array in layer.arrays]

    def outputs(self, X: Array) -> Array:
        """In evaluation, computed in float64: (N, in) to (N, out)."""
        for layer in self.layers:
            arrays = [array.astype(float) for array in layer.arrays]
            if layer.kind == "linear":
                X = X @ arrays[0].T + arrays[1]
            elif layer.kind == "batch_norm":
                weight, bias, mean, variance = arrays
                X = weight * (X - mean) / np.sqrt(variance + 1e-5) + bias
            elif layer.kind == "relu":
                X = np.maximum(X, 0)
        return X

    def __repr__(self) -> str:
        shapes = [layer.arrays[0].shape for layer in self.layers if layer.kind == "linear"]
        widths = [*(inputs for _, inputs in shapes[:1]), *(outputs for outputs, _ in shapes)]
        return f"a network {'-'.join(map(str, widths)) or 'without weights'}"


def pack(network: Network) -> list[Any]:
    layers = [[it.kind, list(it.arrays), it.p] for it in network.layers]
    state = [network.mode, network.observer, list(network.observes), network.device, network.trainable, network.loads]
    return [layers, *state, list(network.gradients)]


def unpack(content: Any) -> Network:
    """Raises `ValueError` or `TypeError` for what is not the content of a network."""
    layers, mode, observer, observes, device, trainable, loads, gradients = content
    network = Network(
        [Layer(*layer) for layer in layers], mode, observer, observes, device, trainable, loads, gradients
    )
    if (type(mode), type(device), type(trainable), type(loads)) != (str, str, bool, int) or len(mode + device) > 100:
        raise ValueError("state")
    if not isinstance(observes, list) or not set(observes) <= {"arrays", "gradients"}:
        raise ValueError("observes")
    if not all(map(_is_layer, network.layers)):
        raise ValueError("layers")
    if not isinstance(gradients, list) or not all(it is None or _is_numeric(it) for it in gradients):
        raise ValueError("gradients")
    return network


def _is_layer(layer: Layer) -> bool:
    if type(layer.kind) is not str or type(layer.arrays) is not list or type(layer.p) not in (int, float):
        return False
    if not all(map(_is_numeric, layer.arrays)):
        return False
    shapes = [it.shape for it in layer.arrays]
    if layer.kind == "linear":
        return len(shapes) == 2 and len(shapes[0]) == 2 and shapes[1] == shapes[0][:1]
    if layer.kind == "batch_norm":
        return len(shapes) == 4 and len(shapes[0]) == 1 and len(set(shapes)) == 1
    return layer.kind in ("relu", "dropout") and not shapes


def _is_numeric(value: object) -> bool:
    # A check computes with it, and an array of objects would break the check.
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def same_layers(one: Network, other: Network) -> bool:
    """Whether they differ in nothing but their state."""
    return one.observer is other.observer and [*one.observes] == [*other.observes] and _kinds(one) == _kinds(other)


def _kinds(network: Network) -> list[Any]:
    return [(it.kind, it.p, [array.shape for array in it.arrays]) for it in network.layers]
