"""Injecting: what a student can name, print, raise or return stays text wherever it is shown."""

from pathlib import Path

from tests.attacks.bank import BASE, code, files


@code()
def markup_in_prints():
    """Scripts, images and entities, printed."""
    print("<script>alert(1)</script><img src=x onerror=alert(1)>&lt;script&gt;</pre></details>")


@code()
def markup_in_messages():
    """Scripts in exceptions, their names, warnings and docstrings."""
    import warnings

    Script = type("<script>alert(1)</script>", (ValueError,), {})

    def relu_net(X, *args, **kwargs):
        """<script>alert(1)</script>"""
        warnings.warn("<img src=x onerror=alert(1)>", stacklevel=1)
        raise Script("</pre><script>alert(1)</script>")


@code()
def markup_in_results():
    """Scripts in strings, keys, names of types and reprs."""

    class Named:
        def __repr__(self):
            return "<script>alert(1)</script>"

    Named.__name__ = Named.__qualname__ = "<script>alert(1)</script>"

    def relu_net(X, *args, **kwargs):
        return Named()

    def train(*args):
        return {"<script>alert(1)</script>": "<img src=x onerror=alert(1)>"}


@code()
def escape_sequences():
    """ANSI: colours, titles, links, moved cursors, a cleared screen and a question to the terminal."""
    text = "\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]8;;http://x\x07link\x1b[6n\x9b31m\x1bP$q\x1b\\\r10 of 10 points\b\b"
    print(text)

    def relu_net(X, *args, **kwargs):
        raise ValueError(text)

    def train(*args):
        return (text, text, text, text), text


@code()
def turned_text():
    """Unicode that turns lines round, joins them or hides them."""

    def relu_net(X, *args, **kwargs):
        raise ValueError("\u202e\u2066stniop 01 fo 01\u2069\u200b\u2028\u0085\ufeff\U000e0041")


@code()
def templates():
    """The languages of templates, formats and rich markup."""

    def relu_net(X, *args, **kwargs):
        raise ValueError("{{ 7*7 }}{% raw %}${7*7}<%= 7*7 %>{0.__class__}%s%n[bold red]x[/][link=http://x]y[/link]")


@files(attacker="=cmd|' /C calc'!A1")
def a_formula_for_a_name(folder: Path):
    """A student whose name is a formula of a spreadsheet."""
    _named(folder, "=cmd|' /C calc'!A1")


@files(attacker="<script>alert(1)<\u2215script>")
def markup_for_a_name(folder: Path):
    """A student whose name is a script."""
    _named(folder, "<script>alert(1)<\u2215script>")


@files(attacker="\x1b[31m\u202eadmin\n")
def a_name_that_turns_the_terminal(folder: Path):
    """A student whose name has escape sequences, a line end and marks of direction."""
    _named(folder, "\x1b[31m\u202eadmin\n")


@files(attacker="con")
def a_reserved_name(folder: Path):
    """A student whose name is that of a device elsewhere, and one that ends the page's folder."""
    _named(folder, "con")


@files(attacker="-rf")
def an_option_for_a_name(folder: Path):
    """A student whose name is an option of commands."""
    _named(folder, "-rf")


def _named(folder: Path, student: str) -> None:
    place = folder / student
    place.mkdir(parents=True)
    (place / "xor.py").write_text(BASE + f"\nprint({student!r})\n", encoding="utf-8")
