"""Finding what was handed in, in any of the layouts that students and course systems make."""

import os
import stat
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from autograder.errors import UserError
from autograder.submission.archive import ending_of, members
from autograder.submission.handin import Handin, Untouched
from autograder.submission.source import Source, Unreadable

_ENDINGS = (".py", ".ipynb")
_MAX_DEPTH = 6


@dataclass(frozen=True)
class Discovery:
    """The hand-ins in order, and everything else that was found, with the reason why it does not count."""

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
    a file is still as it was released: such a file loses against an edited one. Raises `UserError`.
    """
    search = _Search(path, exercises, only)
    search.run()
    handins = _settle(search.found, untouched)
    if not handins:
        names = ", ".join(f"{name}.py" for name in ([only] if only else list(exercises)[:3]))
        raise UserError(
            f"{path} holds no submission. Looked for {names} or .ipynb: by itself, in a folder or archive "
            "for each student, or in STUDENT/EXERCISE/."
        )
    return Discovery(tuple(handins), tuple(sorted(search.ignored)))


@dataclass
class _Search:
    path: Path
    exercises: Collection[str]
    only: str | None
    found: list[Handin] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)

    def run(self) -> None:
        if not self.path.exists():
            raise UserError(f"{self.path} does not exist.")
        if self.path.is_file():
            self._single(self.path)
            return
        try:
            entries = _scan(self.path)
        except OSError as error:
            raise UserError(f"{self.path} cannot be read: {error.strerror}.") from error
        own = _safe(self.path.resolve().name)
        for entry in entries:
            if entry.is_symlink():
                self._ignore(entry.name, "a link")
            elif entry.is_dir(follow_symlinks=False) and not self._is_exercise_folder(entry, entries):
                self._folder(Path(entry.path), _safe(entry.name), entry.name, 1)
            elif entry.is_dir(follow_symlinks=False):
                self._folder(Path(entry.path), own, entry.name, 1)
            elif ending_of(entry.name) and entry.is_file(follow_symlinks=False):
                self._archive(Path(entry.path), _safe(entry.name[: -len(ending_of(entry.name) or "")]), entry.name)
            else:
                self._file(Path(entry.path), own, entry.name)

    def _is_exercise_folder(self, entry: "os.DirEntry[str]", entries: list["os.DirEntry[str]"]) -> bool:
        """In a student's folder, `xor/xor.py` is the student's; in a class, a student may be called like that."""
        if entry.name not in self.exercises:
            return False
        return any(os.path.exists(os.path.join(entry.path, entry.name + ending)) for ending in _ENDINGS)

    def _single(self, path: Path) -> None:
        folder = path.resolve().parent
        student = _safe(folder.parent.name if folder.name in self.exercises else folder.name)
        if ending := ending_of(path.name):
            self._archive(path, _safe(path.name[: -len(ending)]), path.name)
        elif self.only is not None and path.suffix in _ENDINGS:
            self._add(path, student, self.only, path.name)
        elif path.stem in self.exercises and path.suffix in _ENDINGS:
            self._add(path, student, path.stem, path.name)
        else:
            raise UserError(f"{path.name} is not named after an exercise. Say which it is: --exercise NAME.")

    def _folder(self, path: Path, student: str, shown: str, depth: int) -> None:
        try:
            entries = _scan(path)
        except OSError as error:
            self._ignore(shown, f"cannot be read: {error.strerror}")
            return
        for entry in entries:
            inner = f"{shown}/{entry.name}"
            if entry.is_symlink():
                self._ignore(inner, "a link")
            elif entry.is_dir(follow_symlinks=False):
                if depth >= _MAX_DEPTH or _is_clutter(entry.name):
                    self._ignore(inner, "not searched")
                else:
                    self._folder(Path(entry.path), student, inner, depth + 1)
            elif ending_of(entry.name) and entry.is_file(follow_symlinks=False):
                self._archive(Path(entry.path), student, inner)
            else:
                self._file(Path(entry.path), student, inner)

    def _file(self, path: Path, student: str, shown: str) -> None:
        reason = self._reason(path.name)
        if reason is None and not stat.S_ISREG(path.lstat().st_mode):
            reason = "not a regular file"
        if reason is None:
            self._add(path, student, path.stem, shown)
        else:
            self._ignore(shown, reason)

    def _add(self, path: Path, student: str, exercise: str, shown: str) -> None:
        self.found.append(Handin(student, exercise, path, None, path.lstat().st_mtime, _safe(shown)))

    def _archive(self, path: Path, student: str, shown: str) -> None:
        blank = Handin(student, self._default_exercise(), path, None, path.lstat().st_mtime, _safe(shown))
        try:
            inside = members(path)
        except Unreadable as unreadable:
            self.found.append(replace(blank, problem=str(unreadable)))
            return
        wanted = False
        for member in inside:
            name = PurePosixPath(member.name).name
            clutter = any(_is_clutter(part) for part in PurePosixPath(member.name).parts[:-1])
            reason = "not searched" if clutter else (self._reason(name) or member.reason)
            if reason is None:
                wanted = True
                exercise = PurePosixPath(name).stem
                self.found.append(replace(blank, exercise=exercise, member=member.name, modified=member.modified))
            else:
                self._ignore(f"{shown}/{member.name}", reason)
        if not wanted:
            self._ignore(shown, "an archive without any of the exercises")

    def _default_exercise(self) -> str:
        """Which exercise a damaged archive was for, if there is no choice."""
        if self.only is not None:
            return self.only
        return next(iter(self.exercises)) if len(self.exercises) == 1 else ""

    def _reason(self, name: str) -> str | None:
        """Why a file of that name does not count; None if it does."""
        stem, ending = PurePosixPath(name).stem, PurePosixPath(name).suffix
        if ending in _ENDINGS and stem in self.exercises:
            return None if self.only in (None, stem) else "not asked for"
        if ending in _ENDINGS and stem.removeprefix("test_") in self.exercises:
            return "checks are never taken from a submission"
        near = next((it for it in self.exercises if stem.lower().startswith(it.lower())), None)
        if ending.lower() in _ENDINGS and near is not None:
            return f"not a name that counts; did you mean {near}{ending.lower()}?"
        return "no exercise"

    def _ignore(self, shown: str, reason: str) -> None:
        self.ignored.append((_safe(shown), reason))


def _settle(found: list[Handin], untouched: Untouched) -> list[Handin]:
    """One hand-in for each student and exercise."""
    groups: dict[tuple[str, str], list[Handin]] = {}
    for handin in found:
        groups.setdefault((handin.student, handin.exercise), []).append(handin)
    return [_choose(groups[key], untouched) for key in sorted(groups)]


def _choose(candidates: list[Handin], untouched: Untouched) -> Handin:
    if len(candidates) == 1:
        return candidates[0]
    edited = [it for it in candidates if it.problem is not None or not _is_untouched(it, untouched)]
    if len(edited) == 1:
        return _with_note(edited[0], candidates, "nothing was written into the other")
    edited = edited or candidates
    kinds = {PurePosixPath(it.name).suffix for it in edited}
    newest = max(edited, key=lambda it: it.modified)
    if all(it.problem is None and _is_untouched(it, untouched) for it in edited):
        return newest
    same_time = sum(it.modified == newest.modified for it in edited) > 1
    if len(kinds) < len(edited) or same_time:
        names = " and ".join(sorted(it.source for it in edited))
        return replace(newest, problem=f"There are two files for {newest.exercise}: {names}. Keep one.")
    return _with_note(newest, edited, "it was saved last")


def _with_note(handin: Handin, candidates: list[Handin], why: str) -> Handin:
    others = ", ".join(it.name for it in candidates if it is not handin)
    return replace(handin, note=f"{handin.name} counts, not {others}: {why}.")


def _is_untouched(handin: Handin, untouched: Untouched) -> bool:
    try:
        source: Source = handin.read()
    except Unreadable:
        return False
    return untouched(handin.exercise, source)


def _scan(path: Path) -> list["os.DirEntry[str]"]:
    with os.scandir(path) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name in ("__MACOSX", "__pycache__")


def _safe(name: str) -> str:
    """A name that cannot break a line or turn the reading direction round."""
    return "".join(
        character
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else character.encode("unicode_escape", "backslashreplace").decode()
        for character in name
    )
