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

from autograder.course import read_course
from benchmarks.disturbed import without_times

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo"
CLASS = DEMO / "class"
KINDS = tomllib.loads((DEMO / "expected.toml").read_text(encoding="utf-8"))
EXPECTED = {
    (student, exercise): entry
    for kind in KINDS.values()
    for exercise, entries in kind.items()
    for student, entry in entries.items()
}
TRACES = [
    Path(folder) / "autograder-demo-was-here" for folder in (tempfile.gettempdir(), Path.home(), "/dev/shm", "/", ROOT)
]
SECONDS = re.compile(rb'"seconds":(\{[^}]*\}|[^,}]+)')


def read(out):
    lines = (out / "results.jsonl").read_text("utf-8").splitlines()
    return {(it["student"], it["exercise"]): it for it in map(json.loads, lines)}


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


@pytest.mark.parametrize(("student", "exercise"), EXPECTED)
def test_each_gets_what_it_deserves(reports, student, exercise):
    report, expected = reports[student, exercise], EXPECTED[student, exercise]
    assert report["status"] == expected.get("status", "graded"), report["message"]
    assert {part["part"]: part["score"] for part in report["parts"]} == expected["points"]
    assert report["max_score"] == (10.0 if exercise else 0.0)


def test_every_hand_in_is_there_once(graded):
    lines = (graded / "two" / "results.jsonl").read_text("utf-8").splitlines()
    assert [(it["student"], it["exercise"]) for it in map(json.loads, lines)] == sorted(EXPECTED)


