"""How long a student waits for `autograder check xor`, from a cold start."""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.course_with_torch import ROOT

RUNS = 9


def measure() -> dict[str, float]:
    """Median seconds by what is checked, and of a bare interpreter and NumPy's import beside it."""
    with TemporaryDirectory() as folder:
        stub = Path(folder) / "stub" / "xor.py"
        solved = Path(folder) / "solved" / "xor.py"
        for path, origin in ((stub, "assignments"), (solved, "solutions")):
            path.parent.mkdir()
            path.write_bytes((ROOT / origin / "xor" / "xor.py").read_bytes())
        commands = {
            "python -c pass": ["-c", "pass"],
            "import numpy": ["-c", "import numpy"],
            "check xor, the stub": ["-m", "autograder", "check", str(stub)],
            "check xor, all written": ["-m", "autograder", "check", str(solved)],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS):
            for name, arguments in commands.items():
                started = time.perf_counter()
                subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False)
                times[name].append(time.perf_counter() - started)
        return {name: statistics.median(it[1:]) for name, it in times.items()}
