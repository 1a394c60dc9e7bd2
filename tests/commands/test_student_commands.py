"""What a student does: list, check, hint, pytest, the notebook's check cells."""

import json
import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbclient import NotebookClient

WRONG_RELU_NET = """
import numpy as np

def relu_net(X, W0, b0, beta, b1=0.0):
    return np.maximum(X @ W0.T + b0, 0) @ beta
"""


@pytest.fixture
def home(course):
    """A student's copy of the course: no solutions."""
    import shutil

    shutil.rmtree(course / "solutions")
    return course


def write(home, code, name="xor.py"):
    path = home / "assignments" / "xor" / name
    path.write_text(code)
    later = time.time() + 5
    os.utime(path, (later, later))
    return path


def test_the_stub_has_everything_to_do(run, home):
    done = run("check", "xor", cwd=home)
    assert done.returncode == 1
    assert "0 of 10 points" in done.stdout
    assert "to do" in done.stdout


def test_right_work_earns_all_points_and_is_remembered(run, home, reference_code):
    write(home, reference_code)
    done = run("check", "xor", cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 of 10 points" in done.stdout
    listed = json.loads(run("list", "--json", cwd=home).stdout)
    scored = [(it["exercise"], it["score"], it["max_score"]) for it in listed if it["score"] is not None]
    assert scored == [("xor", 10.0, 10.0)]


def test_options_for_pytest_in_the_environment_do_not_matter(run, home):
    own = {**os.environ, "PYTEST_ADDOPTS": "-v --cov -n 2", "PYTEST_PLUGINS": "not_installed"}
    done = run("check", "xor", cwd=home, env=own)
    assert "0 of 10 points" in done.stdout, done.stderr


@pytest.mark.parametrize("flags", [(), ("--debug",)])
def test_a_known_mistake_is_named_at_home(run, home, flags):
    write(home, WRONG_RELU_NET)
    done = run("check", "xor", "--json", *flags, cwd=home)
    checks = {it["name"]: it for it in json.loads(done.stdout)["checks"]}
    assert checks["test_relu_net"]["status"] == "failed"
    assert checks["test_relu_net"]["misconception"] == "output_bias_forgotten"
    assert "Called relu_net(" in checks["test_relu_net"]["message"]
    assert checks["test_relu_net_of_size_one"]["status"] == "blocked"
    assert checks["test_xor_weights"]["message"].startswith("There is no function xor_weights")


def test_an_endless_loop_is_stopped(run, home):
    entry, budgets = "[exercises.xor]\n", "seconds_per_call = 0.5\nseconds_to_start = 1.0\n"
    contents = (home / "course.toml").read_text()
    (home / "course.toml").write_text(contents.replace(entry, entry + budgets))
    write(home, "def separation_certificate():\n    while True:\n        pass\n")
    done = run("check", "xor", "--json", cwd=home)
    check = json.loads(done.stdout)["checks"][0]
    assert (check["status"], check["earned"]) == ("timeout", 0.0)
    assert "1 s" in check["message"]


def test_the_edited_file_counts_whichever_is_newer(run, home):
    write(home, "x = 1\n")
    stub = home / "assignments" / "xor" / "xor.ipynb"
    late = time.time() + 60
    os.utime(stub, (late, late))
    report = json.loads(run("check", "xor", "--json", cwd=home).stdout)
    assert report["source"].endswith("xor.py")
    assert "nothing was written into the other" in report["message"]


def test_a_notebook_is_checked_like_a_module(run, home, reference_code):
    notebook = nbformat.read(home / "assignments" / "xor" / "xor.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "relu_net":
            cell.source = "%matplotlib inline\nimport numpy as np\n" + WRONG_RELU_NET.replace("@ beta", "@ beta + b1")
    nbformat.write(notebook, home / "assignments" / "xor" / "xor.ipynb")
    report = json.loads(run("check", "xor", "--json", cwd=home).stdout)
    assert report["source"].endswith("xor.ipynb")
    assert report["score"] == 1.0
    assert "left out “%matplotlib inline”" in report["message"]


def test_hints_come_one_at_a_time(run, home):
    first, second = (run("hint", "xor.b", cwd=home).stdout for _ in range(2))
    assert first.startswith("1. ")
    assert second.startswith(first.split("\n\n")[0])
    assert "\n2. " in second
    while "more" in (last := run("hint", "xor.b", cwd=home).stdout).splitlines()[-1]:
        assert len(last) > len(second)
    assert "last hint" in last


def test_pytest_shows_the_same_without_a_traceback(home):
    write(home, WRONG_RELU_NET)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "assignments/xor", "-p", "no:cacheprovider"],
        cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Called relu_net(" in done.stdout
    assert "Traceback" not in done.stdout
    assert "autograder/checking" not in done.stdout
    assert "BLOCKED" in done.stdout
    assert "xor: 0 of 10 points" in done.stdout


def test_check_cells_of_the_notebook_show_the_result(home):
    notebook = nbformat.read(home / "assignments" / "xor" / "xor.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "relu_net":
            cell.source = WRONG_RELU_NET
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": home / "assignments" / "xor"}}).execute()
    cell = next(it for it in notebook.cells if it.metadata.get("nbgrader", {}).get("grade_id") == "xor-b")
    (output,) = cell.outputs
    assert "b1" in output["data"]["text/html"]
    assert "0 of 3 points" in output["data"]["text/plain"]
    assert "failed: relu_net is" in output["data"]["text/plain"]
    assert "You leave out the output bias" in output["data"]["text/plain"]


def test_watch_checks_again_when_the_file_is_saved(home, reference_code):
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder", "check", "xor", "--watch", "--json"],
        cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert json.loads(process.stdout.readline())["score"] == 0.0
        assert "Watching" in process.stderr.readline()
        time.sleep(0.5)
        write(home, WRONG_RELU_NET.replace("@ beta", "@ beta + b1"))
        assert json.loads(process.stdout.readline())["score"] == 1.0
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 130


def test_a_check_of_numpy_work_never_imports_torch(home, reference_code):
    write(home, reference_code)
    code = (
        "import sys; from autograder.cli import main; code = main(['check', 'xor']); "
        "sys.exit('torch' in sys.modules or code)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("check", "nor"), "There is no exercise 'nor'"),
        (("hint", "xor.q"), "Say which part"),
        (("hint", "nor.a"), "There is no exercise 'nor'"),
        (("grade", "assignments"), "no"),
        (("release",), "authors"),
        (("audit", "xor"), "solutions"),
    ],
)
def test_mistakes_get_one_line(run, home, one_line, arguments, word):
    assert word in one_line(run(*arguments, cwd=home))


def test_files_that_cannot_be_read_get_one_line(run, home, one_line):
    write(home, "")
    assert "empty" in one_line(run("check", "xor", cwd=home))
    (home / "assignments" / "xor" / "xor.py").unlink()
    (home / "assignments" / "xor" / "xor.ipynb").unlink()
    assert "no submission" in one_line(run("check", "xor", cwd=home))
    assert "course.toml" in one_line(run("check", "xor", cwd="/"))


def test_every_command_has_an_example(run):
    for command in ("list", "check", "hint", "grade", "release", "audit", "reproduce"):
        done = run(command, "--help")
        assert done.returncode == 0
        assert "example:\n  autograder" in done.stdout


def test_copies_in_folders_beside_the_file_do_not_count(run, home, reference_code):
    write(home, reference_code)
    (home / "assignments" / "xor" / "backup").mkdir()
    write(home, "x = 1\n", "backup/xor.py")
    report = json.loads(run("check", "xor", "--json", cwd=home).stdout)
    assert report["score"] == 10.0
