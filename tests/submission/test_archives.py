"""Archives are read in memory, and nothing that they say of themselves is believed."""

import bz2
import gzip
import io
import lzma
import os
import random
import subprocess
import sys
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.errors import UserError
from autograder.submission import Source, Unreadable, discover

MIB = 1 << 20
TARS = {".tar": open, ".tar.gz": gzip.open, ".tgz": gzip.open, ".tar.bz2": bz2.open, ".tar.xz": lzma.open}
END = bytes(1024)


def zipped(path, *members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(path, *blocks):
    ending = next(it for it in TARS if path.name.endswith(it))
    with TARS[ending](path, "wb") as file:
        file.write(b"".join(blocks) + END)
    return path


def header(name, size=0, kind=tarfile.REGTYPE, **more):
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    for field, value in more.items():
        setattr(info, field, value)
    return info.tobuf(tarfile.GNU_FORMAT)


def padded(data):
    return data + bytes(-len(data) % 512)


def member(name, data, **more):
    return header(name, len(data), **more) + padded(data)


def pax(kind=b"x", **records):
    lines = b""
    for key, value in records.items():
        rest = f" {key.replace('_', '.')}={value}\n".encode()
        length = next(it for it in range(len(rest), len(rest) + 12) if it == len(rest) + len(str(it)))
        lines += str(length).encode() + rest
    return member("pax", lines, kind=kind)


def handins(path):
    return discover(path, ["xor"]).handins


def outcome(path):
    """The code of the one hand-in, or why there is none."""
    (handin,) = handins(path)
    if handin.problem is not None:
        return handin.problem
    try:
        return handin.read().units[0].code
    except Unreadable as unreadable:
        return str(unreadable)


@pytest.mark.parametrize("ending", TARS)
def test_a_tar_of_any_compression_is_read(tmp_path, ending):
    path = tarred(tmp_path / f"ada{ending}", member("a", b"1" * 600), member("hw/xor.py", b"x = 1"), header("z"))
    assert outcome(path) == "x = 1"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_is_read(tmp_path, method):
    path = zipped(tmp_path / "ADA.ZIP", ("hw/", ""), ("hw/xor.py", "x = 1"), method=method)
    assert outcome(path) == "x = 1"
    assert handins(path)[0].student == "ADA"


def test_a_sparse_member_is_read_as_the_file_that_it_was(tmp_path):
    body = padded(b"1\n2\n3\n") + padded(b"x=1")
    sparse = pax(GNU_sparse_major=1, GNU_sparse_minor=0, GNU_sparse_name="xor.py", GNU_sparse_realsize=5)
    path = tarred(tmp_path / "ada.tar", sparse, member("sparse", body))
    assert "not a text file" in outcome(path)  # zeros before the data


@pytest.mark.parametrize(
    "name", ["../xor.py", "/etc/xor.py", "a/../../xor.py", "a/..", "C:/xor.py", "c:xor.py", "..\\xor.py", "a\\xor.py"]
)
def test_a_path_that_leaves_the_archive_is_a_problem(tmp_path, name):
    path = zipped(tmp_path / "ada.zip", ("xor.py", "x"), (name, "y"))
    assert "leaves the archive" in outcome(path)
    path = tarred(tmp_path / "ada.tar", member("xor.py", b"x"), member(name, b"y"))
    assert "leaves the archive" in outcome(path)


@pytest.mark.parametrize("name", ["..a/b", "a..", "notes: day 1.txt", "a/C:/b", "...", "a b/ü"])
def test_strange_names_that_stay_within_are_none(tmp_path, name):
    assert outcome(zipped(tmp_path / "ada.zip", ("xor.py", "x"), (name, "y"))) == "x"


def test_a_name_of_endless_length_is_a_problem(tmp_path):
    assert len(outcome(zipped(tmp_path / "ada.zip", ("xor.py", "x"), ("a" * 5000, "y")))) < 250


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar_are_ignored(tmp_path, kind):
    path = tarred(tmp_path / "ada.tar", header("xor.py", kind=kind, linkname="/etc/passwd"), member("b/xor.py", b"x"))
    found = discover(path, ["xor"])
    assert found.ignored == (("ada.tar/xor.py", "a link or a special file"),)
    assert [it.source for it in found.handins] == ["ada.tar/b/xor.py"]


def test_links_in_a_zip_are_ignored(tmp_path):
    link = zipfile.ZipInfo("xor.py")
    link.external_attr = 0o120777 << 16
    path = zipped(tmp_path / "ada.zip", (link, "/etc/passwd"), ("b/xor.py", "x"))
    found = discover(path, ["xor"])
    assert found.ignored == (("ada.zip/xor.py", "a link or a special file"),)
    assert outcome(path) == "x"


@pytest.mark.parametrize("ending", [".zip", *TARS])
def test_what_is_no_archive_is_a_problem(tmp_path, ending):
    (tmp_path / f"ada{ending}").write_bytes(b"PK\x03\x04 this is no archive" * 50)
    assert "damaged" in outcome(tmp_path / f"ada{ending}")
    (tmp_path / f"ada{ending}").write_bytes(b"")
    assert "damaged" in outcome(tmp_path / f"ada{ending}")


@pytest.mark.parametrize("ending", [".zip", *TARS])
def test_an_archive_that_was_cut_off_is_a_problem(tmp_path, ending):
    noise = random.Random(1).randbytes(20_000)
    path = tmp_path / f"ada{ending}"
    if ending == ".zip":
        zipped(path, ("a", noise), ("xor.py", "x"))
    else:
        tarred(path, member("a", noise), member("xor.py", b"x"))
    path.write_bytes(path.read_bytes()[:15_000])
    assert "damaged" in outcome(path)


def test_a_tar_whose_headers_turn_to_junk_is_a_problem(tmp_path):
    assert "damaged" in outcome(tarred(tmp_path / "ada.tar", header("a"), b"j" * 512, member("xor.py", b"x")))
    assert "damaged" in outcome(tarred(tmp_path / "ada.tgz", header("xor.py"), header("b")[:200]))
    assert "damaged" in outcome(tarred(tmp_path / "eve.tar", header("a", -512), member("xor.py", b"x")))


def flagged(path, flag):
    """A zip in whose headers a flag is set."""
    data = bytearray(zipped(path, ("xor.py", "x = 1")).read_bytes())
    data[6] |= flag
    data[data.index(b"PK\x01\x02") + 8] |= flag
    path.write_bytes(data)
    return path


def test_an_encrypted_zip_is_a_problem(tmp_path):
    assert "encrypted" in outcome(flagged(tmp_path / "ada.zip", 0x1))


def test_what_a_zip_says_of_sizes_and_contents_is_not_believed(tmp_path):
    path = zipped(tmp_path / "ada.zip", ("xor.py", "x = 1"), method=zipfile.ZIP_STORED)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"x = 1", b"x = 2"))
    assert "damaged" in outcome(path)
    entry = data.index(b"PK\x01\x02")
    for size, got in ((2, "damaged"), (4_000_000_000, "x = 1")):
        path.write_bytes(data[: entry + 24] + size.to_bytes(4, "little") + data[entry + 28 :])
        assert got in outcome(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_a_problem(tmp_path):
    path = zipped(tmp_path / "ada.zip", ("xor.py", "x = 1"), ("xor.py", "x = 2"))
    assert outcome(path) == "There are two files for xor: ada.zip/xor.py and ada.zip/xor.py. Keep one."
    path = tarred(tmp_path / "ada.tar", member("xor.py", b"x"), member("./xor.py", b"y"))
    assert outcome(path) == "There are two files for xor: ada.tar/xor.py and ada.tar/./xor.py. Keep one."


def test_names_of_any_bytes_are_shown_so_that_they_can_be_written_down(tmp_path):
    tarred(tmp_path / "ada.tar", member("\udcff\n\u202e/xor.py", b"x"), member("\udcfe", b"y"))
    zipped(tmp_path / "bob.zip", ("\x07\u202e/xor.py", "x"), ("ü\n", "y"))
    found = discover(tmp_path, ["xor"])
    assert [it.source for it in found.handins] == [
        "ada.tar/\\udcff\\n\\u202e/xor.py", "bob.zip/\\x07\\u202e/xor.py",
    ]  # fmt: skip
    assert dict(found.ignored) == {"ada.tar/\\udcfe": "no exercise", "bob.zip/ü\\n": "no exercise"}
    assert all(it.read().units for it in found.handins)


def test_an_archive_within_an_archive_is_not_opened(tmp_path):
    inner = zipped(tmp_path / "inner.zip", ("xor.py", "x")).read_bytes()
    zipped(tmp_path / "inner.zip", ("hw.zip", inner), ("xor.py", "y"))
    found = discover(tmp_path / "inner.zip", ["xor"])
    assert found.ignored == (("inner.zip/hw.zip", "an archive within an archive is not opened"),)


def test_folders_that_programs_make_are_named_once(tmp_path):
    clutter = [(f"hw/{folder}/{number}/xor.py", "") for folder in ("__MACOSX", ".git") for number in range(3)]
    path = zipped(tmp_path / "ada.zip", ("hw/xor.py", "x"), *clutter, ("a/b/c/d/e/f/xor.py", ""))
    assert discover(path, ["xor"]).ignored == (
        ("ada.zip/a/b/c/d/e/f", "not searched"),
        ("ada.zip/hw/.git", "not searched"),
        ("ada.zip/hw/__MACOSX", "not searched"),
    )


def test_an_archive_without_an_exercise_is_ignored(tmp_path):
    zipped(tmp_path / "data.zip", ("a.csv", ""))
    zipped(tmp_path / ".zip", ("xor.py", ""))
    zipped(tmp_path / "ada.zip", ("xor.py", "x"))
    found = discover(tmp_path, ["xor"])
    assert [it.student for it in found.handins] == ["ada"]
    assert dict(found.ignored) == {
        ".zip": "no exercise",
        "data.zip": "an archive without any of the exercises",
        "data.zip/a.csv": "no exercise",
    }


def test_a_damaged_archive_is_for_no_exercise_if_there_are_several(tmp_path):
    (tmp_path / "ada.zip").write_bytes(b"PK")
    assert [it.exercise for it in discover(tmp_path, ["xor", "cpa"]).handins] == [""]
    assert [it.exercise for it in discover(tmp_path, ["xor", "cpa"], only="cpa").handins] == ["cpa"]


def test_a_limit_is_that_of_the_bytes_that_come_out(tmp_path):
    for path in (
        zipped(tmp_path / "ada.zip", ("xor.py", b"#" * (5 * MIB))),
        tarred(tmp_path / "ada.tar.gz", member("xor.py", b"#" * (5 * MIB))),
    ):
        assert len(outcome(path)) == 5 * MIB
    for path in (
        zipped(tmp_path / "ada.zip", ("xor.py", b"#" * (5 * MIB + 1))),
        tarred(tmp_path / "ada.tar.gz", member("xor.py", b"#" * (5 * MIB + 1))),
    ):
        assert "unpacks to more than 5 MiB" in outcome(path)


def swollen_zip(path, method=zipfile.ZIP_DEFLATED, mebibytes=150):
    with zipfile.ZipFile(path, "w", method, compresslevel=1) as archive, archive.open("xor.ipynb", "w") as file:
        file.write(b'{"cells": [{"outputs": [')
        for _ in range(mebibytes):
            file.write(b"[]," * (MIB // 3))


def swollen_json(path, unit):
    zipped(path, ("xor.ipynb", b'{"cells": [' + unit * (95 * MIB // len(unit))))


def crowded_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(str(number), b"")


def skipped(path):
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header("filler", 1 << 40))
        for _ in range(300):
            file.write(bytes(MIB))


def sparse_map(path):
    numbers = 5_000_000
    sparse = pax(GNU_sparse_major=1, GNU_sparse_minor=0, GNU_sparse_name="xor.py", GNU_sparse_realsize=1 << 40)
    tarred(path, sparse, member("sparse", b"%d\n" % numbers + b"0\n" * 2 * numbers))


BOMBS = {
    "swollen.zip": swollen_zip,
    "bzip2.zip": lambda path: swollen_zip(path, zipfile.ZIP_BZIP2, 8),
    "lists.zip": lambda path: swollen_json(path, b"[],"),
    "cells.zip": lambda path: swollen_json(path, b'{"cell_type":""},'),
    "crowded.zip": crowded_zip,
    "crowded.tgz": lambda path: tarred(path, header("a") * 100_000),
    "skipped.tgz": skipped,
    "sparse map.tgz": sparse_map,
    "sparse size.tgz": lambda path: tarred(
        path,
        pax(GNU_sparse_major=1, GNU_sparse_minor=0, GNU_sparse_name="xor.ipynb", GNU_sparse_realsize=1 << 40),
        member("sparse", padded(b"0\n")),
    ),
    "long header.tgz": lambda path: tarred(path, pax(comment="a" * 100 * MIB), header("xor.py")),
    "long name.tgz": lambda path: tarred(path, member("name", b"a" * 100 * MIB, kind=tarfile.GNUTYPE_LONGNAME)),
    "chain.tgz": lambda path: tarred(path, pax(comment="a") * 50_000, header("xor.py")),
    "digits.tgz": lambda path: tarred(path, member("pax", b"1" * 7_000, kind=b"x") * 5_000, header("xor.py")),
}
MEASURE = """
import re, sys
from pathlib import Path
from autograder.submission import Unreadable, discover

def peak():  # not ru_maxrss, which a process inherits from the one that starts it
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

before = peak()
(handin,) = discover(Path(sys.argv[1]), ["xor"]).handins
try:
    print(handin.problem or handin.read())
except Unreadable as unreadable:
    print(unreadable)
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux tells it")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_gets_one_line_and_costs_little_memory(tmp_path, name, root):
    BOMBS[name](tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / name],
        cwd=root, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    line, memory = done.stdout.splitlines()
    assert any(it in line for it in ("more than", "damaged", "besides code", "not a notebook"))
    assert int(memory) < 150
    assert set(os.listdir(tmp_path)) == {name}


def is_read_or_refused(path):
    """Any other exception passes through, and fails the test."""
    try:
        return all(handin.problem or isinstance(handin.read(), Source) for handin in handins(path))
    except (Unreadable, UserError) as error:
        return len(str(error).splitlines()) == 1


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([".zip", *TARS]),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 20), st.binary(max_size=20)), min_size=1, max_size=5),
)
def test_damaged_archives_are_read_or_refused(tmp_path, ending, changes):
    path = tmp_path / f"ada{ending}"
    if ending == ".zip":
        zipped(path, ("a/notes", "abc" * 99), ("a/xor.py", "x = 1\n" * 9))
    else:
        tarred(path, pax(mtime="1.5", path="a/xor.py"), member("b", b"x = 1\n" * 99), member("c", b"abc" * 99))
    data = bytearray(path.read_bytes())
    for start, length, junk in changes:
        place = start % len(data)
        data[place : place + length] = junk
    path.write_bytes(data)
    assert is_read_or_refused(path)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([".zip", *TARS]), st.sampled_from([b"", b"PK\x05\x06", b"\x1f\x8b\x08"]), st.binary(max_size=300)
)
def test_random_archives_are_read_or_refused(tmp_path, ending, start, data):
    path = tmp_path / f"ada{ending}"
    path.write_bytes(start + data)
    assert is_read_or_refused(path)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["mtime", "size", "path", "GNU_sparse_map", "hdrcharset"]), st.text(max_size=9)))
def test_random_headers_are_read_or_refused(tmp_path, records):
    path = tmp_path / "ada.tar"
    path.write_bytes(pax(**records) + member("xor.py", b"x = 1") + END)
    assert is_read_or_refused(path)


def test_a_tar_member_is_found_however_its_name_is_spelled(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("übung/" + "n" * 200 + "/xor.py")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    (tmp_path / "ada.tar").write_bytes(buffer.getvalue())
    assert outcome(tmp_path / "ada.tar") == "x"
