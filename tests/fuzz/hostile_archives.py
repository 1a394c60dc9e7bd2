"""Archives as a sender makes them who means harm: in names, kinds, sizes, times, flags and headers; then damaged."""

import bz2
import functools
import gzip
import io
import logging
import lzma
import math
import re
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace

from traitlets.config import Configurable

from autograder.errors import UserError
from autograder.nbgrader.extract import Extractor
from autograder.submission import Source, Unreadable, discover
from autograder.submission.archive import members, read_member
from tests.fuzz.guard import only_file
from tests.fuzz.mutation import mutated_bytes
from tests.fuzz.targets import made, one_line

_PACK: dict[str, Callable[[bytes], bytes]] = {
    ".tar": bytes,
    ".tar.gz": functools.partial(gzip.compress, compresslevel=1, mtime=0),
    ".tar.bz2": functools.partial(bz2.compress, compresslevel=1),
    ".tar.xz": functools.partial(lzma.compress, preset=0),
}
_SILENT = logging.getLogger("fuzz")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_NAMES = (
    "xor.py", "xor.ipynb", "hw/xor.py", "./xor.py", "../xor.py", "/etc/xor.py", "C:/xor.py", "a\\xor.py",
    "xor.py\0.txt", "ü/xor.py", "\u202exor.py", "\n", "", ".", "..", "a" * 1200, "a/" * 60 + "xor.py", "xor.zip",
    "__MACOSX/xor.py", "XOR (1).py", "test_xor.py", "hw//xor.py", "xor.py/", "notes.txt", "\udcff.py", "\udcff/xor.py",
)  # fmt: skip
_CONTENTS = (
    b"", b"x = 1\n", b"x = 1\n" * 200, b'{"cells": [{"cell_type": "code", "source": "x = 1"}]}', b"\0" * 5000,
    b"PK\5\6", bytes(range(256)), b"0\n" * 300,
)  # fmt: skip
_RECORDS = {
    "mtime": ("1.5", "nan", "inf", "1e300", "-1", "9" * 400, "x"),
    "size": ("0", "-1", "99999999999999999999", "3", "1e9"),
    "path": ("xor.py", "../../xor.py", "/x", "\0", "a" * 2000),
    "linkpath": ("/etc/passwd", "xor.py"),
    "hdrcharset": ("BINARY", "utf-7", "x"),
    "GNU.sparse.major": ("1", "0", "9"),
    "GNU.sparse.minor": ("0", "1", "x"),
    "GNU.sparse.name": ("xor.py", "../xor.py"),
    "GNU.sparse.realsize": ("5", "-5", str(1 << 60), "x"),
    "GNU.sparse.size": ("5", str(1 << 60)),
    "GNU.sparse.map": ("0,1,2,3", "0", "x", "-1,5", ",".join("9" * 400)),
    "uid": ("-1", "x"),
}
_KINDS = (
    *(tarfile.REGTYPE,) * 6, tarfile.AREGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE,
    tarfile.DIRTYPE, tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
    b"x", b"g", b"X", b"V", b"Z",
)  # fmt: skip
_FIELDS = {
    b"PK\x01\x02": ((6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (38, 4), (42, 4)),
    b"PK\x03\x04": ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    b"PK\x05\x06": ((4, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}
_NUMBERS = (0, 1, 0x41, 0x800, 12, 14, 99, 2**16 - 1, 2**31, 2**32 - 1)


def _archive(rng: Random) -> bytes:
    """The ending on the first line, then the archive."""
    ending = rng.choice((".zip", ".zip", ".zip", *_PACK))
    plain = _zipped(rng) if ending == ".zip" else _tarred(rng)
    damage = rng.randrange(4)
    if damage in (1, 3):
        plain = mutated_bytes(plain, rng)
    packed = plain if ending == ".zip" else _PACK[ending](plain)
    return ending.encode() + b"\n" + (mutated_bytes(packed, rng) if damage in (2, 3) else packed)


def _zipped(rng: Random) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")  # of names that are there twice
        for _ in range(rng.randrange(1, 5)):
            info = zipfile.ZipInfo(_name(rng).encode("utf-8", "replace").decode() or "xor.py")
            info.compress_type = rng.choice((*(zipfile.ZIP_DEFLATED,) * 3, zipfile.ZIP_STORED, zipfile.ZIP_LZMA))
            info.external_attr = rng.choice((0, 0o100644, 0o120777, 0o040755, 0o010644)) << 16
            info.date_time = rng.choice(((1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58), (2026, 9, 1, 8, 0, 0)))
            info.comment = rng.choice((b"", b"c" * 300))
            info.extra = rng.choice((b"", b"", b"\x01\x00\x08\x00" + b"\xff" * 8, b"\x75\x70\x09\x00\x01" + bytes(8)))
            archive.writestr(info, rng.choice(_CONTENTS))
        archive.comment = rng.choice((b"", b"PK\x05\x06" + bytes(18)))
    data = bytearray(buffer.getvalue())
    for _ in range(rng.choice((0, 0, 1, 2))):
        signature = rng.choice(list(_FIELDS))
        offset, width = rng.choice(_FIELDS[signature])
        number = rng.choice((*_NUMBERS, rng.getrandbits(32))) % (1 << 8 * width)
        start = data.find(signature) + offset
        data[start : start + width] = number.to_bytes(width, "little")
    return bytes(data)


def _tarred(rng: Random) -> bytes:
    blocks = []
    for _ in range(rng.randrange(1, 5)):
        if rng.random() < 0.3:
            blocks.append(_entry(rng, "pax", _pax(rng), rng.choice((b"x", b"x", b"x", b"g"))))
        blocks.append(_entry(rng, _name(rng), rng.choice(_CONTENTS), rng.choice(_KINDS)))
    return b"".join(blocks) + bytes(rng.choice((0, 512, 1024, 10240)))


def _entry(rng: Random, name: str, content: bytes, kind: bytes) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, rng.choice(("", "/etc/passwd", "xor.py"))
    info.size = len(content) if rng.random() < 0.9 else rng.choice((0, 1, -1, -512, 1 << 33, 1 << 62, 513))
    info.mtime = rng.choice((0, 1_800_000_000, -1, 1 << 62, 1 << 80))
    form = rng.choice((tarfile.GNU_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))
    return info.tobuf(form, errors="surrogateescape") + content + bytes(-len(content) % 512)


def _pax(rng: Random) -> bytes:
    lines = b""
    for _ in range(rng.randrange(1, 4)):
        key = rng.choice(list(_RECORDS))
        rest = f" {key}={rng.choice(_RECORDS[key])}\n".encode()
        length = next(it for it in range(len(rest), len(rest) + 12) if it == len(rest) + len(str(it)))
        lines += str(length).encode() + rest
    return lines


def _name(rng: Random) -> str:
    return rng.choice(_NAMES) if rng.random() < 0.3 else "xor.py"


@made(_archive)
def hostile_archive(data: bytes) -> str:
    """Each member can be read or not, and stays within; what is found in it as well. Nothing else is touched."""
    first, _, content = data.partition(b"\n")
    ending = first.decode("latin-1") if first.decode("latin-1") in (".zip", *_PACK) else ".zip"
    with only_file(f"ada{ending}", content) as path:
        outcome = _members(path)
        _handins(path)
    _extract(f"ada{ending}", content)
    return f"{ending} {outcome}"


def _members(path: Path) -> str:
    try:
        found = members(path)
    except Unreadable as unreadable:
        one_line(unreadable)
        return "not opened"
    outcome = "opened"
    for member in found[:20]:
        assert math.isfinite(member.modified)
        assert not member.name.startswith("/")
        assert ".." not in re.split(r"[/\\]", member.name)
        if member.oddity is None:
            try:
                content = read_member(path, member.name, 1000)
                assert content is None or len(content) <= 1000
                outcome = "read" if content is not None else "too large"
            except Unreadable as unreadable:
                one_line(unreadable)
                outcome = "a member damaged"
    return outcome


def _handins(path: Path) -> None:
    try:
        found = discover(path, ["xor"])
    except UserError as error:
        one_line(error)
        return
    for handin in found.handins:
        handin.source.encode()
        assert len(handin.source.splitlines()) == 1
        try:
            assert handin.problem or isinstance(handin.read(), Source)
        except Unreadable as unreadable:
            one_line(unreadable)


def _extract(name: str, content: bytes) -> None:
    """As for `nbgrader zip_collect`: what is damaged is told, and costs nobody else anything."""
    with tempfile.TemporaryDirectory() as folder:
        archives, extracted = Path(folder) / "archives", Path(folder) / "extracted"
        archives.mkdir()
        (archives / name).write_bytes(content)
        Extractor(parent=_Command(), log=_SILENT).extract(str(archives), str(extracted))
        files = {it.relative_to(extracted) for it in extracted.rglob("*") if it.is_file()}
        assert files <= {Path("ada/xor.py"), Path("ada/xor.ipynb")}, files


class _Command(Configurable):
    """Says which exercise is collected."""

    coursedir = SimpleNamespace(assignment_id="xor")
