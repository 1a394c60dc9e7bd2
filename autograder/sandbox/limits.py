"""What student code may use, and what happens when it uses more."""

from dataclasses import dataclass
from typing import Literal

MIB = 1 << 20

Kind = Literal["timeout", "memory", "output", "crashed"]


@dataclass(frozen=True)
class Limits:
    """For one process: bytes of memory beyond the start, of one message, of output kept and output allowed;
    seconds of CPU in all, of wall time for a call, for the first answer of a process, and for the submission."""

    memory: int = 1024 * MIB
    message: int = 16 * MIB
    kept_output: int = 1 * MIB
    output: int = 64 * MIB
    call_seconds: float = 10.0
    start_seconds: float = 15.0
    total_seconds: float = 120.0

    @property
    def cpu_seconds(self) -> int:
        """A backstop of the kernel's, behind the clock of the grader."""
        return int(self.total_seconds) + 10


class Struck(Exception):
    """A limit struck, or the process died. The message is for the student and names the limit's value."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class SandboxFault(Exception):
    """Our machine failed, not the submission. The message is one line."""
