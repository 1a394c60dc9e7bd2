"""An audit is clean for the course's exercises, and finds what is wrong with a bad one."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

REFERENCE = '''
# %% [markdown]
# # Doubling
#
# Twice as much.

# %% [markdown]
# ## Part a: twice

# %%
def twice(x):
    """Twice the number.

    Parameters
    ----------
    x : float

    Returns
    -------
    y : float, 2·x
    """
    ### BEGIN SOLUTION
    factor = 2.0
    return factor * x
    ### END SOLUTION
'''
CHECKS = '''
from autograder.checking import part, same


@part("a", points=10)
def test_twice(submission, reference, rng):
    """twice doubles a number"""
    for x in rng.normal(size=3):
        same(submission.twice(x), reference.twice(x))
'''
MISCONCEPTIONS = '''
from autograder.checking import replaces


@replaces("twice")
def squared(x):
    """You square the number instead of doubling it."""
    return x**2
'''
ALTERNATIVES = '''
from autograder.checking import replaces


@replaces("twice")
def added(x):
    """A sum."""
    return x + x
'''
FILES = {
    "twice.py": REFERENCE,
    "test_twice.py": CHECKS,
    "misconceptions.py": MISCONCEPTIONS,
    "alternatives.py": ALTERNATIVES,
    "hints.md": "# a\n\n1. Add it to itself.\n",
}


@pytest.fixture
def audit(run, tmp_path):
    """Audits a small exercise of which some files are replaced."""

    def call(**changed):
        folder = tmp_path / "course" / "solutions" / "twice"
        folder.mkdir(parents=True)
        for name, text in {**FILES, **{key.replace("__", "."): it for key, it in changed.items()}}.items():
            (folder / name).write_text(text)
        contents = """
            title = "A small course"
            [exercises.twice]
            title = "Doubling"
            lecture = "none"
            minutes = 1
        """
        (tmp_path / "course" / "course.toml").write_text(textwrap.dedent(contents))
        released = run("release", cwd=tmp_path / "course")
        assert released.returncode == 0, released.stderr
        done = run("audit", "twice", "--seeds", "3", "--json", cwd=tmp_path / "course")
        (result,) = json.loads(done.stdout)
        problems = [problem for section in result["sections"] for problem in section["problems"]]
        assert done.returncode == (1 if problems else 0)
        return result, problems

    return call


def test_a_process_that_dies_ends_an_audit_of_several_with_one_line(root):
    command = [sys.executable, "-m", "autograder", "audit", "xor", "min_norm", "--jobs", "2", "--seeds", "1"]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    workers, deadline = [], time.monotonic() + 30
    while not workers and time.monotonic() < deadline:
        listing = subprocess.run(
            ["ps", "-wwo", "pid=,args=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
        ).stdout
        workers = [int(line.split()[0]) for line in listing.splitlines() if "spawn_main" in line]
        time.sleep(0.1)
    os.kill(workers[0], signal.SIGKILL)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 2
    assert told == "autograder: A process of the audit died. Try again, with --jobs 1 if memory is short.\n"


def test_a_good_small_exercise_is_clean(audit):
    result, problems = audit()
    assert problems == []
    assert result["killed"] == result["mutants"] > 0


def test_a_check_that_is_too_weak_lets_mutants_and_wrong_ways_through(audit):
    _, problems = audit(
        test_twice__py=CHECKS.replace("rng.normal(size=3)", "[2.0, 2.0]").replace("2.0, 2.0", "0.0, 0.0")
    )
    assert any(problem.startswith("survives: twice: change constant") for problem in problems)
    assert any(problem.startswith("squared") and "loses []" in problem for problem in problems)


def test_a_way_may_use_helpers_and_other_ways(audit):
    helped = """
        SUMMANDS = 2


        def times(x, n):
            return added(x) if n == SUMMANDS else x


        @replaces("twice")
        def by_a_helper(x):
            '''Leaves it to a helper, which uses another way.'''
            return times(x, 2)
    """
    assert audit(alternatives__py=ALTERNATIVES + textwrap.dedent(helped))[1] == []


def test_a_right_way_that_fails_is_reported(audit):
    _, problems = audit(alternatives__py=ALTERNATIVES.replace("x + x", "x + x + 1e-6"))
    assert any(problem.startswith("added, seed") for problem in problems)


def test_a_check_that_asks_something_else_each_time_is_reported(audit):
    _, problems = audit(
        test_twice__py=CHECKS.replace("rng.normal(size=3)", "[*rng.normal(size=3), time.monotonic()]").replace(
            "\nfrom", "\nimport time\n\nfrom", 1
        )
    )
    assert "test_twice goes another way when it is run again with the same seed" in problems


def test_a_wrong_way_that_is_not_named_is_reported(audit):
    twin = MISCONCEPTIONS.replace("squared", "also_squared").split("\n\n\n")[1]
    _, problems = audit(misconceptions__py=MISCONCEPTIONS + "\n\n" + twin)
    assert problems
    assert all(problem.startswith("also_squared") and "named ['squared']" in problem for problem in problems)


def test_a_check_that_breaks_on_junk_is_reported(audit):
    _, problems = audit(test_twice__py=CHECKS.replace("submission.twice(x)", "submission.twice(x) + 0.0"))
    assert any("twice returns None" in problem and "the check itself failed" in problem for problem in problems)


def test_junk_that_earns_a_part_of_the_points_is_reported(audit):
    weak = '@part("a", points=1)\ndef test_zero(submission):\n    """twice is 0 at 0"""\n'
    weak += "    same(submission.twice(0.0), 0.0)\n"
    _, problems = audit(test_twice__py=CHECKS.replace("points=10", "points=9") + "\n\n" + weak)
    assert "twice returns zero: passes test_zero" in problems


def test_equivalents_that_are_none_are_reported(audit):
    listed = '[[equivalent]]\nmutant = "twice: swap operator: factor * x → factor / x"\nreason = "a test"\n'
    listed += '[[equivalent]]\nmutant = "no such"\nreason = "a test"\n'
    _, problems = audit(equivalents__toml=listed)
    assert problems == [
        "listed as equivalent, but killed: twice: swap operator: factor * x → factor / x",
        "listed as equivalent, but no mutant: no such",
    ]
