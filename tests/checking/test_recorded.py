"""Recorded expectations belong to their inputs."""

import numpy as np

from autograder.checking.recorded import fingerprint
from autograder.checking.trial import Call

NETWORK = [(np.ones((2, 3)), np.zeros(2)), (np.ones((1, 2)), np.zeros(1))]
OTHER = [(np.ones((2, 3)), np.zeros(2)), (np.ones((1, 2)), np.ones(1))]


def test_inputs_are_told_apart_however_they_are_nested():
    calls = [Call("f", arguments, {}) for arguments in ((NETWORK, 2), (OTHER, 2), (NETWORK, 3), ("text", None))]
    prints = [fingerprint(call) for call in calls]
    assert len(set(map(tuple, prints))) == len(calls)
    assert fingerprint(Call("f", (NETWORK, 2), {})) == prints[0]
