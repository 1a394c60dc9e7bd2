"""The secret seed of a course: made once, kept beside the course, never released."""

import os
import secrets
from pathlib import Path

from autograder.errors import UserError


def course_seed(root: Path) -> str:
    """The seed in `.autograder/seed`, readable by the owner alone; made if it is not there."""
    path = root / ".autograder" / "seed"
    try:
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(16))
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The seed in {path} cannot be read or made: {error}. Give one with --seed.") from error
