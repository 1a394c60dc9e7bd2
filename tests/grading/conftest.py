"""Grading runs that are disturbed while they go on."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from benchmarks import processes
from benchmarks.disturbed import read


class Grading:
    """A class of right submissions, each of which takes a moment, and the folder that it is graded into."""

    def __init__(self, root, folder, code, count):
        self._root = root
        self.submissions, self.out = folder / "class", folder / "out"
        for number in range(count):
            path = self.submissions / f"student-{number:02}" / "xor.py"
            path.parent.mkdir(parents=True)
            path.write_text("import time\ntime.sleep(0.3)\n" + code)
        self.everybody = {f"student-{number:02}": ("graded", 10.0) for number in range(count)}

    def start(self, *options, **how):
        """Starts `autograder grade` in a process of its own."""
        command = [sys.executable, "-m", "autograder", "grade", self.submissions, "--out", self.out, "--seed", "f"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
        here = () if "--scheduler" in options else ("--jobs", "2")
        return subprocess.Popen([*command, *here, *options], cwd=self._root, text=True, **pipes)

    def resume(self):
        """Grades what is left, and gives what is printed."""
        run = self.start("--resume")
        printed, errors = run.communicate(timeout=120)
        assert run.returncode == 0, errors
        return printed

    @property
    def journalled(self):
        """How many lines the journal holds."""
        path = self.out / "journal.jsonl"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    @property
    def scores(self):
        return {it["student"]: (it["status"], it["score"]) for it in read(self.out / "results.jsonl")}


@pytest.fixture
def new_class(root, tmp_path, reference_code):
    """Makes a class of so many."""
    return lambda count: Grading(root, tmp_path, reference_code, count)


@pytest.fixture
def wait_for():
    """Waits until something is so, and gives it."""

    def wait(condition, seconds=30):
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.02)
        return found

    return wait


def pids():
    return {it.pid for it in processes.descendants()}


@pytest.fixture
def nobody_stays(wait_for):
    """No process that a test started may outlive it, not even when its parent was killed."""
    processes.adopt_orphans()
    before = pids()
    yield
    try:
        wait_for(lambda: pids() <= before, seconds=8)
    finally:
        for pid in pids() - before:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        processes.adopt_orphans(False)
