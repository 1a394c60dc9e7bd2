"""Text that comes from submissions, made harmless to show: whatever it holds, it stays text."""

import re

_ANSI = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system commands: titles, links
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours and movements of the cursor
    r"|\x1b[@-Z\\^_]"
)
_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but for tab and newline
    "\u00ad\u180e\u200b\u2060-\u2065\ufeff"  # of no width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # the direction of writing
    "\u2028\u2029\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff"  # halves of pairs, which have no encoding
    "\U000e0000-\U000e0fff"  # tags
    "]"
)

_LINE = 200


def clean(text: str) -> str:
    """Removes terminal sequences, and writes what else is unseen as an escape such as `\\x00` or `\\u202e`.

    Newlines and tabs stay; every kind of line end becomes a newline.
    """
    text = _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub(lambda match: ascii(match[0])[1:-1], text)


def one_line(text: str) -> str:
    """`clean` for a name or a title, which has no line ends and is not long."""
    text = clean(text.strip()).replace("\n", "\\n").replace("\t", "\\t")
    return text if len(text) <= _LINE else text[: _LINE - 1] + "…"


def student_name(student: str) -> str:
    """What a student is called where someone reads it."""
    return one_line(student) or "(no name)"


def cut(text: str, characters: int) -> str:
    """At most so many characters, and how many more there were."""
    rest = len(text) - characters
    return text if rest <= 0 else f"{text[:characters]}\n… ({rest:,} more characters)"


def points(value: float | None) -> str:
    """Points as people write them: 6.5, 10, 0.33; a dash where there are none."""
    return "–" if value is None else f"{round(value, 2):g}"


def count(number: int, noun: str) -> str:
    """`1 student`, `2 students`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
