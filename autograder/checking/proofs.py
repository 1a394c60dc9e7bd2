"""Proofs about networks of affine maps with ReLU between: equal for every real input, or a point where they differ.

Weights are taken as the exact rationals that they are. What a network should compute is written as a function of its
inputs, with +, −, products with numbers, `largest`, `smallest` and other networks: `lambda x: [largest(x[0], -x[0])]`.
The same function computes in fractions and makes the terms of a proof.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from importlib.util import find_spec
from types import FunctionType
from typing import Any

import numpy as np

from autograder.checking import quote
from autograder.checking.coerce import Array, to_fractions
from autograder.checking.outcomes import CheckFailed
from autograder.checking.trial import remark

Function = Callable[[Sequence[Any]], Sequence[Any]]

ALLOWED = Fraction(1, 10**9)  # two functions are equal if they differ by at most ALLOWED·(1 + ‖x‖₁) at every x

# What is read, and what is proved; both are far above what an exercise needs. The solver's steps are counted, so that
# a proof ends in the same way on every machine; time and memory are limited in case that the steps are large.
_MOST_LAYERS, _MOST_UNITS, _MOST_NUMBERS = 64, 256, 10_000
_MOST_BITS = 500_000
_MOST_BITS_PROVED = 100_000
_STEPS, _MILLISECONDS, _MIB = 2_000_000, 2_000, 512

_SCREENED, _TESTED, _MOST_PRODUCTS = 16, 500, 200_000

_REMEMBERED, _MOST_REMEMBERED = 5_000, 2_500

# A fraction is simple up to this denominator; a number is one if it misses it by so little. Of other numbers so many
# bits are kept.
_SIMPLE, _ROUNDING, _LEADING = 10_000, Fraction(1, 10**13), 40


@dataclass(frozen=True)
class ExactNetwork:
    """A network in exact arithmetic: a function of a sequence of numbers, of arrays of them, or of terms."""

    layers: tuple[tuple[Array, Array], ...]
    got: Any
    # The same layers in integers, which compute faster: since ReLU(s·z) = s·ReLU(z), the network times `scale`.
    integers: tuple[tuple[Array, Array], ...]
    scale: int

    @property
    def depth(self) -> int:
        """The number of ReLU layers."""
        return len(self.layers) - 1

    @property
    def inputs(self) -> int:
        return int(self.layers[0][0].shape[1])

    @property
    def outputs(self) -> int:
        return len(self.layers[-1][0])

    @property
    def bits(self) -> int:
        """How much there is to compute with: the lengths of all numbers together."""
        return sum(it.bit_length() for layer in self.integers for numbers in layer for it in numbers.flat)

    @property
    def is_small(self) -> bool:
        """Whether it is one of many that can be remembered."""
        return sum(A.size for A, _ in self.layers) <= _MOST_REMEMBERED and self.bits <= 8 * _MOST_REMEMBERED

    def __call__(self, x: Sequence[Any]) -> list[Any]:
        for number, (A, b) in enumerate(self.integers):
            if number:
                x = [largest(0, it) for it in x]
            x = [_affine(row, x, c) for row, c in zip(A, b, strict=True)]
        return list(x) if self.scale == 1 else [it * Fraction(1, self.scale) for it in x]


def exact_network(
    got: Any, *, inputs: int | None = None, outputs: int | None = None, name: str = "The network"
) -> ExactNetwork:
    """Reads a network, a list of pairs (A, b) with A of shape (out, in) and b of shape (out,).

    Fails with a message for the first thing that is wrong with it.
    """
    __tracebackhide__ = True
    if len(_items(got)) > _MOST_LAYERS:
        raise CheckFailed("requirement", f"{name} has {len(got)} layers. At most {_MOST_LAYERS} are read.", got=got)
    read: ExactNetwork = _remembered(_read, got, inputs, outputs, name)
    return replace(read, got=got)


def _read(got: Any, inputs: int | None, outputs: int | None, name: str) -> ExactNetwork:
    __tracebackhide__ = True
    what = "A network is a list of pairs (A, b), one for each affine map"
    if len(_items(got)) == 0:
        raise CheckFailed("type", f"{what}, but {_lower(name)} is {quote.kind(got)}.", got=got)
    layers: list[tuple[Array, Array]] = []
    width = inputs
    for number, pair in enumerate(_items(got)):
        if len(_items(pair)) != 2:
            raise CheckFailed("type", f"{what}, but item {number} of {_lower(name)} is {quote.kind(pair)}.", got=got)
        try:
            A, b = (to_fractions(it, f"{letter}{number}") for it, letter in zip(_items(pair), "Ab", strict=True))
        except CheckFailed as failed:
            raise CheckFailed(failed.rung, failed.message, got=got) from None
        _check_layer(A, b, width, number, name, got)
        layers.append((A, b))
        if sum(A.size for A, _ in layers) > _MOST_NUMBERS:
            raise CheckFailed(
                "requirement", f"{name} has more than {_MOST_NUMBERS} weights, which is too many.", got=got
            )
        width = len(A)
    if outputs is not None and width != outputs:
        last = f"A{len(layers) - 1}"
        raise CheckFailed(
            "shape", f"{name} should have {_count(outputs, 'output')}, but {last} has {width} rows.", got=got
        )
    scaled: list[tuple[Array, Array]] = []
    scale, bits = 1, 0
    for A, b in layers:
        denominator = _common_denominator(A, scale * b)
        scale *= denominator
        bits += (int(np.count_nonzero(A)) + len(b)) * (scale.bit_length() + _longest(A, b))
        if denominator == 0 or bits > _MOST_BITS:
            message = f"{name} is too large to be computed exactly: write it with fewer or shorter numbers."
            raise CheckFailed("requirement", message, got=got)
        scaled.append((_times(A, denominator), _times(b, scale)))
    return ExactNetwork(tuple(layers), got, tuple(scaled), scale)


def same_function(
    got: ExactNetwork, expected: Function, what: str, mistakes: Iterable[tuple[str, Function]] = ()
) -> None:
    """Fails unless the network computes `expected`, called `what` in the message, for every real input.

    `mistakes` are pairs of a misconception's name and a wrong function: if the network computes that, it is named.
    """
    __tracebackhide__ = True
    x, how = _remembered(difference, got, expected)
    if x is None:
        remark(how)
    else:
        should, have = _beside(_numbers(expected(x)), _numbers(got(x)))
        message = f"At x = {_vector(x)} the network gives {have}, but {what} is {should}."
        mistake = next((name for name, function in mistakes if _computes(got, function)), None)
        raise CheckFailed("value", message, got=got.got, mistake=mistake)


def difference(got: ExactNetwork, expected: Function) -> tuple[list[Fraction] | None, str]:
    """A point at which the two differ, as simple as one was found; None if they are equal, and how that is known."""
    found = _prove(got, expected) if got.bits <= _MOST_BITS_PROVED else None
    if found == []:
        return None, "Equality was proved for every real input."
    point = _search(got, expected, _SCREENED)
    if found is None and point is None:
        tested = max(_SCREENED, min(_TESTED, _MOST_PRODUCTS // sum(A.size for A, _ in got.layers)))
        point = _search(got, expected, tested)
        if point is None:
            why = "A proof would have taken too long" if find_spec("z3") else "z3-solver is not installed"
            return None, f"{why}, so a network was tested at {tested} points instead."
    return point or _simplest(got, expected, found or []), ""


def _computes(got: ExactNetwork, function: Function) -> bool:
    return _search(got, function, _SCREENED) is None and difference(got, function)[0] is None


def largest(*values: Any) -> Any:
    """The maximum of numbers, of arrays entry by entry, or of terms."""
    return reduce(_larger, values)


def smallest(*values: Any) -> Any:
    """The minimum of numbers, of arrays entry by entry, or of terms."""
    return -largest(*(-it for it in values))


def _larger(one: Any, other: Any) -> Any:
    if isinstance(one, _Term) or isinstance(other, _Term):
        gap = one - other
        return other + gap.proof.relu(gap)
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.maximum(one, other)
    return max(one, other)


def _affine(factors: Iterable[Any], values: Sequence[Any], constant: Any) -> Any:
    """Σ factors·values + constant."""
    used = [(factor, value) for factor, value in zip(factors, values, strict=True) if factor]
    proof = next((value.proof for _, value in used if isinstance(value, _Term)), None)
    return proof.affine(used, constant) if proof else sum((factor * value for factor, value in used), constant)


# Remembering

_memory: dict[Any, Any] = {}


def _remembered(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function gives: in a class, many hand in the same networks."""
    try:
        key = function, *map(_content, arguments)
        if key in _memory:
            return _memory[key]
    except (TypeError, ValueError, RecursionError):  # there is something that cannot be told apart
        return function(*arguments)
    value = function(*arguments)
    about = value if isinstance(value, ExactNetwork) else arguments[0]
    if about.is_small:
        if len(_memory) >= _REMEMBERED:
            _memory.clear()
        _memory[key] = value
    return value


