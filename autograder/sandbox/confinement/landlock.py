"""Landlock: which files this process may open, whatever its user may; no TCP, no signals to others.

What a kernel does not know yet is left out: its interface grew, and the system call filter covers the rest.
"""

import errno
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from autograder.sandbox.confinement.kernel import call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # on every architecture
_ONLY_VERSION = 1
_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Rights by the version that brought them: the first thirteen, REFER, TRUNCATE, IOCTL_DEV."""
_NETWORK_RIGHTS = {4: 0b11}
"""BIND_TCP, CONNECT_TCP"""
_SCOPES = {6: 0b11}
"""ABSTRACT_UNIX_SOCKET, SIGNAL"""


def version() -> int:
    """The version of the kernel's Landlock. Raises `OSError` (ENOSYS: none, EOPNOTSUPP: switched off)."""
    return call("syscall", _CREATE_RULESET, None, 0, _ONLY_VERSION)


class Ruleset:
    """What may be read beneath the given paths and written at some; built once, applied in many children."""

    def __init__(self, readable: Iterable[Path], writable: Iterable[Path] = ()) -> None:
        known = version()
        handled = (_sum(rights, known) for rights in (_FILE_RIGHTS, _NETWORK_RIGHTS, _SCOPES))
        attributes = struct.pack("=QQQ", *handled)
        self._descriptor = call("syscall", _CREATE_RULESET, attributes, len(attributes), 0)
        for path in readable:
            self._allow(path, _READ_FILE | _READ_DIR)
        for path in writable:
            self._allow(path, _READ_FILE | _WRITE_FILE)

    def _allow(self, path: Path, rights: int) -> None:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
                rights &= ~_READ_DIR
            rule = struct.pack("=Qi", rights, descriptor)
            call("syscall", _ADD_RULE, self._descriptor, _PATH_BENEATH, rule, 0)
        finally:
            os.close(descriptor)

    def restrict(self) -> None:
        """Binds this process for ever and closes its ruleset. Needs NO_NEW_PRIVS; raises `OSError`."""
        call("syscall", _RESTRICT_SELF, self._descriptor, 0)
        self.close()

    def close(self) -> None:
        os.close(self._descriptor)


def _sum(rights: dict[int, int], known: int) -> int:
    return sum(bits for since, bits in rights.items() if since <= known)


def missing() -> str | None:
    """Why Landlock is not to be had; None if it is."""
    try:
        version()
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:
            return "the kernel's Landlock is switched off (add landlock to the boot parameter lsm=)"
        if error.errno == errno.EPERM:
            return "Landlock is forbidden here (a container's seccomp profile must allow the landlock calls)"
        return "the kernel has no Landlock (needs Linux 5.13 or newer)"
    return None
