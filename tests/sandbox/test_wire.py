"""Values cross unchanged, and bytes from student code never do more than fail."""

import math
import sys
import time
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.counting import becomes_more_than
from autograder.sandbox.wire import (
    ARRAY,
    DICT,
    GENERATOR,
    INTEGER,
    MAX_DEPTH,
    MAX_ITEMS,
    OBJECTS,
    TUPLE,
    Codec,
    Reference,
    WireError,
)


@pytest.fixture
def codec():
    return plain_codec()


def plain_codec():
    return Codec(lambda value: Reference(False, 7, type(value).__name__, callable(value)), lambda it: it)


def is_value_or_refused(codec, data):
    """Any other exception than `WireError` would pass through, and fail the test."""
    try:
        codec.decode(data)
    except WireError as error:
        return str(error) != ""
    return True


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
    | st.fractions()
    | st.complex_numbers(allow_nan=False)
    | st.decimals(allow_nan=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
        | st.sets(st.integers(), max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_values_come_back_equal_and_of_the_same_type(value):
    codec = plain_codec()
    back = codec.decode(codec.encode(value))
    assert back == value
    assert type(back) is type(value)


@given(
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.int32, np.uint8, np.bool_, np.complex128, ">f8", "<i2"]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_arrays_keep_values_shape_and_dtype(array):
    codec = plain_codec()
    back = codec.decode(codec.encode(array))
    assert back.shape == array.shape
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.tobytes() == array.astype(back.dtype).tobytes()
    assert back.flags.writeable


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.bool])
def test_tensors_keep_their_dtype(codec, dtype):
    tensor = torch.arange(6).reshape(2, 3).to(dtype)
    back = codec.decode(codec.encode(tensor.T))
    assert back.dtype == dtype
    assert torch.equal(back, tensor.T)


def test_a_tensor_with_a_gradient_comes_back_detached(codec):
    back = codec.decode(codec.encode(torch.ones(2, requires_grad=True) * 2))
    assert not back.requires_grad
    assert torch.equal(back, torch.full((2,), 2.0))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(0.5), 0.5),
        (range(3), [0, 1, 2]),
        ({"a": 1}.values(), [1]),
        (np.array(["a", "b"]), ["a", "b"]),
        (bytearray(b"x"), b"x"),
        (np.longdouble(2), np.float64(2)),
        ("a\ud800", "a\\ud800"),
        (frozenset({1}), {1}),
    ],
)
def test_relatives_of_plain_types_become_plain(codec, value, expected):
    assert codec.decode(codec.encode(value)) == expected


def test_arrays_of_fractions_stay_exact(codec):
    array = np.array([[Fraction(1, 3), 2], [Decimal("0.1"), 0.5]], dtype=object)
    back = codec.decode(codec.encode(array))
    assert back.dtype == object
    assert back.tolist() == array.tolist()


def test_a_fraction_of_too_many_digits_is_refused(codec):
    with pytest.raises(WireError, match="too many digits"):
        codec.decode(codec.encode(Fraction(1, 10**40_000)))


def test_subclasses_of_array_arrive_as_plain_arrays(codec):
    class Sly(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, dtype=bool)

    back = codec.decode(codec.encode(np.zeros(2).view(Sly)))
    assert type(back) is np.ndarray
    assert not (back == 1).any()


def test_other_objects_travel_as_references(codec):
    class Anything:
        def __eq__(self, other):
            return True

    assert codec.decode(codec.encode(Anything())) == Reference(False, 7, "Anything", False)
    assert codec.decode(codec.encode(iter([1]))).type_name == "list_iterator"


def test_nesting_has_a_limit(codec):
    value = []
    for _ in range(MAX_DEPTH + 5):
        value = [value]
    with pytest.raises(WireError, match="nested"):
        codec.encode(value)


def extension(code, content):
    return msgspec.msgpack.encode(msgspec.msgpack.Ext(code, msgspec.msgpack.encode(content)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\x93\x01",
        msgspec.msgpack.encode(1) + b"\x00",
        extension(99, 1),
        extension(ARRAY, ["float64", [2], b"1234567"]),
        extension(ARRAY, ["float64", [-1], b""]),
        extension(ARRAY, ["float64", [2**62, 2**62], b""]),
        extension(ARRAY, ["object", [1], b"12345678"]),
        extension(ARRAY, ["float64", [1.0], b"12345678"]),
        extension(ARRAY, ["float64", [1] * 60, b"12345678"]),
        extension(ARRAY, "x"),
        extension(OBJECTS, [[3], [1, 2]]),
        extension(DICT, [1]),
        extension(DICT, [[1], 2]),
        extension(TUPLE, 5),
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 500_000 + b"\x01",
    ],
)
def test_bytes_that_are_no_value_are_refused(codec, data):
    with pytest.raises(WireError):
        codec.decode(data)


