"""The three ways to start a process for student code, from the safest to the most convenient."""

from collections.abc import Collection
from typing import Protocol

from autograder.sandbox.confined import ConfinedProcess, ForkServer
from autograder.sandbox.direct import DirectProcess
from autograder.sandbox.guest import Process
from autograder.sandbox.limits import Limits, SandboxFault
from autograder.sandbox.plain import PlainProcess

# What a process can have ready besides NumPy. A server holds what is asked for, since import and fork cost by that.
LIBRARIES = ("scipy", "torch")


class Starter(Protocol):
    """Starts processes for student code."""

    def start(self, limits: Limits, libraries: Collection[str] = ()) -> Process:
        """A new process that has those of `LIBRARIES` ready; it can import the others, which takes its time."""

    def close(self) -> None: ...


class ConfinedStarter:
    """Forks from warm servers; each is started when it is first needed."""

    def __init__(self, *, confined: bool = True) -> None:
        self._confined = confined
        self._servers: dict[tuple[str, ...], ForkServer] = {}

    def prepare(self, libraries: Collection[str] = ()) -> ForkServer:
        """Begins to warm a server up, without waiting."""
        held = tuple(name for name in LIBRARIES if name in libraries)
        if held not in self._servers:
            self._servers[held] = ForkServer(held, confined=self._confined)
        return self._servers[held]

    def start(self, limits: Limits, libraries: Collection[str] = ()) -> ConfinedProcess:
        server = self.prepare(libraries)
        try:
            return server.start(limits)
        except SandboxFault:
            # A server that died is replaced once; if the new one fails as well, the machine is at fault.
            self._servers = {held: it for held, it in self._servers.items() if it is not server}
            server.close()
            return self.prepare(libraries).start(limits)

    def close(self) -> None:
        for server in self._servers.values():
            server.close()
        self._servers.clear()


class PlainStarter:
    """A subprocess with a time limit, for a student's machine that cannot confine."""

    def start(self, limits: Limits, libraries: Collection[str] = ()) -> PlainProcess:
        return PlainProcess(limits)

    def close(self) -> None:
        pass


class DirectStarter:
    """This very process, for a debugger."""

    def start(self, limits: Limits, libraries: Collection[str] = ()) -> DirectProcess:
        return DirectProcess()

    def close(self) -> None:
        pass
