"""What all tools have in common."""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from benchmarks.peers.spending import Command
from benchmarks.peers.students import Student

ASSIGNMENT = "networks"

Points = Mapping[str, float]  # by exercise


class Tool(ABC):
    """A grader, installed, and the assignment written for it."""

    name: ClassVar[str]
    sizes: ClassVar[tuple[int, ...]] = (6,)
    """Of the classes that are graded. Two, if a command grades a class: the cost of one more is their difference."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs

    @abstractmethod
    def write(self, folder: Path) -> None:
        """Writes the assignment as an author does, and what the students hand in. Nothing of it is timed."""

    @abstractmethod
    def commands(self, size: int) -> Sequence[Command]:
        """Those that grade a class; results of an earlier run must not be taken for theirs."""

    @abstractmethod
    def points(self, size: int) -> Mapping[str, Points]:
        """What the tool's own output says, by student."""

    def is_right(self, student: Student, points: Points) -> bool:
        """Whether the student got what the submission deserves."""
        return points == student.deserved

    @property
    def environment(self) -> dict[str, str]:
        """That of a shell in which the tool's environment is active."""
        others = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        return others | {"PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}"}
