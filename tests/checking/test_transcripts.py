"""Who answers as somebody did that passed a check passes it without its being run; all others are checked as ever."""

import textwrap

import msgspec
import pytest

from autograder.checking.examine import Examiner
from autograder.checking.knowledge import LiveKnowledge
from autograder.checking.transcripts import Passed, Transcripts
from autograder.checking.warm import with_checks
from autograder.course import Exercise
from autograder.sandbox.conversation import LONGEST_TRANSCRIPT
from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import Limits
from autograder.submission import Source, Unit

REFERENCE = """
import numpy as np


class Counter:
    def __init__(self):
        self.total = 0

    def __call__(self, x):
        self.total += x
        return self.total


def twice(x):
    return 2 * x


def mean(f, x):
    return float(np.mean([f(value) for value in x]))


def draw(rng):
    return rng.normal()


def counter():
    return Counter()


def refuse(x):
    raise ValueError("no")
"""
CHECKS = """
import numpy as np
from autograder.checking import instance, part, raises, same
from autograder.checking.trial import remark

RUNS = []


@part("a", points=1)
def test_twice(submission, reference, rng):
    '''Twice a number'''
    RUNS.append("twice")
    for _ in range(3):
        x = rng.normal(size=4)
        same(submission.twice(x), reference.twice(x))
    remark("A remark.")


@part("a", points=1, after="test_twice")
def test_mean(submission, rng):
    '''The mean of a function, which is asked as often as there are numbers'''
    RUNS.append("mean")
    asked = []

    def square(x):
        asked.append(x)
        return x * x + len(asked)

    x = [1.0, 2.0, 5.0]
    same(submission.mean(square, x), 12.0)
    assert asked == x, "not asked in turn"


@part("b", points=1)
def test_draw(submission):
    '''A draw'''
    RUNS.append("draw")
    same(submission.draw(np.random.default_rng(3)), np.random.default_rng(3).normal())


@part("b", points=1)
def test_counter(submission):
    '''An object that stays where it is'''
    RUNS.append("counter")
    counter = instance(submission.counter(), "a counter")
    counter(2.0)
    same(counter(3.0), 5.0)
    same(counter.get("total"), 5.0)


@part("b", points=1)
def test_refuse(submission):
    '''It refuses'''
    RUNS.append("refuse")
    raises(ValueError, submission.refuse, 1.0)


@part("b", points=1)
def test_twice_again(submission, reference):
    '''Twice a large number'''
    RUNS.append("again")
    same(submission.twice(1e6), reference.twice(1e6))
"""
WAYS = """
from autograder.checking import replaces


@replaces("twice")
def twice_up_to_a_thousand(x):
    '''You stop at a thousand.'''
    import numpy as np
    return np.minimum(2 * x, 1000.0)


@replaces("twice")
def thousand_for_large_numbers(x):
    '''You give a thousand, and three times the number below.'''
    import numpy as np
    return np.where(np.abs(x) > 1000, 1000.0, 3 * x)
"""
NAMES = ["twice", "mean", "draw", "counter", "refuse", "again"]


@pytest.fixture
def examine(tmp_path, confined):
    """Examines codes one after another, gives for each the checks that were run and its examination."""

    def run(*codes, checks=CHECKS, limits=None):
        folder, found = tmp_path / "work", []
        folder.mkdir(exist_ok=True)
        for name, text in (("work.py", REFERENCE), ("test_work.py", checks), ("misconceptions.py", WAYS)):
            (folder / name).write_text(text)
        exercise = Exercise(name="work", title="Work", lecture="none", minutes=1)

        def use(suites):
            examiner = Examiner(suites, confined, "seed")
            runs = suites._items["work"][0][0].module.RUNS
            for code in codes:
                runs.clear()
                source = Source("module", (Unit("work.py", textwrap.dedent(code)),), "")
                examination = examiner.examine(exercise, source, LiveKnowledge(folder), limits)
                found.append((list(runs), examination))

        with_checks({"work": folder / "test_work.py"}, use)
        return found

    return run


def with_function(code):
    return REFERENCE + textwrap.dedent(code)


def said(examination):
    """All that is in the reports but how long it took."""
    return [msgspec.structs.replace(check, seconds=0.0) for check in examination.checks]


def statuses(examination):
    return [check.status for check in examination.checks]


def test_the_same_answers_pass_without_a_run_and_give_the_same_report(examine):
    (first, one), (second, other), (third, again) = examine(REFERENCE, REFERENCE, REFERENCE + "\n# of my own\n")
    assert first == NAMES
    assert second == third == []
    assert said(one) == said(other) == said(again)
    assert statuses(other) == ["passed"] * 6
    assert other.checks[0].message == "A remark."
    assert one.called == other.called


