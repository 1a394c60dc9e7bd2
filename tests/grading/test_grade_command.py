"""`autograder grade`, as an instructor calls it: results, and one line for each thing that can go wrong."""

import csv
import json
import os
import subprocess
import sys
import time
import zipfile

import filelock
import pytest

FAST = ("--seed", "tests", "--jobs", "2")


def results(out):
    return [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key != "seconds"}
    return [without_times(item) for item in value] if isinstance(value, list) else value


@pytest.fixture
def submissions(tmp_path, reference_code):
    """A class of four: right, to do, broken, and an archive."""
    folder = tmp_path / "submissions"
    for student in ("ada", "bob", "cy"):
        (folder / student).mkdir(parents=True)
    (folder / "ada" / "xor.py").write_text(reference_code)
    (folder / "bob" / "xor.py").write_text("def relu_net(X, W0, b0, beta, b1=0.0):\n    raise NotImplementedError\n")
    (folder / "cy" / "xor.py").write_bytes(b"")
    with zipfile.ZipFile(folder / "dee.zip", "w") as archive:
        archive.writestr("homework/xor.py", reference_code)
        archive.writestr("homework/readme.txt", "hello")
    return folder


def test_a_class_becomes_results_a_table_and_pages(run, submissions, tmp_path):
    out = tmp_path / "grades"
    done = run("grade", submissions, "--out", out, *FAST)
    assert done.returncode == 0, done.stderr
    assert {it["student"]: (it["status"], it["score"]) for it in results(out)} == {
        "ada": ("graded", 10.0),
        "bob": ("graded", 0.0),
        "cy": ("unreadable", 0.0),
        "dee": ("graded", 10.0),
    }
    rows = list(csv.DictReader((out / "grades.csv").open(encoding="utf-8")))
    assert [row["student"] for row in rows] == ["ada", "bob", "cy", "dee"]
    assert "dee.zip/homework/readme.txt" in (out / "index.html").read_text(encoding="utf-8")
    assert (out / "students" / "ada.html").is_file()
    assert not (out / "journal.jsonl").exists()


def test_the_same_submissions_and_seed_give_the_same_bytes(run, submissions, tmp_path):
    for out, jobs in (("one", "1"), ("two", "2")):
        assert run("grade", submissions, "--out", tmp_path / out, "--seed", "x", "--jobs", jobs).returncode == 0
    assert without_times(results(tmp_path / "one")) == without_times(results(tmp_path / "two"))


def test_a_reported_result_has_the_fields_of_the_format(run, submissions, tmp_path):
    done = run("grade", submissions / "bob", "--out", tmp_path / "grades", "--json", *FAST)
    (report,) = map(json.loads, done.stdout.splitlines())
    assert (
        list(report)
        == (
            "schema student exercise source digest status message score max_score parts checks output seconds engine"
        ).split()
    )
    assert (
        list(report["checks"][0])
        == ("name part title points earned status message misconception diagnosis seconds").split()
    )
    assert report["source"] == "xor.py"
    assert {check["status"] for check in report["checks"]} <= {"todo", "blocked", "failed"}


def test_resume_grades_only_what_is_new_or_changed(run, submissions, tmp_path, one_line):
    out = tmp_path / "grades"
    assert run("grade", submissions, "--out", out, *FAST).returncode == 0
    before = (out / "results.jsonl").read_bytes()
    assert "--resume" in one_line(run("grade", submissions, "--out", out, *FAST))
    assert (out / "results.jsonl").read_bytes() == before
    (submissions / "bob" / "xor.py").write_text("def relu_net(*a):\n    return 0\n")
    done = run("grade", submissions, "--out", out, "--resume", *FAST)
    assert done.returncode == 0
    assert "2 of 4 were graded before" in done.stdout  # not the changed one, nor the one that cannot be read
    ada = [it for it in results(out) if it["student"] == "ada"]
    assert ada == [json.loads(line) for line in before.splitlines() if b'"ada"' in line]


def test_resume_after_a_crash_loses_nothing(run, submissions, tmp_path):
    out, whole = tmp_path / "grades", tmp_path / "whole"
    run("grade", submissions, "--out", whole, *FAST)
    run("grade", submissions, "--out", out, *FAST)
    lines = (out / "results.jsonl").read_bytes().splitlines(keepends=True)
    (out / "results.jsonl").unlink()
    (out / "journal.jsonl").write_bytes(b"".join(lines[:2]) + lines[2][:40])
    assert run("grade", submissions, "--out", out, "--resume", *FAST).returncode == 0
    assert without_times(results(out)) == without_times(results(whole))
    assert (out / "results.jsonl").read_bytes().startswith(lines[0])


def test_resume_refuses_results_of_another_seed(run, submissions, tmp_path, one_line):
    out = tmp_path / "grades"
    run("grade", submissions / "ada", "--out", out, "--seed", "one")
    assert "seed" in one_line(run("grade", submissions / "ada", "--out", out, "--seed", "two", "--resume"))


