"""Where attacks are graded one by one, and what each of them got, saw, disturbed and left is measured."""

import io
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import msgspec
from rich.console import Console

from autograder.course import read_course
from autograder.feedback.html import write_site
from autograder.feedback.notebook import html_fragment
from autograder.feedback.tables import write_grades_csv
from autograder.feedback.terminal import show_class, show_report, show_summary
from autograder.grading.pool import Pool
from autograder.grading.run import find
from autograder.grading.worker import Settings
from autograder.report import Report, dump_line, load_line
from autograder.sandbox.confined import library_folders
from autograder.submission import Handin, NoSubmission
from benchmarks import processes
from benchmarks.disturbed import without_times
from tests.attacks.bank import BASE, DESERVED, MARK, REACHED, Attack

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "xor" / "xor.py"
BUDGET = {"seconds_per_call": 1.5, "seconds_to_start": 2.5, "seconds": 8.0, "memory_mib": 256}
TEARDOWN = 2.0  # seconds that reading, ending a process, and a busy machine may take besides
_KEY = 0x61747461  # of what the attacks make in System V's tables
_SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lock", "/")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_FORMULA = re.compile(r"^[=+@\t\r]|^-[^0-9]")


NOTHING = Report(
    student="",
    exercise="xor",
    source="",
    digest="",
    status="unreadable",
    score=0.0,
    max_score=10.0,
    parts=[],
    checks=[],
    engine="",
)
"""Where nothing was found that could be a submission."""


@dataclass(frozen=True)
class Outcome:
    """What an attack deserved and got, and how often it did each of what must not happen; `over` is in seconds."""

    attack: Attack
    deserved: float
    got: float | None
    is_deserved: bool
    secrets: int
    reached: int
    disturbed: int
    processes: int
    left: int
    over: float
    injected: int

    @property
    def is_harmless(self) -> bool:
        counts = (self.secrets, self.reached, self.disturbed, self.processes, self.left, self.over, self.injected)
        return self.is_deserved and not any(counts)


