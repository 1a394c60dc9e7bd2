"""Writing: a submission leaves nothing on the machine, and changes nothing."""

from pathlib import Path

from tests.attacks.bank import BASE, code, files


@code()
def temporary_files():
    """Files in every folder that is usually open to all."""
    import os
    import tempfile

    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lock", ".", os.path.expanduser("~"), tempfile.tempdir):
        try:
            with open(os.path.join(folder or ".", "attack-was-here"), "wb") as file:
                file.write(bytes(10_000))
            print("REACHED", folder)
        except (OSError, TypeError):
            pass


@code()
def beside_every_module():
    """A .pth, a sitecustomize.py and a conftest.py in every folder of sys.path, for the next Python to run."""
    import os
    import sys

    for folder in sys.path:
        for name in ("attack-was-here.pth", "attack-was-here-sitecustomize.py", "__pycache__/attack-was-here.pyc"):
            try:
                with open(os.path.join(folder, name), "w") as file:
                    file.write("import os")
                print("REACHED", folder)
            except OSError:
                pass


@code()
def truncates_what_it_can_read():
    """Opens libraries for reading and cuts them off."""
    import os
    import sys

    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        for flags in (os.O_RDONLY | os.O_TRUNC, os.O_RDWR, os.O_WRONLY | os.O_APPEND):
            try:
                os.close(os.open(path, flags))
                print("REACHED", path)
            except (OSError, TypeError):
                pass


@code()
def renames_and_links():
    """Hard links, symbolic links, renames and removals of the course's files and of libraries."""
    import os
    import sys

    for target in [sys.executable, *(getattr(it, "__file__", None) for it in list(sys.modules.values())[:200])]:
        if not target:
            continue
        for act in (
            lambda t: os.link(t, "/tmp/attack-was-here-hard"),
            lambda t: os.symlink(t, "/tmp/attack-was-here-soft"),
            lambda t: os.rename(t, t + ".attack-was-here"),
            lambda t: os.chmod(t, 0o777),
            lambda t: os.utime(t),
        ):
            try:
                act(target)
                print("REACHED", target)
            except OSError:
                pass


@code()
def the_gradebook():
    """Opens nbgrader's gradebook with SQLite and gives itself all points."""
    import sqlite3
    import sys
    from pathlib import Path

    for folder in {it for entry in sys.path for it in Path(entry).parents} | {Path("/"), Path.cwd()}:
        try:
            base = sqlite3.connect(f"file:{folder}/gradebook.db?mode=rw", uri=True)
            base.execute("update grade set manual_score = 10")
            base.commit()
            print("REACHED", folder)
        except sqlite3.Error:
            pass


@code()
def the_results():
    """Appends its own line to results.jsonl and to the journal, wherever they may be."""
    import os
    import sys

    for folder in [".", "grades", "..", "/tmp", *sys.path]:
        for name in ("results.jsonl", "journal.jsonl", "grades.csv"):
            try:
                descriptor = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_APPEND)
                os.write(descriptor, b'{"student": "attacker", "score": 10}\n')
                print("REACHED", folder, name)
            except OSError:
                pass


@code()
def shared_memory():
    """Segments, semaphores, queues and memory files, which stay when their process is gone."""
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    key = 0x61747461
    if libc.shmget(key, 1 << 20, 0o1666) >= 0 or libc.semget(key, 8, 0o1666) >= 0 or libc.msgget(key, 0o1666) >= 0:
        print("REACHED System V")
    try:
        os.memfd_create("attack-was-here")
        print("REACHED memfd")
    except OSError:
        pass
    from multiprocessing import shared_memory

    try:
        shared_memory.SharedMemory(name="attack-was-here", create=True, size=1 << 20)
        print("REACHED /dev/shm")
    except (OSError, ImportError):
        pass


@code()
def extended_attributes_and_locks():
    """Attributes, locks and leases on files that it may read."""
    import fcntl
    import os

    for path in (os.__file__, os.devnull):
        try:
            os.setxattr(path, "user.attack", b"x")
            print("REACHED xattr")
        except OSError:
            pass
        with open(path, "rb") as file:
            for operation in (fcntl.LOCK_SH, fcntl.LOCK_EX):
                try:
                    fcntl.flock(file, operation | fcntl.LOCK_NB)
                    print("REACHED lock")
                except OSError:
                    pass


@files()
def modules_beside_it(folder: Path):
    """numpy.py, pytest.py, conftest.py, sitecustomize.py and a .pth beside the submission, for the grader to import."""
    place = folder / "attacker"
    place.mkdir(parents=True)
    (place / "xor.py").write_text(BASE)
    for name in ("numpy", "torch", "pytest", "conftest", "sitecustomize", "usercustomize", "json", "autograder"):
        (place / f"{name}.py").write_text('print("REACHED")\nopen("/tmp/attack-was-here", "w").close()\n')
    (place / "evil.pth").write_text("import os; os.system('touch /tmp/attack-was-here')\n")
    (place / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (place / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p no:autograder'\n")


@files(status="unreadable", attacker="attacker")
def links_beside_it(folder: Path):
    """A submission that is a link to the solution, beside links to /etc/passwd and to the whole disk."""
    place = folder / "attacker"
    place.mkdir(parents=True)
    solution = folder.parent / "course" / "solutions" / "xor"
    (place / "xor.py").symlink_to(solution / "xor.py")
    (place / "xor.ipynb").symlink_to("/etc/passwd")
    (place / "all").symlink_to("/")
