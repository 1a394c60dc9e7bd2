"""Schedulers that are not there, are something else, want certificates, or have nobody to grade."""

import os
import shutil
import socket
import subprocess
import threading

import pytest

from autograder.course import read_course
from autograder.errors import UserError
from autograder.grading.cluster import run as cluster
from autograder.grading.run import find, grade
from benchmarks.dask_processes import DaskProcesses
from benchmarks.disturbed import read

pytestmark = pytest.mark.usefixtures("nobody_stays")


@pytest.fixture
def class_of_one(tmp_path, reference_code):
    path = tmp_path / "class" / "ada" / "xor.py"
    path.parent.mkdir(parents=True)
    path.write_text(reference_code)
    return tmp_path / "class"


@pytest.fixture
def http_server():
    """What answers in another language; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    stream, _ = listener.accept()
                except OSError:
                    return
                with stream:
                    stream.recv(1 << 16)
                    stream.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("host:8786", "is no address of a Dask scheduler"),
        ("http://127.0.0.1:8786", "is no address of a Dask scheduler"),
        ("tcp://127.0.0.1", "is no address of a Dask scheduler"),
        ("tcp://127.0.0.1:99999", "is no address of a Dask scheduler"),
        ("", "is no address of a Dask scheduler"),
        ("tcp://127.0.0.1:1", "Nobody listens at tcp://127.0.0.1:1: Connection refused"),
        ("tcp://no-such-host.invalid:8786", "Nobody listens at tcp://no-such-host.invalid:8786: "),
    ],
)
def test_an_address_that_leads_nowhere_is_told_in_one_line(run, one_line, class_of_one, tmp_path, address, said):
    done = run("grade", class_of_one, "--out", tmp_path / "out", "--seed", "f", "--scheduler", address)
    assert said in one_line(done)
    assert not (tmp_path / "out").exists()


def test_what_speaks_another_language_is_told_in_one_line(run, one_line, class_of_one, tmp_path, http_server):
    address = f"tcp://127.0.0.1:{http_server}"
    done = run("grade", class_of_one, "--out", tmp_path / "out", "--seed", "f", "--scheduler", address)
    assert "does not answer as a Dask scheduler" in one_line(done)


def test_jobs_are_not_for_a_scheduler_that_has_its_workers(run, one_line, class_of_one):
    done = run("grade", class_of_one, "--seed", "f", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1")
    assert "--jobs is for this machine or Slurm" in one_line(done)


def test_slurm_needs_to_know_how_many_jobs(run, one_line, class_of_one):
    assert "--jobs 8" in one_line(run("grade", class_of_one, "--seed", "f", "--scheduler", "slurm"))


def test_slurm_that_is_not_there_is_told_in_one_line(run, one_line, class_of_one, tmp_path):
    (tmp_path / "jobqueue.yaml").write_text("jobqueue: {slurm: {cores: 1, memory: 1GB}}")
    environment = {**os.environ, "DASK_CONFIG": str(tmp_path), "PATH": str(tmp_path)}
    grading = ("grade", class_of_one, "--out", tmp_path / "out", "--seed", "f", "--scheduler", "slurm", "--jobs", "1")
    assert "there is no sbatch on this machine" in one_line(run(*grading, env=environment))


def test_nobody_who_grades_is_told_after_a_while_and_what_was_graded_is_kept(class_of_one, tmp_path, root, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 2.0)
    course, told = read_course(root), []
    with DaskProcesses(tmp_path / "dask") as dask, pytest.raises(UserError, match="--resume"):
        grade(
            course,
            find(course, class_of_one, None),
            tmp_path / "out",
            seed="f",
            jobs=None,
            scheduler=dask.address,
            tell=told.append,
        )
    assert len(told) == 1
    assert told[0].startswith("There is no worker at")
    assert (tmp_path / "out" / "journal.jsonl").exists()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="it makes the certificates")
def test_with_certificates_it_grades_and_without_it_does_not(run, one_line, class_of_one, tmp_path):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=course"]
    subprocess.run([*make, "-keyout", key, "-out", certificate], capture_output=True, check=True)
    tls = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(certificate)}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        tls[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = str(certificate)
        tls[f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY"] = str(key)
    with DaskProcesses(tmp_path / "dask", "tls", tls) as dask:
        dask.start_worker("--no-nanny")
        grading = ("grade", class_of_one, "--out", tmp_path / "out", "--seed", "f", "--scheduler", dask.address)
        assert "needs certificates" in one_line(run(*grading))
        done = run(*grading, env={**dask.environment, **tls})
    assert done.returncode == 0, done.stderr
    assert [it["score"] for it in read(tmp_path / "out" / "results.jsonl")] == [10.0]
