"""The machine fails, and not a process of ours: the disk is full, the clock jumps, the terminal is closed."""

import contextlib
import errno
import fcntl
import os
import resource
import shutil
import signal
import subprocess
import termios
from functools import partial

import pytest

from autograder.errors import UserError
from autograder.grading.seed import course_seed
from benchmarks.disturbed import differences, grade_undisturbed, make_class, read, started

ROOMS = (16, 80, 128, 1024)  # KiB: for some lines of the journal, all of them, the results as well, and the pages
JUMPS = """
import itertools, os, time

true, jumps = time.time, itertools.cycle((86_400, -86_400, 0))
time.time = lambda: true() + next(jumps)
open(f"{__file__}-{os.getpid()}", "w").close()
"""

pytestmark = pytest.mark.usefixtures("nobody_stays")


@pytest.fixture(scope="module")
def submissions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    make_class(folder / "class")
    return folder / "class"


@pytest.fixture(scope="module")
def undisturbed(submissions):
    return grade_undisturbed(submissions, submissions.parent)


@pytest.mark.parametrize(
    ("name", "change", "word"),
    [
        ("results.jsonl", lambda text: text[text.index("\n") + 1 :], "the results are of bao"),
        ("results.jsonl", lambda text: text[: text.index("\n") + 1] + text, "the results are of amara, amara"),
        ("results.jsonl", lambda text: text.replace('"score":10.0', '"score":0.0', 1), "amara has another result"),
        ("results.jsonl", lambda text: text.replace('"student":0.', '"student":9.', 1), "amara was graded twice"),
        ("grades.csv", lambda text: text[:-5], "grades.csv is not as it should be"),
        ("students/ada.html", lambda text: "", "there are other files: students/ada.html"),
    ],
    ids="lost twice zero again half stray".split(),
)
def test_the_comparison_sees_what_is_lost_twice_wrong_or_half(undisturbed, submissions, tmp_path, name, change, word):
    out = tmp_path / "out"
    shutil.copytree(submissions.parent / "out", out)
    kept = read(out / "results.jsonl")
    assert list(differences(out, undisturbed, kept)) == []
    path = out / name
    path.write_text(change(path.read_text() if path.exists() else ""))
    assert word in "; ".join(differences(out, undisturbed, kept))


@pytest.fixture
def room(tmp_path):
    """Lets the results have so many KiB, and gives what a run must be started with for that."""
    out = tmp_path / "out"
    out.mkdir()

    def mount(*options):
        return subprocess.run(["mount", *options, out], check=False, capture_output=True).returncode == 0

    def remount(kib):
        assert mount("-o", f"remount,size={kib}k")
        return {}

    def limit(kib):  # an ordinary user cannot mount, but limit the size of a file
        return {"preexec_fn": partial(resource.setrlimit, resource.RLIMIT_FSIZE, (kib << 10, kib << 10))}

    mounted = os.geteuid() == 0 and mount("-t", "tmpfs", "none")
    yield remount if mounted else limit
    if mounted:
        subprocess.run(["umount", out], check=True)


def test_a_full_disk_costs_nothing_once_there_is_room(submissions, undisturbed, tmp_path, room):
    out, kept, complaints = tmp_path / "out", [], 0
    for kib in ROOMS:
        with started(submissions, tmp_path, "--resume", **room(kib)) as run:
            status = run.wait()
        if status == 0:
            break
        (line,) = (tmp_path / "errors").read_text().splitlines()
        assert (status, "make room" in line) == (2, True), line
        assert not list(out.glob(".*.partial"))
        before, kept = kept, [*read(out / "results.jsonl"), *read(out / "journal.jsonl")]
        assert all(it in kept for it in before)
        complaints += 1
    assert (status, complaints > 0) == (0, True)
    assert list(differences(out, undisturbed, kept)) == []


def test_a_disk_that_is_full_at_first_leaves_no_seed_that_is_empty(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        with pytest.raises(UserError, match="--seed"):
            course_seed(tmp_path)
    seed = course_seed(tmp_path)
    assert len(seed) == 32
    assert course_seed(tmp_path) == seed
    assert [(it.name, it.stat().st_mode & 0o777) for it in (tmp_path / ".autograder").iterdir()] == [("seed", 0o600)]


def no_room(descriptor):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_clock_that_jumps_by_a_day_changes_nothing(submissions, undisturbed, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(JUMPS)
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    with started(submissions, tmp_path, env={**os.environ, "PYTHONPATH": path}) as run:
        assert run.wait() == 0, (tmp_path / "errors").read_text()
    assert len(list(tmp_path.glob("sitecustomize.py-*"))) >= 3  # the grader and two grading processes
    assert list(differences(tmp_path / "out", undisturbed, [])) == []


@pytest.fixture
def in_a_terminal():
    """Starts something in a terminal of its own, and gives the descriptor that is the terminal's other end."""
    ours, theirs = os.openpty()

    def start(grading, hangup):
        def take():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGHUP, hangup)

        how = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
        run = grading.start(**how, start_new_session=True, preexec_fn=take)
        os.close(theirs)
        os.set_blocking(ours, False)
        return run, ours

    return start


@pytest.mark.parametrize("hangup", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_terminal_that_is_closed_costs_nothing(new_class, wait_for, in_a_terminal, hangup):
    grading = new_class(6)
    run, terminal = in_a_terminal(grading, hangup)

    def some_are_graded():
        with contextlib.suppress(BlockingIOError):
            os.read(terminal, 1 << 16)  # else the bar would wait until somebody looks
        return grading.journalled >= 2

    wait_for(some_are_graded)
    os.close(terminal)
    run.wait(timeout=60)
    if hangup == signal.SIG_DFL:
        assert grading.journalled >= 2
        assert "of 6 were graded before" in grading.resume()
    assert grading.scores == grading.everybody
    assert (grading.out / "index.html").exists()
