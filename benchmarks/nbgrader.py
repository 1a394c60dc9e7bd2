"""`nbgrader autograde` with our engine and without, on the same submissions of xor."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.release.notebook import solved_notebook
from autograder.release.source import read_reference
from benchmarks import ROOT
from benchmarks.processes import processor_of_children
from benchmarks.record import Headline, Section

SUBMISSIONS = 40
ROUNDS = 3
TIMES = 20  # that it should be faster
POINTS = {"a": 2.0, "b": 3.0, "c": 2.0, "d": 1.0, "e": 2.0}
# What a cell with plain asserts may look like: fewer and easier ones than our checks.
ASSERTS = {
    "a": "L0, L1 = separation_certificate()\nassert np.isclose(np.sum(L0), 1) and np.isclose(np.sum(L1), 1)",
    "b": "X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)\n"
    "assert ((relu_net(X, *xor_weights()) > 0) == [False, True, True, False]).all()",
    "c": "X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)\n"
    "assert ((relu_net(X, *xor_weights_without_bias()) > 0) == [False, True, True, False]).all()",
    "d": "w, b = linear_fit(np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([0, 1, 1, 0.0]))\n"
    "assert np.allclose(w, 0) and np.isclose(b, 0.5)",
    "e": "rng = np.random.default_rng(0)\nX, y = rng.normal(size=(4, 2)), rng.normal(size=4)\n"
    "start = rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=2), 0.0\n"
    "train(X, y, *start, 0.01, 100)",
}
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "stock"\n'


@dataclass(frozen=True)
class Speed:
    """Seconds of wall time and of processors for one submission; `further` is the wall time of one more, without what
    the command takes to start and to grade the first."""

    wall: float
    processor: float
    further: float
    right: int


def measure() -> dict[str, Speed]:
    """Medians of rounds in which the two take turns."""
    with TemporaryDirectory() as folder:
        courses = {"stock nbgrader": _stock(Path(folder) / "stock"), "with our engine": _ours(Path(folder) / "ours")}
        found: dict[str, list[Speed]] = {name: [] for name in courses}
        for _ in range(ROUNDS):
            for name, course in courses.items():
                found[name].append(_autograde(course))
    return {
        name: Speed(
            *(statistics.median(getattr(it, field) for it in some) for field in ("wall", "processor", "further")),
            right=min(it.right for it in some),
        )
        for name, some in found.items()
    }


def _autograde(course: Path) -> Speed:
    _run(course, "autograde", "xor", "--force", "--student=s00")
    one_wall, _ = _run(course, "autograde", "xor", "--force", "--student=s00")
    wall, processor = _run(course, "autograde", "xor", "--force")
    further = (wall - one_wall) / (SUBMISSIONS - 1)
    return Speed(wall / SUBMISSIONS, processor / SUBMISSIONS, further, _right(course))


def _right(course: Path) -> int:
    """How many submissions got full marks."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "any") as gradebook:
        return sum(it.score == it.max_score for it in gradebook.assignment_submissions("xor"))


def _run(course: Path, *command: str) -> tuple[float, float]:
    program = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{program}{os.pathsep}{os.environ['PATH']}"}
    before, started = processor_of_children(), time.perf_counter()
    done = subprocess.run(
        [str(program / "nbgrader"), *command], cwd=course, env=environment, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return time.perf_counter() - started, processor_of_children() - before


def _ours(course: Path) -> Path:
    for kind in ("solutions", "assignments"):
        shutil.copytree(ROOT / kind / "xor", course / kind / "xor")
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, course)
    return _with_submissions(course)


def _stock(course: Path) -> Path:
    (course / "source" / "xor").mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")

    def change(cell: dict[str, object]) -> None:
        part = str(cell["id"]).removeprefix("xor-")
        if part in ASSERTS:
            cell["source"] = ASSERTS[part]

    (course / "source" / "xor" / "xor.ipynb").write_text(_notebook(change), encoding="utf-8")
    return _with_submissions(course)


def _with_submissions(course: Path) -> Path:
    text = _notebook(lambda cell: None)
    for number in range(SUBMISSIONS):
        folder = course / "submitted" / f"s{number:02}" / "xor"
        folder.mkdir(parents=True)
        (folder / "xor.ipynb").write_text(text, encoding="utf-8")
    _run(course, "generate_assignment", "xor")
    return course


def _notebook(change: Callable[[dict[str, object]], None]) -> str:
    """The solved notebook without its plots, which only stock nbgrader would draw, after `change` of each cell."""
    notebook = json.loads(solved_notebook(read_reference(ROOT / "solutions" / "xor" / "xor.py"), POINTS, "xor"))
    notebook["cells"] = [cell for cell in notebook["cells"] if "matplotlib" not in "".join(cell["source"])]
    for cell in notebook["cells"]:
        change(cell)
    return json.dumps(notebook)


def section() -> Section:
    """The table."""
    speeds = measure()
    lines = [
        f"{SUBMISSIONS} right submissions of xor on all cores; medians of {ROUNDS} rounds in which the two take turns.",
        "",
        "| | wall (s each) | processors (s each) | wall without the command's start (s each) | full marks |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {name} | {it.wall:.3f} | {it.processor:.3f} | {it.further:.3f} | {it.right} of {SUBMISSIONS} |"
        for name, it in speeds.items()
    ]
    stock, ours = speeds.values()
    ratios = [stock.wall / ours.wall, stock.processor / ours.processor, stock.further / ours.further]
    lines.append(f"| times faster | {' | '.join(f'{it:.1f}' for it in ratios)} | |")
    what = f"`nbgrader autograde xor`, {SUBMISSIONS} right ones"
    return Section(
        "Under nbgrader's own command",
        lines,
        [
            Headline(f"{what}: with stock nbgrader", f"{stock.wall:.2f} s each"),
            Headline(f"{what}: with this engine", f"{ours.wall:.2f} s each", f"≤ {stock.wall / TIMES:.2f} s each"),
        ],
    )
