"""How many objects a message would become, counted without making any: a byte may become a list of eighty."""

_EXTENSIONS = {0xC7: 1, 0xC8: 2, 0xC9: 4}  # the first byte of the header, and how many give the length
_FIXED_EXTENSIONS = range(0xD4, 0xD9)
_BYTES_AND_STRINGS = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_MAPS = frozenset([*range(0x80, 0x90), 0xDE, 0xDF])
_SIZES = {
    **dict.fromkeys(range(256), 1),  # small integers, empty containers, None, True, False
    **{0xA0 + length: 1 + length for length in range(32)},  # short strings
    0xCA: 5,
    0xCB: 9,
    0xCC: 2,
    0xCD: 3,
    0xCE: 5,
    0xCF: 9,
    0xD0: 2,
    0xD1: 3,
    0xD2: 5,
    0xD3: 9,  # numbers
    0xDC: 3,
    0xDD: 5,  # long lists, whose items follow
    **dict.fromkeys(_FIXED_EXTENSIONS, 2),
}


def becomes_more_than(most: int, data: bytes, opaque: int) -> bool:
    """Whether the MessagePack in `data` holds more than `most` values, those inside extensions included.

    The content of extensions of the type `opaque` is no MessagePack. A map, which nobody sends, counts as too many: its
    keys could be made to collide, and would take for ever. What is not well formed is counted up to where a decoder
    stops.
    """
    place, end, count = 0, len(data), 0
    while place < end:
        count += 1
        if count > most:
            return True
        first = data[place]
        if first in _BYTES_AND_STRINGS:
            digits = _BYTES_AND_STRINGS[first]
            place += 1 + digits + int.from_bytes(data[place + 1 : place + 1 + digits], "big")
        elif first in _EXTENSIONS:
            digits = _EXTENSIONS[first]
            code = data[place + 1 + digits : place + 2 + digits]
            length = int.from_bytes(data[place + 1 : place + 1 + digits], "big") if code == bytes([opaque]) else 0
            place += 2 + digits + length
        elif first in _FIXED_EXTENSIONS and data[place + 1 : place + 2] == bytes([opaque]):
            place += 2 + (1 << (first - 0xD4))
        elif first in _MAPS:
            return True
        else:
            place += _SIZES[first]
    return False
