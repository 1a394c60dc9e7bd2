"""What reads bytes of strangers, each with sound inputs to begin from; a run gives a short name of what came of it.

Anything that a target raises is a find: readers say `Unreadable`, the wire says `WireError` or `ProtocolError`.
"""

import io
import json
import random
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from autograder.errors import UserError
from autograder.nbgrader.graded_notebook import Released, graded_notebook, marks
from autograder.nbgrader.harmless import harmless_markdown
from autograder.nbgrader.roster import read_roster
from autograder.report import PartReport, Report
from autograder.submission import Unreadable, read_source
from autograder.submission.archive import members, read_member
from autograder.submission.checks import without_checks
from autograder.submission.magics import plain_python
from autograder.submission.notebook import notebook_cells
from tests.fuzz.mutation import mutated_bytes, mutated_json

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Target:
    """`seeds` gives sound inputs, `mutate` damages one, `run` reads it."""

    name: str
    seeds: Callable[[], Sequence[bytes]]
    mutate: Callable[[bytes, random.Random], bytes]
    run: Callable[[bytes], str]

    def input(self, rng: random.Random) -> bytes:
        """A damaged one of the seeds, or in one of fifty cases noise."""
        if rng.random() < 0.02:
            return rng.randbytes(rng.randrange(200))
        return self.mutate(rng.choice(self.seeds()), rng)


TARGETS: dict[str, Target] = {}


def target(
    seeds: Callable[[], Sequence[bytes]], mutate: Callable[[bytes, random.Random], bytes] = mutated_bytes
) -> Callable[[Callable[[bytes], str]], Callable[[bytes], str]]:
    def register(run: Callable[[bytes], str]) -> Callable[[bytes], str]:
        TARGETS[run.__name__] = Target(run.__name__, cache(seeds), mutate, run)
        return run

    return register


def made(make: Callable[[random.Random], bytes]) -> Callable[[Callable[[bytes], str]], Callable[[bytes], str]]:
    """Registers a target whose inputs are made up one by one, and not damaged from sound ones."""
    return target(lambda: [b""], lambda _, rng: make(rng))


def _text_and_tree(data: bytes, rng: random.Random) -> bytes:
    return mutated_json(data, rng) if rng.random() < 0.6 else mutated_bytes(data, rng)


def _modules() -> list[bytes]:
    magics = b"%matplotlib inline\n!pip install x\nx = !ls\n%%time\nfor i in range(3): pass\n?len\nlen?\n"
    return [(ROOT / "assignments" / name / f"{name}.py").read_bytes() for name in ("xor", "dropout")] + [magics]


def _notebooks() -> list[bytes]:
    small = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "id": "a", "metadata": {}, "source": ["x = 1\n", "%time y"], "outputs": []},
            {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "text", "attachments": {"p": {}}},
            {"cell_type": "code", "source": "", "outputs": [{"data": {"image/png": "iVBORw0KGgo="}}]},
        ],
    }
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"], "outputs": []}]}]}
    released = json.loads((ROOT / "assignments" / "dropout" / "dropout.ipynb").read_bytes())
    return [json.dumps(it).encode() for it in (small, small, old, {**released, "cells": released["cells"][-12:]})]


def _archives() -> list[bytes]:
    found = []
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", compression) as archive:
            archive.writestr("ada/xor.py", "x = 1\n" * 20)
            archive.writestr("ada/sub/xor.ipynb", "{}")
        found.append(b"zip" + file.getvalue())
    for mode in ("w", "w:gz", "w:bz2", "w:xz"):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode=mode) as archive:
            for name, kind in (("xor.py", tarfile.REGTYPE), ("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE)):
                member = tarfile.TarInfo(name)
                member.type, member.linkname, member.size = kind, "xor.py", 6 if kind == tarfile.REGTYPE else 0
                archive.addfile(member, io.BytesIO(b"x = 1\n"))
        found.append((mode.removeprefix("w:") if ":" in mode else "tar").encode().ljust(3) + file.getvalue())
    return found


def _mutated_archive(data: bytes, rng: random.Random) -> bytes:
    return data[:3] + mutated_bytes(data[3:], rng)


@target(_modules)
def module(data: bytes) -> str:
    try:
        (unit,) = read_source("xor.py", data).units
    except Unreadable as problem:
        return one_line(problem)
    codes = without_checks([plain_python(unit.code)[0]])
    assert all(isinstance(code, str) for code in codes)
    return "read"


@target(_notebooks, _text_and_tree)
def notebook(data: bytes) -> str:
    try:
        source = read_source("xor.ipynb", data)
    except Unreadable as problem:
        return one_line(problem)
    assert source.units
    assert all(unit.code.encode() and unit.label.isprintable() for unit in source.units)
    return "read"


@cache
def _released() -> Released:
    return Released.from_json("dropout", (ROOT / "assignments" / "dropout" / "dropout.ipynb").read_bytes())


@target(_notebooks, _text_and_tree)
def graded(data: bytes) -> str:
    """The notebook that is shown after grading is sound, and holds every cell with points once."""
    try:
        cells = notebook_cells("dropout.ipynb", data)
    except Unreadable as problem:
        return one_line(problem)
    parts = [PartReport(part=part, score=1.0, max_score=3.0) for part in "abc"]
    report = Report(
        student="ada", exercise="dropout", source="x", digest="", status="graded", parts=parts, max_score=10, engine="1"
    )
    shown = graded_notebook(_released(), report, cells, None)
    nbformat.validate(nbformat.from_dict(shown.notebook))
    names = [marks(cell)["grade_id"] for cell in shown.notebook["cells"] if marks(cell).get("grade")]
    assert sorted(names) == ["dropout-a", "dropout-b", "dropout-c", "dropout-written-1"]
    json.dumps(shown.notebook, allow_nan=False).encode()
    return f"shown with {len(cells) > 3}"


@target(_archives, _mutated_archive)
def archive(data: bytes) -> str:
    ending = {b"zip": ".zip", b"tar": ".tar", b"gz ": ".tar.gz", b"bz2": ".tar.bz2", b"xz ": ".tar.xz"}.get(
        data[:3], ".zip"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"ada{ending}"
        path.write_bytes(data[3:])
        try:
            found = members(path)
            for member in found:
                content = read_member(path, member.name, 1000)
                assert content is None or len(content) <= 1000
        except Unreadable as problem:
            return one_line(problem)
        finally:
            assert [it.name for it in Path(folder).iterdir()] == [path.name]
    return f"{min(len(found), 3)} members"


@target(lambda: [b"Some *text* with $x<3$, [a](b), <b>, ![c](d)\n\n```\ncode\n```\n\\href{x}{y}"])
def markdown(data: bytes) -> str:
    text = harmless_markdown(data.decode("utf-8", "replace"))
    assert not re.search(r"<[A-Za-z/!?]|\][(:]|\\href(?![A-Za-z])", text), text
    return "text"


@target(lambda: [b"student,first_name,xor\nada,Ada,2026-12-01\nbo,,\n", "\ufeffstudent;xor\r\nzoë;\r\n".encode()])
def roster(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        path.write_bytes(data)
        try:
            read_roster(path, ["xor", "cpa"])
        except UserError as problem:
            return one_line(problem).replace(str(path), "roster.csv")[:60]
    return "read"


def one_line(problem: Exception) -> str:
    text = str(problem)
    assert text, type(problem)
    assert len(text.splitlines()) == 1, text
    text.encode()
    return text[:40]