def _content(it: Any) -> Any:
    """What tells values apart. A function is known by its code and by what it holds."""
    if isinstance(it, ExactNetwork):
        return it.scale, tuple((A.shape, *A.flat, *b) for A, b in it.integers)
    if isinstance(it, list | tuple) and len(it) <= _MOST_UNITS:
        return tuple(map(_content, it))
    if isinstance(it, np.ndarray):
        return it.shape, it.dtype.str, tuple(it.flat) if it.dtype.hasobject else it.tobytes()
    if isinstance(it, FunctionType):
        held = (it.__defaults__, [cell.cell_contents for cell in it.__closure__ or ()])
        return it.__code__, it.__code__.co_filename, _content(held)
    if it is None or isinstance(it, int | float | Fraction | Decimal | str):
        return it
    raise TypeError


# Reading


def _check_layer(A: Array, b: Array, width: int | None, number: int, name: str, got: Any) -> None:
    if A.ndim != 2 or A.size == 0:
        message = f"A{number} should be a matrix of shape (out, in), but has the shape {A.shape}."
    elif width is not None and A.shape[1] != width:
        each = "input" if number == 0 else f"row of A{number - 1}"
        turned = " Rows belong to outputs: is it transposed?" if A.shape[0] == width else ""
        message = f"A{number} should have {_count(width, 'column')}, one for each {each}, but has the shape {A.shape}."
        message += turned
    elif b.shape != A.shape[:1]:
        message = f"b{number} should have the shape ({len(A)},), one entry for each row of A{number}, "
        message += f"but has the shape {b.shape}."
    elif len(A) > _MOST_UNITS:
        message = f"A{number} has {len(A)} rows. At most {_MOST_UNITS} are read."
    else:
        return
    raise CheckFailed("shape", f"{name} is no network: {message}", got=got)


