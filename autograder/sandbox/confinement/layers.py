"""All layers together: prepared once in a server, put on by each child that it forks."""

import enum
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.confinement import identity, limits
from autograder.sandbox.confinement.kernel import prctl
from autograder.sandbox.confinement.landlock import Ruleset
from autograder.sandbox.confinement.limits import Limits, Memory
from autograder.sandbox.confinement.readable import default_readable
from autograder.sandbox.confinement.seccomp import Filter
from autograder.sandbox.confinement.syscalls import native

_PR_SET_NO_NEW_PRIVS = 38
_WRITABLE = Path(os.devnull)


class Layer(enum.Flag):
    """What confinement is made of; each layer holds without the others.

    IDENTITY: nobody's rights, and death with the server. LIMITS: memory, time, sizes, threads. LANDLOCK: which
    files may be opened. SECCOMP: which system calls may be made.
    """

    IDENTITY = enum.auto()
    LIMITS = enum.auto()
    LANDLOCK = enum.auto()
    SECCOMP = enum.auto()


ALL = Layer.IDENTITY | Layer.LIMITS | Layer.LANDLOCK | Layer.SECCOMP


@dataclass(frozen=True)
class Confinement:
    """What a server prepares for its children. `apply` is called in a child, and cannot be undone there."""

    server: int
    memory: Memory
    layers: Layer
    keep_reading: bool
    ruleset: Ruleset | None
    filter: Filter | None

    @classmethod
    def prepare(cls, readable: Sequence[Path] | None = None, layers: Layer = ALL) -> "Confinement":
        """Prepares children of this process to read nothing but what lies under `readable`.

        By default that is the standard library, installed packages and what they need. Call it when
        everything is imported: what is mapped by then does not count against the children's memory.
        Raises `OSError` where a layer is not to be had.
        """
        paths = default_readable() if readable is None else [it.resolve() for it in readable]
        architecture = native()
        if architecture is None:
            raise OSError("no table of system calls for this processor")
        return cls(
            server=os.getpid(),
            memory=limits.base_memory(),
            layers=layers,
            keep_reading=identity.hidden_from_others(paths),
            ruleset=Ruleset(paths, [_WRITABLE]) if Layer.LANDLOCK in layers else None,
            filter=Filter(architecture) if Layer.SECCOMP in layers else None,
        )

    def apply(self, budget: Limits) -> None:
        """Confines this process, a child that the server's main thread has just forked.

        Close inherited descriptors after this, not before: one of them is the Landlock ruleset, which this
        closes. Raises `OSError`, and the child must end then.
        """
        if Layer.IDENTITY in self.layers:
            identity.drop(keep_reading=self.keep_reading)
            identity.bind_to(self.server)
        if Layer.LIMITS in self.layers:
            limits.apply(budget, self.memory)
        prctl(_PR_SET_NO_NEW_PRIVS, 1)
        if self.ruleset is not None:
            self.ruleset.restrict()
        if self.filter is not None:
            self.filter.install()

    def close(self) -> None:
        """Gives back what `prepare` holds open in the server."""
        if self.ruleset is not None:
            self.ruleset.close()
