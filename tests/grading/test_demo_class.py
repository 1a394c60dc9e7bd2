"""Every submission of the example class gets exactly the points that it deserves, and disturbs nobody."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLASS = ROOT / "demo" / "class"
EXPECTED = tomllib.loads((ROOT / "demo" / "expected.toml").read_text(encoding="utf-8"))
HOSTILE = [student for student in EXPECTED if student.startswith("hostile-")]
TOUCHED = Path("/tmp/was-here")


def read(out):
    return {it["student"]: it for it in map(json.loads, (out / "results.jsonl").read_text("utf-8").splitlines())}


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key != "seconds"}
    return [without_times(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class graded once on all cores, and once in one process."""
    folder = tmp_path_factory.mktemp("demo")
    before = snapshot()
    TOUCHED.unlink(missing_ok=True)
    for name, jobs in (("all", "2"), ("one", "1")):
        command = [sys.executable, "-m", "autograder", "grade", CLASS, "--out", folder / name]
        options = ["--seed", "tests", "--jobs", jobs]
        done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert snapshot() == before
    return folder


def snapshot():
    """The files of the course, with their times: a submission must not leave a trace in them."""
    folders = (CLASS, ROOT / "solutions", ROOT / "assignments", ROOT / "autograder")
    return {
        str(path): path.stat().st_mtime_ns
        for folder in folders
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("student", EXPECTED)
def test_each_gets_what_it_deserves(graded, student):
    report = read(graded / "all")[student]
    assert report["status"] == EXPECTED[student]["status"], report["message"]
    assert {part["part"]: part["score"] for part in report["parts"]} == EXPECTED[student]["points"]
    assert report["max_score"] == 10.0


def test_everybody_is_there_once(graded):
    assert sorted(read(graded / "all")) == sorted(EXPECTED)
    assert (graded / "all" / "results.jsonl").read_text("utf-8").count("\n") == len(EXPECTED)


def test_results_do_not_depend_on_the_run(graded):
    assert without_times(read(graded / "all")) == without_times(read(graded / "one"))


def test_the_kinds_of_failure_are_told_apart(graded):
    found = {
        student: {check["status"] for check in report["checks"]} for student, report in read(graded / "all").items()
    }
    assert found["olu"] == {"todo", "blocked"}
    assert "timeout" in found["hostile-loop"]
    assert "memory" in found["hostile-memory"]
    assert "output" in found["hostile-output"]
    assert "crashed" in found["hostile-exit"]
    assert "error" in found["hostile-frames"]
    assert all("not_graded" not in statuses for statuses in found.values())


def test_known_mistakes_are_named(graded):
    reports = read(graded / "all")
    named = {student: {it["misconception"] for it in reports[student]["checks"]} - {None} for student in EXPECTED}
    assert named["giulia"] == {"factor_two_forgotten"}
    assert named["hana"] == {"start_modified", "singular_equations_solved"}
    assert named["ivan"] == {"weights_do_not_sum_to_one", "zero_counted_as_class_1"}
    assert named["jun"] == {"sequential_update", "no_intercept"}
    assert named["mateo"] == {"slope_one_at_zero", "rounded_weights"}
    assert named["amara"] == set()


@pytest.mark.parametrize("student", ["hostile-patch", "hostile-fork", "hostile-channel"])
def test_a_hostile_submission_by_itself_gets_the_same(graded, tmp_path, run, student):
    done = run("grade", CLASS / student, "--out", tmp_path / "grades", "--seed", "tests")
    assert done.returncode == 0, done.stderr
    alone, among = read(tmp_path / "grades")[student], read(graded / "all")[student]
    assert without_times(alone["checks"]) == without_times(among["checks"])


def test_nothing_is_left_of_the_hostile_ones(graded):
    assert not TOUCHED.exists()
    listing = subprocess.run(["ps", "-ewwo", "ppid,args"], capture_output=True, text=True, check=True).stdout
    orphans = [
        line for line in listing.splitlines() if "autograder.sandbox.forkserver" in line and line.split()[0] == "1"
    ]
    assert orphans == []


def test_what_was_printed_cannot_become_markup(graded):
    page = (graded / "all" / "students" / "hostile-output.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "\x1b" not in page
