"""Arguments that are handed in to be changed: random generators, whose draws count."""

import copy
from typing import Any

import numpy as np

_KINDS = (np.random.Generator,)


def is_stateful(value: object) -> bool:
    """Whether a function that changes this argument does what it was given it for."""
    return isinstance(value, _KINDS)


def snapshot(value: Any) -> Any:
    """The value as it is now: a copy of what is stateful, anything else itself."""
    return copy.deepcopy(value) if is_stateful(value) else value


def take_state(ours: Any, theirs: object) -> bool:
    """Puts our object into the state of theirs. Tells whether that is possible."""
    if type(ours) is not type(theirs) or type(ours.bit_generator) is not type(theirs.bit_generator):  # type: ignore[attr-defined]
        return False
    ours.bit_generator.state = theirs.bit_generator.state  # type: ignore[attr-defined]
    return True
