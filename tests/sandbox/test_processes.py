"""Servers and processes: what they hold ready, what happens when they die, and that none stays behind."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.sandbox.limits import MIB, Limits, SandboxFault, Struck
from autograder.sandbox.starters import ConfinedStarter, PlainStarter

CODE = """
import os
import sys
import time


def add(a, b=1):
    return a + b


def pid():
    return os.getpid()


def sleep():
    time.sleep(100)


def environment():
    return dict(os.environ), sys.argv, os.getcwd()


def descriptors():
    found = []
    for descriptor in range(256):
        try:
            os.fstat(descriptor)
            found.append(descriptor)
        except OSError:
            pass
    return len(found)


def read(path):
    with open(path) as file:
        return file.read()


def draw():
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([1, 2])
    plt.show()
    figure.canvas.draw()
    return plt.get_backend().lower()


def train():
    import torch

    model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 2))
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    images, labels = torch.randn(16, 1, 8, 8), torch.arange(16) % 2
    losses = []
    for _ in range(20):
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    return losses


def two_threads():
    import torch

    torch.set_num_threads(2)
    matrix = torch.ones(600, 600)
    torch.linalg.svdvals(matrix)
    return (matrix @ matrix)[0]
"""
GRADER = """
import sys, time
from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import Limits
from autograder.sandbox.starters import ConfinedStarter
from autograder.submission import Source, Unit

starter = ConfinedStarter()
source = Source("module", (Unit("work.py", "import os\\ndef pid(): return os.getpid()"),), "")
guest = Guest(source, "work", Limits(), lambda: starter.start(Limits()))
print(starter.prepare().pid, guest.call("pid", (), {}).value, flush=True)
time.sleep(100)
"""
PATIENT = Limits(call_seconds=30.0, start_seconds=30.0)


@pytest.fixture
def own_starter(confined):
    """One whose server a test may kill."""
    starter = ConfinedStarter()
    yield starter
    starter.close()


def value(guest, function, *arguments):
    return guest.call(function, arguments, {}).value


def vanishes(pid):
    """Whether the process ends in time; one that is only not yet waited for has ended."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


def test_a_server_that_died_is_replaced(new_guest, own_starter):
    assert value(new_guest(CODE, starter=own_starter), "add", 1) == 2
    first = own_starter.prepare().pid
    os.kill(first, signal.SIGKILL)
    assert vanishes(first)
    assert value(new_guest(CODE, starter=own_starter), "add", 1) == 2
    assert own_starter.prepare().pid != first


def test_a_server_that_dies_during_a_call_is_a_fault_of_the_machine(new_guest, own_starter, kill_later):
    guest = new_guest(CODE, starter=own_starter)
    child = value(guest, "pid")
    kill_later(own_starter.prepare().pid)
    with pytest.raises(SandboxFault, match="the fork server is gone"):
        value(guest, "sleep")
    assert vanishes(child)
    assert value(guest, "add", 1) == 2


@pytest.mark.parametrize(
    ("python", "reason"), [("/bin/false", "ended with status 1"), ("/nowhere/python", "could not be started")]
)
def test_a_server_that_cannot_start_is_a_fault_of_the_machine(new_guest, own_starter, monkeypatch, python, reason):
    monkeypatch.setattr(sys, "executable", python)
    with pytest.raises(SandboxFault, match=reason):
        value(new_guest(CODE, starter=own_starter), "add", 1)


def test_no_process_outlives_its_starter(new_guest, own_starter):
    guest = new_guest(CODE, starter=own_starter)
    server, child = own_starter.prepare().pid, value(guest, "pid")
    guest.close()
    own_starter.close()
    assert not Path(f"/proc/{server}").exists()
    assert vanishes(child)


def test_no_process_outlives_a_grader_that_was_killed(confined):
    with subprocess.Popen([sys.executable, "-c", GRADER], stdout=subprocess.PIPE, text=True) as grader:
        server, child = map(int, grader.stdout.readline().split())
        grader.kill()
    assert vanishes(server)
    assert vanishes(child)


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(confined):
    assert os.getsid(confined.prepare().pid) != os.getsid(0)


def test_a_process_starts_with_nothing_of_ours(new_guest, monkeypatch):
    monkeypatch.setenv("SECRET_SEED", "1234")
    starter = ConfinedStarter()
    environment, arguments, folder = value(new_guest(CODE, starter=starter), "environment")
    starter.close()
    assert "SECRET_SEED" not in environment
    assert (arguments, folder) == ([""], "/")


def test_a_process_has_four_descriptors_and_reads_no_course(new_guest, root):
    guest = new_guest(CODE)
    assert value(guest, "descriptors") == 4
    before = len(os.listdir("/proc/self/fd"))
    for path in (root / "solutions" / "xor" / "xor.py", root / "course.toml", Path("/etc/passwd")):
        with pytest.raises(Exception, match="PermissionError"):
            value(guest, "read", str(path))
    guest.close()
    assert len(os.listdir("/proc/self/fd")) == before - 2


def test_a_plain_process_ends_with_its_guest(new_guest):
    before = len(os.listdir("/proc/self/fd"))
    guest = new_guest(CODE, starter=PlainStarter())
    child = value(guest, "pid")
    guest.close()
    assert not Path(f"/proc/{child}").exists()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_plain_process_that_left_another_behind_does_not_hold_the_grader_up(new_guest):
    code = "import os, time\ndef leave():\n    if os.fork():\n        os._exit(0)\n    time.sleep(4)\n    os._exit(0)\n"
    started = time.monotonic()
    with pytest.raises(Struck):
        value(new_guest(code, starter=PlainStarter(), limits=Limits(start_seconds=1.0)), "leave")
    assert time.monotonic() - started < 4.0


def test_figures_can_be_drawn(new_guest):
    pytest.importorskip("matplotlib")
    guest = new_guest(CODE, limits=PATIENT)
    assert value(guest, "draw") == "agg"


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
def test_networks_can_be_trained(new_guest):
    def run():
        guest = new_guest(CODE, limits=PATIENT, libraries=("torch",))
        guest.begin(7)
        losses = value(guest, "train")
        assert value(guest, "two_threads").tolist() == [600.0] * 600
        return losses

    first = run()
    assert first[-1] < first[0]
    assert run() == first


def test_memory_counts_from_what_the_server_holds(new_guest):
    code = "import numpy as np\ndef take(mib):\n    return np.ones(mib << 17).sum() / (1 << 17)\n"
    guest = new_guest(code, limits=Limits(memory=64 * MIB))
    assert value(guest, "take", 32) == 32
    with pytest.raises(Exception, match="MemoryError"):
        value(guest, "take", 80)
