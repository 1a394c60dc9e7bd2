"""What is right passes however it is written; what is wrong fails at the first rung that breaks."""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.checking import CLOSED_FORM, SINGULAR, array, number, rationals, require, same, unpack
from autograder.checking.outcomes import CheckFailed
from autograder.sandbox.conversation import Opaque

VECTOR = np.array([1.0, 2.0, 3.0])
GENERATOR = Opaque(None, 0, "generator", False)
OBJECT = Opaque(None, 0, "Sly", False)


def rung(function, *arguments, **keywords):
    with pytest.raises(CheckFailed) as caught:
        function(*arguments, **keywords)
    assert "\n" not in caught.value.message or caught.value.rung == "value"
    return caught.value.rung


@pytest.mark.parametrize(
    "got",
    [
        VECTOR,
        [1, 2, 3],
        (1.0, 2.0, 3.0),
        [np.float64(1), np.array(2.0), Fraction(3)],
        torch.tensor([1.0, 2.0, 3.0], requires_grad=True),
        [torch.tensor(1.0), torch.tensor(2.0), torch.tensor(3.0)],
        VECTOR.astype(np.float32),
        VECTOR.astype(int),
        VECTOR[::-1].copy()[::-1],
        VECTOR + 1e-13,
        np.array([Fraction(1), Decimal(2), 3.0], dtype=object),
    ],
)
def test_a_vector_may_be_written_in_many_ways(got):
    same(got, VECTOR)


@pytest.mark.parametrize(
    "got",
    [
        2,
        2.0,
        np.float32(2),
        np.array(2.0),
        np.array([2.0]),
        np.array([[2.0]]),
        [2.0],
        torch.tensor(2.0),
        torch.tensor([2.0]),
        Fraction(2),
        Decimal(2),
        2 + 1e-12,
    ],
)
def test_a_number_may_be_written_in_many_ways(got):
    same(got, 2.0)


@pytest.mark.parametrize("got", [True, 1, np.True_, np.array(1), 1.0])
def test_a_truth_value_may_be_a_number(got):
    same(got, True)


@pytest.mark.parametrize(
    ("got", "expected", "at"),
    [
        (None, VECTOR, "type"),
        ("0.5", 0.5, "type"),
        (GENERATOR, VECTOR, "type"),
        (OBJECT, VECTOR, "type"),
        (OBJECT, 0.5, "type"),
        ({1.0, 2.0, 3.0}, VECTOR, "type"),
        ([1.0, None, 3.0], VECTOR, "type"),
        ([[1.0], [2.0, 3.0]], VECTOR, "shape"),
        (VECTOR[:, None], VECTOR, "shape"),
        (VECTOR[:2], VECTOR, "shape"),
        (1.0, VECTOR, "shape"),
        (VECTOR, 1.0, "shape"),
        (VECTOR + 1j, VECTOR, "dtype"),
        (VECTOR + 0j, VECTOR, "dtype"),
        ([1.0, np.nan, 3.0], VECTOR, "finite"),
        ([1.0, np.inf, 3.0], VECTOR, "finite"),
        (Decimal("NaN"), 0.5, "finite"),
        ([1.0, 2.0, 3.1], VECTOR, "value"),
        ((VECTOR + 1e-7).astype(np.float64), VECTOR, "value"),
        ((VECTOR / 3).astype(np.float32), VECTOR / 3, "value"),
        ((VECTOR,), (VECTOR, 1.0), "type"),
        (VECTOR, {"a": 1.0}, "type"),
        ({"b": 1.0}, {"a": 1.0}, "type"),
        ({"a": 2.0}, {"a": 1.0}, "value"),
        ("no", "yes", "value"),
        (None, "yes", "value"),
        (VECTOR, "yes", "value"),
        (VECTOR, None, "value"),
        (0, None, "value"),
        (10**400, 1.0, "type"),
    ],
)
def test_what_is_wrong_fails_at_its_rung(got, expected, at):
    assert rung(same, got, expected) == at


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.fractions()
    | st.complex_numbers()
    | st.decimals()
    | hnp.arrays(st.sampled_from([float, np.float32, int, bool, complex]), hnp.array_shapes(min_dims=0, min_side=0))
    | st.sampled_from([GENERATOR, OBJECT, np.array([Fraction(1, 3), None], dtype=object), 10**400, {1, 2}]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.sampled_from(["a", "b", 1]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=400)
@given(ANYTHING)
def test_whatever_comes_back_is_right_or_fails_at_a_rung(got):
    for expected in (
        1.0,
        VECTOR,
        [1.0, 2.0],
        (1.0, VECTOR),
        {"a": 1.0, 1: VECTOR},
        "text",
        None,
        True,
        1j,
        Fraction(1),
    ):
        with suppress(CheckFailed):
            same(got, expected)
    for read in (
        lambda: array(got, (2, None)),
        lambda: number(got),
        lambda: rationals(got, (2,)),
        lambda: unpack(got, "a"),
    ):
        with suppress(CheckFailed):
            read()


def test_the_message_of_a_vector_shows_both_and_the_first_difference():
    with pytest.raises(CheckFailed) as caught:
        same([1.0, 2.0, 4.0], VECTOR)
    assert caught.value.message.splitlines() == [
        "The result: expected [1, 2, 3]",
        "                 got [1, 2, 4]",
        "The result at index 2 should be 3, but is 4.",
        "1 of 3 entries differ.",
    ]


def test_a_small_difference_is_shown_with_enough_digits():
    with pytest.raises(CheckFailed, match=r"should be 0\.333333333, but is 0\.333333433"):
        same(1 / 3 + 1e-7, 1 / 3)


def test_results_unpack_from_any_sequence():
    same([VECTOR, 1], (VECTOR, 1.0))
    same(np.array([0.0, 0.5]), (0.0, 0.5))
    assert unpack(((1, 2), 3), "pair", "single") == [(1, 2), 3]
    assert rung(unpack, 5, "a", "b") == "type"
    assert rung(unpack, [1, 2, 3], "a", "b") == "type"
    assert rung(unpack, GENERATOR, "a", "b") == "type"


def test_a_list_of_numbers_may_hold_arrays_of_one_entry():
    same([np.array([1.0]), np.array(2.0), 3], [1.0, 2.0, 3.0])


def test_keys_that_were_not_asked_for_do_no_harm():
    same({"a": 1.0, "more": "anything"}, {"a": 1.0})


def test_infinity_and_nan_are_right_where_they_are_expected():
    same([np.inf, np.nan], np.array([np.inf, np.nan]))
    assert rung(same, [-np.inf, np.nan], np.array([np.inf, np.nan])) == "value"


def test_array_and_number_give_plain_float64():
    assert array([[1, 2]], (1, None), "W").dtype == np.float64
    assert number(np.array([[3]]), "b") == 3.0
    assert rung(array, [1, 2], (2, 2), "W") == "shape"
    assert rung(number, [1, 2], "b") == "shape"
    assert rung(number, float("nan"), "b") == "finite"


@given(st.lists(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.fractions()), min_size=1))
def test_rationals_are_exact(values):
    exact = rationals(values, (len(values),), "values")
    assert all(type(it) is Fraction for it in exact)
    assert list(exact) == [Fraction(it) for it in values]


