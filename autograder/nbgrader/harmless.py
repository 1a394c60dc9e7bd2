"""What students wrote in Markdown, made harmless for pages that render it.

nbgrader's pages render a student's Markdown, HTML and formulas included, in the session of whoever marks it.
"""

import re

from autograder.feedback.text import clean, cut

_LONGEST = 50_000
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
# What would make a link or an image, also by a definition elsewhere in the text.
_TARGET = re.compile(r"\](?=\s*[(\[:])")
# What a page makes a link of by itself.
_ADDRESS = re.compile(r":(?=//)")
# With these a formula makes links, elements with attributes of its own, and other names for itself.
_ACTIVE = ("href", "class", "cssId", "style", "require", "includegraphics", "unicode", "def", "let", "newcommand")
_MACRO = re.compile(rf"\\(?=(?:re)?(?:{'|'.join(_ACTIVE)})(?![A-Za-z]))")


def harmless_markdown(text: str) -> str:
    """The same text, of which nothing becomes an element, a link, an image or an active formula."""
    text = cut(clean(text), _LONGEST)
    text = _TAG.sub("< ", text)
    text = _TARGET.sub("]\u200a", text)
    text = _ADDRESS.sub(":\u200a", text)
    return _MACRO.sub(r"\\backslash ", text)
