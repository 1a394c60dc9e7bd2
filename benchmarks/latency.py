"""How long a student waits for `check`: from a cold start, after saving a file under --watch, and in a notebook."""

import os
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import ROOT
from benchmarks.record import Headline, Section

RUNS = 20
QUIET = 0.4  # seconds without output, after which a check is over
TARGETS = {"cold, without torch": 0.8, "cold, with torch": 3.0, "warm": 0.3}


@dataclass(frozen=True)
class Latency:
    """Seconds; the target, which is for the median, is None where there is none."""

    what: str
    seconds: list[float]
    target: float | None = None

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds * 2, n=20, method="inclusive")[-1]


def measure(runs: int = RUNS) -> list[Latency]:
    """All of them, on the solved exercises; beside them what the interpreter, NumPy and torch take to start."""
    with TemporaryDirectory() as folder:
        xor, stub, mnist = (
            _copy(Path(folder) / name, ROOT / origin)
            for name, origin in (
                ("solved", "solutions/xor/xor.py"),
                ("stub", "assignments/xor/xor.py"),
                ("torch", "solutions/mnist/mnist.py"),
            )
        )
        check = ["-m", "autograder", "check"]
        commands = {
            "python -c pass": (["-c", "pass"], None),
            "import numpy": (["-c", "import numpy"], None),
            "import numpy, torch": (["-c", "import numpy, torch"], None),
            "check xor, the stub, cold": ([*check, str(stub)], TARGETS["cold, without torch"]),
            "check xor, all written, cold": ([*check, str(xor)], TARGETS["cold, without torch"]),
            "check mnist, all written, cold": ([*check, str(mnist)], TARGETS["cold, with torch"]),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs + 1):
            for name, (arguments, _target) in commands.items():
                started = time.perf_counter()
                subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False)
                times[name].append(time.perf_counter() - started)
        found = [Latency(name, times[name][1:], target) for name, (_arguments, target) in commands.items()]
        found.append(Latency("check xor --watch, after saving", list(_watched(xor, runs)), TARGETS["warm"]))
    with _kernel() as run:
        first = run('check("xor")')
        cells = ('check("xor")', 'check("xor.b")')
        others = {cell: [run(cell) for _ in range(runs)] for cell in cells}
    found.append(Latency('a notebook\'s first check("xor")', [first]))
    found += [Latency(f"a notebook's {cell}, later", seconds, TARGETS["warm"]) for cell, seconds in others.items()]
    return found


def _copy(folder: Path, origin: Path) -> Path:
    folder.mkdir()
    path = folder / origin.name
    path.write_bytes(origin.read_bytes())
    return path


def _watched(path: Path, runs: int) -> Iterator[float]:
    """Seconds from saving the file to the last character that is shown."""
    command = [sys.executable, "-m", "autograder", "check", str(path), "--watch"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as watching:
        assert watching.stdout is not None
        os.set_blocking(watching.stdout.fileno(), False)
        _last_output(watching.stdout.fileno())
        for number in range(runs + 1):
            with path.open("a", encoding="utf-8") as file:
                file.write(f"# {number}\n")
            saved = time.perf_counter()
            shown = _last_output(watching.stdout.fileno())
            if number:  # the first imports what shows it
                yield shown - saved
        watching.terminate()


def _last_output(descriptor: int) -> float:
    """Waits for output and until it is over, and says when the last of it came."""
    select.select([descriptor], [], [], 30)
    while select.select([descriptor], [], [], QUIET)[0] and os.read(descriptor, 1 << 16):
        last = time.perf_counter()
    return last


@contextmanager
def _kernel() -> Iterator["Run"]:
    """A kernel in which the functions of xor are defined and checks are imported."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(cwd=str(ROOT / "assignments" / "xor"), kernel_name="python3")
    run = Run(client)
    try:
        run((ROOT / "solutions" / "xor" / "xor.py").read_text(encoding="utf-8").replace("plt.show()", ""))
        run("from autograder.notebook import check")
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


class Run:
    """Runs a cell, and gives the seconds until its answer has come. Raises `RuntimeError` if the cell fails."""

    def __init__(self, client: object) -> None:
        self._client = client

    def __call__(self, cell: str) -> float:
        started = time.perf_counter()
        reply = self._client.execute_interactive(cell, timeout=60, output_hook=lambda _: None)  # type: ignore[attr-defined]
        took = time.perf_counter() - started
        if reply["content"]["status"] != "ok":
            raise RuntimeError(f"{cell[:40]}: {reply['content'].get('evalue')}")
        return took


def section() -> Section:
    """The table, with the targets beside the figures."""
    found = measure()
    lines = [
        f"Seconds, over {RUNS} runs that take turns; the first check of a notebook once.",
        "",
        "| what | p50 | p95 | target |",
        "|---|---:|---:|---:|",
    ]
    for it in found:
        target = f"{it.target:g}" if it.target else ""
        lines.append(f"| {it.what} | {it.p50:.2f} | {it.p95:.2f} | {target} |")
    headlines = [
        Headline(
            f"`{it.what}`" if it.what.startswith(("check", "import")) else it.what,
            f"{it.p50:.2f} s",
            f"≤ {it.target:g} s" if it.target else "",
        )
        for it in found
        if it.target or it.what == "import numpy, torch"  # which tells how fast the machine was
    ]
    return Section("What a student waits for", lines, headlines)