def test_exercises_come_in_the_order_of_the_course(graded):
    page = (graded / "two" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="#exercise-\d+">(\w+)</a>', page) == list(read_course(ROOT).exercises)


def test_every_exercise_is_done_by_some(reports):
    done = {exercise: [key for key in reports if key[1] == exercise] for exercise in read_course(ROOT).exercises}
    assert all(len(keys) >= 4 for keys in done.values()), done


def test_two_runs_give_the_same_bytes_but_for_the_times(graded):
    two, three = (SECONDS.sub(b"", (graded / name / "results.jsonl").read_bytes()) for name in ("two", "three"))
    assert two == three


def test_the_kinds_of_failure_are_told_apart(reports):
    found = {key: {check["status"] for check in report["checks"]} for key, report in reports.items()}
    assert found["olu", "xor"] == {"todo", "blocked"}
    assert "timeout" in found["priya", "xor"]
    assert "timeout" in found["hostile-loop", "xor"]
    assert "memory" in found["hostile-memory", "xor"]
    assert "output" in found["hostile-output", "xor"]
    assert "crashed" in found["hostile-exit", "xor"]
    assert "crashed" in found["hostile-patch", "mnist"]
    assert "error" in found["hostile-frames", "xor"]
    assert "todo" in found["mateo", "backprop"]
    assert all("not_graded" not in statuses for statuses in found.values())


def test_known_mistakes_are_named(reports):
    all_named = {key: {it["misconception"] for it in reports[key]["checks"]} - {None} for key in EXPECTED}
    named = {student: names for (student, exercise), names in all_named.items() if exercise == "xor"}
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
    assert not any(all_named[key] for key in EXPECTED if key[0] in KINDS["right"].get(key[1], ()))


def test_known_mistakes_in_other_exercises_are_named(reports):
    def named(student, exercise):
        return {it["misconception"] for it in reports[student, exercise]["checks"]} - {None}

    assert {"sigmoid_of_the_lecture", "cancelled_digits", "zero_is_active"} < named("giulia", "activations")
    assert {"tanh_grad_without_square", "gelu_by_tanh", "without_the_clip"} < named("jun", "activations")
    assert {"mean_for_sum", "softmax_that_overflows", "new_w2_carried_back"} < named("jun", "backprop")
    assert {"factor_two", "clipped_logits"} < named("mateo", "backprop")
    assert {"slope_at_the_activations", "grad_of_the_activated_value"} < named("ulla", "backprop")
    assert named("hana", "min_norm") == {"condition_squared", "start_ignored", "zero_eigenvalues_counted"}
    assert named("ximena", "min_norm") == {"singular_values_for_eigenvalues"}
    assert {"one_mask_for_the_batch", "coefficients_of_the_mask_alone"} < named("giulia", "dropout")
    assert named("noor", "dropout") == {"global_random_state", "plain_ridge"}
    assert {"relu_on_the_output", "bias_of_the_copy_not_negated"} < named("noor", "cpa")
    assert {"odd_number_not_below_zero"} < named("ulla", "cpa")
    assert {"hat_left_open", "one_number_after_the_other", "first_layer_units_only"} < named("ximena", "cpa")
    assert {"mode_left_as_it_was", "weight_decay_ignored", "last_minimum"} < named("hana", "mnist")
    assert {"softmax_at_the_end", "device_chosen_by_train", "references_for_copies"} < named("tuan", "mnist")


def test_endless_recursion_is_told_by_the_line_that_calls_itself(reports):
    (message,) = (check["message"] for check in reports["tomás", "xor"]["checks"] if check["status"] == "error")
    assert "last, losses = train(X, y, *descend(X, y, theta, lr), lr, steps - 1)" in message


@pytest.mark.parametrize("student", ["amara", "hostile-channel", "hostile-fork", "hostile-kill", "hostile-patch"])
def test_one_by_itself_gets_the_same_as_in_the_class(reports, tmp_path, run, student):
    done = run("grade", CLASS / student, "--out", tmp_path / "grades", "--seed", "tests")
    assert done.returncode == 0, done.stderr
    for key, alone in read(tmp_path / "grades").items():
        assert without_times({**alone, "source": f"{student}/{alone['source']}"}) == without_times(reports[key])


@pytest.mark.parametrize(("student", "attempts"), [("hostile-fork", 15), ("hostile-kill", 8)])
def test_no_attempt_on_the_machine_works(reports, student, attempts):
    tried = dict(line.split(": ") for line in reports[student, "xor"]["output"].splitlines())
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
    """A demo of four students, in a course of its own."""
    demo = course / "demo"
    shutil.copytree(DEMO, demo, ignore=shutil.ignore_patterns("class", "grades", "__pycache__"))
    for name in ("amara/xor.py", "giulia/xor.py", "giulia/dropout.py", "petra/xor.py", "hostile-path.zip"):
        (demo / "class" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CLASS / name, demo / "class" / name)
    lines = (DEMO / "expected.toml").read_text(encoding="utf-8").splitlines()
    (demo / "expected.toml").write_text("\n".join(entries_of_some(lines)), encoding="utf-8")
    return demo


def entries_of_some(lines):
    """The tables of expected.toml with those who are in the small demo."""
    table = None
    for line in lines:
        table = line if line.startswith("[") else table
        some = ("amara", "giulia", "petra") if ".xor]" in (table or "") else ("giulia", "hostile-path")
        if line.startswith("[") or (line.startswith(some) and ".activations]" not in table):
            yield line


def run_demo(folder):
    return subprocess.run(
        [sys.executable, "-m", "demo"], cwd=folder.parent, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_demo_says_who_got_what_and_runs_again(small_demo):
    for _ in range(2):
        done = run_demo(small_demo)
        assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"giulia +8 +8 +the factor 2 forgotten", done.stdout)
    assert re.search(r"giulia +3.35 +3.35 +one mask for all rows", done.stdout)
    assert re.search(r"giulia +8 +3.35\n", done.stdout)
    assert "All 5 submissions got exactly the points that they deserve." in done.stdout
    assert (small_demo / "grades" / "index.html").as_uri() in done.stdout.replace("\n", "")


def test_the_demo_fails_if_somebody_does_not_get_what_is_deserved(small_demo):
    path = small_demo / "expected.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("giulia", "gianna", 1), encoding="utf-8")
    done = run_demo(small_demo)
    assert done.returncode == 1
    assert re.search(r"giulia +8/– +3.35\n", done.stdout)
    assert "Not what they deserve: gianna xor, giulia xor." in done.stdout
