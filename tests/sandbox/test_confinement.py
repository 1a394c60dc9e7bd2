"""What confined code cannot do, what it can, and that each layer holds without the others."""

import functools
import importlib.util
import json
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import autograder.sandbox.confinement as package
from autograder.sandbox.confinement import Layer, landlock

if sys.platform != "linux" or landlock.missing():
    pytest.skip("the kernel has no Landlock", allow_module_level=True)

SCRIPT = Path(__file__).with_name("confinement_attempts.py")
_NAMES = runpy.run_path(str(SCRIPT))
FORBIDDEN, HONEST = _NAMES["FORBIDDEN"], _NAMES["HONEST"]
EVERY_LAYER = tuple(layer.name for layer in Layer)
ORDINARY = 64123
"""A user number that owns nothing, for runs without root's rights."""
USERS = ("root", "ordinary") if os.geteuid() == 0 else ("ordinary",)


@functools.cache
def python_of(user: str) -> str:
    """A Python that this user may run; root's own may lie in root's home."""
    for python in (sys.executable, "/usr/bin/python3"):
        check = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if subprocess.run(check, **identity_of(user), check=False).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip("an ordinary user finds no Python 3.11 on this machine")


def identity_of(user: str) -> dict[str, object]:
    if user == "root" or os.geteuid() != 0:
        return {}
    return {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}


