"""A grading run in which one process is killed, and what must be as in a run that nobody disturbed."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import ROOT, processes

# Right, printing, partly right in several ways, raising, ending its process, not readable, and a notebook.
STUDENTS = "amara bao elif farid giulia hana hostile-exit kwame leila petra rasmus ulla".split()
VICTIMS = ("the grader", "a grading process", "a fork server")
THIRDS = ("first third", "second third", "last third")
MOST_RESUMPTIONS = 3
RUN_SECONDS = 120
LEFT_SECONDS = 10


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody disturbed: how long it took, its reports without times by student, and the files it left."""

    seconds: float
    reports: Mapping[str, Any]
    files: Mapping[str, bytes]


@dataclass
class Round:
    """Who was killed in which third of the run, how often it was resumed, and what was not as it should be."""

    victim: str
    third: str
    resumed: int = 0
    problems: list[str] = field(default_factory=list)


def make_class(folder: Path) -> None:
    """Twelve of the example class, with what they did in an exercise that is graded quickly."""
    example = ROOT / "demo" / "class"
    for student in STUDENTS:
        for path in (example / student).rglob("xor.*"):
            copy = folder / path.relative_to(example)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)


def grade_undisturbed(submissions: Path, folder: Path) -> Undisturbed:
    """Raises `SystemExit` with what the grader said if it cannot grade here."""
    with started(submissions, folder) as run:
        begun = time.monotonic()
        if run.wait():
            raise SystemExit((folder / "errors").read_text())
        seconds = time.monotonic() - begun
    reports = {it["student"]: without_times(it) for it in read(folder / "out" / "results.jsonl")}
    return Undisturbed(seconds, reports, _files(folder / "out"))


def play(submissions: Path, folder: Path, undisturbed: Undisturbed, victim: str, chance: random.Random) -> Round | None:
    """Kills a victim of this kind at a random moment; None if the run was over before that."""
    with started(submissions, folder) as run:
        struck = _strike(run, victim, chance.uniform(0, undisturbed.seconds), chance)
        if struck is None:
            return None
        this = Round(victim, THIRDS[min(2, int(3 * struck / undisturbed.seconds))])
        done = _wait(run, folder, this)
    out = folder / "out"
    kept = [*read(out / "results.jsonl"), *read(out / "journal.jsonl")]
    this.problems += [f"{it['student']} was wrong before --resume" for it in kept if not _is_true(it, undisturbed)]
    while not done and this.resumed < MOST_RESUMPTIONS:
        this.resumed += 1
        with started(submissions, folder, "--resume") as run:
            done = _wait(run, folder, this)
    if not done:
        this.problems.append(f"not all is graded after {MOST_RESUMPTIONS} times --resume")
    this.problems += differences(out, undisturbed, kept)
    this.problems += [f"left behind: {it.command[:100]}" for it in processes.left_behind(LEFT_SECONDS)]
    return this


@contextlib.contextmanager
def started(submissions: Path, folder: Path, *options: str, **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A run that writes its results to `out` in the folder, and what it says to `errors`."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "autograder", "grade", str(submissions), "--out", str(folder / "out")]
    with (folder / "errors").open("wb") as errors:
        yield subprocess.Popen(
            [*command, "--seed", "faults", "--jobs", "2", *options],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            **how,
        )


def without_times(value: Any) -> Any:
    """A report, or a part of one, without what differs from run to run."""
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key != "seconds"}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def _strike(run: subprocess.Popen[bytes], victim: str, moment: float, chance: random.Random) -> float | None:
    """Kills the victim at that moment, or as soon as there is one. Says when it struck, or None if the run ended."""
    begun = time.monotonic()
    time.sleep(moment)
    while run.poll() is None:
        if found := _find(run.pid, victim):
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(found), signal.SIGKILL)
                return time.monotonic() - begun
        time.sleep(0.01)
    return None


def _find(grader: int, victim: str) -> list[int]:
    if victim == "the grader":
        return [grader]
    below = processes.descendants(grader)
    pool = [it.pid for it in below if it.parent == grader and "grading.worker" in it.command]
    # What is forked from a server has the server's command.
    servers = [it.pid for it in below if it.parent in pool and "sandbox.forkserver" in it.command]
    return pool if victim == "a grading process" else servers


def _wait(run: subprocess.Popen[bytes], folder: Path, this: Round) -> bool:
    """Whether everything was graded in the end."""
    try:
        status = run.wait(timeout=RUN_SECONDS)
    except subprocess.TimeoutExpired:
        this.problems.append(f"it did not end within {RUN_SECONDS} s")
        processes.end_all()
        return False
    said = (folder / "errors").read_text()
    # When the grader is killed, a process that it was starting says so in Python's own words.
    if status != -signal.SIGKILL and ("Traceback" in said or status not in (0, 1, 2)):
        this.problems.append(f"it ended with status {status} and said: {said}")
    return status == 0


def _is_true(report: Any, undisturbed: Undisturbed) -> bool:
    """What is written at any moment is the result, or says that it is none, and why."""
    if report["status"] == "not_graded":
        return report["score"] is None and report["message"].startswith("Not graded, because ")
    return _as_undisturbed(report, undisturbed)


def _as_undisturbed(report: Any, undisturbed: Undisturbed) -> bool:
    return without_times(report) == undisturbed.reports.get(report["student"])


def differences(out: Path, undisturbed: Undisturbed, kept: list[Any]) -> Iterator[str]:
    """How the folder differs from that of the undisturbed run; what is `kept` from before was not to be done again."""
    found = read(out / "results.jsonl")
    students = [it["student"] for it in found]
    if students != list(undisturbed.reports):
        yield f"the results are of {', '.join(students) or 'nobody'}"
    yield from (f"{it['student']} has another result" for it in found if not _as_undisturbed(it, undisturbed))
    finished = {it["student"] for it in kept if it["status"] == "graded"}
    yield from (f"{it['student']} was graded twice" for it in found if it["student"] in finished and it not in kept)
    files = _files(out)
    if files.keys() != undisturbed.files.keys():
        yield f"there are other files: {', '.join(sorted(files.keys() ^ undisturbed.files.keys()))}"
    for name in files.keys() & undisturbed.files.keys():
        if _comparable(name, files[name]) != _comparable(name, undisturbed.files[name]):
            yield f"{name} is not as it should be"


def _comparable(name: str, content: bytes) -> bytes:
    """Where a file holds times, only how it ends."""
    return content[-10:] if name == "results.jsonl" or name.startswith("students/") else content


def _files(out: Path) -> dict[str, bytes]:
    return {str(it.relative_to(out)): it.read_bytes() for it in out.rglob("*") if it.is_file()}


def read(path: Path) -> list[Any]:
    """The reports in whole lines; a journal may end in half a line when its writer was killed."""
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return [_decoded(line, path) for line in lines if line.endswith(b"\n")]


def _decoded(line: bytes, path: Path) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return {"student": f"a line of {path.name}", "status": "damaged"}
