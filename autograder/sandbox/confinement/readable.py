"""What honest code reads while it runs."""

import sys
import sysconfig
from pathlib import Path

_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/usr/share/zoneinfo",
    "/sys/devices/system/cpu",  # os.cpu_count
    "/dev/null",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)


def default_readable() -> list[Path]:
    """The standard library, installed packages, shared libraries, time zones, harmless devices.

    Of an environment these are the library folders only: its own folder may be the course's.
    """
    prefixes = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
    candidates = [
        *(Path(prefix, name) for prefix in prefixes for name in ("lib", "lib64")),
        *(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")),
        *(Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")),
        *map(Path, _SYSTEM),
    ]
    existing = {it.resolve() for it in candidates if it.exists()}
    return sorted(it for it in existing if existing.isdisjoint(it.parents))
