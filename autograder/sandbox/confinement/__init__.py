"""Taking every right from a process that runs untrusted code, on Linux (x86-64 and ARM64).

Four layers, which a freshly forked child puts on itself: another user without capabilities (if started by
root), resource limits, Landlock for files, and a seccomp filter for all other system calls.
`unavailable` says why a machine cannot do this.
"""

from autograder.sandbox.confinement.layers import ALL, Confinement, Layer
from autograder.sandbox.confinement.limits import Limits
from autograder.sandbox.confinement.probe import unavailable

__all__ = ["ALL", "Confinement", "Layer", "Limits", "unavailable"]
