"""Values and calls as a message shows them: short, and never wrong by rounding."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.sandbox.conversation import Opaque
from autograder.sandbox.network import Tensor

_SMALL = 16
_LONG = 400


def value(it: Any) -> str:
    """One line, or a few for a small matrix; a large array by its shape."""
    if isinstance(it, np.ndarray):
        return _array(it)
    if isinstance(it, bool) or it is None or isinstance(it, str | bytes):
        return _cut(repr(it))
    if isinstance(it, int | Fraction):
        return _exact(it)
    if isinstance(it, float):
        return number(it)
    if isinstance(it, list | tuple | set | frozenset | Mapping):
        try:
            return _container(it)
        except RecursionError:
            return kind(it)
    if isinstance(it, Opaque | np.random.Generator):
        return kind(it)
    if isinstance(it, Tensor):
        return f"tensor({_array(it.array)})" if 0 < it.array.size <= _SMALL else kind(it)
    if hasattr(it, "detach"):
        return _tensor(it)
    if callable(it):
        return "a function"
    return _cut(repr(it))


def number(it: float) -> str:
    return f"{it:.6g}"


def pair(expected: float, got: float) -> tuple[str, str]:
    """Both numbers with as many digits as tell them apart."""
    for digits in (6, 9, 12, 17):
        texts = f"{expected:.{digits}g}", f"{got:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return texts


def kind(it: Any) -> str:
    """What a value is: "an array of shape (3, 2)", "a list of 4", "a string"."""
    if isinstance(it, np.ndarray):
        shape = f"an array of shape {it.shape}" if it.ndim else "a single number"
        return shape if it.dtype.kind in "fiu" else f"{shape} and dtype {it.dtype}"
    if isinstance(it, Opaque):
        return f"an object of type {it.type_name}"
    if isinstance(it, Tensor):
        return f"a tensor of shape {it.array.shape} and dtype torch.{it.array.dtype}"
    if hasattr(it, "detach"):
        return f"a tensor of shape {tuple(it.shape)} and dtype {it.dtype}"
    if isinstance(it, list | tuple | set | dict):
        return f"a {type(it).__name__} of {len(it)}"
    names = {type(None): "None", str: "a string", bool: "a bool", int: "an int", float: "a number"}
    return names.get(type(it), f"a {type(it).__name__}")


def call(function: str, parameters: Sequence[str], arguments: Sequence[Any], keywords: Mapping[str, Any]) -> str:
    """The call with its arguments: on one line if they fit, else below it by name."""
    names = [*parameters[: len(arguments)], *(f"#{i}" for i in range(len(parameters), len(arguments)))]
    named = [*zip(names, arguments, strict=True), *keywords.items()]
    texts = [(name, value(it)) for name, it in named]
    line = ", ".join(f"{name}={text}" for name, text in texts)
    if len(line) <= 80 and "\n" not in line:
        return f"Called {function}({line})."
    shown = ", ".join(f"{name}={name}" if name in keywords else name for name, _ in texts)
    below = "\n".join(f"    {name} = {_indent(text, len(name) + 7)}" for name, text in texts)
    return f"Called {function}({shown}) with\n{below}"


def _array(it: np.ndarray[Any, Any]) -> str:
    if it.size > _SMALL or it.size == 0:
        return kind(it)
    if it.ndim == 0:
        return value(it.item())
    formatter: Any = {"float_kind": number, "object": value}
    return np.array2string(it, separator=", ", formatter=formatter, max_line_width=100)


def _tensor(it: Any) -> str:
    if it.numel() > _SMALL or it.numel() == 0:
        return kind(it)
    return f"tensor({value(it.tolist())})"


def _container(it: Any) -> str:
    if isinstance(it, Mapping):
        return _cut("{" + ", ".join(f"{value(key)}: {value(item)}" for key, item in it.items()) + "}")
    if isinstance(it, set | frozenset):
        return _cut("{" + ", ".join(map(value, it)) + "}") if it else repr(it)
    return _sequence(it)


def _sequence(it: Sequence[Any]) -> str:
    if len(it) > _SMALL:
        return kind(it)
    inner = ", ".join(value(item) for item in it)
    return _cut(f"({inner})" if isinstance(it, tuple) else f"[{inner}]")


def _exact(it: int | Fraction) -> str:
    # Python refuses to write out integers of thousands of digits.
    digits = max(it.numerator.bit_length(), it.denominator.bit_length()) * 0.30103
    return str(it) if digits < 60 else f"a {type(it).__name__} of about {digits:.0f} digits"


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else text[:_LONG] + "…"


def _indent(text: str, width: int) -> str:
    return text.replace("\n", "\n" + " " * width)