class Arena:
    """A course of one exercise, full of secrets, with one grading process; a context manager."""

    def __init__(self, folder: Path, *, confined: bool = True) -> None:
        self._folder = folder
        self._confined = confined
        self._secret = f"secret-{secrets.token_hex(8)}"
        self._course = folder / "course"

    def __enter__(self) -> "Arena":
        # Whoever outlives its parent becomes a child of this process, and is seen.
        processes.adopt_orphans()
        self._make_course()
        os.environ["AUTOGRADER_ATTACK_SECRET"] = self._secret
        settings = Settings(self._course, ("xor",), self._secret, self._confined)
        self._pool = Pool(settings, 1).__enter__()
        self._honest = [self._handin("honest", BASE), self._handin("victim", SOLUTION.read_text(encoding="utf-8"))]
        warm = self._handin("warm", BASE + "\nimport torch\nimport scipy\n")
        self._grade([warm])
        self._undisturbed = [_without_times(it) for it in self._grade(self._honest)]
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.__exit__()
        os.environ.pop("AUTOGRADER_ATTACK_SECRET", None)
        processes.adopt_orphans(False)

    def grade(self, attack: Attack) -> Outcome:
        """Grades the attack between honest submissions."""
        folder = self._folder / f"class-{attack.name}"
        attack.hand_in(folder)
        files = dict(self._files())
        started = time.monotonic()
        reports = self._grade(self._found(folder))
        over = max(0.0, time.monotonic() - started - BUDGET["seconds"] - TEARDOWN, _late(reports))
        disturbed = sum(
            _without_times(now) != before
            for now, before in zip(self._grade(self._honest), self._undisturbed, strict=True)
        )
        report = reports[0] if reports else NOTHING
        points = dict.fromkeys(DESERVED, 0.0) | {part.part: part.score for part in report.parts}
        told = dump_line(report).decode()
        outcome = Outcome(
            attack=attack,
            deserved=round(sum(attack.deserves.values()), 6),
            got=report.score,
            is_deserved=report.status == attack.status and points == attack.deserves,
            secrets=told.count(self._secret),
            reached=told.count(REACHED),
            disturbed=disturbed,
            processes=len(self._strays()),
            left=self._left(files),
            over=round(over, 1),
            injected=self._injected(report),
        )
        shutil.rmtree(folder)
        return outcome

    def report(self, attack: Attack) -> Report:
        """What the grader says of the attack, to find out why."""
        folder = self._folder / f"again-{attack.name}"
        attack.hand_in(folder)
        (report,) = self._grade(self._found(folder))
        return report

    def _make_course(self) -> None:
        for kind in ("solutions", "assignments"):
            shutil.copytree(ROOT / kind / "xor", self._course / kind / "xor")
        for path in (self._course / "solutions" / "xor").glob("*.py"):
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\n\nATTACK_SECRET = {self._secret!r}\n")
        contents = (ROOT / "course.toml").read_text(encoding="utf-8")
        budget = "\n".join(f"{name} = {value}" for name, value in BUDGET.items())
        (self._course / "course.toml").write_text(
            contents.replace("[exercises.xor]\n", f"[exercises.xor]\n{budget}\n"), encoding="utf-8"
        )
        for name in (".autograder/seed", "gradebook.db", "roster.csv", "grades/results.jsonl"):
            (self._course / name).parent.mkdir(exist_ok=True)
            (self._course / name).write_text(f"{self._secret}\n")

    def _handin(self, student: str, code: str) -> Handin:
        place = self._folder / "honest" / student
        place.mkdir(parents=True)
        (place / "xor.py").write_text(f"{code}\n# {self._secret}\n", encoding="utf-8")
        (handin,) = find(read_course(self._course), place, None).handins
        return handin

    def _found(self, folder: Path) -> Sequence[Handin]:
        """What is there to be graded; perhaps nothing."""
        with suppress(NoSubmission):
            return find(read_course(self._course), folder, None).handins
        return ()

    def _grade(self, handins: Sequence[Handin]) -> list[Report]:
        by_student = {}
        for line in self._pool.grade(list(handins)):
            report = load_line(line)
            by_student[report.student] = report
        return [by_student[handin.student] for handin in handins]

    def _strays(self) -> list[int]:
        """Processes that were left: all below this one but the grader and what it keeps for the next submission."""
        deadline = time.monotonic() + 2
        while (strays := _strays()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return strays

    def _files(self) -> Iterator[tuple[Path, tuple[int, int, int]]]:
        for path in self._folder.rglob("*"):
            if "__pycache__" not in path.parts and not path.is_symlink():
                status = path.stat()
                yield path, (status.st_size, status.st_mtime_ns, status.st_mode)

    def _left(self, before: Mapping[Path, tuple[int, int, int]]) -> int:
        """Bytes in files that are new or have changed; an empty one counts as one."""
        left = sum(max(1, it[0]) for path, it in self._files() if before.get(path) != it)
        for folder in {*_SHARED, os.path.expanduser("~"), os.getcwd(), *library_folders()}:
            for path in Path(folder).glob(f"*{MARK}*"):
                left += max(1, path.stat().st_size)
                path.unlink()
        tables = "".join(Path(f"/proc/sysvipc/{it}").read_text() for it in ("shm", "sem", "msg"))
        return left + tables.count(f" {_KEY} ")

    def _injected(self, report: Report) -> int:
        """How often something of the report would be more than text in a terminal, a page or a spreadsheet."""
        out = Path(tempfile.mkdtemp(dir=self._folder))
        write_site([report], out, title="attacks")
        write_grades_csv([report], out / "grades.csv", ["xor"])
        pages = [path.read_text(encoding="utf-8") for path in out.rglob("*.html")] + [html_fragment(report)]
        cells = re.split(r"[,\n]", (out / "grades.csv").read_text(encoding="utf-8"))
        shutil.rmtree(out)
        screen = Console(file=io.StringIO(), width=100, force_terminal=True)
        show_report(report, screen, verbose=True)
        show_class([report], screen)
        show_summary([report], screen)
        shown = _COLOUR.sub("", screen.file.getvalue())  # type: ignore[attr-defined]
        return (
            sum(_Live(page).found for page in pages)
            + sum(len(_CONTROL.findall(page.replace("\r\n", "\n"))) for page in (*pages, shown))
            + sum(bool(_FORMULA.match(cell.strip('"'))) for cell in cells)
        )


class _Live(HTMLParser):
    """Counts what would run or be loaded in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += tag in ("script", "img", "iframe", "object", "embed", "base", "form")
        self.found += sum(
            name.startswith("on") or name in ("src", "srcdoc") or "script:" in (value or "") for name, value in attrs
        )


def _late(reports: list[Report]) -> float:
    """By how much a check took longer than its calls may."""
    # A check ends when the second of its calls has struck, and may start a process before each.
    most = 2 * (BUDGET["seconds_per_call"] + BUDGET["seconds_to_start"]) + TEARDOWN
    return max((check.seconds - most for report in reports for check in report.checks), default=0.0)


def _without_times(report: Report) -> object:
    return without_times(msgspec.to_builtins(report))


def _strays() -> list[int]:
    """What descends from this process, but for grading processes and their fork servers."""
    below = processes.descendants()
    graders = {it.pid for it in below if "grading.worker" in it.command}
    servers = {it.pid for it in below if "forkserver" in it.command and it.parent in graders}
    return [it.pid for it in below if it.pid not in graders | servers]
