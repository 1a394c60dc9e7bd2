"""Finding out whether this machine can confine code: by confining some and trying what it must not do."""

import importlib
import os
import sys
from collections.abc import Callable
from functools import cache

from autograder.sandbox.confinement import landlock
from autograder.sandbox.confinement.kernel import call
from autograder.sandbox.confinement.layers import Confinement
from autograder.sandbox.confinement.limits import MIB, Limits
from autograder.sandbox.confinement.syscalls import native

_LIMITS = Limits(memory=64 * MIB, cpu_seconds=5)
_UNIX, _STREAM = 1, 1
_RARELY_IMPORTED = "colorsys"


@cache
def unavailable() -> str | None:
    """Why untrusted code cannot be confined here, in one line; None if it can be."""
    if sys.platform != "linux":
        system = {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform)
        return f"{system} has no Landlock (needs Linux 5.13 or newer)"
    if native() is None:
        return f"the processor is of the kind {os.uname().machine}; x86-64 or ARM64 is needed"
    return landlock.missing() or _try()


def _try() -> str | None:
    try:
        confinement = Confinement.prepare()
        try:
            return _outcome_in_child(lambda: _attempt(confinement))
        finally:
            confinement.close()
    except OSError as error:
        return f"confinement cannot be set up: {error}"


def _attempt(confinement: Confinement) -> str:
    """What is wrong with the confinement that this process puts on; empty if nothing is."""
    confinement.apply(_LIMITS)
    forbidden: dict[str, Callable[[], object]] = {
        "list files": lambda: os.open("/", os.O_RDONLY),
        "open sockets": lambda: call("socket", _UNIX, _STREAM, 0),
        "start processes": _fork,
    }
    for deed, act in forbidden.items():
        try:
            act()
        except PermissionError:
            continue
        return f"confined code could still {deed}"
    sys.modules.pop(_RARELY_IMPORTED, None)
    try:
        importlib.import_module(_RARELY_IMPORTED)
    except Exception as error:
        return f"confined code could not import from the standard library: {error}"
    return ""


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _outcome_in_child(act: Callable[[], str]) -> str | None:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            try:
                finding = act() or "confined"
            except BaseException as error:
                finding = f"confinement cannot be set up: {type(error).__name__}: {error}"
            os.write(writer, finding.encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        finding = pipe.read().decode(errors="replace")
    _, status = os.waitpid(pid, 0)
    if not finding:
        return f"a confined process ended unexpectedly (wait status {status})"
    return None if finding == "confined" else finding