def _items(it: Any) -> Any:
    """The items of a sequence; none of anything else."""
    is_sequence = isinstance(it, list | tuple) or (isinstance(it, np.ndarray) and it.ndim > 0)
    return it if is_sequence else ()


def _integers(numbers: Array) -> Array:
    """Fractions that are integers as integers, which compute faster."""
    result: Array = _simplified(numbers)
    return result


_simplified = np.frompyfunc(lambda it: it.numerator if it.denominator == 1 else it, 1, 1)


def _times(numbers: Array, multiple: int) -> Array:
    """The numbers times a multiple of their denominators."""
    products = [it.numerator * (multiple // it.denominator) for it in numbers.flat]
    return np.array([*products, None], dtype=object)[:-1].reshape(numbers.shape)


def _longest(*numbers: Array) -> int:
    return max((int(it.numerator.bit_length()) for array in numbers for it in array.flat), default=0)


def _common_denominator(*numbers: Array) -> int:
    """The least one; zero if that is far too long."""
    common = 1
    for it in (it for array in numbers for it in array.flat):
        common = math.lcm(common, it.denominator)
        if common.bit_length() > _MOST_BITS // 20:
            return 0
    return common


# Testing


def _search(got: ExactNetwork, expected: Function, count: int) -> list[Fraction] | None:
    """The first of `count` points at which the two differ."""
    points = _points(got.inputs, count)
    x = list(_integers(np.array(points, dtype=object)).T)
    allowed = ALLOWED * (1 + sum(map(abs, x)))
    different = np.zeros(count, dtype=bool)
    for one, other in zip(got(x), expected(x), strict=True):
        different |= (np.abs(one - other) > allowed).astype(bool)
    return points[int(np.argmax(different))] if different.any() else None


def _points(dimension: int, count: int) -> list[list[Any]]:
    """Simple points first, then points that are finer and farther out; always the same ones."""
    unit = [[int(i == j) for j in range(dimension)] for i in range(dimension)]
    points: list[list[Any]] = [[0] * dimension, [1] * dimension, *unit]
    points += [[-it for it in point] for point in points[1:]]
    draw = random.Random(dimension)
    for number in range(count - len(points)):
        denominator, reach = ((1, 3), (2, 5), (1, 100), (8, 3), (10, 1000))[number % 5]
        ends = -reach * denominator, reach * denominator
        points.append([Fraction(draw.randint(*ends), denominator) for _ in range(dimension)])
    return points[:count]


def _differ_at(got: ExactNetwork, expected: Function, x: list[Any]) -> bool:
    allowed = ALLOWED * (1 + sum(map(abs, x)))
    return any(abs(one - other) > allowed for one, other in zip(got(x), expected(x), strict=True))


def _simplest(got: ExactNetwork, expected: Function, x: list[Fraction]) -> list[Fraction]:
    """The point rounded to as few decimals as still tell the two apart."""
    rounded = ([round(it, digits) for it in x] for digits in range(7))
    return next((point for point in rounded if _differ_at(got, expected, point)), x)


# Proving


def _prove(got: ExactNetwork, expected: Function) -> list[Fraction] | None:
    """A point at which the two differ, no coordinates if they are equal, None if that was too hard to decide."""
    for rounded in (True, False):
        proof = _Proof(got.inputs, rounded)
        x = [_Term(proof, {number: 1}, 0) for number in range(got.inputs)]
        try:
            answer = proof.difference(got(x), expected(x))
        except (OverflowError, ValueError):  # numbers of too many digits
            return None
        if answer is None or (answer and _differ_at(got, expected, answer)):
            return answer
        if answer == [] and proof.is_close:
            return []
    return None


class _Proof:
    """The question whether some functions of the inputs are equal.

    They are affine in atoms: the inputs, and the ReLU of what is affine in earlier atoms. As ReLU(t) = |c|·ReLU(t/|c|)
    and ReLU(−t) = ReLU(t) − t, only a t with 1 in front makes an atom, and much that was built in different ways comes
    out the same. What does not is put to the solver.

    An equality that holds only up to rounding takes the solver very long. So numbers that are equal up to rounding
    are first replaced by one and the same number. The question is then whether the functions are exactly equal; how
    far they are from what they were is bounded by hand. A bound (c, d) stands for c + d·‖x‖₁.
    """

    def __init__(self, inputs: int, rounded: bool) -> None:
        self._rounded = rounded
        self._inputs = inputs
        self._arguments: list[_Term] = []  # those of ReLU in the atoms behind the inputs
        self._sizes: list[_Bound] = [(0.0, 1.0)] * inputs
        self._errors: list[_Bound] = [(0.0, 0.0)] * inputs
        self._known: dict[Any, int] = {}
        self.is_close = True

    def affine(self, products: list[tuple[Any, Any]], constant: Any) -> "_Term":
        factors: dict[int, Any] = {}
        for factor, value in products:
            if isinstance(value, _Term):
                constant += factor * value.constant
                for atom, it in value.factors.items():
                    factors[atom] = factors.get(atom, 0) + factor * it
            else:
                constant += factor * value
        return _Term(self, {atom: it for atom, it in factors.items() if it}, constant)

    def relu(self, term: "_Term") -> "_Term":
        if not term.factors:
            return _Term(self, {}, max(0, term.constant))
        # What is zero up to rounding is not put in front.
        least = max(map(abs, term.factors.values())) * _ROUNDING
        lead: Fraction = next(it for _, it in sorted(term.factors.items()) if abs(it) > least)
        unit = term * (lead if abs(lead) == 1 else 1 / Fraction(lead))
        atom = _Term(self, {self._atom(unit): 1}, 0)
        return atom * lead if lead > 0 else (atom - unit) * -lead

    def _atom(self, term: "_Term") -> int:
        near, size, error = self._replaced(term)
        key = (tuple(sorted(near.factors.items())), near.constant)
        number = self._known.setdefault(key, len(self._sizes))
        if number == len(self._sizes):
            self._arguments.append(near)
            self._sizes.append(size)
            self._errors.append(error)
        else:  # from now on the atom stands for this function too
            self._sizes[number] = _maximum(self._sizes[number], size)
            self._errors[number] = _maximum(self._errors[number], error)
        return number

    def difference(self, ones: Sequence[Any], others: Sequence[Any]) -> list[Fraction] | None:
        """A point at which they differ; no coordinates if there is none, None if the solver gave up."""
        gaps = [self._gap(one, other) for one, other in zip(ones, others, strict=True)]
        gaps = [gap for gap in gaps if gap.factors or gap.constant]
        return self._solve(gaps) if gaps else []

    def _gap(self, one: Any, other: Any) -> "_Term":
        (near, _, error), (near_other, _, error_other) = (
            self._replaced(it if isinstance(it, _Term) else _Term(self, {}, it)) for it in (one, other)
        )
        # Half of what is allowed is left to the rounding of the bounds themselves.
        self.is_close &= all(2 * (it + its) <= float(ALLOWED) for it, its in zip(error, error_other, strict=True))
        return near - near_other

    def _solve(self, gaps: list["_Term"]) -> list[Fraction] | None:
        """A point at which one of them is not zero; no coordinates if there is none, None if the solver gave up."""
        try:
            import z3  # takes a tenth of a second
        except ImportError:  # at home it may be missing: there is none for some machines
            return None

        def value(term: _Term) -> Any:
            products = [z3.RealVal(str(it)) * atoms[atom] for atom, it in term.factors.items()]
            return z3.Sum([*products, z3.RealVal(str(term.constant))])

        x = [z3.Real(f"x{number}") for number in range(self._inputs)]
        atoms = list(x)
        for argument in map(value, self._arguments):
            atoms.append(z3.If(argument > 0, argument, 0))
        solver = z3.SolverFor("QF_LRA")
        solver.set(rlimit=_STEPS, timeout=_MILLISECONDS, max_memory=_MIB)
        if self._rounded:
            solver.add(z3.Or([value(gap) != 0 for gap in gaps]))
        else:
            sizes = [z3.Real(f"size of x{number}") for number in range(self._inputs)]
            for size, it in zip(sizes, x, strict=True):
                solver.add(size >= it, size >= -it)
            allowed = z3.RealVal(str(ALLOWED)) * (1 + z3.Sum(sizes))
            solver.add(z3.Or([side > allowed for gap in gaps for side in (value(gap), value(-gap))]))
        try:
            answer = solver.check()
            if answer == z3.sat:
                model = solver.model()
                return [model.eval(it, model_completion=True).as_fraction() for it in x]
        except z3.Z3Exception:  # too little memory
            return None
        return [] if answer == z3.unsat else None

    def _replaced(self, term: "_Term") -> tuple["_Term", "_Bound", "_Bound"]:
        """The term with replaced numbers; bounds of the function's magnitude, and of its distance from the term."""
        factors, constant = {}, self._near(term.constant)
        size, error = (_plus((0.0, 0.0), _upper(it), (1.0, 0.0)) for it in (term.constant, term.constant - constant))
        for atom, it in term.factors.items():
            near = self._near(it)
            size = _plus(size, _upper(it), self._sizes[atom])
            error = _plus(error, _upper(it - near), self._sizes[atom])
            error = _plus(error, _upper(near), self._errors[atom])
            if near:
                factors[atom] = near
        return _Term(self, factors, constant), size, error

    def _near(self, number: Any) -> Any:
        """The simple fraction that the number is up to rounding, or its leading bits."""
        if not self._rounded or number.denominator <= _SIMPLE:
            return number
        near = Fraction(number).limit_denominator(_SIMPLE)
        if abs(near - number) <= _ROUNDING * max(1, abs(number)):
            return near
        grid = Fraction(2) ** (_LEADING - math.frexp(number)[1])
        return round(number * grid) / grid


class _Term:
    """A function of the inputs that is affine in the atoms of a proof: those of `factors`, plus a constant."""

    def __init__(self, proof: _Proof, factors: dict[int, Any], constant: Any) -> None:
        self.proof = proof
        self.factors = factors
        self.constant = constant

    def __add__(self, other: Any) -> "_Term":
        if not isinstance(other, _Term):
            return _Term(self.proof, self.factors, self.constant + other)
        return self.proof.affine([(1, self), (1, other)], 0)

    __radd__ = __add__

    def __mul__(self, number: Any) -> "_Term":
        return self.proof.affine([(number, self)], 0)

    __rmul__ = __mul__

    def __neg__(self) -> "_Term":
        return self * -1

    def __sub__(self, other: Any) -> "_Term":
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> "_Term":
        return (-self).__add__(other)


_Bound = tuple[float, float]


def _plus(bound: _Bound, factor: float, other: _Bound) -> _Bound:
    return (bound[0] + factor * other[0], bound[1] + factor * other[1]) if factor else bound


def _maximum(one: _Bound, other: _Bound) -> _Bound:
    return max(one[0], other[0]), max(one[1], other[1])


def _upper(number: Any) -> float:
    """A float that is no smaller than the number's magnitude."""
    try:
        return math.nextafter(float(abs(number)), math.inf) if number else 0.0
    except OverflowError:
        return math.inf


# Telling


def _numbers(values: Sequence[Any]) -> list[float]:
    return [float(it) for it in values]


def _beside(expected: list[float], got: list[float]) -> tuple[str, str]:
    """Both with as many digits as tell them apart."""
    texts = [
        quote.pair(*it) if it[0] != it[1] else (quote.number(it[0]),) * 2 for it in zip(expected, got, strict=True)
    ]
    should, have = (", ".join(column) for column in zip(*texts, strict=True))
    return (should, have) if len(texts) == 1 else (f"({should})", f"({have})")


def _vector(x: Sequence[Any]) -> str:
    texts = ", ".join(quote.number(float(it)) for it in x)
    return texts if len(x) == 1 else f"({texts})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
