"""The system calls that confined code may make: those that compute, read files, and concern nobody else.

All others fail with EPERM, and calls newer than the table with ENOSYS, so that libraries fall back.
Which files may be opened is Landlock's part.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Mapping

from autograder.sandbox.confinement import bpf
from autograder.sandbox.confinement.bpf import ANY_BIT, EQUAL, Node, Return, Test, high, low, one_of
from autograder.sandbox.confinement.kernel import prctl
from autograder.sandbox.confinement.syscalls import NEWEST, Architecture

ALLOW = Return(0x7FFF0000)
KILL = Return(0x80000000)
DENY = Return(0x00050000 | errno.EPERM)
UNKNOWN = Return(0x00050000 | errno.ENOSYS)

OWN_PID = 0xFFFFFFFE
"""Stands in the tree for the number of the process, which is known after the fork only."""

HARMLESS = {
    "files it has": "read readv pread64 write writev pwrite64 lseek getdents64",
    "descriptors": "close dup dup2 dup3",
    "pipes to itself": "pipe poll ppoll select pselect6",
    "a socket it has": "getsockname getsockopt",
    "what lies where": "stat lstat fstat newfstatat statx access faccessat faccessat2 readlink readlinkat",
    "where it is": "getcwd",
    "memory": "mmap munmap mprotect mremap madvise brk",
    "threads": "futex set_robust_list rseq sched_yield gettid arch_prctl exit exit_group",
    "who it is": "getpid getppid getuid geteuid getgid getegid getgroups getresuid getresgid",
    "what it may and did use": "getrlimit getrusage times sched_getaffinity getcpu sysinfo uname",
    "handling of signals": "rt_sigaction rt_sigreturn rt_sigprocmask rt_sigpending sigaltstack",
    "waiting": "rt_sigsuspend rt_sigtimedwait pause clock_nanosleep nanosleep restart_syscall",
    "time": "clock_gettime clock_getres gettimeofday time alarm getitimer setitimer",
    "chance": "getrandom",
}
"""Calls that concern the caller only or tell what anybody may know, by what they concern."""

_X32 = 0x40000000
_CLONES_OF_A_THREAD = (0x3D0F00, 0x7D0F00)  # exactly what glibc and musl ask for, so descriptors stay shared
_CLOSE_RANGE_UNSHARE = 0o2
_NOTIFICATION_PIPE = 0o200
_MSG_OOB = 0o1
_OPEN_WRITE_ONLY, _OPEN_READ_WRITE, _OPEN_TRUNCATE = 0o1, 0o2, 0o1000
_SIGNALS_NOT_SENT = (9, 19)  # SIGKILL, SIGSTOP
_PRCTL = (15, 16, 3, 51, 0x53564D41)  # PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_SVE_GET_VL, PR_SET_VMA
_FCNTL = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC
_IOCTL = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TCGETS2, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX"""

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2


def _is_null(argument: int, yes: Node, no: Node) -> Node:
    return Test(low(argument), EQUAL, 0, Test(high(argument), EQUAL, 0, yes, no), no)


def _without(argument: int, bit: int, otherwise: Node = ALLOW) -> Node:
    """Not with this flag, which honest code never sets and too many faults of kernels hid behind."""
    return Test(low(argument), ANY_BIT, bit, DENY, otherwise)


def _signal(argument: int) -> Node:
    """To itself only, and not SIGKILL or SIGSTOP: whoever dies of SIGKILL was killed from outside."""
    return Test(low(0), EQUAL, OWN_PID, one_of(low(argument), _SIGNALS_NOT_SENT, DENY, ALLOW), DENY)


def _open(argument: int) -> Node:
    """Truncating only what is opened for writing: before Linux 6.2 Landlock does not see to that."""
    read_write = Test(low(argument), ANY_BIT, _OPEN_READ_WRITE, ALLOW, DENY)
    # Both bits together open for neither, which asks Landlock for no right at all.
    write_only = Test(low(argument), ANY_BIT, _OPEN_READ_WRITE, DENY, ALLOW)
    writing = Test(low(argument), ANY_BIT, _OPEN_WRITE_ONLY, write_only, read_write)
    return Test(low(argument), ANY_BIT, _OPEN_TRUNCATE, writing, ALLOW)


CONDITIONAL: Mapping[str, Node] = {
    "clone": one_of(low(0), _CLONES_OF_A_THREAD, ALLOW, DENY),
    # Their flags lie in memory, where a filter cannot look; C libraries fall back to clone and openat.
    "clone3": UNKNOWN,
    "openat2": UNKNOWN,
    "open": _open(1),
    "openat": _open(2),
    "kill": _signal(1),
    "tgkill": _signal(2),
    "sendto": _without(3, _MSG_OOB, _is_null(4, ALLOW, DENY)),
    "recvfrom": _without(3, _MSG_OOB),
    "close_range": _without(2, _CLOSE_RANGE_UNSHARE),
    "pipe2": _without(1, _NOTIFICATION_PIPE),
    "prlimit64": Test(low(0), EQUAL, 0, _is_null(2, ALLOW, DENY), DENY),
    "prctl": one_of(low(0), _PRCTL, ALLOW, DENY),
    "fcntl": one_of(low(1), _FCNTL, ALLOW, DENY),
    "ioctl": one_of(low(1), _IOCTL, ALLOW, DENY),
}


def policy(architecture: Architecture) -> Node:
    """The verdict on every system call, as a decision tree."""
    harmless = [name for names in HARMLESS.values() for name in names.split()]
    rules = {**dict.fromkeys(harmless, ALLOW), **CONDITIONAL}
    numbered = {architecture.numbers[name]: rule for name, rule in rules.items() if name in architecture.numbers}
    starts = {0: DENY, **{number + 1: DENY for number in numbered}, **numbered}
    starts |= {NEWEST + 1: UNKNOWN, _X32: KILL}
    return Test(bpf.ARCHITECTURE, EQUAL, architecture.audit, bpf.search(bpf.NUMBER, starts), KILL)


class Filter:
    """The policy as a program, assembled once; installing it in a child fills in the child's number."""

    def __init__(self, architecture: Architecture) -> None:
        program = bpf.assemble(policy(architecture))
        self._length = len(program)
        self._code = bpf.encode(program)
        self._pids = [8 * at + 4 for at, instruction in enumerate(program) if instruction[3] == OWN_PID]

    def install(self) -> None:
        """Filters this process from now on. Needs NO_NEW_PRIVS; raises `OSError`."""
        code = ctypes.create_string_buffer(self._code, len(self._code))
        for offset in self._pids:
            struct.pack_into("=I", code, offset, os.getpid())
        prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, struct.pack("@HP", self._length, ctypes.addressof(code)))
