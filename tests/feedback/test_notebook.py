from html.parser import HTMLParser

import pytest

from autograder.feedback.notebook import html_fragment
from autograder.feedback.text import one_line


class Fragment(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], set(), set(), []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def test_a_mixed_report(mixed):
    text = Fragment(html_fragment(mixed)).text
    for check in mixed.checks:
        assert check.title in text
        assert check.status == "passed" or " ".join(check.message.split()) in text
    assert "This looks like: You multiply by W0 where its transpose belongs" in text
    assert text.endswith("A hint: autograder hint xor.a")


def test_full_marks(perfect):
    assert "10 of 10 points" in Fragment(html_fragment(perfect)).text


def test_an_unreadable_notebook(unreadable):
    assert "its JSON ends too early" in Fragment(html_fragment(unreadable)).text


@pytest.mark.parametrize("at", range(14))
def test_hostile_text_stays_text(hostile, at):
    html = html_fragment(hostile[at])
    fragment = Fragment(html)
    assert fragment.tags <= {"div", "span", "b", "p", "pre", "details", "summary"}
    assert fragment.attributes == {"style"}
    assert not any(char in html for char in "\x1b\x07\x08\x00\x9b\r\u202e\u2066\u2028")
    assert " ".join(one_line(hostile[at].exercise).split()) in fragment.text
