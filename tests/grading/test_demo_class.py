"""Every submission of the example class gets exactly the points that it deserves, and disturbs nobody."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo"
CLASS = DEMO / "class"
KINDS = tomllib.loads((DEMO / "expected.toml").read_text(encoding="utf-8"))
EXPECTED = {student: entry for kind in KINDS.values() for student, entry in kind.items()}
TRACES = [
    Path(folder) / "autograder-demo-was-here" for folder in (tempfile.gettempdir(), Path.home(), "/dev/shm", "/", ROOT)
]
SECONDS = re.compile(rb'"seconds":(\{[^}]*\}|[^,}]+)')


def read(out):
    return {it["student"]: it for it in map(json.loads, (out / "results.jsonl").read_text("utf-8").splitlines())}


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key != "seconds"}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def snapshot():
    """What was handed in, with the times: no submission may leave a trace in it."""
    return {str(path): path.stat().st_mtime_ns for path in CLASS.rglob("*")}


def orphans():
    """Processes that held student code, and that nobody looks after."""
    listing = subprocess.run(["ps", "-ewwo", "ppid,args"], capture_output=True, text=True, check=True).stdout
    return [it for it in listing.splitlines() if "autograder.sandbox.forkserver" in it and it.split()[0] == "1"]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class graded twice, in two processes and in three."""
    folder = tmp_path_factory.mktemp("demo")
    for trace in TRACES:
        trace.unlink(missing_ok=True)
    before = snapshot()
    for name, jobs in (("two", "2"), ("three", "3")):
        command = [sys.executable, "-m", "autograder", "grade", CLASS, "--out", folder / name]
        options = ["--seed", "tests", "--jobs", jobs]
        done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert snapshot() == before
    return folder


@pytest.fixture(scope="module")
def reports(graded):
    return read(graded / "two")


@pytest.mark.parametrize("student", EXPECTED)
def test_each_gets_what_it_deserves(reports, student):
    report = reports[student]
    assert report["status"] == EXPECTED[student].get("status", "graded"), report["message"]
    assert {part["part"]: part["score"] for part in report["parts"]} == EXPECTED[student]["points"]
    assert report["max_score"] == 10.0


def test_everybody_is_there_once(graded):
    students = [json.loads(line)["student"] for line in (graded / "two" / "results.jsonl").read_text().splitlines()]
    assert students == sorted(EXPECTED)


def test_two_runs_give_the_same_bytes_but_for_the_times(graded):
    two, three = (SECONDS.sub(b"", (graded / name / "results.jsonl").read_bytes()) for name in ("two", "three"))
    assert two == three


def test_the_kinds_of_failure_are_told_apart(reports):
    found = {student: {check["status"] for check in report["checks"]} for student, report in reports.items()}
    assert found["olu"] == {"todo", "blocked"}
    assert "timeout" in found["priya"]
    assert "timeout" in found["hostile-loop"]
    assert "memory" in found["hostile-memory"]
    assert "output" in found["hostile-output"]
    assert "crashed" in found["hostile-exit"]
    assert "error" in found["hostile-frames"]
    assert all("not_graded" not in statuses for statuses in found.values())


def test_known_mistakes_are_named(reports):
    named = {student: {it["misconception"] for it in reports[student]["checks"]} - {None} for student in EXPECTED}
    assert named["farid"] == {"transposed_weights"}
    assert named["giulia"] == {"factor_two_forgotten"}
    assert named["hana"] == {"start_modified", "singular_equations_solved"}
    assert named["ivan"] == {"weights_do_not_sum_to_one", "zero_counted_as_class_1"}
    assert named["jun"] == {"sequential_update", "no_intercept"}
    assert named["mateo"] == {"slope_one_at_zero", "rounded_weights"}
    assert named["noor"] == {"column_of_outputs", "ridge", "sequential_update"}
    assert named["tomás"] == {"recursion_over_steps"}
    assert named["ulla"] == {"single_precision_network", "factor_two_forgotten"}
    assert named["yusuf"] == {"classes_swapped", "factor_two_forgotten"}
    assert not any(named[student] for student in KINDS["right"])


