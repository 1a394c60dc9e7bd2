"""Student code in its process: values cross both ways, and each limit costs the call that it struck."""

import time

import numpy as np
import pytest

from autograder.sandbox.conversation import Missing, Opaque, Raised, Returned
from autograder.sandbox.direct import DirectProcess
from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import MIB, Limits, Struck
from autograder.sandbox.starters import ConfinedStarter, DirectStarter, PlainStarter
from autograder.submission import Source, Unit

CODE = """
import os
import signal
import sys
import time

import numpy as np

print("loaded", object())


class Model:
    scale = 3

    def __call__(self, x):
        return self.scale * x


def add(a, b=1):
    return a + b


def change(a, b):
    b += 1
    return a


def boom(x):
    raise ValueError(f"bad {x}")


def twice(function):
    return function(2) + function(np.array([3.0]))[0]


def hand_over(function):
    return function(add)


def model():
    return Model()


def use(model, x):
    return model(x)


def adder(n):
    return lambda x: x + n


def numbers():
    return (i for i in range(3))


def stubborn():
    while True:
        try:
            time.sleep(100)
        except BaseException:
            pass


def spin():
    print("begins to spin")
    while True:
        pass


def hoard():
    kept = []
    while True:
        kept.append(np.ones(1_000_000))


def flood():
    while True:
        print("x" * 10_000)


def large():
    return np.zeros(200_000)


def leave():
    os._exit(0)


def stop():
    sys.exit(3)


def crash():
    print("about to crash")
    os.abort()


def signalled():
    os.kill(os.getpid(), 40)


def silence():
    os.closerange(0, 64)
    time.sleep(100)


def interrupted():
    raise KeyboardInterrupt


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def forked():
    return os.fork()


def raw():
    return np.random.rand(), hash("a string")


def draw(rng, count):
    return rng.normal(size=count)


def overflow(silent):
    with np.errstate(over="ignore" if silent else "warn"):
        return np.exp(np.array([1e4])) - np.inf
"""
STARTERS = {"plain": PlainStarter, "direct": DirectStarter}


@pytest.fixture
def guest(new_guest):
    return called_once(new_guest(CODE))


@pytest.fixture(params=["confined", *STARTERS])
def any_guest(request, new_guest):
    starter = STARTERS[request.param]() if request.param in STARTERS else None
    return called_once(new_guest(CODE, starter=starter))


def called_once(guest):
    """The first call has more time than others."""
    guest.call("add", (1,), {})
    return guest


def value(guest, function, *arguments, **keywords):
    return guest.call(function, arguments, keywords).value


def strike(guest, function):
    with pytest.raises(Struck) as caught:
        guest.call(function, (), {})
    return caught.value


def failure(guest, function, *arguments):
    with pytest.raises(Raised) as caught:
        guest.call(function, arguments, {})
    return caught.value.failure


def test_values_cross(any_guest):
    assert value(any_guest, "add", 2, b=3) == 5
    assert value(any_guest, "add", np.arange(3.0)).tolist() == [1.0, 2.0, 3.0]


def test_arguments_that_were_changed_are_told_and_ours_stay(any_guest):
    ours = np.zeros(2)
    assert any_guest.call("change", (1, ours), {}) == Returned(1, (1,), ())
    assert any_guest.call("change", (1,), {"b": ours}) == Returned(1, ("b",), ())
    assert any_guest.call("change", (1, 5), {}) == Returned(1, (), ())
    assert ours.tolist() == [0.0, 0.0]


def test_draws_from_a_generator_that_we_hand_in_count_for_ours(any_guest):
    ours, same = np.random.default_rng(3), np.random.default_rng(3)
    for count in (3, 0, 5):
        returned = any_guest.call("draw", (ours,), {"count": count})
        assert returned.value.tolist() == same.normal(size=count).tolist()
        assert returned.modified == ()
        assert ours.bit_generator.state == same.bit_generator.state


