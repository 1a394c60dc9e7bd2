"""Recorded expectations."""

import pytest

from autograder.checking.recorded import encode_expectations, same_expectations


def recording(reference: float, wrong: float) -> bytes:
    """One check with a call to the reference, and one to the submission, which a wrong way answers."""
    checks = {
        "test_f": {
            "reference": [["f", [1.0], reference]],
            "submission": [["f", [1.0], [reference, [], []], [], {"wrong": [wrong, [], []]}]],
        }
    }
    return encode_expectations("lines", [], {"f": ["x"]}, {"wrong": "You …"}, checks)


@pytest.mark.parametrize(
    ("reference", "wrong", "same"),
    [
        (1.0, 2.0, True),
        (1.0 + 1e-12, 2.0, True),
        (1.0 + 1e-7, 2.0, False),
        (1.0, 2.0 + 1e-6, True),
        (1.0, 2.1, False),
    ],
)
def test_another_machine_rounds_differently_and_wrong_ways_more_so(reference, wrong, same):
    assert same_expectations(recording(1.0, 2.0), recording(reference, wrong)) is same
