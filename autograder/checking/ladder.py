"""The words that checks are written in. Each fails at the first rung that breaks:
missing → raises → purity → type → shape → dtype → finite → value.
"""

import contextlib
import textwrap
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.checking import quote
from autograder.checking.coerce import (
    Array,
    Shape,
    check_finite,
    check_real,
    check_shape,
    flat,
    to_array,
    to_fractions,
    to_sequence,
)
from autograder.checking.outcomes import CheckFailed
from autograder.checking.tolerances import CLOSED_FORM, Tolerance
from autograder.checking.trial import Outcome, current
from autograder.sandbox.conversation import Opaque


def same(got: Any, expected: Any, tolerance: Tolerance = CLOSED_FORM, *, mistake: str | None = None) -> None:
    """Fails unless `got` is `expected`: the same structure, shapes and, to the tolerance, the same numbers.

    Sequences of results may be any sequence that unpacks, arrays may be nested lists or tensors, numbers may be
    arrays of one entry, and a dict may have more keys. `mistake` names the misconception that other numbers show.
    """
    __tracebackhide__ = True
    try:
        _same(got, expected, tolerance, "The result")
    except CheckFailed as failed:
        if failed.rung in ("finite", "value"):
            failed.mistake = mistake
        raise


def unpack(got: Any, *names: str) -> list[Any]:
    """The results by themselves, of which there must be as many as names."""
    __tracebackhide__ = True
    return to_sequence(got, len(names), f" ({', '.join(names)})")


def array(got: Any, shape: Shape, name: str = "The result") -> Array:
    """A finite float64 array of that shape, where None stands for any length."""
    __tracebackhide__ = True
    values = to_array(got, name)
    check_shape(values, shape, name, got)
    check_real(values, name, got)
    check_finite(values, name, got)
    return values.astype(np.float64)


def number(got: Any, name: str = "The result") -> float:
    """A finite number, given as a number or as an array of one entry."""
    __tracebackhide__ = True
    values = to_array(got, name)
    if values.size == 1:
        values = values.reshape(())
    return float(array(values, (), name))


def instance(got: Any, what: str, name: str = "The result") -> Opaque:
    """An object that stays with the student's code: it can be called, and `.get("x")` is its attribute x."""
    __tracebackhide__ = True
    if not isinstance(got, Opaque):
        raise CheckFailed("type", f"{name} should be {what}, but is {quote.kind(got)}.", got=got)
    return got


def rationals(got: Any, shape: Shape, name: str = "The result") -> Any:
    """The exact values, as an object array of `Fraction`; a single `Fraction` if the shape is ().

    NumPy's arithmetic, `@`, `np.maximum` and sums stay exact on it.
    """
    __tracebackhide__ = True
    values = to_fractions(got, name)
    if shape == () and values.size == 1:
        single: Fraction = values.reshape(-1)[0]
        return single
    check_shape(values, shape, name, got)
    return values


def require(condition: bool, message: str, *, mistake: str | None = None) -> None:
    """Fails with the message unless the condition holds; `mistake` names the misconception if it is known."""
    __tracebackhide__ = True
    if not condition:
        raise CheckFailed("requirement", message, mistake=mistake)


@contextlib.contextmanager
def blaming(mistake: Callable[[str], str | None]) -> Iterator[None]:
    """If what is inside fails, `mistake(message)` names the known wrong way, or gives None."""
    __tracebackhide__ = True
    try:
        yield
    except CheckFailed as failed:
        failed.mistake = failed.mistake or mistake(failed.message)
        raise


@contextlib.contextmanager
def pretended_cuda() -> Iterator[None]:
    """While it lasts, the submission finds a CUDA device: a real one where there is one, and otherwise one that only
    keeps track of where each tensor is, and raises as a real one does where tensors on two devices meet."""
    trial = current()
    if trial is None:
        raise RuntimeError("there is no check going on")
    trial.guest.pretend_cuda(True)
    try:
        yield
    finally:
        trial.guest.pretend_cuda(False)


def no_warning(*words: str, mistake: str | None = None) -> None:
    """Fails if the submission's last call let a warning through that contains one of the words."""
    __tracebackhide__ = True
    trial = current()
    outcome = (trial.calls[-1].outcome if trial is not None and trial.calls else None) or Outcome()
    for warning in outcome.warnings:
        if any(word in warning for word in words):
            raise CheckFailed("warning", f"On the way it warned: {warning}.", got=outcome.value, mistake=mistake)


