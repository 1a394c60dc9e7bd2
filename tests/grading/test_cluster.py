"""Grading on Dask: a real scheduler and real workers, which are killed, restarted, late, unfit and attacked."""

import random
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from distributed import Client

from autograder.course import read_course
from autograder.grading.run import find, grade
from benchmarks import processes
from benchmarks.dask_processes import DaskProcesses
from benchmarks.disturbed import make_class, read, without_times
from tests.attacks.bank import BASE, REACHED, bank, spy

ROOT = Path(__file__).parents[2]
SEED = ("--seed", "f")
WITHOUT_LANDLOCK = """
import ctypes, os, struct, sys
from autograder.sandbox.confinement import bpf, seccomp
from autograder.sandbox.confinement.kernel import prctl

program = bpf.assemble(bpf.Test(bpf.NUMBER, bpf.EQUAL, 444, seccomp.UNKNOWN, seccomp.ALLOW))
code = ctypes.create_string_buffer(bpf.encode(program))
prctl(38, 1)
prctl(22, 2, struct.pack("@HP", len(program), ctypes.addressof(code)))
os.execv(sys.argv[1], sys.argv[1:])
"""

pytestmark = pytest.mark.usefixtures("nobody_stays")


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """Two workers as Dask starts them: below a nanny."""
    with DaskProcesses(tmp_path_factory.mktemp("dask")) as dask:
        dask.start_worker(wait=False)
        dask.start_worker()
        yield dask


@pytest.fixture
def own_dask(tmp_path):
    """A scheduler for one test, without workers yet."""
    with DaskProcesses(tmp_path / "dask") as dask:
        yield dask


def reports(out):
    return sorted((it["student"], str(without_times(it))) for it in read(out / "results.jsonl"))


def folders_of_runs(dask):
    return list(dask.scratch.rglob("autograder-*"))


def at_scheduler(dask, function):
    with Client(dask.address, set_as_default=False) as client:
        return client.run_on_scheduler(function)


def tasks(dask_scheduler):
    return len(dask_scheduler.tasks)


def test_results_are_those_of_local_processes(dask, run, tmp_path):
    make_class(tmp_path / "class")
    for student, data in {"empty": b"", "large": b"#" * (6 << 20), "torn": b"def (", "utf-16": b"\xff\xfex\0"}.items():
        (tmp_path / "class" / student).mkdir()
        (tmp_path / "class" / student / "xor.py").write_bytes(data)
    (tmp_path / "class" / "linked").mkdir()
    (tmp_path / "class" / "linked" / "xor.py").symlink_to("/etc/passwd")
    shutil.copy(ROOT / "demo" / "class" / "hostile-bomb.zip", tmp_path / "class")
    shutil.copy(ROOT / "demo" / "class" / "ximena.zip", tmp_path / "class")
    local = run("grade", tmp_path / "class", "--out", tmp_path / "local", "--exercise", "xor", *SEED)
    there = run(
        "grade",
        tmp_path / "class",
        "--out",
        tmp_path / "there",
        "--exercise",
        "xor",
        *SEED,
        "--scheduler",
        dask.address,
    )
    assert (there.returncode, there.stderr) == (local.returncode, local.stderr)
    assert reports(tmp_path / "there") == reports(tmp_path / "local")
    assert {it["status"] for it in read(tmp_path / "there" / "results.jsonl")} == {"graded", "unreadable"}
    assert (tmp_path / "there" / "grades.csv").read_bytes() == (tmp_path / "local" / "grades.csv").read_bytes()
    assert at_scheduler(dask, tasks) == 0
    assert folders_of_runs(dask) == []


def test_ctrl_c_ends_the_run_at_the_workers_too(dask, new_class, wait_for):
    grading = new_class(12)
    for path in sorted(grading.submissions.rglob("xor.py"))[4:]:
        path.write_text("while True:\n    pass\n")
    run = grading.start("--scheduler", dask.address)
    wait_for(lambda: grading.journalled >= 2)
    (folder, *_) = wait_for(lambda: folders_of_runs(dask))
    assert folder.stat().st_mode & 0o777 == 0o700
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=20)
    assert (run.returncode, errors) == (130, "autograder: stopped.\n")
    assert grading.journalled >= 2
    assert at_scheduler(dask, tasks) == 0
    wait_for(lambda: not folders_of_runs(dask))


