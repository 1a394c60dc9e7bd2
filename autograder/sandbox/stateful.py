"""Arguments that are handed in to be changed: random generators, whose draws count, and networks to be trained."""

import copy
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.sandbox.network import Network, same_layers


def is_stateful(value: object) -> bool:
    """Whether a function that changes this argument does what it was given it for."""
    return isinstance(value, (np.random.Generator, Network)) or is_handed_in(value)


def is_handed_in(value: object) -> bool:
    """Whether this is a torch module that was made from a `Network`."""
    module = sys.modules.get("autograder.sandbox.handed_in")
    return module is not None and isinstance(value, module.HandedIn)


def snapshot(value: Any) -> Any:
    """The value as it is now: a copy of what is stateful, anything else itself."""
    return copy.deepcopy(value) if is_stateful(value) else value


def has_trained(before: Sequence[object], after: Sequence[object]) -> bool:
    """Whether the arrays of a network among the arguments have changed."""
    return any(
        isinstance(old, Network) and isinstance(new, Network) and not all(map(np.array_equal, old.arrays, new.arrays))
        for old, new in zip(before, after, strict=True)
    )


def take_state(ours: object, theirs: object) -> bool:
    """Puts our object into the state of theirs. Tells whether that is possible."""
    if isinstance(ours, Network) and isinstance(theirs, Network) and same_layers(ours, theirs):
        vars(ours).update(vars(theirs))
        return True
    if not isinstance(ours, np.random.Generator) or not isinstance(theirs, np.random.Generator):
        return False
    if type(ours.bit_generator) is not type(theirs.bit_generator):
        return False
    ours.bit_generator.state = theirs.bit_generator.state
    return True
