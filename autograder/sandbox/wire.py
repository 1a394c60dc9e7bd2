"""The format in which values cross between student code and grader: MessagePack with extensions, no code in it.

Numbers, strings, containers, fractions, arrays, tensors, random generators and the networks that a grader hands in
travel by value. Anything else stays where it is and travels as a `Reference`. What comes from student code is hostile:
`decode` checks every header, raises only `WireError`, and the size of a message is limited by whoever receives it.
"""

import gc
import math
import numbers
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sized
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec.msgpack import Ext

from autograder.sandbox import network
from autograder.sandbox.counting import becomes_more_than
from autograder.sandbox.network import Network, Tensor
from autograder.sandbox.stateful import is_handed_in

NONCE_BYTES = 8  # before each message of a conversation
MAX_DEPTH = 60
MAX_ITEMS = 2_000_000
MAX_DIMENSIONS = 32
MAX_DIGITS = 10_000
_COUNTED = 1 << 16  # bytes, from which on a message is counted before it is decoded
_MAY_COLLIDE = 64

ARRAY, TENSOR, INTEGER, COMPLEX, FRACTION, DECIMAL, TUPLE, SET, DICT, REFERENCE, OBJECTS, GENERATOR, NETWORK = range(
    1, 14
)

# A value that is encoded already goes as it is, too.
_AS_IT_IS = frozenset({float, bool, type(None), bytes, msgspec.Raw})
# NumPy's scalars that are the same as Python's; a list of thousands of them is common.
_PLAIN = frozenset({np.float64, np.int64, np.bool_})
_DTYPES = frozenset("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()) | frozenset(
    "float16 float32 float64 complex64 complex128".split()
)
_NAMES = {np.dtype(name): name for name in _DTYPES if sys.byteorder == "little"}  # dtype.name is slow
_SENT = {name: np.dtype(name).newbyteorder("<") for name in _DTYPES}
_NATIVE = {name: np.dtype(name) for name in _DTYPES}
_TORCH_DTYPES = _DTYPES | {"bfloat16"}
_ENCODED_ITEMS = msgspec.msgpack.Decoder(list[msgspec.Raw])
_EXTENSION = msgspec.msgpack.Decoder(Ext)
_ARRAY_CONTENT = msgspec.msgpack.Decoder(tuple[str, tuple[int, ...], bytes])


class WireError(Exception):
    """A value that cannot be sent, or bytes that are not a value. The message is one line."""


class Reference(NamedTuple):
    """An object that stayed in the other process: `ours` says that the receiver of the message owns it."""

    ours: bool
    number: int
    type_name: str
    callable: bool


