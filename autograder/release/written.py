"""Written questions, which a person marks: the question, and the mark scheme that students do not receive."""

import re
from dataclasses import dataclass

SCHEME_MARKERS = ("### BEGIN MARK SCHEME", "### END MARK SCHEME")
LIKE_A_SCHEME_MARKER = re.compile(r"\b(BEGIN|END)\W*MARK\W*SCHEME\b", re.IGNORECASE)


@dataclass(frozen=True)
class Written:
    """A written question in two parts."""

    question: str
    mark_scheme: str


def split_question(text: str) -> Written:
    """Splits the text of a written question's cell. A mark scheme may go on to the end of the text."""
    question: list[str] = []
    scheme: list[str] = []
    lines = question
    for line in text.splitlines():
        if line in SCHEME_MARKERS:
            lines = scheme if line == SCHEME_MARKERS[0] else question
        else:
            lines.append(line)
    return Written("\n".join(question).strip("\n"), "\n".join(scheme).strip("\n"))
