"""Solution regions: the lines between two markers, which students do not receive."""

import re

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
STUB = "raise NotImplementedError"

# Wider than the markers themselves: a misspelt marker must not release the solution.
_LIKE_A_MARKER = re.compile(r"#.*\b(BEGIN|END)\W*SOLUTIONS?\b", re.IGNORECASE)


class MarkerError(Exception):
    """A marker out of place, on line `number` of the text, counted from 0."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number
        self.message = message


def regions(text: str) -> list[range]:
    """The lines of each region, markers included, counted from 0. Raises `MarkerError`."""
    lines = text.splitlines()
    found: list[range] = []
    begin: int | None = None
    for number, line in enumerate(lines):
        if not _LIKE_A_MARKER.search(line):
            continue
        marker = line.strip()
        if marker == BEGIN and begin is None:
            begin = number
        elif marker == BEGIN:
            raise MarkerError(number, "a solution region begins inside another")
        elif marker == END and begin is None:
            raise MarkerError(number, "a solution region ends that never began")
        elif marker == END and begin is not None:
            if _indent(line) != _indent(lines[begin]):
                raise MarkerError(number, "both markers of a solution region are indented alike")
            found.append(range(begin, number + 1))
            begin = None
        else:
            raise MarkerError(number, f"a marker is a line of its own, {BEGIN!r} or {END!r}")
    if begin is not None:
        raise MarkerError(begin, f"{END!r} is missing")
    return found


def cut(text: str) -> str:
    """What students receive: a region in a function becomes a line that raises, one outside disappears."""
    lines = text.splitlines()
    for region in reversed(regions(text)):
        indent = _indent(lines[region.start])
        if indent:
            lines[region.start : region.stop] = [indent + STUB]
        else:
            before, after = lines[: region.start], lines[region.stop :]
            while before and after and not before[-1] and not after[0]:
                before.pop()
            lines = before + after
    return "\n".join(lines).strip("\n")


def without_markers(text: str) -> str:
    """The same text with its solutions, and without the markers around them."""
    marked = {number for region in regions(text) for number in (region.start, region.stop - 1)}
    return "\n".join(line for number, line in enumerate(text.splitlines()) if number not in marked)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