def test_warnings_are_told_each_time_unless_they_are_silenced(any_guest):
    for _ in range(2):
        loud = any_guest.call("overflow", (False,), {}).warnings
        assert [text.split()[1] for text in loud] == ["overflow", "invalid"]
        quiet = any_guest.call("overflow", (True,), {}).warnings
        assert [text.split()[1] for text in quiet] == ["invalid"]


def test_exceptions_come_with_their_place(any_guest):
    found = failure(any_guest, "boom", 7)
    assert found.classes[:2] == ("ValueError", "Exception")
    assert found.message == "bad 7"
    assert found.frames[-1][0] == "work.py"
    assert found.line == 'raise ValueError(f"bad {x}")'
    assert failure(any_guest, "stop").classes[0] == "SystemExit"


def test_a_function_that_is_missing_or_none(any_guest):
    with pytest.raises(Missing) as caught:
        any_guest.call("nothing", (), {})
    assert caught.value.args == (None,)
    with pytest.raises(Missing) as caught:
        any_guest.call("np", (), {})
    assert caught.value.args == ("module",)


def test_callables_cross_both_ways(any_guest):
    seen = []

    def ours(x):
        seen.append(x)
        return x * 10

    assert value(any_guest, "twice", ours) == 50
    assert seen[0] == 2
    theirs = value(any_guest, "adder", 4)
    assert theirs(3) == 7


def test_our_callables_exceptions_reach_the_student(any_guest):
    assert "ZeroDivisionError" in failure(any_guest, "twice", lambda x: 1 / 0).message


@pytest.mark.parametrize("use", [lambda theirs: theirs(1), lambda theirs: theirs.get("__name__")])
def test_a_callable_of_theirs_waits_until_they_have_answered(any_guest, use):
    assert "before the submission has answered" in failure(any_guest, "hand_over", use).message
    assert value(any_guest, "add", 1) == 2


def test_objects_stay_and_are_reached_by_handle(any_guest):
    model = value(any_guest, "model")
    assert (model.type_name, model.callable) == ("Model", True)
    assert model(5) == 15
    assert model.get("scale") == 3
    assert value(any_guest, "use", model, 2) == 6
    assert any_guest.call("use", (model, 2), {}).modified == ()
    assert value(any_guest, "numbers").type_name == "generator"


def test_a_module_that_stops_half_way_keeps_what_it_defined(new_guest):
    guest = new_guest("def add(a):\n    return a\n\nimport no_such_module\n\ndef late():\n    return 1\n")
    assert value(guest, "add", 3) == 3
    assert "late" not in guest.definition.names
    assert guest.load_message.startswith("Your code stopped while it was loaded: ModuleNotFoundError")
    assert "work.py, line 4" in guest.load_message


def test_of_a_notebook_the_other_cells_still_run(confined):
    units = (
        Unit("work, cell 1", "def f():\n    return 1"),
        Unit("work, cell 2", "1 / 0"),
        Unit("work, cell 3", "g = f"),
    )
    guest = Guest(Source("notebook", units, ""), "work", Limits(), lambda: confined.start(Limits()))
    assert value(guest, "g") == 1
    assert [failure.name for failure in guest.definition.failures] == ["ZeroDivisionError"]
    guest.close()


@pytest.mark.parametrize(
    ("function", "kind", "word"),
    [
        ("stubborn", "timeout", "within 1 s"),
        ("spin", "timeout", "within 1 s"),
        ("flood", "output", "printed more than 2 MiB"),
        ("large", "output", "returned more than 1 MiB"),
        ("leave", "crashed", "exit status 0"),
        ("crash", "crashed", "SIGABRT"),
        ("signalled", "crashed", "signal 40"),
        ("silence", "crashed", "connection"),
    ],
)
@pytest.mark.parametrize("starter", [None, PlainStarter()], ids=["confined", "plain"])
def test_a_limit_costs_the_call_that_it_struck(new_guest, starter, function, kind, word):
    guest = called_once(new_guest(CODE, starter=starter))
    started = time.monotonic()
    struck = strike(guest, function)
    assert (struck.kind, word in struck.message) == (kind, True), struck.message
    assert time.monotonic() - started < 5.0
    assert value(guest, "add", 1) == 2