@pytest.fixture(scope="session", params=USERS)
def user(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def stage() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


_outcomes: dict[object, dict[str, str]] = {}


def attempt(
    stage: Path,
    user: str,
    layers: Sequence[str],
    names: Sequence[str],
    imports: Sequence[str] = (),
    library_only: bool = False,
) -> dict[str, str]:
    """The outcomes by name, from one server started by this user; asked for twice, it runs once."""
    key = (user, *layers, "names", *names, "imports", *imports, library_only)
    if key not in _outcomes:
        folder = course_folder(Path(tempfile.mkdtemp(dir=stage)), user)
        job = {
            "folder": str(folder),
            "layers": list(layers),
            "names": list(names),
            "imports": list(imports),
            "library_only": library_only,
        }
        run = subprocess.run(
            [python_of(user), "-B", str(folder / SCRIPT.name), json.dumps(job)],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "PYTHONPATH": str(folder),
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
            **identity_of(user),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        _outcomes[key] = json.loads(run.stdout.splitlines()[-1])
    return _outcomes[key]


def course_folder(folder: Path, user: str) -> Path:
    """A folder with everything to steal and to spoil, the engine included, all of it the user's own."""
    folder.chmod(0o755)
    engine = folder / "autograder" / "sandbox"
    shutil.copytree(Path(package.__file__).parent, engine / "confinement")
    for module in (engine.parent, engine):
        (module / "__init__.py").touch()
    shutil.copy(SCRIPT, folder)
    for name in ("secret.txt", "private.txt", "deletable.txt"):
        (folder / name).write_text("the solution")
    (folder / "private.txt").chmod(0o600)
    library = folder / "library"
    library.mkdir()
    (library / "module.py").write_text("def fail():\n    return 1 / 0\n")
    (library / "link").symlink_to("../secret.txt")
    if identity_of(user):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, ORDINARY, ORDINARY, follow_symlinks=False)
    return folder


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden(stage: Path, user: str, name: str) -> None:
    outcome = attempt(stage, user, EVERY_LAYER, tuple(FORBIDDEN))[name]
    assert outcome in FORBIDDEN[name].denials


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden_succeeds_without_confinement(stage: Path, user: str, name: str) -> None:
    outcome = attempt(stage, user, (), tuple(FORBIDDEN))[name]
    tried = FORBIDDEN[name]
    if outcome != tried.success and (tried.fragile or (tried.root and user != "root")):
        pytest.skip(f"this machine forbids it anyway ({outcome})")
    assert outcome == tried.success


@pytest.mark.parametrize("name", HONEST)
def test_honest(stage: Path, user: str, name: str) -> None:
    library = HONEST[name].library
    if library and (user != USERS[0] or importlib.util.find_spec(library) is None):
        pytest.skip(f"{library} is not installed for this user")
    names = tuple(name for name, it in HONEST.items() if it.library == library)
    imports = ("numpy",) if library else ()
    assert attempt(stage, user, EVERY_LAYER, names, imports)[name] == HONEST[name].success


LANDLOCK_ALONE = {
    "read_a_file": "EACCES",
    "read_the_engine": "EACCES",
    "list_a_folder": "EACCES",
    "read_a_file_through_a_link": "EACCES",
    "write_beside_the_course": "EACCES",
    "write_what_it_may_read": "EACCES",
    "make_a_folder": "EACCES",
    "delete_a_file": "EACCES",
    "read_environment_of_the_server": "EACCES",
    "fork": "done",
    "unix_socket": "done",
    "kill_itself": "SIGKILL",
    "memory_bomb": "done",
}
SECCOMP_ALONE = {
    "fork": "EPERM",
    "clone_a_process": "EPERM",
    "clone3_a_process": "ENOSYS",
    "execute": "EPERM",
    "tcp_socket": "EPERM",
    "unix_socket": "EPERM",
    "signal_the_server": "EPERM",
    "kill_itself": "EPERM",
    "stop_itself": "EPERM",
    "limit_the_server": "EPERM",
    "change_mode": "EPERM",
    "truncate_by_opening_for_reading": "EPERM",
    "truncate_by_opening_for_nothing": "EPERM",
    "memory_file": "EPERM",
    "io_uring": "EPERM",
    "outlive_the_server": "EPERM",
    "read_a_file": "done",
    "write_beside_the_course": "done",
    "memory_bomb": "done",
}
LIMITS_ALONE = {
    "memory_bomb": "MemoryError",
    "memory_bomb_in_pieces": "MemoryError",
    "memory_bomb_by_mapping": "ENOMEM",
    "write_more_than_a_file_may_hold": "EFBIG",
    "open_many_files": "EMFILE",
    "read_a_file": "done",
    "fork": "done",
    "unix_socket": "done",
}
IDENTITY_ALONE = {
    "read_a_private_file": "EACCES",
    "write_beside_the_course": "EACCES",
    "change_mode": "EPERM",
    "signal_the_server": "EPERM",
    "limit_the_server": "EPERM",
    "change_root": "EPERM",
    "mount": "EPERM",
    "read_a_file": "done",
    "fork": "done",
    "unix_socket": "done",
}


@pytest.mark.parametrize("layer", [Layer.LANDLOCK, Layer.SECCOMP, Layer.LIMITS])
def test_one_layer_alone(stage: Path, user: str, layer: Layer) -> None:
    table = {
        Layer.LANDLOCK: LANDLOCK_ALONE,
        Layer.SECCOMP: SECCOMP_ALONE,
        Layer.LIMITS: LIMITS_ALONE,
    }
    assert attempt(stage, user, (layer.name,), tuple(table[layer])) == table[layer]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another identity to take")
def test_identity_alone(stage: Path) -> None:
    names = tuple(IDENTITY_ALONE)
    assert attempt(stage, "root", ("IDENTITY",), names, library_only=True) == IDENTITY_ALONE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to lose")
@pytest.mark.parametrize("folder_mode", [0o755, 0o700])
def test_root_keeps_at_most_the_right_to_read(stage: Path, folder_mode: int) -> None:
    library = stage / f"library-{folder_mode:o}"
    library.mkdir(mode=folder_mode)
    (library / "readable.txt").write_text("x")
    (library / "readable.txt").chmod(0o644)
    status = in_child(
        "confinement.apply(limits)\n"
        f"open({str(library / 'readable.txt')!r}).read()\n"
        "print(open('/proc/self/status').read())",
        readable=[library],
        layers="Layer.IDENTITY",
    )
    kept = 0 if folder_mode == 0o755 else 1 << 2  # CAP_DAC_READ_SEARCH
    assert capability_sets(status) == {"Inh": 0, "Prm": kept, "Eff": kept, "Bnd": 0, "Amb": 0}
    assert re.search(r"^Uid:\t65534\t65534\t65534\t65534$", status, re.MULTILINE)
    assert re.search(r"^Groups:\s*$", status, re.MULTILINE)


def capability_sets(status: str) -> dict[str, int]:
    return {name: int(value, 16) for name, value in re.findall(r"^Cap(\w+):\t(\w+)$", status, re.MULTILINE)}


def in_child(code: str, *, readable: Sequence[Path] = (), layers: str = "ALL", after_fork: str = "") -> str:
    """What `code` prints in a forked child of a new server, and what `after_fork` prints in the server."""
    lines = [
        "import os, signal, sys, time",
        "from pathlib import Path",
        "from autograder.sandbox.confinement import ALL, Confinement, Layer, Limits",
        "limits = Limits(memory=64 << 20, cpu_seconds=1)",
        f"readable = [Path(it) for it in {[str(it) for it in readable]!r}] or None",
        f"confinement = Confinement.prepare(readable, {layers})",
        "pid = os.fork()",
        "if pid == 0:",
        *(f"    {line}" for line in code.splitlines()),
        "    sys.stdout.flush()",
        "    os._exit(0)",
        after_fork or "os.waitpid(pid, 0)",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert not run.stderr
    return run.stdout


REPORT_STATUS = "print(os.waitstatus_to_exitcode(os.wait4(pid, 0)[1]))"


@pytest.mark.parametrize(
    ("before", "end"), [("", signal.SIGXCPU), ("signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n", signal.SIGKILL)]
)
def test_processor_time_ends_even_if_its_signal_is_ignored(before: str, end: int) -> None:
    spin = f"confinement.apply(limits)\n{before}while True: pass"
    assert in_child(spin, after_fork=REPORT_STATUS) == f"{-end}\n"


@pytest.mark.parametrize(("layers", "survives"), [("ALL", False), ("Layer.LIMITS", True)])
def test_child_dies_with_its_server(layers: str, survives: bool) -> None:
    code = "confinement.apply(limits)\nos.write(1, b'confined')\ntime.sleep(0.5)\nos.write(1, b' survived')"
    # The output ends when the last process that holds it does.
    die = "time.sleep(0.2)\nos.kill(os.getpid(), signal.SIGKILL)"
    assert in_child(code, layers=layers, after_fork=die) == ("confined survived" if survives else "confined")


def test_apply_refuses_after_the_server_is_gone() -> None:
    code = """\
while os.getppid() == confinement.server: time.sleep(0.01)
try: confinement.apply(limits)
except ProcessLookupError as error: print(error.strerror)"""
    assert in_child(code, after_fork="os._exit(0)") == "the server has ended\n"
