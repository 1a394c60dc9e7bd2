"""The three ways to start a process for student code, from the safest to the most convenient."""

from collections.abc import Sequence
from typing import Protocol

from autograder.sandbox.confined import ConfinedProcess, ForkServer
from autograder.sandbox.direct import DirectProcess
from autograder.sandbox.guest import Process
from autograder.sandbox.limits import Limits, SandboxFault
from autograder.sandbox.plain import PlainProcess


class Starter(Protocol):
    """Starts processes for student code."""

    def start(self, limits: Limits, *, torch: bool) -> Process:
        """A new process; `torch` says that it should have torch ready."""

    def close(self) -> None: ...


class ConfinedStarter:
    """Forks from two warm servers, one with torch and one without; each is started when it is first needed."""

    def __init__(self, libraries: Sequence[str] = ("scipy",), *, confined: bool = True) -> None:
        """Both servers hold NumPy and the `libraries`."""
        self._libraries = libraries
        self._confined = confined
        self._servers: dict[bool, ForkServer] = {}

    def prepare(self, *, torch: bool) -> ForkServer:
        """Begins to warm a server up, without waiting."""
        if torch not in self._servers:
            libraries = [*self._libraries, *(["torch"] if torch else [])]
            self._servers[torch] = ForkServer(libraries, confined=self._confined)
        return self._servers[torch]

    def start(self, limits: Limits, *, torch: bool) -> ConfinedProcess:
        try:
            return self.prepare(torch=torch).start(limits)
        except SandboxFault:
            # A server that died is replaced once; if the new one fails as well, the machine is at fault.
            self._servers.pop(torch).close()
            return self.prepare(torch=torch).start(limits)

    def close(self) -> None:
        for server in self._servers.values():
            server.close()
        self._servers.clear()


class PlainStarter:
    """A subprocess with a time limit, for a student's machine that cannot confine."""

    def start(self, limits: Limits, *, torch: bool) -> PlainProcess:
        return PlainProcess(limits)

    def close(self) -> None:
        pass


class DirectStarter:
    """This very process, for a debugger."""

    def start(self, limits: Limits, *, torch: bool) -> DirectProcess:
        return DirectProcess()

    def close(self) -> None:
        pass