def counted(value):
    """How many values a message holds, by making them."""
    if isinstance(value, msgspec.msgpack.Ext):
        return 1 if value.code == INTEGER else 1 + counted(msgspec.msgpack.decode(value.data))
    return 1 + sum(map(counted, value)) if isinstance(value, list) else 1


@given(VALUES | st.lists(st.integers(-(2**200), 2**200) | st.binary(min_size=200, max_size=300), max_size=40))
def test_values_are_counted_without_making_them(value):
    data = plain_codec().encode([value, np.arange(3.0), "x" * 40])
    number = counted(msgspec.msgpack.decode(data))
    assert becomes_more_than(number - 1, data, INTEGER)
    assert not becomes_more_than(number, data, INTEGER)


@given(st.binary(max_size=200))
def test_counting_ends_for_any_bytes(data):
    assert becomes_more_than(len(data), data, INTEGER) in (True, False)


@pytest.mark.parametrize("empty", [b"\x90", b"\x80", b"\xc0"])
def test_a_byte_that_becomes_a_list_is_not_multiplied_by_millions(codec, empty):
    number = MAX_ITEMS + 1
    with pytest.raises(WireError, match="more than"):
        codec.decode(b"\xdd" + number.to_bytes(4, "big") + empty * number)


class Colliding(Mapping):
    """Keys of one hash, which cost its owner nothing."""

    def __init__(self, number):
        self.number = number

    def __len__(self):
        return self.number

    def __iter__(self):
        return (key * sys.hash_info.modulus for key in range(self.number))

    def __getitem__(self, key):
        return 0

    def items(self):
        return [(key, 0) for key in self]


def test_keys_that_collide_do_not_hold_the_grader_up(codec):
    data = codec.encode(Colliding(100_000))
    started = time.monotonic()
    with pytest.raises(WireError, match="collide"):
        codec.decode(data)
    assert time.monotonic() - started < 2
    assert len(codec.decode(codec.encode(Colliding(50)))) == 50
    assert len(codec.decode(codec.encode(set(range(100_000))))) == 100_000


def test_a_map_of_keys_that_collide_is_refused(codec):
    keys = [codec.encode(key) for key in Colliding(10_000)]
    with pytest.raises(WireError, match="a map"):
        codec.decode(b"\xdf" + len(keys).to_bytes(4, "big") + b"".join(key + b"\x00" for key in keys))


def test_extensions_nested_without_end_are_refused(codec):
    data = msgspec.msgpack.encode(1)
    for _ in range(3000):
        data = msgspec.msgpack.encode(msgspec.msgpack.Ext(TUPLE, data))
    with pytest.raises(WireError):
        codec.decode(data)


@settings(max_examples=500)
@given(st.binary(max_size=300))
def test_random_bytes_are_a_value_or_refused(data):
    assert is_value_or_refused(plain_codec(), data)


@settings(max_examples=300)
@given(VALUES, st.data())
def test_damaged_messages_are_a_value_or_refused(value, data):
    codec = plain_codec()
    message = bytearray(codec.encode([value, np.arange(3.0), Fraction(1, 3)]))
    place = data.draw(st.integers(0, len(message) - 1))
    message[place] = data.draw(st.integers(0, 255))
    assert is_value_or_refused(codec, bytes(message))


def test_infinite_and_undefined_numbers_cross(codec):
    infinite, undefined = codec.decode(codec.encode([math.inf, math.nan]))
    assert infinite == math.inf
    assert math.isnan(undefined)


@given(st.integers(0, 2**64), st.lists(st.sampled_from(["normal", "integers32", "random"]), max_size=4))
def test_a_generator_goes_on_where_it_was(seed, draws):
    generator = np.random.default_rng(seed)
    for kind in draws:
        if kind == "integers32":  # leaves half of a draw for later
            generator.integers(10, dtype=np.int32)
        else:
            getattr(generator, kind)()
    codec = plain_codec()
    back = codec.decode(codec.encode(generator))
    assert back.bit_generator.state == generator.bit_generator.state


def test_a_generator_of_another_kind_stays(codec):
    assert isinstance(codec.decode(codec.encode(np.random.Generator(np.random.MT19937(1)))), Reference)


@pytest.mark.parametrize(
    "content", [[], [b""] * 3, [b"\xff"] * 4, [b"\x01" * 40] * 4, 5, [1, 2, 3, 4], [b"", b"", b"", b"\x01" * 9]]
)
def test_a_forged_generator_is_refused_or_one_like_any_other(codec, content):
    data = msgspec.msgpack.encode(msgspec.msgpack.Ext(GENERATOR, msgspec.msgpack.encode(content)))
    assert is_value_or_refused(codec, data)
