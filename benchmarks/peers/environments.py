"""A virtual environment for each tool, kept for the next time."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy

from benchmarks import ROOT

FOLDER = ROOT / "benchmarks" / ".peers"  # not in version control

# The torch and the NumPy that we grade with.
_SHARED = ["torch==2.13.0", f"numpy=={numpy.__version__}"]
PINS = {
    "nbgrader": ["nbgrader==0.9.6"],
    # It runs notebooks, and leaves it to its users to install a kernel.
    "otter": ["otter-grader==7.0.0", "ipykernel==7.4.0"],
    "check50": ["check50==3.5.0"],
    # It imports the last three and does not declare them.
    "prairielearn": [
        "pytest-prairielearn-grader==0.3.1",
        "networkx==3.6.1",
        "pandas==3.1.1",
        "plot-serializer==0.2.3",
    ],
}


class NotInstalled(Exception):
    """The message says in one line why."""


def install(tool: str) -> Path:
    """The folder of the tool's programs. Raises `NotInstalled`."""
    # torch is large: the environments share one, which costs them nothing when they import it.
    shared = _environment("torch", _SHARED)
    return _environment(tool, [*PINS[tool], *_SHARED], shared) / "bin"


def _environment(name: str, pins: list[str], shared: Path | None = None) -> Path:
    folder = FOLDER / name
    ready = folder / "ready"
    wanted = "\n".join(pins)
    if ready.exists() and ready.read_text() == wanted:
        return folder
    print(f"installing {' '.join(pins)} ...", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    _run(sys.executable, "-m", "venv", folder)
    if shared is not None:
        (packages,) = folder.glob("lib/python*/site-packages")
        (packages / "shared.pth").write_text(f"{shared / packages.relative_to(folder)}\n")
    _run(folder / "bin" / "pip", "install", "--disable-pip-version-check", "--progress-bar=off", *pins)
    ready.write_text(wanted)
    return folder


def _run(*command: str | Path) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise NotInstalled(errors[-1] if errors else f"{command[0]} ended with {done.returncode}")
