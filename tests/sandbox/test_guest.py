"""Student code in its process: values cross both ways, and each limit costs the call that it struck."""

import os
import signal
import time

import numpy as np
import pytest

from autograder.sandbox.conversation import Missing, Opaque, Raised
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
    return np.zeros(3_000_000)


def leave():
    os._exit(0)


def crash():
    os.abort()


def silence():
    os.closerange(0, 64)
    time.sleep(100)


def babble():
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\\x05\\x00\\x00\\x00hello" * 50)
        except OSError:
            pass
    return 1


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def forked():
    return os.fork()


def raw():
    return np.random.rand(), hash("a string")
"""
LIMITS = Limits(
    memory=256 * MIB,
    message=16 * MIB,
    kept_output=1000,
    output=2 * MIB,
    call_seconds=0.5,
    start_seconds=10.0,
    total_seconds=60.0,
)
STARTERS = {"confined": ConfinedStarter, "plain": PlainStarter, "direct": DirectStarter}


def source(code=CODE):
    return Source("module", (Unit("work.py", code),), "")


@pytest.fixture(scope="module")
def confined():
    starter = ConfinedStarter()
    yield starter
    starter.close()


def guest_of(starter, code=CODE, limits=LIMITS):
    guest = Guest(source(code), "work", limits, lambda: starter.start(limits))
    guest.call("add", (1,), {}) if "def add" in code else None  # the first call has more time
    return guest


@pytest.fixture
def guest(confined):
    guest = guest_of(confined)
    yield guest
    guest.close()


@pytest.fixture(params=STARTERS)
def any_guest(request):
    starter = STARTERS[request.param]()
    guest = guest_of(starter)
    yield guest
    guest.close()
    starter.close()


def value(guest, function, *arguments, **keywords):
    return guest.call(function, arguments, keywords)[0]


def strike(guest, function):
    with pytest.raises(Struck) as caught:
        guest.call(function, (), {})
    return caught.value


def test_values_cross(any_guest):
    assert value(any_guest, "add", 2, b=3) == 5
    assert value(any_guest, "add", np.arange(3.0)).tolist() == [1.0, 2.0, 3.0]


def test_arguments_that_were_changed_are_told_and_ours_stay(any_guest):
    ours = np.zeros(2)
    assert any_guest.call("change", (1, ours), {}) == (1, [1])
    assert any_guest.call("change", (1,), {"b": ours}) == (1, ["b"])
    assert any_guest.call("change", (1, 5), {}) == (1, [])
    assert ours.tolist() == [0.0, 0.0]


def test_exceptions_come_with_their_place(any_guest):
    with pytest.raises(Raised) as caught:
        any_guest.call("boom", (7,), {})
    failure = caught.value.failure
    assert failure.classes[:2] == ("ValueError", "Exception")
    assert failure.message == "bad 7"
    assert failure.frames[-1][0] == "work.py"
    assert failure.line == 'raise ValueError(f"bad {x}")'


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
    with pytest.raises(Raised) as caught:
        any_guest.call("twice", (lambda x: 1 / 0,), {})
    assert "ZeroDivisionError" in caught.value.failure.message


def test_objects_stay_and_are_reached_by_handle(any_guest):
    model = value(any_guest, "model")
    assert (model.type_name, model.callable) == ("Model", True)
    assert model(5) == 15
    assert model.get("scale") == 3
    assert value(any_guest, "use", model, 2) == 6
    assert any_guest.call("use", (model, 2), {})[1] == []
    assert value(any_guest, "numbers").type_name == "generator"


def test_a_module_that_stops_half_way_keeps_what_it_defined(any_guest):
    starter = DirectStarter()
    guest = guest_of(starter, "def add(a):\n    return a\n\nimport no_such_module\n\ndef late():\n    return 1\n")
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
    guest = Guest(Source("notebook", units, ""), "work", LIMITS, lambda: confined.start(LIMITS))
    assert value(guest, "g") == 1
    assert [failure.name for failure in guest.definition.failures] == ["ZeroDivisionError"]
    guest.close()


@pytest.mark.parametrize(
    ("function", "kind", "word"),
    [
        ("stubborn", "timeout", "within 0.5 s"),
        ("spin", "timeout", "within 0.5 s"),
        ("flood", "output", "printed more than 2 MiB"),
        ("large", "output", "returned more than 16 MiB"),
        ("leave", "crashed", "exit status 0"),
        ("crash", "crashed", "SIGABRT"),
        ("babble", "crashed", "connection"),
        ("silence", "crashed", "connection"),
    ],
)
def test_a_limit_costs_the_call_that_it_struck(guest, function, kind, word):
    started = time.monotonic()
    struck = strike(guest, function)
    assert (struck.kind, word in struck.message) == (kind, True), struck.message
    assert time.monotonic() - started < 3.0
    assert value(guest, "add", 1) == 2


def test_memory_is_limited_and_the_process_lives_on(guest):
    with pytest.raises(Raised) as caught:
        guest.call("hoard", (), {})
    assert "MemoryError" in caught.value.failure.classes
    assert value(guest, "add", 1) == 2


@pytest.mark.parametrize("function", ["killed", "forked"])
def test_what_is_forbidden_raises_where_it_is_tried(guest, function):
    with pytest.raises(Raised) as caught:
        guest.call(function, (), {})
    assert caught.value.failure.name == "PermissionError"


def test_a_function_that_struck_twice_is_not_called_again(guest):
    strike(guest, "spin"), strike(guest, "spin")
    started = time.monotonic()
    assert "not called again" in strike(guest, "spin").message
    assert time.monotonic() - started < 0.1
    assert value(guest, "add", 1) == 2


def test_the_whole_submission_has_a_budget(confined):
    limits = Limits(call_seconds=0.4, start_seconds=5.0, total_seconds=0.9)
    guest = guest_of(confined, limits=limits)
    kinds = [strike(guest, name) for name in ("spin", "stubborn", "silence", "add")]
    assert kinds[-1].message == "All 0.9 s for the whole submission were used up before."
    guest.close()


def test_code_that_never_finishes_loading_is_not_loaded_again(confined):
    limits = Limits(start_seconds=0.5)
    guest = Guest(source("while True:\n    pass\n"), "work", limits, lambda: confined.start(limits))
    assert strike(guest, "f").kind == "timeout"
    started = time.monotonic()
    assert strike(guest, "f").message.startswith("Your code, while it was being loaded, did not finish")
    assert time.monotonic() - started < 0.1


def test_an_object_is_lost_with_its_process(guest):
    model = value(guest, "model")
    strike(guest, "leave")
    with pytest.raises(Struck, match="lost"):
        model(1)


def test_output_is_kept_to_its_limit_and_can_be_repeated(guest):
    strike(guest, "flood")
    assert guest.output.startswith("loaded <object object at 0x…>")
    assert LIMITS.kept_output - 20 <= len(guest.output) <= LIMITS.kept_output


def test_runs_can_be_repeated(confined):
    def run():
        guest = guest_of(confined)
        guest.begin(5)
        result = value(guest, "raw")
        guest.close()
        return result

    other = ConfinedStarter()
    try:
        second = guest_of(other)
        second.begin(5)
        assert run() == run() == value(second, "raw")
    finally:
        other.close()


def test_a_server_that_died_is_replaced():
    starter = ConfinedStarter()
    guest_of(starter).close()
    os.kill(starter.prepare().pid, signal.SIGKILL)
    time.sleep(0.2)
    guest = guest_of(starter)
    assert value(guest, "add", 1) == 2
    guest.close()
    starter.close()


def test_no_process_outlives_its_starter():
    starter = ConfinedStarter()
    guest = guest_of(starter)
    server = starter.prepare().pid
    children = f"/proc/{server}/task/{server}/children"
    with open(children) as file:
        (child,) = file.read().split()
    guest.close()
    starter.close()
    assert not os.path.exists(f"/proc/{server}")
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{child}") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not os.path.exists(f"/proc/{child}")


def test_a_handle_of_another_process_is_refused(guest):
    foreign = Opaque(None, 0, "Model", True)
    with pytest.raises(Struck, match="lost"):
        guest.call(foreign, (), {})
