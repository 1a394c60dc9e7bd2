"""Markdown of students, rendered as nbgrader's pages render it."""

import re
from html.parser import HTMLParser
from random import Random

from nbconvert.filters.markdown_mistune import markdown2html_mistune

from autograder.nbgrader.harmless import harmless_markdown
from tests.fuzz.mutation import mutated_bytes
from tests.fuzz.targets import made

_PIECES = (
    "<", ">", "script", "<b", "</", "<!--", "&lt;", "&#60;", "[x]", "](", "(javascript:1)", "![", "]", "[", "]:", " ",
    "\n", "\n\n", "\\", "`", "```", "```html\n", "```mermaid\n", "$", "$$", "\\\\(", "\\\\)", "\\begin{a}", "\\end{a}",
    "\\href", "\\class{x}{y}", "{", "}", "http://a.example", "www.a.example", "a@b.example", "[^1]", "[^1]: x",
    "|a|b|\n|-|-|\n", "# x", "- ", "1. ", "> ", "    ", "\t", "~~", "**", "_", "\x00", "\u202e", "\u200b", "\x1b[1m",
    "\r", '"', "'", "=", "onload", "<svg", "< /", "\\unicode", "\\renewcommand", "\u2028", "\xad", "\x1b]8;;x\x07",
    "é", "<é", "==",
)  # fmt: skip
_TAGS = frozenset(
    "p h1 h2 h3 h4 h5 h6 em strong code pre ul ol li dl dt dd blockquote table thead tbody tr th td del hr br span "
    "div a".split()
)
_BOX = {("class", "task-list-item-checkbox"), ("type", "checkbox"), ("disabled", None), ("checked", None)}


def _markdown(rng: Random) -> bytes:
    data = "".join(rng.choice(_PIECES) for _ in range(rng.randrange(1, 25))).encode()
    return mutated_bytes(data, rng) if rng.random() < 0.2 else data


@made(_markdown)
def rendered_markdown(data: bytes) -> str:
    """Nothing in it leads anywhere, loads or runs anything."""
    text = harmless_markdown(data.decode("utf-8", "replace"))
    text.encode()
    assert not re.search(r"\\(re)?(href|class|cssId|style|require|unicode|def|let|newcommand)(?![A-Za-z])", text)
    page = _Page()
    page.feed(markdown2html_mistune(text))
    page.close()
    return " ".join(sorted(page.seen)[:3])


class _Page(HTMLParser):
    """Asserts that a page holds only what text is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag == "input":  # the box of a list of tasks
            assert set(attrs) <= _BOX, attrs
            return
        assert tag in _TAGS, tag
        for name, content in attrs:
            text = content or ""
            assert name in ("class", "id", "start", "style") or (name == "href" and text.startswith("#")), (name, text)
            assert name != "style" or text.startswith("text-align:"), text

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl
