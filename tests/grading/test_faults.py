"""Our own machine fails: nothing is lost, nobody gets a zero for it, and no process stays behind."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

COUNT = 16


@pytest.fixture
def submissions(tmp_path, reference_code):
    """Sixteen right submissions, each of which takes a moment."""
    for number in range(COUNT):
        folder = tmp_path / "class" / f"student-{number:02}"
        folder.mkdir(parents=True)
        (folder / "xor.py").write_text("import time\ntime.sleep(0.3)\n" + reference_code)
    return tmp_path / "class"


def start(root, submissions, out, *options):
    command = [sys.executable, "-m", "autograder", "grade", submissions, "--out", out, "--seed", "f", "--jobs", "2"]
    return subprocess.Popen([*command, *options], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def descendants(pid, word):
    """Processes below `pid` whose command holds the word."""
    rows = subprocess.run(["ps", "-ewwo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    table = [row.split(None, 2) for row in rows.splitlines()[1:]]
    below, found = {str(pid)}, []
    while grown := {row[0] for row in table if row[1] in below} - below:
        below |= grown
    for row in table:
        if row[0] in below and len(row) > 2 and word in row[2]:
            found.append(int(row[0]))
    return found


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def journal_lines(out):
    path = out / "journal.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def scores(out):
    lines = (out / "results.jsonl").read_text().splitlines()
    return {it["student"]: (it["status"], it["score"]) for it in map(json.loads, lines)}


EVERYBODY = {f"student-{number:02}": ("graded", 10.0) for number in range(COUNT)}


@pytest.mark.parametrize("word", ["multiprocessing.spawn", "autograder.sandbox.forkserver"])
def test_a_process_of_ours_that_is_killed_costs_nobody_anything(root, submissions, tmp_path, word):
    process = start(root, submissions, tmp_path / "out")
    wait_for(lambda: journal_lines(tmp_path / "out") >= 2)
    os.kill(descendants(process.pid, word)[0], signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert scores(tmp_path / "out") == EVERYBODY


def test_a_run_that_is_killed_goes_on_with_resume(root, submissions, tmp_path):
    out = tmp_path / "out"
    process = start(root, submissions, out)
    wait_for(lambda: journal_lines(out) >= 4)
    ours = [*descendants(process.pid, "multiprocessing"), *descendants(process.pid, "forkserver")]
    process.kill()
    process.communicate()
    kept = journal_lines(out)
    wait_for(lambda: not any(os.path.exists(f"/proc/{pid}/exe") for pid in ours))
    resumed = start(root, submissions, out, "--resume")
    printed, errors = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, errors
    assert f"{kept} of {COUNT} were graded before" in printed
    assert scores(out) == EVERYBODY


def test_ctrl_c_keeps_what_was_graded(root, submissions, tmp_path):
    out = tmp_path / "out"
    process = start(root, submissions, out)
    wait_for(lambda: journal_lines(out) >= 2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert journal_lines(out) >= 2
    assert not (out / "results.jsonl").exists()
