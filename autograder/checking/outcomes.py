"""How a check can end other than well. Each becomes a status of the report."""

from typing import Any, Literal

Rung = Literal["missing", "raises", "purity", "type", "shape", "dtype", "finite", "value", "warning", "requirement"]


class CheckFailed(AssertionError):
    """The submission is wrong: at which rung, and in plain words.

    `got` is the value that is wrong, from which the call is found that returned it; `mistake` names the known
    wrong way where the check itself knows; `classes` are those of the exception that the submission raised.
    """

    def __init__(
        self,
        rung: Rung,
        message: str,
        *,
        got: Any = None,
        mistake: str | None = None,
        classes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.rung = rung
        self.message = message
        self.got = got
        self.mistake = mistake
        self.classes = classes


class ToDo(Exception):
    """The function is not written yet."""


class Blocked(Exception):
    """A check that this one stands on did not pass."""


class NotGraded(Exception):
    """Our own fault. The message is one line."""
