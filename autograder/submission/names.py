"""Names as their senders chose them, made safe to show."""

import unicodedata

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def visible(name: str) -> str:
    r"""The name with `\x07`, `\u202e` and the like for what cannot be seen, breaks lines or turns them round.

    Different names stay different: a backslash is doubled.
    """
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(
        ascii(character)[1:-1] if character == "\\" or unicodedata.category(character) in _UNSEEN else character
        for character in name
    )


def cut(text: str, length: int) -> str:
    """The text, or its beginning if it is longer."""
    return text if len(text) <= length else text[: length - 1] + "…"