def test_endless_recursion_is_told_by_the_line_that_calls_itself(reports):
    (message,) = (check["message"] for check in reports["tomás"]["checks"] if check["status"] == "error")
    assert "last, losses = train(X, y, *descend(X, y, theta, lr), lr, steps - 1)" in message


@pytest.mark.parametrize("student", ["amara", "hostile-channel", "hostile-fork", "hostile-kill", "hostile-patch"])
def test_one_by_itself_gets_the_same_as_in_the_class(reports, tmp_path, run, student):
    done = run("grade", CLASS / student, "--out", tmp_path / "grades", "--seed", "tests")
    assert done.returncode == 0, done.stderr
    alone = read(tmp_path / "grades")[student]
    assert without_times({**alone, "source": f"{student}/{alone['source']}"}) == without_times(reports[student])


@pytest.mark.parametrize(("student", "attempts"), [("hostile-fork", 15), ("hostile-kill", 8)])
def test_no_attempt_on_the_machine_works(reports, student, attempts):
    tried = dict(line.split(": ") for line in reports[student]["output"].splitlines())
    assert len(tried) == attempts
    assert "this worked" not in tried.values()


def test_nothing_is_left_of_the_hostile_ones(graded):
    assert not [str(trace) for trace in TRACES if trace.exists()]
    deadline = time.monotonic() + 10
    while (left := orphans()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []


@pytest.mark.parametrize("student", ["hostile-output", "hostile-notebook"])
def test_what_was_handed_in_cannot_become_markup(graded, student):
    for name in ("index.html", f"students/{student}.html"):
        page = (graded / "two" / name).read_text(encoding="utf-8")
        assert not re.search("<script>(document|alert)|<img src=x|<b>w|\x1b|\u202e", page)
    shown = (graded / "two" / "students" / "hostile-output.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;" in shown


def test_copied_answers_are_right_at_home(course, run):
    """Otherwise hostile-copied shows nothing: copy the expectations of relu_net afresh."""
    shutil.rmtree(course / "solutions")
    done = run("check", CLASS / "hostile-copied" / "xor.py", "--json", cwd=course)
    assert {part["part"]: part["score"] for part in json.loads(done.stdout)["parts"]}["b"] == 3.0


@pytest.mark.parametrize(("student", "name"), [("olu", "xor.py"), ("wanjiru", "xor.ipynb")])
def test_untouched_files_are_as_released(student, name):
    released = ROOT / "assignments" / "xor" / name
    message = f"cp assignments/xor/{name} demo/class/{student}/"
    assert (CLASS / student / name).read_bytes() == released.read_bytes(), message


def test_the_demo_stays_small():
    assert sum(path.stat().st_size for path in CLASS.rglob("*") if path.is_file()) < 500_000


@pytest.fixture
def small_demo(course):
    """A demo of four, in a course of its own."""
    demo = course / "demo"
    shutil.copytree(DEMO, demo, ignore=shutil.ignore_patterns("class", "grades", "__pycache__"))
    for name in ("amara/xor.py", "giulia/xor.py", "petra/xor.py", "hostile-path.zip"):
        (demo / "class" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CLASS / name, demo / "class" / name)
    lines = (DEMO / "expected.toml").read_text(encoding="utf-8").splitlines()
    kept = [it for it in lines if it.startswith(("[", "amara", "giulia", "petra", "hostile-path"))]
    (demo / "expected.toml").write_text("\n".join(kept), encoding="utf-8")
    return demo


def run_demo(folder):
    return subprocess.run(
        [sys.executable, "-m", "demo"], cwd=folder.parent, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_demo_says_who_got_what_and_runs_again(small_demo):
    for _ in range(2):
        done = run_demo(small_demo)
        assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"giulia +8 +8 +the factor 2 forgotten", done.stdout)
    assert (small_demo / "grades" / "index.html").as_uri() in done.stdout.replace("\n", "")


def test_the_demo_fails_if_somebody_does_not_get_what_is_deserved(small_demo):
    path = small_demo / "expected.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("giulia", "gianna"), encoding="utf-8")
    done = run_demo(small_demo)
    assert done.returncode == 1
    assert "Not what they deserve: gianna, giulia." in done.stdout
