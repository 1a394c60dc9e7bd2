"""The table of contents, `course.toml`: which exercises there are, and what each of them may use."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from autograder.errors import UserError

CONTENTS = "course.toml"
ALONE = "exercise.toml"  # the same for one exercise, in the folder that its students receive


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exercise: what it `needs` besides NumPy ("scipy", "torch"), and budgets that hold for a submission.

    These are seconds of wall time, and MiB of memory beyond what the process starts with. What is handed in after `due`
    is late.
    """

    name: str
    title: str
    lecture: str
    minutes: int
    needs: tuple[Literal["scipy", "torch"], ...] = ()
    seconds_per_call: float = 10.0
    seconds_to_start: float = 15.0
    seconds: float = 120.0
    memory_mib: int = 1024
    due: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What coming late costs: after `grace_minutes`, the fraction `per_day` of the points for each day that has begun,
    and the fraction `most` at most."""

    grace_minutes: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    per_day: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    most: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0


class Course(msgspec.Struct, frozen=True):
    """The course in one folder: the exercises by name, in the order of the table of contents."""

    root: Path
    title: str
    exercises: Mapping[str, Exercise]
    late: Late = Late()

    @property
    def has_solutions(self) -> bool:
        """False in a student's repository."""
        return (self.root / "solutions").is_dir()

    def solution(self, exercise: str) -> Path:
        """The folder that an author writes."""
        return self.root / "solutions" / exercise

    def assignment(self, exercise: str) -> Path:
        """The folder that a student receives."""
        return self.root if (self.root / ALONE).is_file() else self.root / "assignments" / exercise

    def __getitem__(self, name: str) -> Exercise:
        if name not in self.exercises:
            raise UserError(f"There is no exercise {name!r}. There are: {', '.join(self.exercises)}.")
        return self.exercises[name]


def find_course(start: Path | None = None) -> Course:
    """The course that the folder `start` (by default the current one) lies in, or the single exercise in it."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / CONTENTS).is_file():
            return read_course(folder)
    if (start / ALONE).is_file():
        return _read(start, ALONE)
    raise UserError(f"No {CONTENTS} in {start} or above it. Go to the folder of the course and try again.")


def read_course(root: Path) -> Course:
    """Reads `root/course.toml`."""
    return _read(root, CONTENTS)


def contents_alone(course: Course, name: str) -> str:
    """The text of `exercise.toml`: what `course.toml` says of the exercise."""
    exercise = course[name]
    said = {key: value for key, value in msgspec.structs.asdict(exercise).items() if key != "name"}
    default = {field.name: field.default for field in msgspec.structs.fields(Exercise)}
    lines = [f"{key} = {_toml(value)}" for key, value in said.items() if value != default[key]]
    return "\n".join([f"title = {_toml(course.title)}", "", f"[exercises.{name}]", *lines]) + "\n"


def _toml(value: Any) -> str:
    # Texts, numbers and lists of texts are written in TOML as in JSON.
    return value.isoformat() if isinstance(value, datetime) else json.dumps(value, ensure_ascii=False)


def _read(root: Path, file: str) -> Course:
    path = root / file
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        exercises = {
            name: msgspec.convert({"name": name, **entry}, Exercise) for name, entry in table["exercises"].items()
        }
        return Course(root, table["title"], exercises, msgspec.convert(table.get("late", {}), Late))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, msgspec.ValidationError) as error:
        raise UserError(f"{path} cannot be read: {error}.") from error
