"""IDX, the format of MNIST's files: two zero bytes, the type of the entries, the rank, the shape, the entries."""

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.errors import UserError

_UNSIGNED_BYTES = b"\0\0\x08"


def unpack(path: Path) -> bytes:
    """The bytes of a file, decompressed if they are gzip's."""
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path} is damaged: it cannot be decompressed. Get it again.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error


def parse(data: bytes, path: Path) -> NDArray[np.uint8]:
    """The array of unsigned bytes that the IDX data hold; `path` is for the message if they do not."""
    if not data.startswith(_UNSIGNED_BYTES) or len(data) < 4:
        raise UserError(f"{path} is not an IDX file of bytes: it begins with “{data[:4].hex(' ')}”, not “00 00 08”.")
    start = 4 + 4 * data[3]
    if len(data) < start:
        raise UserError(f"{path} is damaged: it ends within its header. Get it again.")
    shape = [int.from_bytes(data[at : at + 4]) for at in range(4, start, 4)]
    if len(data) != start + prod(shape):
        sizes = " × ".join(map(str, shape))
        raise UserError(
            f"{path} is damaged: {sizes} bytes are announced, and {len(data) - start} follow. Get it again."
        )
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