def test_memory_is_limited_and_the_process_lives_on(new_guest):
    guest = new_guest(CODE, limits=Limits(memory=256 * MIB))
    assert "MemoryError" in failure(guest, "hoard").classes
    assert value(guest, "add", 1) == 2


@pytest.mark.parametrize("function", ["killed", "forked"])
def test_what_is_forbidden_raises_where_it_is_tried(guest, function):
    assert failure(guest, function).name == "PermissionError"


def test_a_function_that_struck_twice_is_not_called_again(new_guest):
    guest = new_guest(CODE, limits=Limits(call_seconds=0.5, start_seconds=1.0))
    strike(guest, "spin"), strike(guest, "spin")
    started = time.monotonic()
    assert "not called again" in strike(guest, "spin").message
    assert time.monotonic() - started < 0.4
    assert value(guest, "add", 1) == 2


def test_the_whole_submission_has_a_budget(new_guest):
    limits = Limits(call_seconds=0.4, start_seconds=5.0, total_seconds=0.9)
    guest = called_once(new_guest(CODE, limits=limits))
    kinds = [strike(guest, name) for name in ("spin", "stubborn", "silence", "add")]
    assert kinds[-1].message == "All 0.9 s for the whole submission were used up before."


def test_code_that_never_finishes_loading_is_not_loaded_again(new_guest):
    guest = new_guest("while True:\n    pass\n", limits=Limits(start_seconds=0.5))
    assert strike(guest, "f").kind == "timeout"
    started = time.monotonic()
    assert strike(guest, "f").message.startswith("Your code, while it was being loaded, did not finish")
    assert time.monotonic() - started < 0.4


def test_an_object_is_lost_with_its_process(guest):
    model = value(guest, "model")
    strike(guest, "leave")
    with pytest.raises(Struck, match="lost"):
        model(1)
    with pytest.raises(Struck, match="lost"):
        model.get("scale")


def test_a_handle_of_another_process_is_refused(guest):
    foreign = Opaque(None, 0, "Model", True)
    with pytest.raises(Struck, match="lost"):
        guest.call(foreign, (), {})


@pytest.mark.parametrize("starter", [None, PlainStarter()], ids=["confined", "plain"])
def test_what_was_printed_before_a_strike_is_kept(new_guest, starter):
    guest = called_once(new_guest(CODE, starter=starter))
    strike(guest, "spin"), strike(guest, "crash")
    assert guest.output.splitlines()[1:] == ["begins to spin", "loaded <object object at 0x…>", "about to crash"]


def test_output_is_kept_to_its_limit_and_can_be_repeated(guest):
    strike(guest, "flood")
    assert guest.output.startswith("loaded <object object at 0x…>")
    assert 980 <= len(guest.output) <= guest.limits.kept_output


def test_runs_can_be_repeated(new_guest):
    def run(starter=None):
        guest = called_once(new_guest(CODE, starter=starter))
        guest.begin(5)
        return value(guest, "raw")

    other = ConfinedStarter()
    try:
        assert run() == run() == run(other)
    finally:
        other.close()


def test_in_this_process_ctrl_c_belongs_to_whoever_pressed_it(new_guest):
    assert failure(new_guest(CODE), "interrupted").classes[0] == "KeyboardInterrupt"
    with pytest.raises(KeyboardInterrupt):
        value(new_guest(CODE, starter=DirectStarter()), "interrupted")


def test_in_this_process_what_a_notebook_has_defined_is_used():
    source = Source("notebook", (Unit("work, cell 1", "raise SystemError"),), "")
    guest = Guest(source, "work", Limits(), lambda: DirectProcess({"answer": lambda: 42}))
    assert value(guest, "answer") == 42
