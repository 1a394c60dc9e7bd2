"""The folder of a grading run: a journal that survives a crash, and the results when all is done."""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

import filelock
import msgspec

from autograder.errors import UserError
from autograder.grading.results import Entry, Results, entry_of
from autograder.report import load_line

_RESULTS, _JOURNAL = "results.jsonl", "journal.jsonl"
_SYNC_SECONDS = 0.1


class Conditions(msgspec.Struct, frozen=True):
    """What results depend on besides the submission; results of other conditions are not mixed in."""

    engine: str
    seed: str
    checks: str


def conditions(engine: str, seed: str, files: Iterable[Path]) -> Conditions:
    """The seed only as a digest: the folder may be handed around."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return Conditions(engine, hashlib.sha256(f"seed\0{seed}".encode()).hexdigest()[:16], digest.hexdigest()[:16])


class Journal:
    """A folder that one run writes to. A line that was added outlives this process; a power cut may cost the lines of
    the last tenth of a second, and those after which nothing came."""

    def __init__(self, folder: Path, given: Conditions, *, resume: bool, fresh: bool) -> None:
        """Raises `UserError` if the folder cannot be written, is in use, or holds results that would be lost."""
        self._folder = folder
        self._conditions = given
        self.earlier: list[Entry] = []
        self._synced = time.monotonic()
        with _one_line(folder):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".lock").touch()
            self._lock = filelock.FileLock(folder / ".lock", timeout=0)
            try:
                self._lock.acquire()
            except filelock.Timeout:
                raise UserError(f"Another run is writing to {folder}. Wait for it, or choose another --out.") from None
            try:
                self._open(resume, fresh)
            except BaseException:
                self._lock.release()
                raise

    def _open(self, resume: bool, fresh: bool) -> None:
        results, journal, run = (self._folder / name for name in (_RESULTS, _JOURNAL, "run.json"))
        there = results.exists() or (journal.exists() and journal.stat().st_size > 0)
        if there and not (resume or fresh):
            raise UserError(
                f"{self._folder} already holds results. Use --resume to grade only what is new or changed, "
                "--fresh to replace them, or another --out."
            )
        if there and resume:
            self._require_same_conditions(run)
        else:
            if results.exists():
                results.replace(self._folder / "results.previous.jsonl")
            journal.unlink(missing_ok=True)  # first: a crash must not leave it beside the conditions of this run
        write_atomically(run, [msgspec.json.encode(self._conditions) + b"\n"])
        write_atomically(journal, self._earlier_lines(results, journal))
        self._file = journal.open("ab")

    def _earlier_lines(self, *paths: Path) -> Iterator[bytes]:
        """What is there already, which makes up the entries of `earlier`."""
        start = 0
        for path in paths:
            for line in _lines(path):
                try:
                    self.earlier.append(entry_of(load_line(line), start, len(line)))
                except (msgspec.DecodeError, msgspec.ValidationError) as error:
                    raise UserError(f"{path} is damaged ({error}). Use --fresh to grade all again.") from error
                start += len(line)
                yield line

    def _require_same_conditions(self, run: Path) -> None:
        try:
            before = msgspec.json.decode(run.read_bytes(), type=Conditions)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            before = None
        if before != self._conditions:
            changed = [
                name
                for name in Conditions.__struct_fields__
                if before is None or getattr(before, name) != getattr(self._conditions, name)
            ]
            raise UserError(
                f"{self._folder} was graded with other {' and '.join(changed)}. Use --fresh to grade all again."
            )

    def add(self, line: bytes) -> Entry:
        """Appends one line of results."""
        with _one_line(self._folder):
            start = self._file.tell()
            self._file.write(line)
            self._file.flush()
            if time.monotonic() - self._synced > _SYNC_SECONDS:
                self._sync()
        return entry_of(load_line(line), start, len(line))

    def finish(self, entries: Sequence[Entry]) -> Results:
        """Writes `results.jsonl` in one step and in that order, and lets the journal go."""
        results, journal = self._folder / _RESULTS, self._folder / _JOURNAL
        written, start = [], 0
        for entry in entries:
            written.append(entry._replace(start=start))
            start += entry.length
        with _one_line(self._folder):
            self._sync()
            write_atomically(results, _pieces(journal, entries))
            self._file.close()
            journal.unlink()
        return Results(results, written)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._file.closed:
            with contextlib.suppress(OSError):
                self._sync()
            with contextlib.suppress(OSError):
                self._file.close()
        self._lock.release()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()


def write_atomically(path: Path, pieces: Iterable[bytes]) -> None:
    """Never leaves half a file."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except (OSError, UserError):
        with contextlib.suppress(OSError):
            partial.unlink()  # on a full disk it would take the room that is needed
        raise


@contextlib.contextmanager
def _one_line(folder: Path) -> Iterator[None]:
    """Turns trouble with the folder into one line."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written: {error.strerror or error}. "
            "What was graded so far is kept; make room or choose another --out, and use --resume."
        ) from error


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, if it is there; a last one that was cut off by a crash does not count."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line


def _pieces(path: Path, entries: Iterable[Entry]) -> Iterator[bytes]:
    with path.open("rb") as file:
        for entry in entries:
            file.seek(entry.start)
            yield file.read(entry.length)
