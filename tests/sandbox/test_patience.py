"""A submission is not blamed for what the machine has to do besides, nor for a machine that stood still."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.sandbox.confinement import unavailable

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys, time
from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import Limits, Struck
from autograder.sandbox.starters import ConfinedStarter
from autograder.submission import Source, Unit

code = '''
import threading, time

def compute(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds

def loop():
    while True:
        pass

def sleep():
    time.sleep(100)

def threads():
    for _ in range(40):
        threading.Thread(target=loop, daemon=True).start()
    loop()
'''
limits = Limits(call_seconds=1.0, start_seconds=5.0, total_seconds=30.0)
starter = ConfinedStarter()
guest = Guest(Source("module", (Unit("work.py", code),), ""), "work", limits, lambda: starter.start(limits))
guest.call("compute", (0.01,), {})
print("ready", guest._process._pid, starter.prepare().pid, flush=True)
sys.stdin.readline()
started = time.monotonic()
try:
    print(guest.call(sys.argv[1], tuple(map(float, sys.argv[2:])), {}).value, flush=True)
except Struck as struck:
    print(struck.message, flush=True)
print(time.monotonic() - started, guest.seconds)
guest.close()
starter.close()
"""

if unavailable():
    pytest.skip(unavailable(), allow_module_level=True)


@pytest.fixture
def grader():
    """Starts a grader on one core; gives it, the number of the student's process, and that of the fork server."""
    begun = []

    def begin(*call):
        core = min(os.sched_getaffinity(0))
        command = [sys.executable, "-c", f"import os; os.sched_setaffinity(0, {{{core}}})\n{SCRIPT}", *map(str, call)]
        process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        begun.append(process)
        _, student, server = process.stdout.readline().split()
        return process, int(student), int(server)

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def go(process):
    process.stdin.write("go\n")
    process.stdin.flush()


def end(process):
    told, times = process.stdout.read().splitlines()
    elapsed, charged = map(float, times.split())
    return told, elapsed, charged


@pytest.fixture
def busy_core():
    """Others that want the same core; a kernel may share it out by sessions, so each has its own."""
    core = min(os.sched_getaffinity(0))
    code = f"import os; os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    others = [subprocess.Popen([sys.executable, "-c", code], start_new_session=True) for _ in range(4)]
    time.sleep(0.3)
    yield
    for other in others:
        other.kill()
        other.wait()


def test_right_work_on_a_machine_with_too_much_to_do_is_waited_for(grader, busy_core):
    process, *_ = grader("compute", 0.7)
    go(process)
    told, elapsed, charged = end(process)
    assert told == "0.7"
    assert elapsed > 1.5
    assert charged < elapsed - 0.5


@pytest.mark.parametrize("function", ["loop", "sleep", "threads"])
def test_what_never_ends_is_stopped_also_there(grader, busy_core, function):
    process, *_ = grader(function)
    go(process)
    told, elapsed, _ = end(process)
    assert told == f"{function} did not finish within 1 s."
    assert elapsed < 25


@pytest.mark.parametrize("function", ["loop", "sleep", "threads"])
def test_on_a_machine_with_nothing_else_to_do_the_limit_is_the_time(grader, function):
    process, *_ = grader(function)
    go(process)
    told, elapsed, _ = end(process)
    assert told == f"{function} did not finish within 1 s."
    assert elapsed < 8  # the tests beside this one want the core too


def test_a_machine_that_stood_still_costs_nothing(grader):
    process, student, server = grader("compute", 0.7)
    go(process)
    time.sleep(0.3)
    everybody = (process.pid, server, student)
    for pid in everybody:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(3)
    for pid in everybody:
        os.kill(pid, signal.SIGCONT)
    told, elapsed, _ = end(process)
    assert told == "0.7"
    assert elapsed > 3
