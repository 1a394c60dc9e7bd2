"""`autograder release --to DIR`: a complete repository for students, without solutions."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

import msgspec

import autograder
from autograder.course import CONTENTS, Course
from autograder.errors import UserError

MANIFEST = ".released.json"

_PACKAGE = Path(autograder.__file__).parent
_README = Path(__file__).with_name("student_readme.md")
_AS_THEY_ARE = (CONTENTS, "environment.yml", "pyproject.toml", "LICENSE", ".gitignore")
_CACHES = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".autograder"}


def write_student_repository(course: Course, out: Path) -> list[str]:
    """Writes what students need into `out`: new, empty, or an earlier such repository, which is brought up to date.

    Files that are not ours are left alone, and so is a student's work. Returns the files of students' work that
    would have been replaced. Raises `UserError` if `out` cannot be written, or holds something else.
    """
    try:
        files, released = _checked(course, out)
        kept = [name for name in _work(course) if _is_edited(out / name, files, released, name)]
        return _write(files, released, kept, out)
    except OSError as error:
        raise UserError(f"{error.filename or out} cannot be read or written: {error.strerror}.") from error


def require_target(course: Course, out: Path) -> None:
    """Raises `UserError` for a folder that `write_student_repository` would refuse."""
    try:
        _checked(course, out)
    except OSError as error:
        raise UserError(f"{error.filename or out} cannot be read or written: {error.strerror}.") from error


def _checked(course: Course, out: Path) -> tuple[dict[str, bytes], dict[str, list[str]]]:
    """The files to write, and what earlier releases wrote."""
    for folder in (course.root / "assignments", course.root / "solutions", _PACKAGE):
        if out.resolve().is_relative_to(folder.resolve()):
            raise UserError(f"{out} lies in {folder}. Choose a folder outside of the course.")
    files = dict(_files(course))
    released = _earlier(out)
    _refuse_to_overwrite(files, released, out)
    return files, released


def _files(course: Course) -> Iterator[tuple[str, bytes]]:
    for name in _AS_THEY_ARE:
        yield name, (course.root / name).read_bytes()
    yield "README.md", _readme(course).encode()
    for folder, place in (
        (_PACKAGE, _PACKAGE.name),
        *((course.assignment(name), f"assignments/{name}") for name in course.exercises),
    ):
        if not folder.is_dir():
            raise UserError(f"{folder} is missing. Run “autograder release” first.")
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if path.is_file() and _CACHES.isdisjoint(relative.parts):
                yield f"{place}/{relative.as_posix()}", path.read_bytes()


def _readme(course: Course) -> str:
    rows = [f"| `{it.name}` | {it.title} | {it.lecture} | {it.minutes} minutes |" for it in course.exercises.values()]
    text = Template(_README.read_text(encoding="utf-8"))
    return text.substitute(title=course.title, first=next(iter(course.exercises), "NAME"), exercises="\n".join(rows))


def _work(course: Course) -> list[str]:
    """The files that students write into."""
    return [f"assignments/{name}/{name}.{ending}" for name in course.exercises for ending in ("py", "ipynb")]


def _earlier(out: Path) -> dict[str, list[str]]:
    """What earlier releases wrote there: for each file the digest of every version."""
    try:
        return msgspec.json.decode((out / MANIFEST).read_bytes(), type=dict[str, list[str]])
    except msgspec.DecodeError as error:
        raise UserError(f"{out / MANIFEST} is damaged: take it from an earlier commit.") from error
    except FileNotFoundError:
        pass
    if out.exists() and any(path.name != ".git" for path in out.iterdir()):
        raise UserError(f"{out} is not empty, and no students' repository. Choose another folder.")
    return {}


def _refuse_to_overwrite(files: Mapping[str, bytes], released: Mapping[str, list[str]], out: Path) -> None:
    for name, data in files.items():
        path = out / name
        if name not in released and path.exists() and (path.is_dir() or path.read_bytes() != data):
            raise UserError(f"{path} is in the way, and not ours. Move it elsewhere and try again.")


def _is_edited(path: Path, files: Mapping[str, bytes], released: Mapping[str, list[str]], name: str) -> bool:
    if name not in files or not path.exists():
        return False
    digest = _digest(path.read_bytes())
    return digest != _digest(files[name]) and digest not in released.get(name, ())


def _write(files: Mapping[str, bytes], released: Mapping[str, list[str]], kept: list[str], out: Path) -> list[str]:
    versions = {name: list(digests) for name, digests in released.items()}
    for name, data in files.items():
        known = versions.setdefault(name, [])
        if _digest(data) not in known:
            known.append(_digest(data))
    # First, so that a release that was interrupted can be made again.
    _replace(out / MANIFEST, msgspec.json.format(msgspec.json.encode(dict(sorted(versions.items())))) + b"\n")
    for name, data in files.items():
        if name not in kept:
            _replace(out / name, data)
    for name in released.keys() - files.keys():
        path = out / name
        if path.is_file() and _digest(path.read_bytes()) in released[name]:
            path.unlink()
    return kept


def _replace(path: Path, data: bytes) -> None:
    """All of it or nothing."""
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_bytes(data)
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
