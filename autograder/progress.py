"""What a student's own machine remembers: points so far, and which hints were shown."""

from pathlib import Path

import msgspec


class Memory(msgspec.Struct):
    """By exercise the points of each part; by exercise and part how many hints were shown."""

    points: dict[str, dict[str, tuple[float, float]]] = {}
    hints: dict[str, int] = {}


def _path(root: Path) -> Path:
    return root / ".autograder" / "progress.json"


def recall(root: Path) -> Memory:
    """What is remembered; nothing, if the file is not there or was damaged."""
    try:
        return msgspec.json.decode(_path(root).read_bytes(), type=Memory)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return Memory()


def remember(root: Path, memory: Memory) -> bool:
    """False where it cannot be written; nothing of importance is lost then."""
    path = _path(root)
    try:
        path.parent.mkdir(exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(memory), indent=2))
        partial.replace(path)
    except OSError:
        return False
    return True
