"""A check file is ordinary pytest: prerequisites, parameters, fixtures, marks, plain asserts; and our own mistakes."""

import textwrap

import pytest

from autograder.checking.bench import Bench
from autograder.checking.home import direct_guest
from autograder.checking.knowledge import LiveKnowledge
from autograder.checking.recorded import RecordedKnowledge, Recorder, encode_expectations
from autograder.checking.trial import Call, Outcome
from autograder.checking.warm import of_part, with_checks
from autograder.errors import UserError
from autograder.sandbox.conversation import Failure
from autograder.submission import Source, Unit

REFERENCE = '''
def twice(x):
    """Two times x."""
    return 2 * x


def refuse(x):
    """Raises."""
    raise ValueError(x)


def apply(function, x):
    """The function's value at x."""
    return function(x)


def draw(rng):
    """A draw."""
    return rng.random()


def line():
    """The line y = x as a network."""
    return [([[1.0]], [0.0])]
'''
CHECKS = """
import numpy as np
import pytest

from autograder.checking import exact_network, no_warning, part, raises, same, same_function


@pytest.fixture
def numbers(rng):
    return rng.normal(size=3)


@part("a", points=1)
def test_twice(submission, reference, rng):
    '''Twice as much.'''
    x = rng.normal()
    same(submission.twice(x), reference.twice(x))


@part("a", points=0.5, after="test_twice")
@pytest.mark.parametrize("x", [1.0, 2.0])
def test_some(submission, x):
    '''Some numbers'''
    assert submission.twice(x) == 2 * x, "not twice as much"


@part("b", points=1, after=("test_some",))
def test_fixture(submission, reference, numbers):
    '''With a fixture of its own'''
    same(submission.twice(numbers), reference.twice(numbers))


@part("b", points=1)
@pytest.mark.skipif(True, reason="needs a card")
def test_skipped(submission):
    '''On a card'''
    raise AssertionError


@part("b", points=1)
def test_refuse(submission):
    '''It refuses'''
    raises(ValueError, submission.refuse, 1.0)


@part("b", points=1)
@pytest.mark.parametrize("power", [2, 3])
def test_apply(submission, power):
    '''The power {power} of two numbers'''
    def function(x):
        return x**power

    same(submission.apply(function, 2.0), function(2.0))


@part("b", points=1)
def test_draw(submission, rng):
    '''A draw'''
    before = rng.bit_generator.state
    submission.draw(rng)
    assert rng.bit_generator.state != before
    same(submission.draw(np.random.default_rng(3)), np.random.default_rng(3).random())
    no_warning("overflow", mistake="loud")


@part("b", points=1)
def test_line(submission):
    '''A line'''
    for _ in range(2):
        same_function(exact_network(submission.line()), lambda x: [x[0]], "x")


@part("c", points=1)
def test_ours(submission):
    '''A mistake of the check's'''
    submission.twice(1.0).no_such_attribute
"""
WAYS = """
import numpy as np

from autograder.checking import replaces


@replaces("twice")
def thrice(x):
    '''You take it three times.'''
    return 3 * x


@replaces("twice")
def thrice_and_more(x):
    '''You take it three times, above one.'''
    return 3 * x if x > 1 else 2 * x


@replaces("apply")
def applied_twice(function, x):
    '''You apply it twice.'''
    return function(function(x))


@replaces("refuse")
def nothing_returned(x):
    '''You return nothing: raise.'''


@replaces("draw")
def loud(rng):
    '''You let numbers overflow.'''
    return rng.random() + 0 * np.exp(-np.exp(np.float64(1e4)))


@replaces("draw")
def drawn_twice(rng):
    '''You draw twice.'''
    rng.random()
    return rng.random()
"""


@pytest.fixture
def check(tmp_path):
    """Runs the checks on some code, and gives the reports by name."""
    folder = tmp_path / "twice"
    folder.mkdir()
    for name, text in (("twice.py", REFERENCE), ("test_twice.py", CHECKS), ("misconceptions.py", WAYS)):
        (folder / name).write_text(text)

    def run(code, part=None, seed="s"):
        reports = {}

        def use(suites):
            guest = direct_guest(Source("module", (Unit("twice.py", textwrap.dedent(code)),), ""), "twice")
            bench = Bench("twice", seed, guest, LiveKnowledge(folder))
            reports.update({it.name: it for it in suites.run("twice", bench, of_part(part))})

        with_checks({"twice": folder / "test_twice.py"}, use)
        return reports

    run.folder = folder
    return run


def statuses(reports):
    return {name: report.status for name, report in reports.items()}


def test_right_work_passes_and_our_mistake_is_not_held_against_it(check):
    reports = check(REFERENCE)
    assert statuses(reports) == {
        "test_twice": "passed",
        "test_some[1.0]": "passed",
        "test_some[2.0]": "passed",
        "test_fixture": "passed",
        "test_skipped": "skipped",
        "test_refuse": "passed",
        "test_apply[2]": "passed",
        "test_apply[3]": "passed",
        "test_draw": "passed",
        "test_line": "passed",
        "test_ours": "not_graded",
    }
    assert reports["test_twice"].title == "Twice as much"
    assert reports["test_some[1.0]"].title == "Some numbers [1.0]"
    assert reports["test_apply[3]"].title == "The power 3 of two numbers"
    assert reports["test_skipped"].message == "needs a card"
    assert "AttributeError" in reports["test_ours"].message
    assert reports["test_twice"].message is None


