"""No attack of the bank gets, sees, disturbs or leaves anything; and the arena would notice if one did."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.confinement import unavailable
from tests.attacks import arena as stage
from tests.attacks.arena import Arena
from tests.attacks.bank import BASE, DESERVED, FAMILIES, Attack, bank

ROOT = Path(__file__).parents[2]

if unavailable():
    pytest.skip(unavailable(), allow_module_level=True)


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arena")
    for place in (folder, folder.parent):
        place.chmod(0o755)
    with Arena(folder) as arena:
        yield arena


@pytest.mark.parametrize("attack", bank(), ids=lambda it: f"{it.family}-{it.name}")
def test_nothing_comes_of_it(arena, attack):
    outcome = arena.grade(attack)
    assert outcome.is_harmless, outcome


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("secrets", "from pathlib import Path\nprint(Path('{course}/solutions/xor/xor.py').read_text())"),
        ("secrets", "import os\nprint(os.popen('cat /proc/*/environ').read())"),
        ("reached", "import socket\nsocket.socket()\nprint('REACHED')"),
        ("left", "open('/tmp/attack-was-here-control', 'w').write('x')"),
        ("left", "open('{course}/solutions/xor/test_xor.py', 'a').write('# x')"),
        ("processes", "import subprocess\nsubprocess.Popen(['sleep', '30'], start_new_session=True)"),
        ("disturbed", "open('{course}/../honest/victim/xor.py', 'w').write('x = 1')"),
    ],
)
def test_the_arena_notices_what_unconfined_code_does(tmp_path, field, code):
    def hand_in(folder):
        (folder / "attacker").mkdir(parents=True)
        text = f"{BASE}\n{code.format(course=tmp_path / 'course')}\n"
        (folder / "attacker" / "xor.py").write_text(text)

    attack = Attack("control", field, "a control", hand_in, "attacker", DESERVED, "graded")
    with Arena(tmp_path, confined=False) as arena:
        outcome = arena.grade(attack)
    assert getattr(outcome, field) > 0
    assert not outcome.is_harmless


def test_the_arena_notices_what_takes_too_long(arena, monkeypatch):
    monkeypatch.setattr(stage, "TEARDOWN", -stage.BUDGET["seconds"] - 1)
    (control,) = (it for it in bank() if it.name == "control")
    outcome = arena.grade(control)
    assert outcome.over > 0
    assert not outcome.is_harmless


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_nothing_comes_of_it_where_an_ordinary_user_grades():
    user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env", "HOME=/tmp"]
    python = [*user, "PYTHONDONTWRITEBYTECODE=1", sys.executable]
    if subprocess.run([*python, "-c", "import numpy"], cwd=ROOT, capture_output=True, check=False).returncode != 0:
        pytest.skip("an ordinary user may not run this Python")
    command = [*python, "-m", "tests.attacks", "reading", "writing", "escaping", "outliving"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "attacks as an ordinary user, 0 of them with an effect." in done.stdout


def test_the_readme_shows_the_table_of_the_bank():
    record = (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8")
    table = record[record.index("| family") : record.index("\n\n## ")]
    assert table in (ROOT / "README.md").read_text(encoding="utf-8")
    for family in FAMILIES:
        number = sum(it.family == family for it in bank())
        assert f"| {family} | {number} | " in table
    assert [it.name for it in bank() if f"| {it.name} | " not in record] == []