def raises(error: type[Exception], function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
    """Fails unless the submission's function raises `error`."""
    __tracebackhide__ = True
    try:
        got = function(*arguments, **keywords)
    except CheckFailed as failed:
        if failed.rung == "raises" and error.__name__ in failed.classes:
            return
        raise
    raise CheckFailed("raises", f"Expected a {error.__name__}, got {quote.value(got)}.", got=got)


def alike(one: Any, other: Any, tolerance: Tolerance = CLOSED_FORM) -> bool:
    """Whether two results are the same to the tolerance, NaN included."""
    try:
        _same(one, other, tolerance, "")
    except Exception:  # whatever a student may return
        return False
    return True


def _same(got: Any, expected: Any, tolerance: Tolerance, name: str) -> None:
    __tracebackhide__ = True
    if isinstance(expected, np.ndarray):
        _same_numbers(got, expected, tolerance, name)
    elif isinstance(expected, Mapping):
        _same_mapping(got, expected, tolerance, name)
    elif isinstance(expected, list) and _is_flat(expected):
        _same_numbers(flat(got), np.asarray(expected), tolerance, name)
    elif isinstance(expected, list | tuple):
        items = to_sequence(got, len(expected), "" if name == "The result" else f" in {name}")
        for index, (item, wanted) in enumerate(zip(items, expected, strict=True)):
            inner = f"Result {index + 1}" if name == "The result" else f"{name}, item {index + 1}"
            _same_at(got, item, wanted, tolerance, inner)
    elif expected is None or isinstance(expected, str | bytes):
        if type(got) is not type(expected) or got != expected:
            raise CheckFailed("value", f"{name} should be {expected!r}, but is {quote.value(got)}.", got=got)
    elif hasattr(expected, "detach"):
        _same_tensor(got, expected, tolerance, name)
    elif isinstance(expected, bool | int | float | complex | Fraction):
        wanted = np.asarray(expected if not isinstance(expected, Fraction) else float(expected))
        _same_numbers(got, wanted, tolerance, name)
    else:
        raise TypeError(f"a check expects a {type(expected).__name__}, which cannot be compared")


def _same_at(whole: Any, got: Any, expected: Any, tolerance: Tolerance, name: str) -> None:
    """Compares an item; the failure still points to the whole, by which its call is found."""
    try:
        _same(got, expected, tolerance, name)
    except CheckFailed as failed:
        failed.got = whole
        raise


def _same_mapping(got: Any, expected: Mapping[Any, Any], tolerance: Tolerance, name: str) -> None:
    if not isinstance(got, Mapping):
        raise CheckFailed("type", f"{name} should be a dict, but is {quote.kind(got)}.", got=got)
    missing = [key for key in expected if key not in got]
    if missing:
        raise CheckFailed("type", f"{name} has no key {', '.join(map(repr, missing))}.", got=got)
    for key, wanted in expected.items():
        _same_at(got, got[key], wanted, tolerance, f"{name}[{key!r}]" if name != "The result" else f"Entry {key!r}")


def _same_tensor(got: Any, expected: Any, tolerance: Tolerance, name: str) -> None:
    if not hasattr(got, "detach"):
        raise CheckFailed("type", f"{name} should be a torch tensor, but is {quote.kind(got)}.", got=got)
    _same_numbers(got, to_array(expected, name), tolerance, name)
    if got.dtype != expected.dtype:
        raise CheckFailed("dtype", f"{name} should have dtype {expected.dtype}, but has {got.dtype}.", got=got)


def _same_numbers(got: Any, expected: Array, tolerance: Tolerance, name: str) -> None:
    values = to_array(got, name)
    if expected.ndim == 0 and values.size == 1:
        values = values.reshape(())
    if _plainly_close(values, expected, tolerance):
        return
    check_shape(values, expected.shape, name, got)
    if expected.dtype.kind != "c":
        check_real(values, name, got)
    with np.errstate(all="ignore"):
        common = complex if expected.dtype.kind == "c" else float
        values, expected = values.astype(common), expected.astype(common)
        check_finite(np.where(np.isfinite(expected), values, 0), name, got)
        difference = np.abs(values - expected)
        close = np.isfinite(expected) & (difference <= tolerance.absolute + tolerance.relative * np.abs(expected))
        close |= (values == expected) | (np.isnan(values) & np.isnan(expected))
    if not close.all():
        raise CheckFailed("value", _difference(values, expected, close, tolerance, name), got=got)


def _plainly_close(values: Array, expected: Array, tolerance: Tolerance) -> bool:
    """The quick yes of the common case; a no decides nothing."""
    if values.shape != expected.shape or values.dtype != np.float64 or expected.dtype != np.float64:
        return False
    if not expected.size:
        return True
    allowed = tolerance.absolute + tolerance.relative * abs(expected)
    with np.errstate(invalid="ignore"):
        return bool(allowed.max() < np.inf and (abs(values - expected) <= allowed).all())


def _difference(values: Array, expected: Array, close: Array, tolerance: Tolerance, name: str) -> str:
    index = tuple(int(i) for i in np.argwhere(~close)[0])
    wanted, have = quote.pair(expected[index].item(), values[index].item())
    lines = []
    if values.ndim and values.size <= 16:
        lines.append(_beside(name, quote.value(expected), quote.value(values)))
    where = f"{name} at index {index if len(index) > 1 else index[0]}" if index else name
    lines.append(f"{where} should be {wanted}, but is {have}.")
    if values.size > 1:
        lines.append(f"{int((~close).sum())} of {values.size} entries differ.")
    miss = abs(expected[index].item() - values[index].item())
    if miss <= 1e-3 * abs(expected[index].item()):
        lines.append(f"It is off by {miss:.2g}; the check allows a relative error of {tolerance.relative:g}.")
    return "\n".join(lines)


def _beside(name: str, expected: str, got: str) -> str:
    if "\n" in expected + got:
        return "\n".join(
            (f"{name}: expected", textwrap.indent(expected, "    "), "  got", textwrap.indent(got, "    "))
        )
    return f"{name}: expected {expected}\n{'got'.rjust(len(name) + 10)} {got}"


def _is_flat(items: list[Any]) -> bool:
    return bool(items) and set(map(type, items)) <= {bool, int, float, complex}
