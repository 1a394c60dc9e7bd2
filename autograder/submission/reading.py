"""From the bytes of a file to the student's code."""

import hashlib
import io
import tokenize
from pathlib import PurePath

from autograder.submission.notebook import student_units
from autograder.submission.source import Source, Unit, Unreadable

MIB = 1 << 20
LIMITS = {".py": 5 * MIB, ".ipynb": 100 * MIB}


def read_source(name: str, data: bytes) -> Source:
    """`name` is the file's name, by whose ending the bytes are read. Raises `Unreadable`."""
    ending = PurePath(name).suffix
    if ending not in LIMITS:
        raise Unreadable(f"{name} is neither a module (.py) nor a notebook (.ipynb).")
    if len(data) > LIMITS[ending]:
        raise Unreadable(f"{name} is larger than {LIMITS[ending] // MIB} MiB. Clear its outputs and hand it in again.")
    if not data.strip():
        raise Unreadable(f"{name} is empty ({len(data)} bytes). Save your work and hand it in again.")
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if ending == ".py":
        return Source("module", (Unit(name, _decode(name, data)),), digest)
    units, notes = student_units(name, data)
    return Source("notebook", units, digest, notes)


def _decode(name: str, data: bytes) -> str:
    if b"\0" in data:
        raise Unreadable(f"{name} is not a text file. Hand in the .py file that you wrote.")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise Unreadable(f"{name} is not UTF-8 text. Save it with the encoding UTF-8 and hand it in again.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
