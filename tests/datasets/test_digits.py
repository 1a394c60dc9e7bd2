"""The digits that come with the course."""

import os
import subprocess
import sys

import numpy as np
import pytest

from autograder.datasets import digits, make_digits
from autograder.datasets.full import FOLDER


def test_shapes_types_and_values():
    X, y, X_test, y_test = digits()
    assert (X.shape, X_test.shape, y.shape, y_test.shape) == ((6000, 784), (1000, 784), (6000,), (1000,))
    assert {X.dtype, X_test.dtype} == {np.dtype(np.float32)}
    assert {y.dtype, y_test.dtype} == {np.dtype(np.int64)}
    assert (X.min(), X.max(), X_test.min(), X_test.max()) == (0.0, 1.0, 0.0, 1.0)
    assert len(np.unique(np.concatenate([X, X_test]), axis=0)) == 7000


def test_every_digit_occurs_equally_often():
    _, y, _, y_test = digits()
    assert np.bincount(y).tolist() == [600] * 10
    assert np.bincount(y_test).tolist() == [100] * 10


def test_labels_belong_to_their_images():
    # The nearest class mean is right on four images of five; labels out of step would give one of ten.
    X, y, X_test, y_test = digits()
    means = np.stack([X[y == digit].mean(axis=0) for digit in range(10)])
    distances = ((X_test[:, np.newaxis] - means) ** 2).sum(axis=2)
    assert np.mean(distances.argmin(axis=1) == y_test) > 0.75


def test_each_call_gives_arrays_of_its_own():
    X, y, _, _ = digits()
    X[:], y[:] = -1, -1
    assert digits()[0].min() == 0.0
    assert digits()[1].min() == 0


def test_numpy_is_all_that_they_need():
    code = "import sys; from autograder.datasets import digits; digits(); print({'torch', 'pooch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.skipif(FOLDER not in os.environ, reason=f"needs all of MNIST, in a folder named in {FOLDER}")
def test_the_file_is_what_its_script_makes():
    rows = make_digits.rows()
    X, y, X_test, y_test = digits()
    np.testing.assert_array_equal(rows[:, :-1] / np.float32(255), np.concatenate([X, X_test]))
    np.testing.assert_array_equal(rows[:, -1], np.concatenate([y, y_test]))
