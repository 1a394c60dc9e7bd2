"""The secret seed of a course: made once, kept beside the course, never released."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from autograder.errors import UserError


def course_seed(root: Path) -> str:
    """The seed in `.autograder/seed`, readable by the owner alone; made if it is not there."""
    path = root / ".autograder" / "seed"
    try:
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            _make(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The seed in {path} cannot be read or made: {error}. Give one with --seed.") from error


def _make(path: Path) -> None:
    """Whole or not at all, since half a seed would be taken for one; and once, also if two graders begin together."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix="seed.") as file:  # for the owner alone
        file.write(secrets.token_hex(16))
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
