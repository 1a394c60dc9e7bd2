"""Student code in real processes, for the tests of the sandbox."""

import os
import signal
import threading

import pytest

from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import MIB, Limits
from autograder.submission import Source, Unit

QUICK = Limits(
    memory=256 * MIB,
    message=1 * MIB,
    kept_output=1000,
    output=2 * MIB,
    call_seconds=1.0,
    start_seconds=10.0,
    total_seconds=60.0,
)


@pytest.fixture
def new_guest(request):
    """A submission of one module, in confined processes with small limits unless they are given."""
    guests = []

    def make(code, *, limits=QUICK, starter=None, libraries=()):
        used = starter or request.getfixturevalue("confined")
        source = Source("module", (Unit("work.py", code),), "")
        guests.append(Guest(source, "work", limits, lambda: used.start(limits, libraries)))
        return guests[-1]

    yield make
    for guest in guests:
        guest.close()


@pytest.fixture
def kill_later():
    """Kills a process in a moment."""
    timers = []

    def arrange(pid):
        timers.append(threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)))
        timers[-1].start()

    yield arrange
    for timer in timers:
        timer.join()
