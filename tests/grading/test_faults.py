"""Processes of ours are killed: nothing is lost, nobody gets a zero for it, and no process stays behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from autograder.errors import UserError
from autograder.grading import journal
from autograder.grading.journal import Conditions, Journal
from autograder.report import Report, dump_line
from benchmarks import processes
from benchmarks.disturbed import read

COUNT = 16

pytestmark = pytest.mark.usefixtures("nobody_stays")


@pytest.fixture
def grading(new_class):
    return new_class(COUNT)


def pool(run):
    return [it.pid for it in processes.descendants(run.pid) if "grading.worker" in it.command]


def servers(run):
    workers = pool(run)
    return [it.pid for it in processes.descendants(run.pid) if it.parent in workers and "forkserver" in it.command]


def confined(run):
    """The processes that hold student code."""
    forked_from = servers(run)
    return [it.pid for it in processes.descendants(run.pid) if it.parent in forked_from]


def plain(run):
    """The same without confinement."""
    return [it.pid for it in processes.descendants(run.pid) if "sandbox.plain" in it.command]


def kill_one(pids):
    """Whether one was still there to be killed."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
    return False


@pytest.mark.parametrize("victims", [pool, servers, confined])
def test_a_process_of_ours_that_is_killed_costs_nobody_anything(grading, wait_for, victims):
    run = grading.start()
    wait_for(lambda: grading.journalled >= 2)
    wait_for(lambda: kill_one(victims(run)))
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    assert grading.scores == grading.everybody


def test_a_process_that_is_killed_at_its_start_is_replaced(new_class, wait_for):
    grading = new_class(2)
    run = grading.start()
    wait_for(lambda: kill_one(pool(run)))
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    assert grading.scores == grading.everybody


@pytest.mark.parametrize(
    ("victims", "reason"),
    [
        (confined, "the process of the submission was killed from outside|a process could not be confined"),
        (pool, "the grading process died twice"),
    ],
    ids=["confined", "pool"],
)
def test_a_machine_without_memory_gives_no_zero(new_class, victims, reason):
    """The kernel then kills a large process, whoever took the memory."""
    grading = new_class(1)
    run = grading.start()
    while run.poll() is None:
        if confined(run):
            kill_one(victims(run))
    assert run.wait() == 1
    (report,) = read(grading.out / "results.jsonl")
    assert (report["status"], report["score"]) == ("not_graded", None)
    assert re.match(f"Not graded, because ({reason})", report["message"])
    grading.resume()
    assert grading.scores == grading.everybody


def test_a_run_that_is_killed_goes_on_with_resume(grading, wait_for):
    run = grading.start()
    wait_for(lambda: grading.journalled >= 4)
    ours = {it.pid for it in processes.descendants(run.pid)}
    run.kill()
    run.communicate()
    kept = grading.journalled
    wait_for(lambda: not ours & {it.pid for it in processes.descendants()})
    assert f"{kept} of {COUNT} were graded before" in grading.resume()
    assert grading.scores == grading.everybody


@pytest.mark.parametrize(
    ("option", "students", "seconds"),
    [((), confined, 0.5), (("--unconfined",), plain, 0.5), (("--unconfined",), plain, 0.0)],
    ids=["confined", "plain", "plain and just begun"],
)
def test_an_endless_loop_does_not_outlive_a_grader_that_is_killed(new_class, wait_for, option, students, seconds):
    grading = new_class(1)
    (path,) = grading.submissions.rglob("xor.py")
    path.write_text("while True:\n    pass\n")
    run = grading.start(*option, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: students(run))
    time.sleep(seconds)
    run.kill()
    run.wait()


def test_ctrl_c_keeps_what_was_graded(grading, wait_for):
    run = grading.start()
    wait_for(lambda: grading.journalled >= 2)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in errors
    assert grading.journalled >= 2
    assert not (grading.out / "results.jsonl").exists()


def test_a_second_grader_is_sent_away_and_does_not_disturb_the_first(new_class, wait_for, run, one_line):
    grading = new_class(4)
    first = grading.start()
    wait_for(lambda: grading.journalled >= 1)
    first.send_signal(signal.SIGSTOP)  # else it might end before the second has begun
    assert "Another run" in one_line(run("grade", grading.submissions, "--out", grading.out, "--seed", "f", "--fresh"))
    first.send_signal(signal.SIGCONT)
    _, errors = first.communicate(timeout=120)
    assert first.returncode == 0, errors
    assert grading.scores == grading.everybody


def test_what_was_graded_outlives_the_grader_at_once(tmp_path):
    with Journal(tmp_path, Conditions("1", "one", ""), resume=False, fresh=False) as journal_of_a_run:
        lines = [line_of("ada"), line_of("bob")]
        entries = list(map(journal_of_a_run.add, lines))
        assert (tmp_path / "journal.jsonl").read_bytes() == b"".join(lines)
        results = journal_of_a_run.finish(entries[::-1])
    assert [it.student for it in results] == ["bob", "ada"]
    assert (tmp_path / "results.jsonl").read_bytes() == b"".join(lines[::-1])


def test_results_of_other_conditions_are_not_taken_for_those_of_a_run_that_died_at_its_start(tmp_path, monkeypatch):
    one, other = Conditions("1", "one", ""), Conditions("1", "other", "")
    with Journal(tmp_path, one, resume=False, fresh=False) as killed:
        killed.add(line_of("ada"))
    with monkeypatch.context() as patch:
        patch.setattr(journal, "write_atomically", only_run_json)
        with pytest.raises(UserError):
            Journal(tmp_path, other, resume=False, fresh=True)
    with Journal(tmp_path, other, resume=True, fresh=False) as resumed:
        assert resumed.earlier == []


def line_of(student):
    report = Report(
        student=student, exercise="xor", source="xor.py", digest="", status="graded", max_score=10.0, engine="1"
    )
    return dump_line(report)


def only_run_json(path, pieces):
    if path.name != "run.json":
        raise OSError
    path.write_bytes(b"".join(pieces))


def test_runs_that_are_struck_at_random_moments_end_as_if_undisturbed(root):
    command = [sys.executable, "-m", "benchmarks.faults", "--rounds", "3"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 as if undisturbed" in done.stdout