class Codec:
    """Encodes and decodes on one side. `refer` names an object that stays; `resolve` gives the receiver's stand-in.
    Where functions run that `use_torch`, a network becomes a torch module; a grader has no need of torch."""

    def __init__(
        self,
        refer: Callable[[object], Reference],
        resolve: Callable[[Reference], object],
        *,
        use_torch: bool = False,
    ) -> None:
        self._refer = refer
        self._resolve = resolve
        self._use_torch = use_torch
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(ext_hook=self._extension).decode

    def encode(self, value: object) -> bytes:
        """Raises `WireError` for what is too deep or too long."""
        try:
            data = self._encode(self._pack(value, 0))
        except (OverflowError, UnicodeError) as error:
            raise WireError(f"a value could not be sent: {error}") from error
        if len(data) > _COUNTED and becomes_more_than(MAX_ITEMS, data, INTEGER):
            raise WireError(f"a value holds more than {MAX_ITEMS} items outside of arrays")
        return data

    def decode(self, data: bytes) -> Any:
        """Arrays come out writable and owned. Raises `WireError` for anything that `encode` does not make."""
        if len(data) > _COUNTED and becomes_more_than(MAX_ITEMS, data, INTEGER):
            raise WireError(f"not a value: more than {MAX_ITEMS} of them, or a map")
        # Millions of small containers would set the garbage collector off again and again.
        collects = gc.isenabled()
        gc.disable()
        try:
            return self._decode(data)
        except WireError:
            raise
        except Exception as error:  # hostile bytes may break any of the constructors below
            raise WireError(f"not a value: {type(error).__name__}") from error
        finally:
            if collects:
                gc.enable()

    def _pack(self, value: Any, depth: int) -> Any:
        # What is most often sent comes first, by exact type: to ask for an abstract one takes longer than all the rest.
        kind = type(value)
        if kind in _AS_IT_IS:
            return value
        if kind is np.ndarray and value.dtype in _NAMES:
            return self._extend(ARRAY, (_NAMES[value.dtype], value.shape, value.tobytes()))
        if kind is int:
            return value if -(2**63) <= value < 2**63 else self._extend(INTEGER, _integer_bytes(value))
        if kind is str:
            return value.encode("utf-8", "backslashreplace").decode()
        if depth > MAX_DEPTH:
            raise WireError(f"a value is nested more than {MAX_DEPTH} levels deep")
        if kind is list:
            return self._pack_items(value, depth)
        if kind is tuple:
            return self._extend(TUPLE, self._pack_items(value, depth))
        if kind is dict:
            return self._pack_mapping(value, depth)
        if kind is Tensor:
            return self._extend(TENSOR, self._array_content(value.array, value.array.dtype.name))
        if kind in _PLAIN:
            return value.item()
        if isinstance(value, np.ndarray | np.generic):
            return self._pack_array(np.asarray(value), depth)
        for test, pack in (
            (_is_tensor, self._pack_tensor),
            (_is_exact, self._pack_number),
            (_is_container, self._pack_container),
            (_is_network, self._pack_network),
            (_is_array_like, lambda it, depth: self._pack(np.asarray(it), depth + 1)),
            (_is_generator, self._pack_generator),
        ):
            if test(value):
                return pack(value, depth)
        return self._extend(REFERENCE, self._refer(value))

    def _extend(self, code: int, content: object) -> Ext:
        return Ext(code, content if isinstance(content, bytes) else self._encode(content))

    def _pack_items(self, items: Collection[Any], depth: int) -> list[Any]:
        if len(items) > MAX_ITEMS:
            raise WireError(f"a container holds more than {MAX_ITEMS} items")
        return [self._pack(item, depth + 1) for item in items]

    def _pack_mapping(self, mapping: Mapping[Any, Any], depth: int) -> Ext:
        return self._extend(DICT, self._pack_items([part for item in mapping.items() for part in item], depth))

    def _pack_array(self, array: np.ndarray[Any, Any], depth: int) -> Any:
        if array.dtype.kind == "O":
            items = self._pack_items(array.ravel().tolist(), depth)
            return self._extend(OBJECTS, (array.shape, items))
        if array.dtype.kind in "US":
            return self._pack(array.tolist(), depth + 1)
        if array.dtype.kind in "fc" and array.dtype.itemsize > (8 if array.dtype.kind == "f" else 16):
            array = array.astype(np.float64 if array.dtype.kind == "f" else np.complex128)
        if array.dtype.name not in _DTYPES:
            return self._extend(REFERENCE, self._refer(array))
        return self._extend(ARRAY, self._array_content(array, array.dtype.name))

    def _array_content(self, array: np.ndarray[Any, Any], dtype: str) -> tuple[str, tuple[int, ...], bytes]:
        return dtype, array.shape, array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()

    def _pack_tensor(self, tensor: Any, _depth: int) -> Any:
        tensor = tensor.detach()
        if str(tensor.layout) != "torch.strided":
            tensor = tensor.to_dense()
        dtype = str(tensor.dtype).removeprefix("torch.")
        if dtype not in _TORCH_DTYPES:
            return self._extend(REFERENCE, self._refer(tensor))
        tensor = tensor.cpu().resolve_conj().resolve_neg()
        array = (tensor.float() if dtype == "bfloat16" else tensor).numpy()
        return self._extend(TENSOR, self._array_content(array, dtype))

    def _pack_number(self, number: Any, _depth: int) -> Any:
        if isinstance(number, numbers.Integral):
            return self._pack(int(number), 0)
        if isinstance(number, numbers.Rational):
            return self._extend(
                FRACTION, (_integer_bytes(int(number.numerator)), _integer_bytes(int(number.denominator)))
            )
        if isinstance(number, Decimal):
            return self._extend(DECIMAL, str(number))
        if isinstance(number, numbers.Real):
            return float(number)
        return self._extend(COMPLEX, (number.real, number.imag))

    def _pack_container(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):
            return self._pack(str.__str__(value), depth)
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        if isinstance(value, Mapping):
            return self._pack_mapping(value, depth)
        if isinstance(value, set | frozenset):
            return self._extend(SET, self._pack_items(value, depth))
        if isinstance(value, tuple):
            return self._extend(TUPLE, self._pack_items(value, depth))
        return self._pack_items(value, depth)

    def _pack_generator(self, generator: np.random.Generator, _depth: int) -> Any:
        state: Any = generator.bit_generator.state
        numbers = *state["state"].values(), state["has_uint32"], state["uinteger"]
        return self._extend(GENERATOR, [_integer_bytes(number) for number in numbers])

    def _pack_network(self, value: Any, depth: int) -> Any:
        if not isinstance(value, Network):
            from autograder.sandbox.handed_in import read

            value = read(value)
        return self._extend(NETWORK, self._pack_items(network.pack(value), depth))

    def _extension(self, code: int, data: memoryview) -> Any:
        if code == ARRAY:
            return _array(*_ARRAY_CONTENT.decode(data))
        if code == INTEGER:
            return int.from_bytes(data, "little", signed=True)
        unpack = _UNPACK.get(code)
        if unpack is None:
            raise WireError(f"not a value: unknown extension {code}")
        return unpack(self, self._decode(data))

    def _unpack_network(self, content: list[Any]) -> object:
        unpacked = network.unpack(content)
        if not self._use_torch:
            return unpacked
        from autograder.sandbox.handed_in import build

        return build(unpacked)

    def _unpack_reference(self, content: list[Any]) -> object:
        return self._resolve(msgspec.convert(content, Reference))