def test_how_it_was_checked_is_told_once_beside_a_check_that_passes(check):
    assert check(REFERENCE)["test_line"].message == "Equality was proved for every real input."
    message = check("def line():\n    return [([[2.0]], [0.0])]\n")["test_line"].message
    assert message == "Called line().\nAt x = 1 the network gives 2, but x is 1."


def test_what_stands_on_a_failed_check_is_blocked_and_says_by_what(check):
    reports = check("def twice(x):\n    return 3 * x\n")
    assert statuses(reports)["test_twice"] == "failed"
    assert statuses(reports)["test_some[1.0]"] == statuses(reports)["test_fixture"] == "blocked"
    assert reports["test_some[1.0]"].message == "First: “Twice as much”."
    assert reports["test_twice"].misconception == "thrice"
    assert reports["test_twice"].diagnosis == "You take it three times."


def test_one_parameter_that_fails_blocks_what_stands_on_the_function(check):
    reports = check("def twice(x):\n    return 2 * x + (x == 2.0)\n")
    assert statuses(reports)["test_some[1.0]"] == "passed"
    assert statuses(reports)["test_some[2.0]"] == "failed"
    assert statuses(reports)["test_fixture"] == "blocked"
    assert "not twice as much" in reports["test_some[2.0]"].message
    assert reports["test_some[2.0]"].message.startswith("Called twice(x=2).")


def test_a_mistake_is_named_only_if_it_explains_every_call(check):
    reports = check("def twice(x):\n    return 3 * x if x > 1 else 2 * x\n", seed="c")
    failed = [report for report in reports.values() if report.status == "failed"]
    assert failed
    assert failed[0].misconception == "thrice_and_more"


def test_a_warning_can_cost_points_and_be_named(check):
    code = "import numpy as np\n\ndef draw(rng):\n    return rng.random() + 0 * np.exp(-np.exp(np.float64(1e4)))\n"
    report = check(code)["test_draw"]
    assert report.message.splitlines()[-1] == "On the way it warned: RuntimeWarning: overflow encountered in exp."
    assert report.misconception == "loud"


def test_a_mistake_with_a_generator_is_named_by_what_it_draws(check):
    report = check("def draw(rng):\n    rng.random()\n    return rng.random()\n")["test_draw"]
    assert report.misconception == "drawn_twice"
    assert report.message.startswith("Called draw(rng=a Generator).")


def test_a_mistake_with_a_function_handed_in_is_named(check):
    report = check("def apply(function, x):\n    return function(function(x))\n")["test_apply[2]"]
    assert report.misconception == "applied_twice"


def test_a_mistake_is_recorded_where_the_right_way_raises(check):
    recorder = Recorder(LiveKnowledge(check.folder))
    call = Call("refuse", (1.0,), {}, Outcome(failure=Failure(("ValueError",), "", (), "")))
    recorder.keep_calls("test_refuse", [call])
    recorded = RecordedKnowledge(encode_expectations("twice", [], {}, {}, recorder.checks))
    assert recorded.mistakes("test_refuse", 0, call)["nothing_returned"].failure is None


def test_an_exception_of_the_wrong_kind_or_none_fails(check):
    assert check("def refuse(x):\n    return 1\n")["test_refuse"].message.endswith("Expected a ValueError, got 1.")
    other = check("def refuse(x):\n    raise KeyError(x)\n")["test_refuse"]
    assert (other.status, "KeyError" in other.message) == ("error", True)
    assert (
        check("class Own(ValueError):\n    pass\n\ndef refuse(x):\n    raise Own\n")["test_refuse"].status == "passed"
    )


def test_unwritten_work_is_to_do(check):
    reports = check("def twice(x):\n    raise NotImplementedError\n")
    assert reports["test_twice"].status == "todo"
    assert reports["test_twice"].message == "twice is not written yet (twice.py, line 2)."


def test_a_part_runs_with_what_it_stands_on(check):
    assert list(check(REFERENCE, part="b")) == [
        "test_fixture",
        "test_skipped",
        "test_refuse",
        "test_apply[2]",
        "test_apply[3]",
        "test_draw",
        "test_line",
    ]
    assert check("def twice(x):\n    return 0\n", part="b")["test_fixture"].status == "blocked"


def test_inputs_depend_on_the_seed_and_on_nothing_else(check):
    code = "def twice(x):\n    raise ValueError(repr(x))\n"
    one, same, other = (check(code, seed=seed)["test_twice"].message for seed in ("1", "1", "2"))
    assert one == same != other


def test_a_file_that_cannot_be_collected_is_the_authors_to_mend(check):
    (check.folder / "test_twice.py").write_text("import no_such_module\n")
    with pytest.raises(UserError, match="no_such_module"):
        check(REFERENCE)
    (check.folder / "test_twice.py").write_text(CHECKS.replace('after="test_twice"', 'after="test_nothing"'))
    with pytest.raises(UserError, match="test_nothing"):
        check(REFERENCE)
