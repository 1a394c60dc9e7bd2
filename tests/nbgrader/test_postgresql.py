"""A gradebook in a real PostgreSQL."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[2]
BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda it: int(it.parent.name))

pytestmark = pytest.mark.skipif(BIN is None, reason="needs PostgreSQL's server")


@pytest.fixture
def server(tmp_path):
    """The address of an empty database, on a socket of its own."""
    as_owner = []
    data = tmp_path / "data"
    data.mkdir()
    if os.geteuid() == 0:  # which PostgreSQL refuses
        as_owner = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        shutil.chown(data, "nobody", "nogroup")
        for folder in [data, *data.parents][:-2]:
            folder.chmod(0o777 if folder == data else folder.stat().st_mode | 0o011)

    def run(program, *arguments):
        command = [*as_owner, str(BIN / program), *arguments]
        done = subprocess.run(command, cwd=data, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 0, done.stderr.decode()

    cluster = data / "c"
    run("initdb", "--username=course", "--auth=trust", "--no-sync", "-D", str(cluster))
    run("pg_ctl", "-w", "-D", str(cluster), "-l", str(data / "log"), "-o", f"-k {data} -h ''", "start")
    yield f"postgresql+psycopg://course@/postgres?host={data}"
    run("pg_ctl", "-w", "-m", "immediate", "-D", str(cluster), "stop")


def autograder(folder, *arguments):
    command = [sys.executable, "-m", "autograder", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_class_goes_into_postgresql_and_is_graded_again_there(server, small_course, nbgrader):
    folder = small_course("xor")
    for student in ("ada", "zoë"):
        (folder / "handed-in" / student).mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / "xor" / "xor.py", folder / "handed-in" / student)
    autograder(folder, "grade", "handed-in", "--out", "grades", "--gradebook", server)
    with Gradebook(server, "deep-learning") as book:
        assert {it.student.id: it.score for it in book.assignment_submissions("xor")} == {"ada": 10.0, "zoë": 10.0}
    told = autograder(folder, "regrade", "xor", "--submissions", "handed-in", "--gradebook", server)
    assert "None of 2 submissions would change." in told
    nbgrader("export", f"--db={server}", cwd=folder)
    assert "zoë" in (folder / "grades.csv").read_text(encoding="utf-8")
    assert not (folder / "gradebook.db").exists()
