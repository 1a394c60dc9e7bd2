"""How close is close enough: one table, each entry with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tolerance:
    """Entries agree when |got − expected| ≤ absolute + relative·|expected|."""

    relative: float
    absolute: float
    reason: str


CLOSED_FORM = Tolerance(
    1e-9,
    1e-12,
    "A formula in float64 loses a few units of 2e-16 by rounding, whatever the order of summation; "
    "float32 inside (1e-7) and a slightly wrong formula (1e-7 and more) stay outside.",
)
ITERATIVE = Tolerance(
    1e-7,
    1e-10,
    "Thousands of steps of a contraction carry each step's rounding along; "
    "a wrong step size, sign or order of updates moves the result by percents.",
)
SINGULAR = Tolerance(
    1e-6,
    1e-6,
    "A solution of least norm may be found through a cut-off or a ridge of 1e-8; a ridge of 1e-3 is another problem.",
)
FINITE_DIFFERENCE = Tolerance(
    1e-5,
    1e-7,
    "A central difference with step 1e-5 is off by about 1e-10 from its remainder and 1e-11 from rounding, "
    "times the third derivative.",
)
FLOAT32 = Tolerance(
    1e-4,
    1e-5,
    "float32 has seven digits, and sums of a few thousand terms in another order cost two to three of them.",
)