def test_rationals_take_numbers_as_they_stand():
    assert rationals(Decimal("0.1"), ()) == Fraction(1, 10)
    assert rationals(0.1, ()) != Fraction(1, 10)
    assert rationals(np.array([[0.5]]), ()) == Fraction(1, 2)
    assert rationals(torch.tensor([0.5, 0.25]), (2,)).tolist() == [Fraction(1, 2), Fraction(1, 4)]
    assert rationals([np.array(0.5), 1], (2,)).tolist() == [Fraction(1, 2), 1]
    assert rung(rationals, [0.5, float("inf")], (2,)) == "finite"


@pytest.mark.parametrize(
    "number", [10**4000, -(10**4000), Fraction(1, 10**4000), Decimal("1e999999999"), Decimal("-1e-999999999")]
)
def test_numbers_too_long_to_compute_with_are_refused_at_once(number):
    assert rung(rationals, [0.5, number], (2,)) == "requirement"
    assert rung(rationals, number, ()) == "requirement"


def test_rationals_are_as_long_as_floats_can_be():
    extremes = [5e-324, 1.7976931348623157e308, Decimal("1e-300")]
    assert rationals(extremes, (3,)).tolist() == list(map(Fraction, extremes))
    assert rung(rationals, np.zeros(10**6), (10**6,)) == "shape"
    assert rung(rationals, ["0.5", "0.5"], (2,)) == "type"
    assert rung(rationals, [0.5], (2,)) == "shape"
    assert rung(rationals, 0.5j, ()) == "type"


def test_require_carries_the_name_of_the_mistake():
    require(True, "holds")
    with pytest.raises(CheckFailed) as caught:
        require(False, "does not hold", mistake="a_mistake")
    assert (caught.value.rung, caught.value.mistake) == ("requirement", "a_mistake")


FINITE = hnp.arrays(
    np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6, allow_subnormal=False)
)


@given(FINITE)
def test_every_array_is_the_same_as_its_list_and_its_tensor(expected):
    same(expected.tolist(), expected)
    same(torch.from_numpy(expected.copy()), expected)


@given(FINITE, st.data())
def test_one_entry_that_is_off_is_found(expected, data):
    got = expected.copy()
    index = tuple(data.draw(st.integers(0, n - 1)) for n in got.shape)
    got[index] += 2e-9 * abs(got[index]) + 1e-11
    assert rung(same, got, expected) == "value"


def test_a_looser_tolerance_takes_what_a_tighter_one_refuses():
    assert CLOSED_FORM.relative < SINGULAR.relative
    same(VECTOR + 1e-7, VECTOR, SINGULAR)
    assert rung(same, VECTOR + 1e-7, VECTOR, CLOSED_FORM) == "value"


def test_other_numbers_can_show_a_mistake_and_another_shape_does_not():
    for got, mistake in [([1.0, 2.0, 4.0], "slip"), ([1.0, 2.0, np.nan], "slip"), ([1.0, 2.0], None)]:
        with pytest.raises(CheckFailed) as caught:
            same(got, VECTOR, mistake="slip")
        assert caught.value.mistake == mistake
