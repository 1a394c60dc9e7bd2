import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback.text import clean, count, cut, one_line, points, student_name

anything = st.text(st.characters()) | st.text(st.sampled_from("\x1b[]0;m\x07\x9b\\31Aa\r\n\u202e\ud800"))


@given(anything)
def test_nothing_unseen_is_left(text):
    unseen = {char for char in clean(text) if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")}
    assert unseen <= {"\n", "\t"}
    assert not any(unicodedata.bidirectional(char) in BIDI for char in clean(text))
    clean(text).encode("utf-8")


BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(anything)
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


@given(anything)
def test_one_line_is_one_short_line(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert len(line) <= 200


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;https://example.org\x07link\x1b]8;;\x1b\\", "link"),
        ("\x1b[", "\\x1b["),
        ("a\rb\r\nc", "a\nb\nc"),
        ("user\u202efdp.exe", "user\\u202efdp.exe"),
        ("Łucja 李明 עברית 👩‍🔬 é", "Łucja 李明 עברית 👩‍🔬 é"),
    ],
)
def test_examples(text, cleaned):
    assert clean(text) == cleaned


def test_a_name_is_never_empty():
    assert student_name(" ") == "(no name)"


def test_a_cut_text_says_how_much_is_gone():
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdef", 2) == "ab\n… (4 more characters)"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (6.5, "6.5"), (10.0, "10"), (1 / 3, "0.33"), (1234.25, "1234.25"), (None, "–")],
)
def test_points(value, text):
    assert points(value) == text


def test_counts():
    assert [count(1, "student"), count(1200, "student")] == ["1 student", "1,200 students"]
