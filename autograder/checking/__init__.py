"""The vocabulary that checks are written in.

A check is a pytest function with the fixtures `submission`, `reference` and `rng`, marked with its part and points;
the first line of its docstring is its title.
"""

from autograder.checking.ladder import array, no_warning, number, raises, rationals, require, same, unpack
from autograder.checking.marks import part, replaces
from autograder.checking.proofs import Network, largest, network, same_function, smallest
from autograder.checking.tolerances import (
    CLOSED_FORM,
    FINITE_DIFFERENCE,
    FLOAT32,
    ITERATIVE,
    SINGULAR,
    Tolerance,
)

__all__ = [
    "CLOSED_FORM",
    "FINITE_DIFFERENCE",
    "FLOAT32",
    "ITERATIVE",
    "SINGULAR",
    "Network",
    "Tolerance",
    "array",
    "largest",
    "network",
    "no_warning",
    "number",
    "part",
    "raises",
    "rationals",
    "replaces",
    "require",
    "same",
    "same_function",
    "smallest",
    "unpack",
]
