"""What students return, turned into what checks compute with; nothing right is refused, nothing wrong guessed."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.checking import quote
from autograder.checking.outcomes import CheckFailed
from autograder.sandbox.conversation import Opaque

Array = np.ndarray[Any, Any]
Shape = tuple[int | None, ...]

# Exact arithmetic is for a few numbers, and as long as a float64 can be (1,075 bits): more costs the grader dearly.
_MOST_EXACT = 10_000
_MOST_BITS = 4_096


def to_array(got: Any, name: str) -> Array:
    """A numeric array of any shape from an array, a tensor, nested sequences or a number. Raises `CheckFailed`."""
    if type(got) is np.ndarray and got.dtype == np.float64:
        return got
    if hasattr(got, "detach"):
        got = (got.detach().float() if _is_bfloat(got) else got.detach()).cpu().numpy()
    if isinstance(got, bool | int | float | complex | Fraction | Decimal | list | tuple | np.ndarray | np.generic):
        array = _nested(got, name)
        if array.dtype == object:
            array = _floats(array, got, name)
        if array.dtype.kind in "biufc":
            return array
    raise _type_error(got, name)


def flat(got: Any) -> Any:
    """A sequence of numbers in which some are arrays of one entry, as a sequence of numbers."""
    if not isinstance(got, list | tuple) or np.ndarray not in set(map(type, got)):
        return got
    return [item.reshape(()) if isinstance(item, np.ndarray) and item.size == 1 else item for item in got]


def to_sequence(got: Any, count: int, name: str) -> list[Any]:
    """The items of any sequence that unpacks into `count`. Raises `CheckFailed`."""
    is_array = isinstance(got, np.ndarray) or hasattr(got, "detach")
    if isinstance(got, list | tuple) or (is_array and got.ndim > 0):
        items = list(got)
    else:
        raise CheckFailed("type", f"Expected {count} results{name}, got {_describe(got)}.", got=got)
    if len(items) != count:
        raise CheckFailed("type", f"Expected {count} results{name}, got {len(items)}.", got=got)
    return items


def to_fractions(got: Any, name: str) -> Array:
    """The exact values as an object array of `Fraction`, of any shape. Raises `CheckFailed`."""
    if hasattr(got, "detach"):
        got = to_array(got, name)
    if not isinstance(got, bool | int | float | Fraction | Decimal | list | tuple | np.ndarray | np.generic):
        raise _type_error(got, name)
    array = _nested(got, name, dtype=object)
    if array.size > _MOST_EXACT:
        raise CheckFailed(
            "shape", f"{name} holds {array.size} numbers, of which at most {_MOST_EXACT} are read.", got=got
        )
    exact = np.empty(array.size, dtype=object)
    for index, item in enumerate(array.ravel()):
        exact[index] = _fraction(item, got, name)
    return exact.reshape(array.shape)


def check_shape(array: Array, shape: Shape, name: str, got: Any) -> None:
    """None in `shape` stands for any length. Raises `CheckFailed`."""
    fits = len(shape) == array.ndim and all(
        want is None or want == have for want, have in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = "be a single number" if shape == () else f"have the shape {_shape_text(shape)}"
        have = "is a single number" if array.shape == () else f"has the shape {array.shape}"
        raise CheckFailed("shape", f"{name} should {wanted}, but {have}.", got=got)


def check_real(array: Array, name: str, got: Any) -> None:
    """Raises `CheckFailed` for complex numbers."""
    if array.dtype.kind == "c":
        raise CheckFailed("dtype", f"{name} should hold real numbers, but its dtype is {array.dtype}.", got=got)


def check_finite(array: Array, name: str, got: Any) -> None:
    """Raises `CheckFailed` for NaN and infinities."""
    bad = ~np.isfinite(array)
    if bad.any():
        raise CheckFailed("finite", f"{name} holds {_places(array, bad)}.", got=got)


def _places(array: Array, bad: Array) -> str:
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    where = f" at index {index if len(index) > 1 else index[0]}" if index else ""
    more = f" ({int(bad.sum())} of {bad.size} entries are not finite)" if bad.sum() > 1 else ""
    return f"{array[index]}{where}{more}"


def _nested(got: Any, name: str, dtype: Any = None) -> Array:
    try:
        return np.array(got, dtype=dtype)
    except (ValueError, OverflowError, TypeError, RuntimeError):
        raise CheckFailed("shape", f"{name} is {quote.kind(got)} whose rows differ in length.", got=got) from None


def _floats(array: Array, got: Any, name: str) -> Array:
    numbers = np.empty(array.size)
    for index, item in enumerate(array.ravel()):
        if not isinstance(item, bool | int | float | Fraction | Decimal | np.ndarray | np.generic) and not hasattr(
            item, "detach"
        ):
            raise _type_error(got, name, item)
        try:
            numbers[index] = float(item)
        except (ValueError, TypeError, OverflowError, RuntimeError):
            raise _type_error(got, name, item) from None
    return numbers.reshape(array.shape)


def _fraction(item: Any, got: Any, name: str) -> Fraction:
    if hasattr(item, "item") and getattr(item, "size", 1) != 0:
        try:
            item = item.item()
        except (ValueError, RuntimeError):
            raise _type_error(got, name, item) from None
    if not isinstance(item, bool | int | float | Fraction | Decimal):
        raise _type_error(got, name, item)
    try:
        if isinstance(item, float):
            return Fraction(*item.as_integer_ratio())  # much faster than Fraction(item)
        _check_length(item, got, name)
        return Fraction(item)
    except (ValueError, OverflowError):
        raise CheckFailed("finite", f"{name} holds {item}.", got=got) from None


def _check_length(item: int | Fraction | Decimal, got: Any, name: str) -> None:
    if isinstance(item, Decimal):
        bits = 4 * (len(item.as_tuple().digits) + abs(item.adjusted())) if item.is_finite() else 0
    else:
        bits = max(item.numerator.bit_length(), item.denominator.bit_length())
    if bits > _MOST_BITS:
        message = f"{name} holds a number of more than {_MOST_BITS // 4} digits, which is too long to compute with."
        raise CheckFailed("requirement", message, got=got)


def _type_error(got: Any, name: str, item: Any = None) -> CheckFailed:
    inside = "" if item is None else f" with {_describe(item)} in it"
    return CheckFailed("type", f"{name} should hold numbers, but is {_describe(got)}{inside}.", got=got)


def _describe(got: Any) -> str:
    if isinstance(got, Opaque) and got.type_name in ("generator", "map", "zip", "filter"):
        return f"a {got.type_name}, which can be read only once: return a list or an array"
    return quote.kind(got)


def _shape_text(shape: Shape) -> str:
    texts = ["any" if n is None else str(n) for n in shape]
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


def _is_bfloat(tensor: Any) -> bool:
    return str(tensor.dtype) == "torch.bfloat16"
