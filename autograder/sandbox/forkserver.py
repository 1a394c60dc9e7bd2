"""The process that student code is forked from: libraries imported and warmed, no secret ever loaded.

It is started by `autograder.sandbox.confined.ForkServer` and speaks JSON over a `SOCK_SEQPACKET` socket:

    {"start": {limits}} with two descriptors, conversation and output   →   {"pid": …}
    {"end": pid, "grace": seconds}   kills unless it ends by itself     →   {"status", "cpu", "memory", "killed"}
    {"discard": pid}                 kills

It ends when the grader closes the socket, and its children with it.
"""

import array
import gc
import json
import os
import signal
import socket
import sys
import time
import traceback
import types
from typing import Any

from autograder.sandbox.hugepages import collapse

INPUT, OUTPUT, ERRORS = 0, 1, 2
READY = b"ready"
_MANY = 3  # processes that tell a class from one submission at home, which would wait for huge pages in vain
_ENVIRONMENT = {
    "HOME": "/nonexistent",
    "PATH": "/usr/bin",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # Neither matplotlib nor torch's compiler can be imported without a folder that looks writable.
    "MPLCONFIGDIR": "/tmp",
    "TORCHINDUCTOR_CACHE_DIR": "/tmp",
}


def main(descriptor: int, readable: list[str], libraries: list[str], confined: bool) -> None:
    from autograder.sandbox import servant  # noqa: F401  children need it, and may not read it
    from autograder.sandbox.channel import BlockingChannel  # noqa: F401
    from autograder.sandbox.confinement import Confinement

    control = socket.socket(fileno=descriptor)
    _import_and_warm(libraries)
    confinement = Confinement.prepare() if confined else None
    # A notebook's cells import it; its checks run elsewhere, so here it does nothing.
    sys.modules["autograder.notebook"] = types.ModuleType("autograder.notebook")
    sys.modules["autograder.notebook"].check = lambda *_, **__: None  # type: ignore[attr-defined]
    sys.path[:] = [entry for entry in sys.path if any(_within(entry, folder) for folder in readable)]
    _prepare_surroundings()
    gc.collect()
    # Frozen objects are not visited by a child's garbage collector, so their pages stay shared.
    gc.freeze()
    try:
        _serve(control, confinement)
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)  # the grader is gone; children die of their death signal


def _serve(control: socket.socket, confinement: Any) -> None:
    control.send(json.dumps({"ready": os.getpid()}).encode())
    discarded: set[int] = set()
    started = 0
    while True:
        message, descriptors = _receive(control)
        if not message:
            raise BrokenPipeError
        request = json.loads(message)
        discarded = {pid for pid in discarded if not os.waitpid(pid, os.WNOHANG)[0]}
        if "start" in request:
            started += 1
            if started == _MANY:
                collapse()
            pid = os.fork()
            if pid == 0:
                _become_child(control, descriptors, confinement, request["start"])
            for handed in descriptors:
                os.close(handed)
            control.send(json.dumps({"pid": pid}).encode())
        elif "discard" in request:
            os.kill(request["discard"], signal.SIGKILL)  # not reaped yet, so it is still that process
            discarded.add(request["discard"])
        else:
            control.send(json.dumps(_end(request["end"], request["grace"])).encode())


def _prepare_surroundings() -> None:
    """What every child finds around it; made here, where it is made once."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), INPUT)
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    os.chdir("/")
    # By lines, so that what was printed before a crash is not lost.
    sys.stdout, sys.stderr = (
        open(it, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        for it in (OUTPUT, ERRORS)
    )
    sys.argv[:] = [""]


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    descriptors = array.array("i")
    message, ancillary, _flags, _address = control.recvmsg(1 << 16, socket.CMSG_SPACE(2 * descriptors.itemsize))
    for _level, _type, data in ancillary:
        descriptors.frombytes(data)
    return message, list(descriptors)


def _end(pid: int, grace: float) -> dict[str, Any]:
    deadline = time.monotonic() + grace
    reaped, status, usage = os.wait4(pid, os.WNOHANG)
    while not reaped and time.monotonic() < deadline:
        time.sleep(0.002)
        reaped, status, usage = os.wait4(pid, os.WNOHANG)
    killed = not reaped
    if killed:
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
    cpu = usage.ru_utime + usage.ru_stime
    return {"status": status, "cpu": cpu, "memory": usage.ru_maxrss, "killed": killed}


def _become_child(control: socket.socket, descriptors: list[int], confinement: Any, limits: dict[str, int]) -> None:
    """Never returns."""
    from autograder.sandbox.channel import BlockingChannel
    from autograder.sandbox.confinement import Limits
    from autograder.sandbox.servant import serve

    try:
        os.setsid()
        conversation, output = descriptors
        os.dup2(output, OUTPUT)
        os.dup2(output, ERRORS)
        control.detach()
        if confinement is not None:
            confinement.apply(Limits(**limits))
        os.closerange(ERRORS + 1, conversation)
        os.closerange(conversation + 1, 256)
        channel = BlockingChannel(socket.socket(fileno=conversation))
        channel.send(READY)
    except BaseException:
        os.write(ERRORS, traceback.format_exc().encode())
        os._exit(1)
    try:
        serve(channel.receive, channel.send)
    finally:
        os._exit(0)


def _within(entry: str, folder: str) -> bool:
    return entry == folder or entry.startswith(folder.rstrip("/") + "/")


def _import_and_warm(libraries: list[str]) -> None:
    """Imports what the first use of a library would import, so that no child pays for it."""
    import numpy as np

    np.linalg.lstsq(np.eye(2), np.ones(2), rcond=None)
    np.random.default_rng(0).normal(size=2)
    import decimal
    import fractions

    fractions.Fraction(decimal.Decimal("0.5"))
    if "scipy" in libraries:
        import scipy.linalg
        import scipy.optimize
        import scipy.special
        import scipy.stats  # noqa: F401
    if "torch" in libraries:
        import tempfile

        import torch

        from autograder.sandbox.deferred_compiler import defer_compiler

        defer_compiler()
        tempfile.tempdir = "/tmp"  # the compiler asks where that is when it is imported, and nothing can be tried out
        torch.set_num_threads(1)  # a pool of threads does not survive a fork
        model = torch.nn.Linear(2, 2)
        optimiser = torch.optim.Adam(model.parameters())
        loss = torch.nn.functional.cross_entropy(model(torch.ones(2, 2)).relu(), torch.tensor([0, 1]))
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        repr(torch.ones(2))
        # Children may not read our files.
        from autograder.sandbox import handed_in, pretended_cuda  # noqa: F401
