"""The vocabulary that checks are written in.

A check is a pytest function with the fixtures `submission`, `reference` and `rng`, marked with its part and points;
the first line of its docstring is its title.
"""

from autograder.checking.ladder import (
    array,
    blaming,
    instance,
    no_warning,
    number,
    pretended_cuda,
    raises,
    rationals,
    require,
    same,
    unpack,
)
from autograder.checking.marks import part, replaces
from autograder.checking.proofs import exact_network, largest, same_function, smallest
from autograder.checking.tolerances import (
    CLOSED_FORM,
    FINITE_DIFFERENCE,
    FLOAT32,
    ITERATIVE,
    SINGULAR,
    Tolerance,
)
from autograder.sandbox.network import Layer, Network, Tensor

__all__ = [
    "CLOSED_FORM",
    "FINITE_DIFFERENCE",
    "FLOAT32",
    "ITERATIVE",
    "SINGULAR",
    "Layer",
    "Network",
    "Tensor",
    "Tolerance",
    "array",
    "blaming",
    "exact_network",
    "instance",
    "largest",
    "no_warning",
    "number",
    "part",
    "pretended_cuda",
    "raises",
    "rationals",
    "replaces",
    "require",
    "same",
    "same_function",
    "smallest",
    "unpack",
]
