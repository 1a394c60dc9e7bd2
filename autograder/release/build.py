"""Everything that a student receives of an exercise, made from what its author wrote."""

from collections.abc import Mapping
from pathlib import Path

from autograder.checking.bench import Bench, Check
from autograder.checking.home import direct_guest
from autograder.checking.knowledge import LiveKnowledge
from autograder.checking.recorded import (
    FILE,
    PUBLIC_SEED,
    Recorder,
    encode_expectations,
    same_expectations,
)
from autograder.checking.trial import Trial
from autograder.checking.warm import Suites, with_checks
from autograder.course import ALONE, Course, contents_alone
from autograder.errors import UserError
from autograder.release.leaks import find_leaks
from autograder.release.notebook import student_notebook
from autograder.release.source import read_reference
from autograder.release.stub import stub_module
from autograder.report import CheckReport, parts_of, total
from autograder.submission import Source, read_source

AUTHORED = (
    "{name}.py",
    "test_{name}.py",
    "misconceptions.py",
    "alternatives.py",
    "equivalents.toml",
    "hints.md",
    "reproduce.py",
)
_OPTIONAL = ("equivalents.toml", "reproduce.py")


def build(course: Course, name: str) -> dict[str, bytes]:
    """The released files by name. Raises `UserError` for what the author must mend."""
    folder = course.solution(name)
    _require_authored(folder)
    reference = read_reference(folder / f"{name}.py")
    recorded: dict[str, bytes] = {}

    def use(suites: Suites) -> None:
        points: dict[str, float] = {}
        for check in suites.checks(name):
            points[check.part] = total((points.get(check.part, 0.0), check.points))
        recorded[f"{name}.py"] = stub_module(reference).encode()
        recorded[f"{name}.ipynb"] = student_notebook(reference, points, name).encode()
        stubs = [read_source(file, recorded[file]) for file in (f"{name}.py", f"{name}.ipynb")]
        recorded[FILE] = _expectations(course, name, suites, stubs)
        recorded[ALONE] = contents_alone(course, name).encode()

    with_checks({name: folder / f"test_{name}.py"}, use)
    files = {**recorded, **{file: (folder / file).read_bytes() for file in (f"test_{name}.py", "hints.md")}}
    leaks = find_leaks(reference, files)
    if leaks:
        raise UserError(f"A line of the solution would be released: {leaks[0]}. Reword one of the two.")
    return dict(sorted(files.items()))


def drift(course: Course, name: str, files: Mapping[str, bytes]) -> list[str]:
    """The released files that are not what they would be made as now, or have no place there."""
    folder = course.assignment(name)
    changed = [file for file, data in files.items() if _bytes(folder / file) != data]
    there = {path.name for path in folder.iterdir() if path.is_file()} if folder.is_dir() else set()
    return changed + sorted(there - set(files) - {".ipynb_checkpoints"})


def write(course: Course, name: str, files: Mapping[str, bytes]) -> list[str]:
    """Writes what changed, and says which files those were."""
    folder = course.assignment(name)
    changed = [file for file, data in files.items() if _bytes(folder / file) != data]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in changed:
            (folder / file).write_bytes(files[file])
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.") from error
    return changed


class _RecordingBench(Bench):
    """Keeps what each check asked."""

    def end(self, check: Check, trial: Trial | None, error: BaseException | None) -> CheckReport:
        if trial is not None and isinstance(self.knowledge, Recorder):
            self.knowledge.keep_calls(check.name, trial.calls)
        return super().end(check, trial, error)


def _expectations(course: Course, name: str, suites: Suites, stubs: list[Source]) -> bytes:
    live = LiveKnowledge(course.solution(name))
    recorder = Recorder(live)
    path = course.solution(name) / f"{name}.py"
    guest = direct_guest(read_source(path.name, path.read_bytes()), name)
    reports = suites.run(name, _RecordingBench(name, PUBLIC_SEED, guest, recorder))
    broken = [report for report in reports if report.status != "passed"]
    if broken:
        raise UserError(f"The reference of {name} does not pass {broken[0].name}: {broken[0].message}")
    if not parts_of(reports):
        raise UserError(f"test_{name}.py holds no checks: mark them with @part(…).")
    made = encode_expectations(name, stubs, live.signatures, live.diagnoses, recorder.checks)
    before = _bytes(course.assignment(name) / FILE)
    # Another machine rounds differently; the file changes only when what it says changes.
    return before if before is not None and same_expectations(before, made) else made


def _require_authored(folder: Path) -> None:
    if not folder.is_dir():
        raise UserError(f"{folder} is missing: write the exercise there.")
    authored = {pattern.format(name=folder.name) for pattern in AUTHORED}
    there = {path.name for path in folder.iterdir() if not path.name.startswith((".", "__pycache__"))}
    missing = sorted(authored - there - set(_OPTIONAL))
    if missing:
        raise UserError(f"{folder} has no {missing[0]}.")
    stray = sorted(there - authored)
    if stray:
        raise UserError(f"{folder / stray[0]} does not belong there: an exercise is {', '.join(sorted(authored))}.")


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
