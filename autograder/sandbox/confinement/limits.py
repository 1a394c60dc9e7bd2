"""Resource limits that the kernel keeps."""

import sys
from dataclasses import dataclass
from typing import NamedTuple

if sys.platform != "win32":
    import resource

MIB = 1 << 20
THREADS = 512
"""How many threads may come on top of all that the machine has when the limit is set."""

PENDING_SIGNALS = 64


@dataclass(frozen=True)
class Limits:
    """What confined code may use up.

    `memory` is in bytes beyond what the server had mapped. At `cpu_seconds` comes SIGXCPU, and SIGKILL one
    second later if that was ignored. `file_size` is in bytes, for descriptors that it inherited: it can open
    no file for writing.
    """

    memory: int
    cpu_seconds: int
    file_size: int = 64 * MIB
    open_files: int = 64


class Memory(NamedTuple):
    """What a process has mapped, in bytes: all of it, and its private writable part."""

    address_space: int
    data: int


def base_memory() -> Memory:
    """What this process has mapped now."""
    with open("/proc/self/statm", "rb") as file:
        pages = [int(it) for it in file.read().split()]
    return Memory(pages[0] * resource.getpagesize(), pages[5] * resource.getpagesize())


def apply(limits: Limits, base: Memory) -> None:
    """Sets the limits of this process. Raises `OSError` where /proc is not mounted."""
    _lower(resource.RLIMIT_AS, base.address_space + limits.memory)
    _lower(resource.RLIMIT_DATA, base.data + limits.memory)
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)
    _lower(resource.RLIMIT_FSIZE, limits.file_size)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    # The kernel counts the threads of the user, who may have many elsewhere, but not more than the machine.
    _lower(resource.RLIMIT_NPROC, _threads_of_machine() + THREADS)
    _lower(resource.RLIMIT_SIGPENDING, PENDING_SIGNALS)
    for nothing in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
        _lower(nothing, 0)


def _lower(kind: int, soft: int, hard: int | None = None) -> None:
    _, ceiling = resource.getrlimit(kind)
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))


def _threads_of_machine() -> int:
    with open("/proc/loadavg", "rb") as file:
        return int(file.read().split()[3].split(b"/")[1])
