"""Long values in few numbers: enough to say whether two of them are the same."""

from typing import Any

import numpy as np

_LONG = 64


def summary(value: Any) -> Any:
    """The value, with every long run of numbers replaced by a few that tell it apart from others."""
    if isinstance(value, list | tuple) and len(value) <= _LONG:
        return [summary(item) for item in value]
    try:
        if np.iscomplexobj(value):
            return [summary(np.real(value)), summary(np.imag(value))]
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return value
    return value if numbers.size <= _LONG else [list(numbers.shape), *few(numbers)]


def few(numbers: np.ndarray[Any, Any]) -> list[float]:
    """The size, the sum, and a sum with weights that tell entries apart."""
    flat = np.nan_to_num(numbers.ravel(), nan=0.5, posinf=1.5, neginf=2.5)
    return [float(flat.size), float(flat.sum()), float(flat @ np.cos(np.arange(flat.size)))]