def test_few_are_on_their_way_at_once(dask, tmp_path, reference_code):
    for number in range(60):
        (tmp_path / "class" / f"{number}").mkdir(parents=True)
        (tmp_path / "class" / f"{number}" / "xor.py").write_text(reference_code)
    seen = []
    with Client(dask.address, set_as_default=False) as client:
        over = threading.Event()

        def look():
            while not over.wait(0.02):
                seen.append(client.run_on_scheduler(tasks))

        looking = threading.Thread(target=look)
        looking.start()
        try:
            done = grade(
                read_course(ROOT),
                find(read_course(ROOT), tmp_path / "class", None),
                tmp_path / "out",
                seed="f",
                jobs=None,
                scheduler=dask.address,
            )
        finally:
            over.set()
            looking.join()
    assert len({it.student for it in done.reports}) == len(done.reports) == 60
    assert 1 <= max(seen) <= 4  # two for each of two threads


@pytest.mark.parametrize("name", ["memory_of_python", "results_that_cost_nothing_to_make"])
def test_an_attack_gains_nothing_at_a_worker(dask, run, tmp_path, name):
    (attack,) = (it for it in bank() if it.name == name)
    attack.hand_in(tmp_path / "class")
    (tmp_path / "class" / "honest").mkdir()
    (tmp_path / "class" / "honest" / "xor.py").write_text(BASE)
    done = run("grade", tmp_path / "class", "--out", tmp_path / "out", *SEED, "--scheduler", dask.address)
    assert done.returncode == 0, done.stderr
    scores = {it["student"]: it["score"] for it in read(tmp_path / "out" / "results.jsonl")}
    assert scores == {attack.attacker: sum(attack.deserves.values()), "honest": 7.0}


def test_a_submission_sees_neither_the_scheduler_nor_the_course(dask, run, tmp_path):
    code = spy(
        "glob, socket",
        f'socket.create_connection(("127.0.0.1", {dask.port}), timeout=2)',
        f'open(glob.glob("{dask.scratch}/**/autograder-*/solutions/xor/xor.py", recursive=True)[0]).read(1)',
    )
    (tmp_path / "class" / "spy").mkdir(parents=True)
    (tmp_path / "class" / "spy" / "xor.py").write_text(code)
    for option, word in (("--seed=f", "shut"), ("--unconfined", REACHED)):
        out = tmp_path / word
        done = run("grade", tmp_path / "class", "--out", out, "--seed", "f", option, "--scheduler", dask.address)
        assert done.returncode == 0, done.stderr
        (report,) = read(out / "results.jsonl")
        assert report["output"].split() == [word, word]


def test_workers_that_die_cost_nothing(own_dask, new_class, wait_for):
    grading = new_class(40)
    for _ in range(2):
        own_dask.start_worker("--no-nanny", wait=False)
    run = grading.start("--scheduler", own_dask.address)
    wait_for(lambda: grading.journalled >= 1)
    chance = random.Random(1)
    for _ in range(3):
        time.sleep(chance.uniform(0, 1.5))
        assert run.poll() is None, "the run was over before it was disturbed"
        victim = own_dask.workers.pop(chance.randrange(2))
        victim.kill()
        victim.wait()
        own_dask.start_worker("--no-nanny", wait=False)
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    assert grading.scores == grading.everybody
    assert len(read(grading.out / "results.jsonl")) == 40


