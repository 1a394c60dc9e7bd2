"""Finding what was handed in, in any of the layouts that students and course systems make."""

import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.errors import UserError
from autograder.submission.archive import ending_of, members
from autograder.submission.choice import Untouched, choose
from autograder.submission.handin import Handin
from autograder.submission.names import visible
from autograder.submission.reading import LIMITS
from autograder.submission.source import Unreadable

_MAX_DEPTH = 6
_CLUTTER = ("__MACOSX", "__pycache__", "node_modules", "site-packages")
_NO_EXERCISE = "no exercise"
_OTHER_ARCHIVES = (".7z", ".gz", ".rar", ".zipx")


class NoSubmission(UserError):
    """There is nothing of the exercises at a path that can be read."""


@dataclass(frozen=True)
class Discovery:
    """The hand-ins in order, and everything else that was found, with the reason why it does not count.

    Of several files for one exercise, those that do not count are named in the hand-in's note or problem.
    """

    handins: tuple[Handin, ...]
    ignored: tuple[tuple[str, str], ...]


def discover(
    path: Path,
    exercises: Collection[str],
    *,
    only: str | None = None,
    untouched: Untouched = lambda exercise, source: False,
) -> Discovery:
    """Looks for the exercises' files at `path`: a file, an archive, a student's folder, or a class of those.

    With `only`, files of other exercises do not count, and a single file of any name does. `untouched` says whether
    a file is still as it was released: such a file loses against an edited one. Links are not followed, except that
    `path` may be one to a folder. Raises `UserError`, which is a `NoSubmission` if nothing was found.
    """
    search = _Search(path, exercises, only)
    try:
        search.run()
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    handins, too_many = choose(search.found, untouched)
    ignored = sorted(search.ignored + too_many)
    if not handins:
        names = ", ".join(f"{name}.py" for name in ([only] if only else list(exercises)[:3]))
        hint = next((f" {name}: {reason}." for name, reason in ignored if reason != _NO_EXERCISE), "")
        raise NoSubmission(
            f"{path} holds no submission. Looked for {names} or .ipynb: by itself, in a folder or archive "
            f"for each student, or in STUDENT/EXERCISE/.{hint}"
        )
    return Discovery(tuple(handins), tuple(ignored))


