"""What the benchmark beside other graders compares: the nine tests, the submissions, and the files of each tool."""

import ast
import itertools
import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest

from benchmarks.peers import otter
from benchmarks.peers.check50 import Check50
from benchmarks.peers.measure import Measured, Result
from benchmarks.peers.nbgrader import Nbgrader
from benchmarks.peers.nine_tests import EXERCISES, NINE, nine_of
from benchmarks.peers.notebooks import fill_in, write_notebook
from benchmarks.peers.ours import OursOnNineTests
from benchmarks.peers.prairielearn import PrairieLearn
from benchmarks.peers.spending import Command, Spent, spend
from benchmarks.peers.students import STUDENTS, class_of
from benchmarks.peers.table import lines

PROGRAMS = Path(sys.executable).parent
NAMES = {it.name for it in NINE}


# Starts a process that nobody waits for, and that computes when its parent has ended.
LEFT_ALONE = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(0.2)
    while time.process_time() < 0.6:
        pass
"""


def functions_in(path):
    return {it.name for it in ast.parse(path.read_text()).body if isinstance(it, ast.FunctionDef)}


@pytest.mark.parametrize("student", STUDENTS, ids=lambda it: it.name)
def test_the_nine_tests_fail_what_deserves_it_and_nothing_else(student):
    notebook = {}  # all exercises in one, where their helpers must not meet
    for code in student.modules.values():
        exec(code, notebook)
    failed = set()
    for test in NINE:
        try:
            test.run(*(notebook[it] for it in test.functions))
        except (AssertionError, NotImplementedError):
            failed.add(test.name)
    assert failed == student.loses


def test_each_of_the_nine_is_failed_by_somebody():
    assert len(NINE) == 9
    assert sum(it.points for it in NINE) == 18
    assert set().union(*(it.loses for it in STUDENTS)) == NAMES


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_points_of_an_exercise_say_which_tests_passed(exercise):
    points = [it.points for it in nine_of(exercise)]
    chosen = [sum(it) for n in range(len(points) + 1) for it in itertools.combinations(points, n)]
    assert len(set(chosen)) == len(chosen)


def test_our_engine_gives_what_is_deserved(tmp_path):
    ours = OursOnNineTests(PROGRAMS)
    ours.write(tmp_path)
    spent = spend(ours.commands(6), ours.environment)
    assert ours.points(6) == {name: it.deserved for name, it in class_of(6).items()}
    assert spent.processor > 0.5  # what it computes in processes of its own counts


def test_nbgrader_gives_what_is_deserved(tmp_path):
    nbgrader = Nbgrader(PROGRAMS)
    nbgrader.write(tmp_path)
    # Somebody who loses points in every exercise, in place of the first.
    first, last = (tmp_path / "submitted" / it for it in ("amara000", "farid005"))
    shutil.copytree(last, first, dirs_exist_ok=True)
    spend(nbgrader.commands(1), nbgrader.environment)
    assert nbgrader.points(1) == {"amara000": STUDENTS[-1].deserved}


def test_a_process_that_nobody_waits_for_is_counted(tmp_path):
    spent = spend([Command([sys.executable, "-c", LEFT_ALONE], tmp_path)], dict(os.environ))
    assert spent.processor > 0.6


def test_a_command_that_fails_says_why(tmp_path):
    failing = Command([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)
    with pytest.raises(RuntimeError, match="ended with 1: no such thing"):
        spend([failing], dict(os.environ))


def test_the_notebook_of_otter_is_valid_and_takes_answers(tmp_path):
    path = tmp_path / "networks.ipynb"
    write_notebook(path, otter.cells())
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [it.source for it in notebook.cells if it.cell_type == "code"]
    tests = [it for cell in cells for it in ast.walk(ast.parse(cell)) if isinstance(it, ast.FunctionDef)]
    assert {it.name.removeprefix("test_") for it in tests} >= NAMES
    fill_in(path, tmp_path / "filled.ipynb", STUDENTS[3].modules)
    assert "raise NotImplementedError" in (tmp_path / "filled.ipynb").read_text()


def test_the_checks_of_check50_are_the_nine(tmp_path):
    Check50(PROGRAMS).write(tmp_path)
    assert functions_in(tmp_path / "checks" / "__init__.py") == NAMES
    config = (tmp_path / "checks" / ".cs50.yml").read_text()
    assert all(f"!require {it}.py" in config for it in EXERCISES)
    assert {it.stem for it in (tmp_path / "submitted" / "amara000").iterdir()} == set(EXERCISES)


def test_the_nine_of_prairielearn_are_the_nine(tmp_path):
    PrairieLearn(PROGRAMS).write(tmp_path)
    folder = tmp_path / "amara000"
    assert functions_in(folder / "test_student.py") == {f"test_{it}" for it in NAMES}
    wrapped = {f"graded_{function}" for it in NINE for function in it.functions}
    assert functions_in(folder / "test_student" / "trailing_code.py") == {"_plain", *wrapped}
    assert functions_in(folder / "test_student" / "student_code.py") >= {"relu_net", "gradient_descent"}


def test_a_target_that_is_missed_is_shown_as_missed():
    ours = Result({6: Spent(1, 1), 60: Spent(0.5, 0.1)}, Spent(0.3, 0.05), 100, 66, 0)
    stock = Result({1: Spent(9, 8), 6: Spent(6, 5.5)}, Spent(5.4, 5), 300, 7, 1)
    measured = Measured({"ours": ours, "nbgrader autograde": stock}, {"check50": "not installed: no"}, Spent(2, 2), 3)
    rows = list(lines(measured))
    assert {it.count("|") for it in rows if it.startswith("|")} == {9}
    assert "| ours | 6 | 1.000 (0.50) | 1.000 (0.50) |  |  |  |  |" in rows
    assert "|  | 6 | 6.000 (3.00) | 5.500 (2.75) | 5.400 (2.70) | 5.000 (2.50) | 300 | 1 of 7 |" in rows
    assert any(it.startswith("| check50 | left out: not installed: no |") for it in rows)
    assert (
        "| nbgrader autograde | at least 100 | 6.0, missed | 5.5, missed | 18.0, missed | 100.0, met "
        "| 10.8, missed | 50.0, missed |" in rows
    )
