"""Grading as jobs of a real Slurm, which refuses them, lets them wait, and cancels them."""

import shutil
import signal
import time

import pytest

from benchmarks.disturbed import make_class, read, without_times
from tests.attacks.bank import spy
from tests.grading.slurm_node import SlurmNode, why_not

ONE_JOB = ("--scheduler", "slurm", "--jobs", "1")
SPY = spy(
    "os, socket, subprocess",
    'subprocess.run(["scancel", "--me"], check=True)',
    'os.listdir(os.environ["SLURM_SUBMIT_DIR"])',
    'socket.create_server(("127.0.0.1", 0))',
)

pytestmark = [
    pytest.mark.usefixtures("nobody_stays"),
    pytest.mark.skipif(why_not() is not None, reason=f"no Slurm: {why_not()}"),
]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    with SlurmNode(tmp_path_factory.mktemp("slurm")) as slurm:
        yield slurm


@pytest.fixture
def busy(slurm):
    """A job of somebody else, for which all others wait."""
    script = "--wrap=sleep 600"
    job = slurm.call("sbatch", "--parsable", "--exclusive", "--output=/dev/null", script).strip()
    yield job
    slurm.call("scancel", job)


def reports(out):
    return sorted((it["student"], str(without_times(it))) for it in read(out / "results.jsonl"))


def test_results_are_those_of_local_processes(slurm, run, root, tmp_path):
    make_class(tmp_path / "class")
    shutil.copy(root / "demo" / "class" / "hostile-bomb.zip", tmp_path / "class")
    (tmp_path / "class" / "spy").mkdir()
    (tmp_path / "class" / "spy" / "xor.py").write_text(SPY)
    grading = ("grade", tmp_path / "class", "--exercise", "xor", "--seed", "f")
    local = run(*grading, "--out", tmp_path / "local", "--jobs", "1")
    there = run(*grading, "--out", tmp_path / "there", *ONE_JOB, env=slurm.environment)
    assert there.returncode == local.returncode == 0, there.stderr
    assert reports(tmp_path / "there") == reports(tmp_path / "local")
    assert (tmp_path / "there" / "grades.csv").read_bytes() == (tmp_path / "local" / "grades.csv").read_bytes()
    (spy,) = (it for it in read(tmp_path / "there" / "results.jsonl") if it["student"] == "spy")
    assert spy["output"].split() == ["shut"] * 3
    assert slurm.jobs() == []


def test_a_job_that_is_cancelled_costs_nothing_while_there_is_another(slurm, new_class, wait_for):
    grading = new_class(14)
    run = grading.start("--scheduler", "slurm", "--jobs", "2", env=slurm.environment)
    wait_for(lambda: grading.journalled >= 1 and len(slurm.jobs()) == 2)
    slurm.call("scancel", slurm.jobs()[0])
    wait_for(lambda: len(slurm.jobs()) == 1)
    assert run.poll() is None, "the run was over before it was disturbed"
    _, errors = run.communicate(timeout=90)
    assert run.returncode == 0, errors
    assert grading.scores == grading.everybody
    assert slurm.jobs() == []


def test_when_the_last_job_is_cancelled_it_says_so_and_resumes(slurm, new_class, wait_for):
    grading = new_class(12)
    run = grading.start(*ONE_JOB, env=slurm.environment)
    wait_for(lambda: grading.journalled >= 1)
    slurm.call("scancel", *slurm.jobs())
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 2, errors
    assert "all jobs of Slurm have ended (CANCELLED)" in errors.splitlines()[-1]
    assert "--resume" in errors.splitlines()[-1]
    grading.resume()
    assert grading.scores == grading.everybody


def test_a_queue_is_told_of_and_ctrl_c_leaves_it(slurm, busy, new_class, wait_for):
    grading = new_class(1)
    run = grading.start("--scheduler", "slurm", "--jobs", "2", env=slurm.environment)
    assert "There is no worker: 2 jobs in Slurm's queue (" in run.stderr.readline()
    assert len(slurm.jobs()) == 3
    run.send_signal(signal.SIGINT)
    began = time.monotonic()
    _, errors = run.communicate(timeout=30)
    assert run.returncode == 130
    assert errors.splitlines()[-1] == "autograder: stopped."
    assert time.monotonic() - began < 8
    assert slurm.jobs() == [busy]


def test_what_slurm_refuses_is_told_and_needs_no_fresh_folder(slurm, run, one_line, new_class):
    grading = new_class(1)
    command = ("grade", grading.submissions, "--out", grading.out, "--seed", "f", *ONE_JOB)
    refused = run(*command, env={**slurm.environment, "DASK_JOBQUEUE__SLURM__QUEUE": "nowhere"})
    assert "invalid partition specified: nowhere" in one_line(refused)
    assert slurm.jobs() == []
    assert run(*command, env=slurm.environment).returncode == 0


def test_jobs_that_cannot_begin_end_the_run(slurm, run, one_line, new_class):
    grading = new_class(1)
    command = ("grade", grading.submissions, "--out", grading.out, "--seed", "f", *ONE_JOB)
    done = run(*command, env={**slurm.environment, "DASK_JOBQUEUE__SLURM__PYTHON": "/nowhere/bin/python"})
    assert "all jobs of Slurm have ended (FAILED)" in one_line(done)
