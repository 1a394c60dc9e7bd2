"""With the oldest NumPy and SciPy that are supported everybody gets the same points as with the newest."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = tomllib.loads((ROOT / "demo" / "expected.toml").read_text(encoding="utf-8"))
NAMES = ("numpy", "scipy")
TELLING = "import numpy, scipy\nprint(numpy.__version__, scipy.__version__)\n"


@pytest.fixture(scope="module")
def oldest(tmp_path_factory):
    """The versions, and the folder that they are installed in."""
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    versions = {name: re.search(rf"^{name}>=([\d.]+)", "\n".join(dependencies), re.MULTILINE)[1] for name in NAMES}
    folder = tmp_path_factory.mktemp("oldest") / "site-packages"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:"]
    wanted = [f"{name}=={version}.*" for name, version in versions.items()]
    done = subprocess.run([*command, "--target", folder, *wanted], capture_output=True, text=True, check=False)
    if done.returncode != 0 and sys.version_info >= (3, 13):
        pytest.skip("there are no wheels of the oldest versions for this Python")
    assert done.returncode == 0, done.stderr
    return versions, folder


def test_the_example_class_gets_what_it_deserves(oldest, tmp_path):
    versions, folder = oldest
    handed_in = tmp_path / "class"
    shutil.copytree(ROOT / "demo" / "class", handed_in, symlinks=True)
    (handed_in / "telling").mkdir()
    (handed_in / "telling" / "xor.py").write_text(TELLING)
    command = [sys.executable, "-m", "autograder", "grade", handed_in, "--out", tmp_path / "out", "--seed", "oldest"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    reports = {(it["student"], it["exercise"]): it for it in map(json.loads, lines)}
    told = reports.pop(("telling", "xor"))["output"].split()
    assert [it.startswith(f"{version}.") for it, version in zip(told, versions.values(), strict=True)] == [True, True]
    wrong = {
        key: {part["part"]: part["score"] for part in report["parts"]}
        for key, report in reports.items()
        if {part["part"]: part["score"] for part in report["parts"]} != deserved()[key]
    }
    assert wrong == {}
    assert reports.keys() == deserved().keys()


def deserved():
    return {
        (student, exercise): entry["points"]
        for kind in KINDS.values()
        for exercise, entries in kind.items()
        for student, entry in entries.items()
    }