class _Search:
    def __init__(self, path: Path, exercises: Collection[str], only: str | None) -> None:
        self._path = path
        self._exercises = exercises
        self._only = only
        self._own = ""
        self.found: list[Handin] = []
        self.ignored: list[tuple[str, str]] = []

    def run(self) -> None:
        """Raises `UserError`, and `OSError` if `path` itself cannot be read."""
        if not self._path.exists():
            raise UserError(f"{self._path} does not exist.")
        if self._path.is_file():
            self._single()
            return
        self._own = self._path.resolve().name
        for entry in _scan(self._path):
            self._look(entry, self._student(entry), entry.name, 1)

    def _single(self) -> None:
        path = self._path
        folder = path.resolve().parent
        student = folder.parent.name if folder.name in self._exercises else folder.name
        ending = ending_of(path.name)
        if path.is_symlink():
            raise UserError(f"{path} is a link. Name the file that it leads to.")
        if ending is not None:
            stem = path.name[: -len(ending)]
            self._archive(path, student if stem in self._exercises else stem, path.name)
        elif path.suffix in LIMITS and (self._only is not None or path.stem in self._exercises):
            self._add(path, student, self._only or path.stem, path.name)
        elif path.suffix in LIMITS:
            raise UserError(f"{path.name} is not named after an exercise. Say which it is: --exercise NAME.")
        else:
            raise UserError(f"{path.name} is no module (.py), no notebook (.ipynb), and no archive such as .zip.")

    def _student(self, entry: "os.DirEntry[str]") -> str:
        """Whose an entry at the top is: in a folder of one student, `xor/xor.py` and `xor.zip` are that student's."""
        if ending := ending_of(entry.name):
            stem = entry.name[: -len(ending)]
            return self._own if stem in self._exercises else stem
        if not entry.is_dir(follow_symlinks=False):
            return self._own
        files = (os.path.join(entry.path, entry.name + ending) for ending in LIMITS)
        return self._own if entry.name in self._exercises and any(map(os.path.lexists, files)) else entry.name

    def _look(self, entry: "os.DirEntry[str]", student: str, shown: str, depth: int) -> None:
        try:
            if entry.is_symlink():
                self._ignore(shown, "a link")
            elif entry.is_dir(follow_symlinks=False):
                if depth > _MAX_DEPTH or _is_clutter(entry.name):
                    self._ignore(shown, "not searched")
                    return
                for inner in _scan(Path(entry.path)):
                    self._look(inner, student, f"{shown}/{inner.name}", depth + 1)
            elif not entry.is_file(follow_symlinks=False):
                self._ignore(shown, "not a regular file")
            elif ending_of(entry.name) and not _is_clutter(entry.name):
                self._archive(Path(entry.path), student, shown)
            elif reason := self._reason(entry.name):
                self._ignore(shown, reason)
            else:
                self._add(Path(entry.path), student, PurePosixPath(entry.name).stem, shown)
        except OSError as error:
            self._ignore(shown, f"cannot be read: {error.strerror}")

    def _add(self, path: Path, student: str, exercise: str, shown: str) -> None:
        self.found.append(Handin(visible(student), exercise, path, None, path.lstat().st_mtime, visible(shown)))

    def _archive(self, path: Path, student: str, shown: str) -> None:
        # Which exercise a damaged archive is for can be said only if there is no choice.
        exercise = self._only or (next(iter(self._exercises)) if len(self._exercises) == 1 else "")
        whole = Handin(visible(student), exercise, path, None, path.lstat().st_mtime, visible(shown))
        try:
            inside = members(path)
        except Unreadable as unreadable:
            self.found.append(replace(whole, problem=str(unreadable)))
            return
        wanted = False
        not_searched: set[str] = set()
        for member in inside:
            place = PurePosixPath(member.name)
            clutter = next((it for it in reversed(place.parents) if _is_clutter(it.name)), None)
            if clutter is not None or len(place.parts) > _MAX_DEPTH:
                not_searched.add(f"{shown}/{clutter or place.parent}")
            elif reason := self._reason(place.name) or member.oddity:
                self._ignore(f"{shown}/{member.name}", reason)
            else:
                wanted = True
                self.found.append(replace(whole, exercise=place.stem, member=member.name, modified=member.modified))
        for folder in sorted(not_searched):
            self._ignore(folder, "not searched")
        if not wanted:
            self._ignore(shown, "an archive without any of the exercises")

    def _reason(self, name: str) -> str | None:
        """Why a file of that name does not count; None if it does."""
        stem, ending = PurePosixPath(name).stem, PurePosixPath(name).suffix
        if ending in LIMITS and stem in self._exercises:
            return None if self._only in (None, stem) else "not asked for"
        if ending in LIMITS and stem.removeprefix("test_") in self._exercises:
            return "checks are never taken from a submission"
        if near := self._near(name.lower()):
            return f"not a name that counts; did you mean {near}?"
        if ending_of(name) and not _is_clutter(name):
            return "an archive within an archive is not opened"
        if ending.lower() in _OTHER_ARCHIVES:
            return "an archive of this kind is not opened; ask for a .zip"
        return _NO_EXERCISE

    def _near(self, name: str) -> str | None:
        """The name that was meant by one such as `xor (1).py`, `XOR.py` or `xor.ipynb.txt`."""
        ending = next((it for it in LIMITS if it in PurePosixPath(name).suffixes), None)
        exercise = max((it for it in self._exercises if name.startswith(it.lower())), key=len, default=None)
        return f"{exercise}{ending}" if exercise and ending else None

    def _ignore(self, shown: str, reason: str) -> None:
        self.ignored.append((visible(shown), reason))


def _scan(path: Path) -> list["os.DirEntry[str]"]:
    with os.scandir(path) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name in _CLUTTER
