"""Lines on a terminal: text is never markup, and always in what the terminal's encoding has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from autograder.feedback.statuses import LOOKS, Tone
from autograder.report import CheckStatus

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

WIDTH = 100
_TYPEWRITER = str.maketrans({"–": "-", "“": '"', "”": '"', "’": "'", "…": "...", "·": "*", "−": "-"})
COLOURS: dict[Tone, str] = {
    "right": "green",
    "wrong": "red",
    "limit": "yellow",
    "waiting": "dim",
    "ours": "magenta",
}


class Sheet:
    """Prints on a console of rich, at most `WIDTH` columns wide so that lines stay readable."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._encoding = console.encoding
        self._has_marks = all(self._encoded(look.mark) == look.mark for look in LOOKS.values())
        self._at_gap = True

    def text(self, *pieces: str | tuple[str, str]) -> Text:
        """Strings, each alone or with its style."""
        from rich.text import Text

        text = Text(overflow="fold", tab_size=4)
        for piece in pieces:
            string, style = (piece, "") if isinstance(piece, str) else piece
            text.append(self._encoded(string), style)
        return text

    def mark(self, status: CheckStatus) -> tuple[str, str]:
        look = LOOKS[status]
        return (look.mark if self._has_marks else look.ascii), COLOURS[look.tone]

    def print(self, it: RenderableType) -> None:
        self._console.print(it, width=min(self._console.width, WIDTH))
        self._at_gap = False

    def gap(self) -> None:
        """One empty line, however often it is asked for."""
        if not self._at_gap:
            self._console.print()
        self._at_gap = True

    def block(self, text: Text, indent: int) -> None:
        """Text that keeps its own line ends, moved to the right."""
        from rich.padding import Padding

        self.print(Padding(text, (0, 0, 0, indent), expand=False))

    def rows(self, rows: Iterable[tuple[Text, Text, Text]]) -> None:
        """A mark, a title that wraps beside it, and points at the right edge."""
        from rich.table import Table

        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        grid.add_column(justify="right", no_wrap=True)
        for row in rows:
            grid.add_row(*row)
        self.print(grid)

    def _encoded(self, string: str) -> str:
        """What the terminal has no character for is written otherwise, at worst as an escape: `\\u03b2`."""
        try:
            string.encode(self._encoding)
        except UnicodeEncodeError:
            string = string.translate(_TYPEWRITER)
        return string.encode(self._encoding, "backslashreplace").decode(self._encoding)
