"""The audit of each of the course's exercises is clean, and tried as much as the README says."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "benchmarks" / "audits.md").read_text(encoding="utf-8")
NAMES = re.findall(r"^\| (\w+) \| 0 points \|", TABLE, re.MULTILINE)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_the_audit_under_one_seed_is_clean(run, name):
    done = run("audit", name, "--seeds", "1", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (result,) = json.loads(done.stdout)
    _, reference, alternatives, wrong, junk, _ = (section["tried"] for section in result["sections"])
    killed = result["mutants"] - result["equivalent"]
    assert result["killed"] == killed
    row = f"| {name} | 0 points | {reference + alternatives} × 20 | {wrong} | {junk} | {killed} of {killed} "
    assert row + f"| {result['equivalent']} |" in TABLE


def test_every_exercise_was_audited(root):
    assert sorted(NAMES) == sorted(path.parent.name for path in root.glob("solutions/*/hints.md"))


def test_the_readme_shows_the_table(root):
    assert TABLE[TABLE.index("| exercise") :] in (root / "README.md").read_text(encoding="utf-8")