def test_a_scheduler_that_is_killed_and_comes_again_costs_nothing(own_dask, new_class, wait_for):
    grading = new_class(16)
    own_dask.start_worker("--no-nanny")
    run = grading.start("--scheduler", own_dask.address)
    wait_for(lambda: grading.journalled >= 2)
    own_dask.scheduler.kill()
    own_dask.scheduler.wait()
    time.sleep(2)
    assert run.poll() is None
    own_dask.start_scheduler()
    own_dask.start_worker("--no-nanny", wait=False)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 0, errors
    assert "There is no answer at" in errors
    assert "Traceback" not in errors
    assert grading.scores == grading.everybody


def test_nobody_outlives_a_worker_that_is_killed(own_dask, new_class, wait_for):
    grading = new_class(1)
    (path,) = grading.submissions.rglob("xor.py")
    path.write_text("while True:\n    pass\n")
    worker = own_dask.start_worker("--no-nanny")
    run = grading.start("--scheduler", own_dask.address)

    def below():
        return [it for it in processes.descendants(worker.pid) if "forkserver" in it.command]

    wait_for(lambda: len(below()) >= 2)  # a server, and the student's process
    assert folders_of_runs(own_dask) != []
    known = {it.pid for it in processes.descendants(worker.pid)}
    assert len(known) >= 3
    worker.kill()
    worker.wait()
    wait_for(lambda: not known & {it.pid for it in processes.descendants()}, seconds=5)
    assert folders_of_runs(own_dask) == []
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=20)
    assert run.returncode == 130


def test_whose_workers_die_again_and_again_is_not_graded(own_dask, new_class, wait_for):
    grading = new_class(1)
    run = grading.start("--scheduler", own_dask.address)
    for _ in range(3):
        worker = own_dask.start_worker("--no-nanny")
        wait_for(lambda worker=worker: [it for it in processes.descendants(worker.pid) if "forkserver" in it.command])
        time.sleep(0.5)
        worker.kill()
        worker.wait()
    _, errors = run.communicate(timeout=30)
    assert run.returncode == 1, errors
    (report,) = read(grading.out / "results.jsonl")
    assert (report["status"], report["score"]) == ("not_graded", None)
    assert report["message"].startswith("Not graded, because three workers")


@pytest.fixture
def other_version(tmp_path):
    """What makes a worker have another version of autograder."""
    shutil.copytree(ROOT / "autograder", tmp_path / "other" / "autograder")
    path = tmp_path / "other" / "autograder" / "__init__.py"
    path.write_text(path.read_text() + "\n__version__ = '0.0.0'\n")
    return {"environment": {"PYTHONPATH": str(tmp_path / "other")}}


def test_a_worker_that_is_late_grades_and_one_that_is_unfit_does_not(own_dask, new_class, wait_for, other_version):
    grading = new_class(6)
    run = grading.start("--scheduler", own_dask.address)
    time.sleep(3)
    assert run.poll() is None
    own_dask.start_worker(**other_version)
    time.sleep(1)
    assert grading.journalled == 0
    own_dask.start_worker("--no-nanny", wait=False)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 0, errors
    assert grading.scores == grading.everybody
    lines = errors.splitlines()
    (unfit,) = (line for line in lines if "There is no worker at" not in line)
    assert "is not used: it has autograder 0.0.0, and here is" in unfit
    assert "There is no worker at" in lines[0]


@pytest.mark.parametrize("unfit", ["other version", "no confinement"])
def test_nothing_is_graded_with_a_worker_that_is_unfit(own_dask, new_class, run, one_line, other_version, unfit):
    grading = new_class(1)
    how, word = {
        "other version": (other_version, "it has autograder 0.0.0, and here is"),
        "no confinement": (
            {"command": [sys.executable, "-c", WITHOUT_LANDLOCK, sys.executable]},
            "it cannot confine student code: ",
        ),
    }[unfit]
    own_dask.start_worker(wait=False)
    own_dask.start_worker("--name", "unfit", **how)
    line = one_line(run("grade", grading.submissions, "--out", grading.out, *SEED, "--scheduler", own_dask.address))
    assert f"cannot grade: {word}" in line
    assert "Worker tcp://127.0.0.1:" in line
    assert not grading.out.exists()