OTHERS = {
    "another summation": ("def twice(x):\n    return x + x * (1 + 2**-52)", ["twice", "again"]),
    "wrong": ("def twice(x):\n    return 3 * x", ["twice", "again"]),
    "wrong later": (
        "def twice(x):\n    global n\n    n = globals().get('n', 0) + 1\n    return 2 * x if n != 3 else x",
        ["twice"],
    ),
    "modifies": ("def twice(x):\n    x *= 2\n    return x", ["twice"]),
    "raises": ("def twice(x):\n    raise OSError", ["twice", "again"]),
    "gone": ("del twice", ["twice", "again"]),
    "asks in another order": ("def mean(f, x):\n    return sum(f(v) for v in x[::-1]) / len(x)", ["mean"]),
    "asks once more": ("def mean(f, x):\n    f(0.0)\n    return sum(f(v) for v in x) / len(x)", ["mean"]),
    "asks with something else": ("def mean(f, x):\n    return sum(f(str(v)) for v in x) / len(x)", ["mean"]),
    "does not ask": ("def mean(f, x):\n    return 12.0", ["mean"]),
    "draws twice": ("def draw(rng):\n    y = rng.normal()\n    rng.normal()\n    return y", ["draw"]),
    "gives another object": ("class Counter:\n    total = 5.0\n    __call__ = lambda self, x: 5.0", ["counter"]),
    "gives a function": ("def counter():\n    return lambda x: 5.0", ["counter"]),
    "refuses in other words": ("def refuse(x):\n    raise ValueError('never')", ["refuse"]),
    "does not refuse": ("def refuse(x):\n    return x", ["refuse"]),
    "ends": ("def twice(x):\n    import os\n    os._exit(3)", ["twice"]),
    "ends later": ("def draw(rng):\n    import os\n    os._exit(3)", ["draw"]),
    "ends while it is asked": ("def mean(f, x):\n    f(1.0)\n    import os\n    os._exit(3)", ["mean"]),
    "loops": ("def twice(x):\n    while True: pass", ["twice"]),
    "loops later": ("def mean(f, x):\n    f(1.0)\n    while True: pass", ["mean"]),
    "stops while it is loaded": ("1 / 0", []),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_answers_are_checked_as_if_nothing_had_been_before(examine, name):
    code, run_again = OTHERS[name]
    code, limits = with_function(code), Limits(call_seconds=0.5, start_seconds=2.0)
    ((_, alone),) = examine(code, limits=limits)
    (_, _), (runs, after), (_, once_more), (_, right) = examine(REFERENCE, code, code, REFERENCE, limits=limits)
    assert said(after) == said(alone) == said(once_more)
    assert set(run_again) <= set(runs)
    assert statuses(right) == ["passed"] * 6


def test_each_question_is_asked_once(examine):
    """Where a check has to be run in the middle, what was answered before is not asked again."""
    counting = """
    calls = []
    def twice(x):
        calls.append(x)
        print(len(calls), flush=True)
        return 2 * x if len(calls) < 3 else 2 * x + 1e-14
    """
    (_, _), (runs, examination) = examine(REFERENCE, with_function(counting))
    assert "twice" in runs
    assert examination.output.split() == ["1", "2", "3", "4"]


def test_a_mistake_is_named_by_the_calls_of_checks_that_were_passed_unseen(examine):
    wrong = with_function("def twice(x):\n    return np.minimum(2 * x, 1000.0)")
    ((_, alone),) = examine(wrong)
    (_, _), (runs, after) = examine(REFERENCE, wrong)
    assert alone.checks[-1].misconception == "twice_up_to_a_thousand"
    assert said(after) == said(alone)
    assert runs[0] == "again"  # and then those whose calls were asked for


def test_a_check_that_asks_something_else_is_not_graded_and_then_run_anew(examine):
    checks = CHECKS.replace('RUNS.append("again")', 'RUNS.append("again")\n    submission.twice(COUNT.pop())')
    checks = checks.replace("RUNS = []", "RUNS = []\nCOUNT = [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]")
    other = with_function("def twice(x):\n    return x + x if x is not 1e6 and np.max(x) < 1e5 else 2 * x + 1e-9")
    (_, first), (_, other_number), (runs, anew) = examine(REFERENCE, other, other, checks=checks)
    assert statuses(first) == ["passed"] * 6
    assert other_number.checks[-1].status == "not_graded"
    assert "asks for something else" in other_number.checks[-1].message
    assert statuses(anew) == ["passed"] * 6
    assert runs == ["again"]


@pytest.mark.parametrize(("calls", "kept"), [(10, True), (300, False)])
def test_a_long_conversation_is_forgotten(confined, calls, kept):
    code = "def ask(f, x, calls):\n    for _ in range(calls):\n        f(x)"
    guest = Guest(Source("module", (Unit("work.py", code),), ""), "work", Limits(), lambda: confined.start(Limits()))
    guest.begin(0)
    guest.call("ask", [lambda x: None, bytes(100_000), calls], {})
    assert (guest.transcript is not None) == kept
    assert sum(map(len, (message for it in guest._conversation._exchanges for message in it))) <= LONGEST_TRANSCRIPT
    guest.begin(1)
    guest.call("ask", [lambda x: None, b"", 1], {})
    assert len(guest.transcript) == 1
    guest.close()


def test_only_so_many_are_kept():
    transcripts, passed = Transcripts(), Passed((), frozenset())
    for number in range(40):
        transcripts.keep("work", "test", ((b"question", bytes([number])),), passed)
    kept = transcripts.of("work", "test")
    assert len(kept) == 16
    assert ((b"question", bytes([39])),) in kept
    for number in range(100):
        transcripts.keep("work", str(number), ((b"question", bytes(1_000_000)),), passed)
    held = sum(len(transcripts.of("work", str(number))) for number in range(100))
    assert 60 <= held <= 67
    transcripts.forget("work", "99")
    assert not transcripts.of("work", "99")


def test_what_is_the_same_in_several_is_held_once():
    transcripts, passed = Transcripts(), Passed((), frozenset())
    for check in ("one", "other"):
        for number in range(16):
            transcripts.keep("work", check, ((bytes(20_000_000), bytes([number])),), passed)
    for check in ("one", "other"):
        known = transcripts.of("work", check)
        assert len(known) == 16
        assert len({id(question) for ((question, _),) in known}) == 1
