"""Markdown as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.release.prose import plain_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("plain", "plain"),
        ("**bold**, *emphasis*, __bold__ and _emphasis_", "bold, emphasis, bold and emphasis"),
        ("a `code` stays, and so do x_i, y_i and 2 * 3 * 4", "a `code` stays, and so do x_i, y_i and 2 * 3 * 4"),
        ("## Part a: *one*", "Part a: one\n-----------"),
        ("one\ntwo", "one two"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("- one\n- two", "- one\n- two"),
        ("text\n- one\n- two", "text\n\n- one\n- two"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("- one\n\n  more\n- two", "- one\n\n  more\n- two"),
        ("- one\n    - inner\n- two", "- one\n  - inner\n- two"),
        ("a:\n\n    x  =  1\n      y", "a:\n\n    x  =  1\n      y"),
        ("```python\nx = 1\n```", "    x = 1"),
        ("$$\nx = 1\n$$", "    x = 1"),
        ("where $a_{1} \\{x\\} * b * c$ holds", "where $a_{1} \\{x\\} * b * c$ holds"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("see [the notes](https://example.org)", "see the notes (https://example.org)"),
        ("<https://example.org>", "https://example.org"),
        ("", ""),
    ],
)
def test_it_reads_as_a_person_would_write_it(markdown, text):
    assert plain_text(markdown, 60) == text


def test_paragraphs_and_items_are_wrapped():
    assert plain_text("one two three four", 10) == "one two\nthree four"
    assert plain_text("- one two three four", 10) == "- one two\n  three\n  four"


def test_no_line_breaks_inside_code_or_a_sum():
    assert plain_text("shape `(N, d)`", 12) == "shape\n`(N, d)`"
    assert plain_text("where a − b = 0", 10) == "where\na − b = 0"
    assert plain_text("the sign - or dash", 10) == "the\nsign - or\ndash"


@given(st.lists(st.text("abcdefgh,.;:", min_size=1, max_size=9), min_size=1), st.integers(12, 60))
def test_wrapping_keeps_every_word_and_the_width(words, width):
    paragraph = "x " + " ".join(words)
    text = plain_text(paragraph, width)
    assert text.split() == paragraph.split()
    assert max(map(len, text.splitlines())) <= width