def encoded_items(data: bytes) -> list[bytes]:
    """The items of an encoded list, each encoded."""
    return list(map(bytes, _ENCODED_ITEMS.decode(data)))


def encoded_values(data: bytes) -> list[bytes]:
    """The values of an encoded dict, each encoded."""
    return encoded_items(bytes(_EXTENSION.decode(data).data))[1::2]


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _is_exact(value: object) -> bool:
    return isinstance(value, numbers.Number)


def _is_container(value: object) -> bool:
    if isinstance(value, type | Iterator):
        return False
    return isinstance(value, Collection) and isinstance(value, Sized) and not hasattr(type(value), "__array__")


def _is_array_like(value: object) -> bool:
    # Asking the object itself may run student code.
    return not isinstance(value, type) and hasattr(type(value), "__array__")


def _is_network(value: object) -> bool:
    return isinstance(value, Network) or is_handed_in(value)


def _is_generator(value: object) -> bool:
    return type(value) is np.random.Generator and type(value.bit_generator) is np.random.PCG64


def _integer_bytes(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)


def _shape(dimensions: Any) -> tuple[int, ...]:
    shape = tuple(dimensions)
    if len(shape) > MAX_DIMENSIONS or not all(type(n) is int and 0 <= n <= 2**40 for n in shape):
        raise WireError("not a value: shape of an array")
    return shape


def _array(name: str, dimensions: Any, data: Any) -> np.ndarray[Any, Any]:
    shape = _shape(dimensions)
    dtype = _SENT.get(name)
    if dtype is None or math.prod(shape) * dtype.itemsize != len(data):
        raise WireError("not a value: header of an array")
    return np.ndarray(shape, dtype, data).astype(_NATIVE[name])


def _unpack_tensor(_codec: Codec, content: list[Any]) -> Any:
    name, dimensions, data = content
    array = _array("float32" if name == "bfloat16" else name, dimensions, data)
    torch = sys.modules.get("torch")
    # Without torch on this side the values are all that can matter.
    return array if torch is None else torch.from_numpy(array).to(getattr(torch, name))


def _unpack_objects(_codec: Codec, content: list[Any]) -> np.ndarray[Any, Any]:
    dimensions, items = content
    shape = _shape(dimensions)
    if math.prod(shape) != len(items):
        raise WireError("not a value: header of an array")
    array = np.empty(len(items), dtype=object)
    for index, item in enumerate(items):
        array[index] = item
    return array.reshape(shape)


def _unpack_fraction(_codec: Codec, content: list[bytes]) -> Fraction:
    if max(map(len, content)) > MAX_DIGITS:
        raise WireError("not a value: a fraction of too many digits")  # reducing it would take for ever
    numerator, denominator = (int.from_bytes(part, "little", signed=True) for part in content)
    return Fraction(numerator, denominator)


def _not_colliding(keys: list[Any]) -> list[Any]:
    """The keys, unless so many have the same hash that a table of them takes quadratic time."""
    if len(keys) > _MAY_COLLIDE and len({hash(key) for key in keys}) < len(keys) / 2:
        raise WireError("not a value: keys that collide")
    return keys


def _unpack_generator(_codec: Codec, content: list[bytes]) -> np.random.Generator:
    state, increment, has_uint32, uinteger = (int.from_bytes(part, "little", signed=True) for part in content)
    generator = np.random.Generator(np.random.PCG64(0))
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": increment},
        "has_uint32": has_uint32,
        "uinteger": uinteger,
    }
    return generator


def _unpack_decimal(_codec: Codec, content: str) -> Decimal:
    if len(content) > MAX_DIGITS:
        raise WireError("not a value: a decimal of too many digits")
    return Decimal(content)


_UNPACK: dict[int, Callable[[Codec, Any], Any]] = {
    TENSOR: _unpack_tensor,
    COMPLEX: lambda _codec, content: complex(*map(float, content)),
    FRACTION: _unpack_fraction,
    DECIMAL: _unpack_decimal,
    TUPLE: lambda _codec, content: tuple(content),
    SET: lambda _codec, content: set(_not_colliding(content)),
    DICT: lambda _codec, content: dict(zip(_not_colliding(content[::2]), content[1::2], strict=True)),
    REFERENCE: Codec._unpack_reference,
    OBJECTS: _unpack_objects,
    GENERATOR: _unpack_generator,
    NETWORK: Codec._unpack_network,
}
