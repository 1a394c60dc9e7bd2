"""All of MNIST: from a folder, from a mirror, and what is said when neither will do."""

import gzip
import hashlib
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from autograder.datasets import full, mnist
from autograder.datasets.idx import parse, unpack
from autograder.errors import UserError

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4) for size in array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def small(monkeypatch):
    """The four files of an MNIST of five and two images, which count as the real ones."""
    rng = np.random.default_rng(0)
    content = {}
    for name in full.FILES:
        count = 5 if name.startswith("train") else 2
        shape = (count, 28, 28) if "images" in name else (count,)
        content[name] = idx(rng.integers(0, 256 if "images" in name else 10, shape))
    packed = {name: gzip.compress(data, mtime=0) for name, data in content.items()}
    digests = {it: (hashlib.sha256(packed[it]).hexdigest(), hashlib.sha256(content[it]).hexdigest()) for it in content}
    monkeypatch.setattr(full, "FILES", digests)
    return content


@pytest.fixture
def folder(small, tmp_path, monkeypatch):
    folder = tmp_path / "mnist"
    folder.mkdir()
    for name, data in small.items():
        (folder / name).write_bytes(data)
    monkeypatch.setenv(full.FOLDER, str(folder))
    return folder


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror(small, tmp_path, monkeypatch):
    """A mirror with the four files, and an empty cache. Gives the folder that is served, and the server."""
    monkeypatch.delenv(full.FOLDER, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    served = tmp_path / "served"
    served.mkdir()
    for name, data in small.items():
        (served / f"{name}.gz").write_bytes(gzip.compress(data, mtime=0))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=served))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(full, "MIRRORS", (f"http://127.0.0.1:{server.server_port}/",))
    yield served, server
    server.shutdown()
    server.server_close()


def check(small):
    X, y, X_test, y_test = mnist()
    assert (X.shape, X.dtype, X_test.shape) == ((5, 784), np.float32, (2, 784))
    assert (y.dtype, y_test.shape) == (np.int64, (2,))
    np.testing.assert_array_equal(np.rint(255 * X).astype(np.uint8).ravel(), list(small[IMAGES][16:]))
    np.testing.assert_array_equal(y, list(small[LABELS][8:]))


def message():
    with pytest.raises(UserError) as raised:
        mnist()
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_folder_of_plain_files(folder, small):
    check(small)


def test_a_folder_of_compressed_files(folder, small):
    for name, data in small.items():
        (folder / name).unlink()
        (folder / f"{name}.gz").write_bytes(gzip.compress(data, compresslevel=1))
    check(small)


def test_a_folder_that_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv(full.FOLDER, str(tmp_path / "nowhere"))
    assert "which is not a folder" in message()


def test_a_file_that_is_missing(folder):
    (folder / LABELS).unlink()
    assert f"has neither {LABELS} nor {LABELS}.gz" in message()


def test_another_data_set_of_the_same_form(folder, small):
    (folder / LABELS).write_bytes(idx(np.zeros(5)))
    assert f"but not MNIST's {LABELS}" in message()


@pytest.mark.parametrize("name", [IMAGES, LABELS])
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[:-1], "bytes are announced"),
        (lambda data: data + b"\0", "bytes are announced"),
        (lambda data: data[:6], "ends within its header"),
        (lambda data: b"", "not an IDX file"),
        (lambda data: b"\0\0\x08", "not an IDX file"),
        (lambda data: b"\0\0\x0d" + data[3:], "begins with “00 00 0d"),
        (lambda data: b"<!DOCTYPE html>", "not an IDX file"),
        (lambda data: gzip.compress(data)[:-9], "cannot be decompressed"),
        (lambda data: gzip.compress(data)[:12] + b"\xff" * 40, "cannot be decompressed"),
        (lambda data: b"\x1f\x8b\x07" + data, "cannot be decompressed"),
    ],
)
def test_a_damaged_file(folder, small, name, damage, words):
    (folder / name).write_bytes(damage(small[name]))
    said = message()
    assert words in said
    assert str(folder / name) in said


def test_a_file_that_announces_more_than_memory_holds(tmp_path):
    with pytest.raises(UserError, match="announced"):
        parse(b"\0\0\x08\x03" + b"\xff" * 12, tmp_path)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        unpack(tmp_path)


def test_a_download_is_kept(mirror, small):
    _, server = mirror
    check(small)
    server.shutdown()
    check(small)


def test_the_next_mirror_is_asked(mirror, small, monkeypatch):
    (right,) = full.MIRRORS
    monkeypatch.setattr(full, "MIRRORS", ("http://127.0.0.1:9/", f"{right}elsewhere/", right))
    check(small)


def test_a_mirror_with_another_file(mirror, small):
    served, _ = mirror
    (served / f"{LABELS}.gz").write_bytes(gzip.compress(small[LABELS] + b"\0"))
    assert "127.0.0.1" in message()
    assert "has another file" in message()


def test_no_network(mirror, monkeypatch):
    monkeypatch.setattr(full, "MIRRORS", ("http://127.0.0.1:9/", "http://localhost:9/"))
    assert "127.0.0.1:9 does not answer, localhost:9 does not answer" in message()


def test_a_damaged_cache_is_mended(mirror, small, tmp_path):
    check(small)
    (cached,) = (tmp_path / "cache").rglob(f"{IMAGES}.gz")
    cached.write_bytes(b"damaged")
    check(small)


def test_a_cache_that_cannot_be_written(mirror, tmp_path):
    (tmp_path / "cache").write_text("a file in its place")
    assert "cannot be kept in" in message()


def test_a_missing_pooch_is_named(mirror, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    assert "pip install pooch" in message()


@pytest.mark.skipif(full.FOLDER not in os.environ, reason=f"needs all of MNIST, in a folder named in {full.FOLDER}")
def test_the_real_files_have_the_pinned_content():
    X, y, X_test, y_test = mnist()
    assert (X.shape, X_test.shape) == ((60000, 784), (10000, 784))
    assert np.bincount(y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_the_script_that_makes_the_digits_fails_with_one_line(tmp_path):
    environment = {**os.environ, full.FOLDER: str(tmp_path / "nowhere")}
    command = [sys.executable, "-m", "autograder.datasets.make_digits"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
