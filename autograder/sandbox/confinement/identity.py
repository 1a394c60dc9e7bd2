"""Who confined code runs as: nobody in particular, without rights, bound to the life of the server."""

import errno
import itertools
import os
import signal
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from autograder.sandbox.confinement.kernel import call, prctl

NOBODY = 65534

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT = 1, 4, 8, 24, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_READ_SEARCH = 1 << 2


def hidden_from_others(paths: Iterable[Path]) -> bool:
    """Whether file permissions keep other users from one of the paths."""
    return any(
        not it.stat().st_mode & stat.S_IROTH or any(not above.stat().st_mode & stat.S_IXOTH for above in it.parents)
        for it in paths
    )


def drop(*, keep_reading: bool) -> None:
    """Gives up every right that this process has.

    Root becomes the user `NOBODY`. With `keep_reading` it keeps CAP_DAC_READ_SEARCH, to read a Python that
    lies in root's home; an ordinary user keeps nothing but its identity. Raises `OSError`.
    """
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    kept = 0
    if os.geteuid() == 0:
        _empty_bounding_set()
        if keep_reading:
            kept = _CAP_DAC_READ_SEARCH
            prctl(_PR_SET_KEEPCAPS, 1)
        _become_nobody()
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    call("capset", header, struct.pack("=IIIIII", kept, kept, 0, 0, 0, 0))


def _become_nobody() -> None:
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError as error:
        raise OSError(error.errno, "root may not become another user here; be an ordinary user") from error


def _empty_bounding_set() -> None:
    for capability in itertools.count():
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno == errno.EINVAL:  # the kernel has no more of them
                return
            raise


def bind_to(server: int) -> None:
    """Dies when the server does, and lets no process look inside. Raises `OSError` if the server is gone.

    The kernel forgets the death signal at a change of user, so this comes after `drop`.
    """
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        raise ProcessLookupError(errno.ESRCH, "the server has ended")
    prctl(_PR_SET_DUMPABLE, 0)
