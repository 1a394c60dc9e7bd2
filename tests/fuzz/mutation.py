"""Damaged versions of what is sound: of bytes, of trees of JSON, and of MessagePack with its extensions."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.msgpack import Ext

_INTERESTING = (
    b"",
    b"\0",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"../",
    b"\r\n",
    b"{" * 50,
    b"[" * 2000,
    b'"\\ud800"',
    b"1e999",
    b"NaN",
    b"# -*- coding: utf-7 -*-\n",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"\xc7",
    b"\xd9",
    b"\xdd",
    b"%%bash\n",
    b"!ls\n",
    b"get_ipython()",
    b"\\\n",
    b'"""',
    b"f'{",
)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    1e308,
    "",
    "\ud800",
    "x\0y",
    "\u202e",
    "code",
    "markdown",
    [],
    {},
    [[]],
    {"nbgrader": {"grade_id": "xor-b", "grade": True, "solution": False}},
    ["a", 1],
    {"a": {"b": []}},
)


def mutated_bytes(data: bytes, rng: random.Random) -> bytes:
    """One to eight changes: flips, cuts, copies, insertions."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        place = rng.randrange(len(changed) + 1)
        end = min(len(changed), place + rng.choice((1, 1, 2, 4, 16, 100, 1000)))
        match rng.randrange(6):
            case 0:
                changed[place:end] = bytes(rng.randrange(256) for _ in range(min(end - place, 16)))
            case 1:
                del changed[place:end]
            case 2:
                changed[place:place] = changed[place:end] * rng.choice((1, 2, 20))
            case 3:
                changed[place:place] = rng.choice(_INTERESTING)
            case 4:
                changed[place:end] = rng.choice(_INTERESTING)
            case _:
                if place < len(changed):
                    changed[place] ^= 1 << rng.randrange(8)
        if rng.random() < 0.02:
            del changed[place:]
    return bytes(changed)


def mutated_json(data: bytes, rng: random.Random) -> bytes:
    """The same with a node or two retyped, removed, copied or exchanged."""
    tree = json.loads(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        change = rng.choice(_CHANGES)
        holder, key = rng.choice(_places(tree))
        change(holder, key, rng)
    return json.dumps(tree, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every container and key in the tree."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        items = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        for key, value in items:
            found.append((node, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found or [([None], 0)]


def _retype(holder: Any, key: Any, rng: random.Random) -> None:
    holder[key] = copy.deepcopy(rng.choice(_VALUES))


def _remove(holder: Any, key: Any, rng: random.Random) -> None:
    del holder[key]


def _rename(holder: Any, key: Any, rng: random.Random) -> None:
    if isinstance(holder, dict):
        holder[rng.choice(("cells", "metadata", "source", "worksheets", "x"))] = holder.pop(key)


def _copy(holder: Any, key: Any, rng: random.Random) -> None:
    if isinstance(holder, list):
        holder.insert(rng.randrange(len(holder) + 1), copy.deepcopy(holder[key]))


def _nest(holder: Any, key: Any, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 5, 100))):
        holder[key] = [holder[key]]


_CHANGES: tuple[Callable[[Any, Any, random.Random], None], ...] = (_retype, _retype, _remove, _rename, _copy, _nest)


def mutated_message(data: bytes, rng: random.Random) -> bytes:
    """The same message with a value or two of another kind, and now and then a flipped bit."""
    chance = rng.choice((0.02, 0.1, 0.3))
    changed = msgspec.msgpack.encode(_changed(msgspec.msgpack.decode(data), rng, chance))
    return mutated_bytes(changed, rng) if rng.random() < 0.1 else changed


def _changed(node: Any, rng: random.Random, chance: float) -> Any:
    hit = rng.random() < chance
    if isinstance(node, list):
        items = [_changed(item, rng, chance) for item in node]
        if hit and items:
            place = rng.randrange(len(items))
            items[place : place + 1] = rng.choice(([], [items[place]] * 3, [list(items)]))
        return items
    if isinstance(node, Ext):
        try:
            content = msgspec.msgpack.encode(_changed(msgspec.msgpack.decode(node.data), rng, chance))
        except msgspec.DecodeError:  # an integer of any length
            content = mutated_bytes(bytes(node.data), rng) if hit else bytes(node.data)
        return Ext(rng.randrange(-1, 16) if hit else node.code, content)
    if not hit:
        return node
    return rng.choice(
        (
            *(None, True, -1, 0, 2**63 - 1, float("nan"), 1e308, "", "float64", "object", b"", b"x" * 24),
            *([], [[]], {"a": 1}, Ext(rng.randrange(16), b"\x90"), Ext(7, b"\xc0"), [node] * 3),
        )
    )
