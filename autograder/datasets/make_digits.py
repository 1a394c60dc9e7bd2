"""Makes `digits.xz` from MNIST: `python -m autograder.datasets.make_digits`."""

import lzma
import sys

import numpy as np
from numpy.typing import NDArray

from autograder.datasets.full import mnist
from autograder.datasets.shipped import FILE, TRAINING
from autograder.errors import UserError

TEST = 1000


def rows() -> NDArray[np.uint8]:
    """Pixels and label of every chosen image."""
    X, y, X_test, y_test = mnist()
    return np.concatenate([_chosen(X, y, TRAINING), _chosen(X_test, y_test, TEST)])


def _chosen(X: NDArray[np.float32], y: NDArray[np.int64], count: int) -> NDArray[np.uint8]:
    """Every digit equally often, spread evenly over the images, in their order."""
    each = count // 10
    occurrences = [np.flatnonzero(y == digit) for digit in range(10)]
    kept = np.sort(np.concatenate([at[np.arange(each) * len(at) // each] for at in occurrences]))
    return np.column_stack([np.rint(255 * X[kept]), y[kept]]).astype(np.uint8)


def main() -> int:
    try:
        data = lzma.compress(rows().tobytes(), preset=9 | lzma.PRESET_EXTREME)
    except UserError as error:
        print(f"make_digits: {error}", file=sys.stderr)
        return 2
    FILE.write_bytes(data)
    print(f"{FILE}: {len(data):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
