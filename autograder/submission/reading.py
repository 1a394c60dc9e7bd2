"""From the bytes of a file to the student's code."""

import codecs
import hashlib
import io
import string
import tokenize
from pathlib import PurePath

from autograder.submission.notebook import student_units
from autograder.submission.source import Source, Unit, Unreadable

MIB = 1 << 20
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LIMITS = {".py": 5 * MIB, ".ipynb": 100 * MIB}


def read_source(name: str, data: bytes) -> Source:
    """`name` is the file's name, by whose ending the bytes are read. Raises `Unreadable`."""
    ending = PurePath(name).suffix
    if ending not in LIMITS:
        raise Unreadable(f"{name} is neither a module (.py) nor a notebook (.ipynb).")
    if len(data) > LIMITS[ending]:
        raise too_large(name)
    text = data.removeprefix(codecs.BOM_UTF8)
    if not text or text.isspace():
        raise Unreadable(f"{name} is empty ({len(data)} bytes). Save your work and hand it in again.")
    if data.startswith(_UTF_16):
        raise _not_utf_8(name)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if ending == ".py":
        return Source("module", (Unit(name, _decode(name, data)),), digest)
    units, notes = student_units(name, text, LIMITS[".py"])
    return Source("notebook", units, digest, notes)


def too_large(name: str, what: str = "is larger than") -> Unreadable:
    """What to raise for a file of that name that is over its limit."""
    limit = LIMITS[PurePath(name).suffix] // MIB
    cure = "Clear its outputs" if name.endswith(".ipynb") else "Take the data out of it"
    return Unreadable(f"{name} {what} {limit} MiB. {cure} and hand it in again.")


def _not_utf_8(name: str) -> Unreadable:
    return Unreadable(f"{name} is not UTF-8 text. Save it with the encoding UTF-8 and hand it in again.")


def _decode(name: str, data: bytes) -> str:
    """By the rules of PEP 263, as Python itself reads a module."""
    if b"\0" in data:
        raise Unreadable(f"{name} is not a text file. Hand in the .py file that you wrote.")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if not _extends_ascii(encoding):
            raise LookupError(encoding)
        text = data.decode(encoding)
        text.encode()  # some encodings give halves of surrogate pairs, with which nobody can work
    except (SyntaxError, LookupError, UnicodeError):
        raise _not_utf_8(name) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _extends_ascii(encoding: str) -> bool:
    """False for encodings that are none of text files, some of which take quadratic time."""
    return string.printable.encode(encoding).removeprefix(codecs.BOM_UTF8) == string.printable.encode()
