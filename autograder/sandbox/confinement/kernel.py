"""Functions of the C library that Python does not offer, with errors raised as `OSError`."""

import ctypes
import os
from functools import cache


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(function: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Calls a function of the C library that returns -1 on failure. Raises `OSError`."""
    words = [ctypes.c_long(it) if isinstance(it, int) else it for it in arguments]
    result: int = getattr(_library(), function)(*words)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")
    return result


def prctl(option: int, *values: int | bytes) -> int:
    """Sets or asks an attribute of this process. Raises `OSError`."""
    # The kernel demands zeros in the arguments that an option does not use.
    return call("prctl", option, *values, *[0] * (4 - len(values)))
