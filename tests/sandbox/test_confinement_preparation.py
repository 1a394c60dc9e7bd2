"""What is found out and prepared before any code is confined, on this machine and on others."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import autograder.sandbox.confinement as package
from autograder.sandbox.confinement import Confinement, landlock, unavailable
from autograder.sandbox.confinement.identity import hidden_from_others
from autograder.sandbox.confinement.readable import default_readable

on_linux = pytest.mark.skipif(sys.platform != "linux" or landlock.missing() is not None, reason="no Landlock here")
ENOSYS, EPERM, EINVAL, EOPNOTSUPP = 38, 1, 22, 95
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, PR_SET_SECCOMP = 444, 445, 22


def printed_by(*code: str) -> str:
    done = subprocess.run([sys.executable, "-c", "\n".join(code)], capture_output=True, text=True, check=True)
    return done.stdout.rstrip("\n")


OTHER_SYSTEM = """\
import ctypes, os, platform, queue, select, signal, socket, subprocess, sys, sysconfig, tempfile, threading
import msgspec, numpy
sys.platform = {platform!r}
missing = {{select: "epoll", os: "pipe2 setresuid sched_getaffinity"}}
if sys.platform == "win32":
    sys.modules["resource"] = sys.modules["fcntl"] = None
    missing = {{select: "epoll poll", os: "fork geteuid getuid uname", signal: "SIGXCPU", socket: "AF_UNIX send_fds"}}
for module, names in missing.items():
    for name in names.split():
        delattr(module, name)

from autograder.sandbox.confinement import unavailable
print(unavailable())

from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import Limits, Struck
from autograder.sandbox.starters import PlainStarter
from autograder.submission import Source, Unit

code = "import os\\ndef double(x): return 2 * x\\ndef leave(): os._exit(3)"
source = Source("module", (Unit("work.py", code),), "")
guest = Guest(source, "work", Limits(), lambda: PlainStarter().start(Limits()))
print(guest.call("double", (21,), {{}}).value)
try:
    guest.call("leave", (), {{}})
except Struck as struck:
    print(struck)
guest.close()
"""


@pytest.mark.parametrize(("platform", "system"), [("darwin", "macOS"), ("win32", "Windows")])
def test_other_systems_are_told_why_not_and_have_the_plain_process(platform: str, system: str) -> None:
    assert printed_by(OTHER_SYSTEM.format(platform=platform)).splitlines() == [
        f"{system} has no Landlock (needs Linux 5.13 or newer)",
        "42",
        "leave ended the Python process (exit status 3).",
    ]


@on_linux
def test_other_processors_are_told_why_not() -> None:
    reason = printed_by(
        "import os, platform",
        "machine = os.uname().machine",
        "platform.machine = lambda: 'riscv64'",
        "from autograder.sandbox.confinement import unavailable",
        "print(unavailable().replace(machine, 'MACHINE'))",
    )
    assert reason == "the processor is of the kind MACHINE; x86-64 or ARM64 is needed"


@on_linux
@pytest.mark.parametrize(
    ("call", "argument", "error", "reason"),
    [
        (LANDLOCK_CREATE_RULESET, None, ENOSYS, "the kernel has no Landlock (needs Linux 5.13 or newer)"),
        (LANDLOCK_CREATE_RULESET, None, EOPNOTSUPP, "the kernel's Landlock is switched off"),
        (LANDLOCK_CREATE_RULESET, None, EPERM, "Landlock is forbidden here"),
        (LANDLOCK_ADD_RULE, None, EINVAL, "confinement cannot be set up: [Errno 22]"),
        ("prctl", PR_SET_SECCOMP, EINVAL, "confinement cannot be set up: OSError: [Errno 22]"),
        ("clone", None, EPERM, "confinement cannot be set up: [Errno 1]"),
    ],
)
def test_a_machine_that_lacks_something_says_what(
    call: int | str, argument: int | None, error: int, reason: str
) -> None:
    """The kernel of this machine, made to refuse one system call."""
    found = printed_by(
        "import ctypes, struct",
        "from autograder.sandbox.confinement import unavailable",
        "from autograder.sandbox.confinement.bpf import EQUAL, NUMBER, Return, Test, assemble, encode, low",
        "from autograder.sandbox.confinement.kernel import prctl",
        "from autograder.sandbox.confinement.syscalls import native",
        f"call, argument, allow, refuse = {call!r}, {argument!r}, Return(0x7FFF0000), Return(0x50000 | {error})",
        "if argument is not None: refuse = Test(low(0), EQUAL, argument, refuse, allow)",
        "number = native().numbers.get(call, call)",
        "program = encode(assemble(Test(NUMBER, EQUAL, number, refuse, allow)))",
        "code = ctypes.create_string_buffer(program, len(program))",
        "prctl(38, 1)",
        "prctl(22, 2, struct.pack('@HP', len(program) // 8, ctypes.addressof(code)))",
        "print(unavailable())",
    )
    assert found.startswith(reason)
    assert "\n" not in found


@on_linux
def test_this_machine_can_confine_and_says_so_quickly() -> None:
    unavailable.cache_clear()
    start = time.perf_counter()
    assert unavailable() is None
    assert time.perf_counter() - start < 1  # some 10 ms on a quiet machine


@on_linux
@pytest.mark.parametrize(
    ("flaw", "finding"),
    [
        ("layers.Filter = lambda architecture: None", "confined code could still open sockets"),
        ("layers.Ruleset = lambda *paths: None", "confined code could still list files"),
        (
            "layers.default_readable = lambda: [Path('/dev/null')]",
            "confined code could not import from the standard lib",
        ),
    ],
)
def test_the_probe_notices_a_confinement_that_is_flawed(flaw: str, finding: str) -> None:
    found = printed_by(
        "from pathlib import Path",
        "from autograder.sandbox.confinement import layers, probe",
        flaw,
        "print(probe.unavailable())",
    )
    assert found.startswith(finding)


def test_default_readable_reaches_the_libraries_but_not_this_course() -> None:
    readable = default_readable()

    def reached(path: Path) -> bool:
        return any(path.resolve().is_relative_to(folder) for folder in readable)

    assert reached(Path(os.__file__))
    assert reached(Path(pytest.__file__))
    course = Path(package.__file__).parents[3]
    for hidden in (course, course / "solutions", Path(package.__file__), Path(sys.prefix), Path.home()):
        assert not reached(hidden)


@on_linux
def test_hidden_from_others() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, closed = Path(name), Path(name) / "closed"
        folder.chmod(0o755)
        (closed / "inner").mkdir(parents=True)
        assert not hidden_from_others([folder, closed])
        closed.chmod(0o700)
        assert not hidden_from_others([folder])
        assert hidden_from_others([folder, closed])
        assert hidden_from_others([closed / "inner"])


@on_linux
def test_prepare_leaves_no_descriptor_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        Confinement.prepare().close()
    assert len(os.listdir("/proc/self/fd")) == before
