"""All processes that come of this one, also those whose parent died: the kernel gives them to us."""

import contextlib
import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.confinement.kernel import prctl

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Process:
    """A process as /proc shows it."""

    pid: int
    parent: int
    command: str


def adopt_orphans(adopt: bool = True) -> None:
    """From now on a process below this one cannot get out of sight: if its parent dies, it becomes our child."""
    prctl(_PR_SET_CHILD_SUBREAPER, int(adopt))


def descendants(ancestor: int | None = None) -> list[Process]:
    """The living processes below the ancestor, or below this process."""
    others = [it for path in Path("/proc").glob("[0-9]*") if (it := _look(path)) is not None]
    above, found = {ancestor or os.getpid()}, []
    while children := [it for it in others if it.parent in above]:
        above = {it.pid for it in children}
        found += children
    return found


def memory(pid: int) -> float:
    """MiB that a process shares with nobody, plus its share of the rest; 0 if it has ended or changes its user."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


class Memory:
    """The most MiB that the processes below this one hold at once, while they are watched: `command` are its own
    children, `everything` also those that come of them. What several share is counted once."""

    def __init__(self, every: float) -> None:
        """Looks every so many seconds."""
        self.command = self.everything = 0.0
        self._every = every
        self._done = threading.Event()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        try:
            yield
        finally:
            self._done.set()
            watcher.join()

    def _watch(self) -> None:
        while not self._done.wait(self._every):
            held = [(it.parent == os.getpid(), memory(it.pid)) for it in descendants()]
            self.command = max(self.command, sum(mib for is_child, mib in held if is_child))
            self.everything = max(self.everything, sum(mib for _, mib in held))


def processor(pid: int) -> float:
    """Seconds of processors that a process has taken."""
    user, system = _stat(pid)[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def page_faults(pid: int) -> int:
    """How often the kernel had to find a page for a process, without reading it from a disk."""
    return int(_stat(pid)[7])


def _stat(pid: int) -> list[str]:
    """From the state on, which is the third field."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def processor_of_children() -> float:
    """Seconds of processors of all children that were waited for, with those that they waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def left_behind(seconds: float) -> list[Process]:
    """What still lives when so much time has passed; nothing as soon as nothing does. Ends those that are left.

    To be called when no child is waited for in another way.
    """
    deadline = time.monotonic() + seconds
    while _any_child():
        if time.monotonic() > deadline:
            return end_all()
        time.sleep(0.02)
    return []


def end_all() -> list[Process]:
    """Kills all processes below this one, and says which these were."""
    killed: dict[int, Process] = {}
    while _any_child():
        for process in descendants():
            killed[process.pid] = process
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        time.sleep(0.02)
    return list(killed.values())


def _any_child() -> bool:
    """Whether there is a child, after those that have ended are taken away. Without a child there is no descendant."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _look(path: Path) -> Process | None:
    try:
        state, parent = (path / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
        command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else Process(int(path.name), int(parent), command)
