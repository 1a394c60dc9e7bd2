"""Modules, from bytes to code: tolerant of what tools write, one clear line for what cannot be read."""

import codecs
import json
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.submission import Source, Unit, Unreadable, imports, read_source


def code(data):
    (unit,) = read_source("xor.py", data).units
    assert unit.label == "xor.py"
    return unit.code


def refusal(name, data):
    with pytest.raises(Unreadable) as caught:
        read_source(name, data)
    (line,) = str(caught.value).splitlines()
    return line


@pytest.mark.parametrize(
    "data",
    [
        "x = 'ü'\n".encode(),
        "x = 'ü'\n".encode("utf-8-sig"),
        "# -*- coding: latin-1 -*-\nx = 'ü'\n".encode("latin-1"),
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = 'ü'\n".encode("cp1252"),
        "# coding: gb18030\nx = 'ü'\n".encode("gb18030"),
        "x = 'ü'\r\n".encode(),
        "x = 'ü'\r".encode(),
    ],
)
def test_a_module_may_have_any_declared_encoding(data):
    namespace = {}
    exec(code(data), namespace)
    assert namespace["x"] == "ü"
    assert "\r" not in code(data)


def test_a_syntax_error_is_told_later():
    assert code(b"def f(:\n") == "def f(:\n"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "is empty (0 bytes)"),
        (b" \n\t", "is empty (3 bytes)"),
        (codecs.BOM_UTF8 + b"\n", "is empty"),
        (b"a\0b", "not a text file"),
        (bytes(range(256)), "not a text file"),
        ("ü".encode("latin-1"), "not UTF-8"),
        ("x = 1".encode("utf-16"), "not UTF-8"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "not UTF-8"),
        (b"#" * (5 << 20) + b"#", "larger than 5 MiB"),
    ],
)
def test_what_cannot_be_read_gets_one_line(data, word):
    assert word in refusal("xor.py", data)


@pytest.mark.parametrize(
    "name", "no-such-codec rot13 zlib_codec undefined idna punycode utf-7 utf-16 unicode_escape aliases".split()
)
def test_an_encoding_that_is_none_of_text_files_is_refused(name):
    assert "not UTF-8" in refusal("xor.py", f"# coding: {name}\nx = 1\n".encode())


def test_halves_of_surrogate_pairs_are_refused_since_nobody_can_print_them():
    assert "not UTF-8" in refusal("xor.py", rb"# coding: raw_unicode_escape" + b"\nx = '\\ud800'\n")


def test_another_ending_is_refused():
    assert "neither" in refusal("xor.txt", b"x")


def test_the_digest_is_that_of_the_bytes():
    first, second = (read_source("xor.py", data) for data in (b"x = 1\n", b"x = 1\r\n"))
    assert first.units == second.units
    assert first.digest != second.digest
    assert first.digest.startswith("sha256:")


def test_imports_are_seen_wherever_they_stand():
    source = read_source("xor.py", b"def f():\n    import torch.nn\n    from scipy import linalg\n# import jax\n")
    assert [name for name in ("torch", "scipy", "jax", "numpy") if imports(source, name)] == ["torch", "scipy"]
    assert imports(read_source("xor.py", b"x = 1; import torch\n"), "torch")
    assert imports(read_source("xor.py", b"try: import torch\nexcept ImportError: pass\n"), "torch")
    assert not imports(read_source("xor.py", b"import torch ("), "torch")
    assert not imports(read_source("xor.py", b"from .torch import x"), "torch")


def test_code_too_long_to_parse_imports_what_it_names():
    source = Source("module", (Unit("xor.py", "import torch\n" + "x = 1\n" * 100_000),), "")
    assert imports(source, "torch")
    assert not imports(source, "scipy")


@pytest.mark.parametrize("text", ["(" * 10_000, "-" * 100_000 + "1", "a" + ".b" * 50_000, "'\\d'; import torch"])
def test_code_that_strains_the_parser_is_no_reason_to_fail_or_to_warn(text):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert imports(Source("module", (Unit("xor.py", f"{text} # torch"),), ""), "torch") == text.startswith("'")
    assert not said


def is_read_or_refused(name, data):
    """Any other exception than `Unreadable` passes through, and fails the test."""
    try:
        return isinstance(read_source(name, data), Source)
    except Unreadable as unreadable:
        return len(str(unreadable).splitlines()) == 1


@given(st.sampled_from(["xor.py", "xor.ipynb"]), st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(name, data):
    assert is_read_or_refused(name, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from("cells cell_type source input metadata nbgrader worksheets grade code".split()), inner
        )
    ),
    max_leaves=15,
)


@given(JSON, st.lists(JSON, max_size=3))
def test_random_json_is_read_or_refused(top, cells):
    assert is_read_or_refused("xor.ipynb", json.dumps(top).encode())
    assert is_read_or_refused("xor.ipynb", json.dumps({"cells": cells}).encode())


LINES = st.lists(
    st.sampled_from(["%%time", "%ls", "!ls \\", "x = !ls", "np?", "    pass", "if x:", '"""', "check(1)", "x = 1"]),
    max_size=6,
).map("\n".join)


@given(st.lists(LINES | st.text(), max_size=4), st.booleans())
def test_random_cells_keep_the_numbers_of_their_lines(cells, marked):
    metadata = {"nbgrader": {"grade": marked}}
    ours = [{"cell_type": "code", "source": "from autograder.notebook import check\nz = 1"}]
    theirs = [{"cell_type": "code", "source": text, "metadata": metadata} for text in cells]
    try:
        source = read_source("xor.ipynb", json.dumps({"cells": ours + theirs}).encode())
    except Unreadable:  # halves of surrogate pairs
        return
    assert source.units[0].code == "\nz = 1"
    for unit in source.units[1:]:
        text = cells[int(unit.label.split()[-1]) - 2].replace("\r\n", "\n").replace("\r", "\n")
        assert unit.code.count("\n") == text.count("\n")


@given(st.integers(0, 200), st.integers(0, 200), st.binary(max_size=4))
def test_a_damaged_notebook_is_read_or_refused(start, length, junk):
    whole = json.dumps({"cells": [{"cell_type": "code", "source": ["x = 'ü'\n", "y"], "metadata": {}}]}).encode()
    assert is_read_or_refused("xor.ipynb", whole[:start] + junk + whole[start + length :])