def test_fresh_keeps_the_results_that_it_replaces(run, submissions, tmp_path):
    out = tmp_path / "grades"
    run("grade", submissions / "ada", "--out", out, "--seed", "one")
    before = (out / "results.jsonl").read_bytes()
    assert run("grade", submissions / "ada", "--out", out, "--seed", "two", "--fresh").returncode == 0
    assert (out / "results.previous.jsonl").read_bytes() == before


def test_a_single_file_of_any_name_is_graded_as_the_exercise_that_is_named(run, tmp_path, reference_code, one_line):
    file = tmp_path / "my solution.py"
    file.write_text(reference_code)
    assert "--exercise" in one_line(run("grade", file, "--out", tmp_path / "grades", *FAST))
    done = run("grade", file, "--out", tmp_path / "grades", "--exercise", "xor", *FAST)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path / "grades")[0]["score"] == 10.0


def escaping(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../xor.py", "x = 1")


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xor.py", b" " * 20_000_000)


BAD = {
    "empty.py": (lambda path: path.write_bytes(b""), "empty"),
    "latin.py": (lambda path: path.write_bytes("# schön".encode("latin-1")), "UTF-8"),
    "binary.py": (lambda path: path.write_bytes(bytes(range(256))), "not a text file"),
    "broken.ipynb": (lambda path: path.write_text('{"cells": [{"cell_type": "co'), "cut off"),
    "other.ipynb": (lambda path: path.write_text("[]"), "not a notebook"),
    "escaping.zip": (escaping, "leaves the archive"),
    "bomb.zip": (bomb, "unpacks to more than"),
    "broken.zip": (lambda path: path.write_bytes(b"PK\x03\x04broken"), "damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_gets_one_line(run, tmp_path, one_line, name):
    make, word = BAD[name]
    make(tmp_path / name)
    line = one_line(run("grade", tmp_path / name, "--out", tmp_path / "grades", "--exercise", "xor", *FAST))
    assert word in line
    assert results(tmp_path / "grades")[0]["status"] == "unreadable"


def test_two_files_for_one_exercise_get_one_line(run, tmp_path, one_line, reference_code):
    for name in ("xor.py", "xor/xor.py"):
        (tmp_path / "ada" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ada" / name).write_text(reference_code)
    line = one_line(run("grade", tmp_path / "ada", "--out", tmp_path / "grades", *FAST))
    assert "two files" in line


def test_mistakes_in_the_call_get_one_line(run, submissions, tmp_path, one_line):
    (tmp_path / "nothing").mkdir()
    assert "does not exist" in one_line(run("grade", tmp_path / "nowhere"))
    assert "no submission" in one_line(run("grade", tmp_path / "nothing"))
    assert "no exercise 'nor'" in one_line(run("grade", submissions, "--exercise", "nor"))
    assert "course.toml" in one_line(run("grade", submissions, cwd="/"))
    file = tmp_path / "file"
    file.touch()
    assert "cannot be written" in one_line(run("grade", submissions, "--out", file, *FAST))


def test_a_folder_in_use_is_left_alone(run, submissions, tmp_path, one_line):
    out = tmp_path / "grades"
    out.mkdir()
    with filelock.FileLock(out / ".lock"):
        assert "Another run" in one_line(run("grade", submissions, "--out", out, *FAST))
    assert not (out / "results.jsonl").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a file system that is full or read-only")
@pytest.mark.parametrize(("option", "word"), [("ro", "Read-only"), ("size=4k", "No space left")])
def test_a_folder_that_cannot_take_the_results_gets_one_line(run, submissions, tmp_path, one_line, option, word):
    out = tmp_path / "disk"
    out.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", option, "none", out], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine does not let root mount")
    if option != "ro":
        (out / "full").write_bytes(b"x" * 4096)
    try:
        assert word in one_line(run("grade", submissions, "--out", out, *FAST))
    finally:
        subprocess.run(["umount", out], check=True)


def test_no_process_is_left_behind(run, submissions, tmp_path):
    def orphans():
        """Fork servers whose grader is gone; those of other runs on this machine have theirs."""
        rows = subprocess.run(["ps", "-ewwo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
        table = [row.split(None, 2) for row in rows.splitlines()]
        return {row[0] for row in table if row[1] == "1" and "autograder.sandbox.forkserver" in row[2]}

    before = orphans()
    assert run("grade", submissions, "--out", tmp_path / "grades", *FAST).returncode == 0
    deadline = time.monotonic() + 5
    while orphans() - before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert orphans() <= before


def test_grading_refuses_a_machine_that_cannot_confine(submissions, tmp_path, root):
    code = (
        "import sys; import autograder.sandbox.confinement as c; c.unavailable = lambda: 'this is a test'; "
        f"from autograder.cli import main; sys.exit(main(['grade', {str(submissions)!r}, '--out', "
        f"{str(tmp_path / 'grades')!r}, *sys.argv[1:]]))"
    )
    refused = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "--unconfined" in refused.stderr
    assert not (tmp_path / "grades").exists()
