"""`nbgrader zip_collect`: takes the exercise's files out of archives, and nothing else, whatever an archive tries."""

import os
from pathlib import Path, PurePosixPath

from nbgrader.plugins import ExtractorPlugin

from autograder.submission import Unreadable
from autograder.submission.archive import ending_of, members, read_member
from autograder.submission.names import visible
from autograder.submission.reading import LIMITS, too_large
from autograder.submission.regular import open_regular, read_at_most

# What the paths of extracted files say, for nbgrader's collector.
PATHS = r".*/(?P<student_id>[^/]+)/(?P<file_id>[^/]+\.(?:ipynb|py))$"


class Extractor(ExtractorPlugin):
    """An archive, or a folder, is one student's; what is damaged is told and costs nobody else anything."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        exercise = self.parent.coursedir.assignment_id
        for path in sorted(Path(archive_path).rglob("*")):
            shown = visible(str(path.relative_to(archive_path)))
            try:
                if ending := ending_of(path.name):
                    self._unpack(path, Path(extracted_path) / path.name[: -len(ending)], exercise)
                elif path.stem == exercise and path.suffix in LIMITS:
                    self._copy(path, Path(extracted_path) / path.parent.name)
                elif not path.is_dir():
                    self.log.warning("%s is neither an archive nor a file of %s, and is left out.", shown, exercise)
            except Unreadable as unreadable:
                self.log.error("%s: %s", shown, unreadable)
            except OSError as error:
                self.log.error("%s cannot be read: %s.", shown, error.strerror)

    def _unpack(self, path: Path, folder: Path, exercise: str) -> None:
        taken: set[str] = set()
        for member in members(path):
            name = PurePosixPath(member.name)
            if member.oddity or name.suffix not in LIMITS or name.stem != exercise:
                continue
            if name.name in taken:
                raise Unreadable(f"There are two files {name.name} in it, of which the first was taken.")
            data = read_member(path, member.name, LIMITS[name.suffix])
            if data is None:
                raise too_large(name.name, "unpacks to more than")
            taken.add(name.name)
            _write(folder / name.name, data, member.modified)
        if not taken:
            raise Unreadable(f"There is neither {exercise}.ipynb nor {exercise}.py in it.")

    def _copy(self, path: Path, folder: Path) -> None:
        with open_regular(path) as file:
            data = read_at_most(file, LIMITS[path.suffix])
        if data is None:
            raise too_large(path.name)
        _write(folder / path.name, data, path.lstat().st_mtime)


def _write(path: Path, data: bytes, modified: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if modified > 0:  # by which it is told which of two files is newer
        os.utime(path, (modified, modified))
