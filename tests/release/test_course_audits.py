"""The audit of each of the course's exercises is clean, and tried as much as the README says."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "benchmarks" / "audits.md").read_text(encoding="utf-8")
EVERY = 3  # of junk and mutants, as all of them take minutes
NAMES = re.findall(r"^\| (\w+) \| 0 points \|", TABLE, re.MULTILINE)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_the_audit_under_one_seed_is_clean(run, name):
    done = run("audit", name, "--seeds", "1", "--every", str(EVERY), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (result,) = json.loads(done.stdout)
    _, reference, _, alternatives, wrong, junk, mutants = (section["tried"] for section in result["sections"])
    assert result["killed"] == result["mutants"] - result["equivalent"]
    (row,) = re.findall(rf"^\| {name} \|.*", TABLE, re.MULTILINE)
    _, right, _, all_wrong, all_junk, killed, _, equivalent = (int(it) for it in re.findall(r"\d+", row))
    assert (reference + alternatives, wrong) == (right, all_wrong)
    assert junk == len(range(0, all_junk, EVERY))
    assert mutants == result["mutants"] == len(range(0, killed + equivalent, EVERY))


def test_every_exercise_was_audited(root):
    assert sorted(NAMES) == sorted(path.parent.name for path in root.glob("solutions/*/hints.md"))


def test_the_readme_shows_the_table(root):
    assert TABLE[TABLE.index("| exercise") :] in (root / "README.md").read_text(encoding="utf-8")
