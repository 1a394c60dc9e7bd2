"""The digits that come with the course; NumPy is all that they need."""

import lzma
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Digits = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]

FILE = Path(__file__).with_name("digits.xz")
TRAINING = 6000


def digits() -> Digits:
    """6,000 training and 1,000 test images of MNIST, every digit equally often: (X, y, X_test, y_test).

    X is (N, 784) float32 in [0, 1], an image a row; y is (N,) int64, the digits 0 to 9.
    """
    rows = np.frombuffer(lzma.decompress(FILE.read_bytes()), np.uint8).reshape(-1, 785)
    train, test = rows[:TRAINING], rows[TRAINING:]
    return as_arrays(train[:, :-1], train[:, -1], test[:, :-1], test[:, -1])


def as_arrays(
    X: NDArray[np.uint8], y: NDArray[np.uint8], X_test: NDArray[np.uint8], y_test: NDArray[np.uint8]
) -> Digits:
    """Pixels as numbers in [0, 1], one image a row, and labels that can be used as indices."""
    return _scaled(X), y.astype(np.int64), _scaled(X_test), y_test.astype(np.int64)


def _scaled(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return pixels.reshape(len(pixels), -1).astype(np.float32) / np.float32(255)
