"""Memory is gathered in huge pages, and nothing in it changes."""

import subprocess
import sys

import pytest

from autograder.sandbox.confinement import unavailable

SCRIPT = """
import ctypes, mmap
from pathlib import Path
from autograder.sandbox import hugepages

def huge():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(it.split()[1]) for it in lines if it.startswith("AnonHugePages:"))

size = 64 << 20
memory = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for place in range(0, size, 4096):
    memory[place : place + 3] = place.to_bytes(6, "big")[:3]
before = huge()
hugepages.collapse()
assert all(memory[place : place + 3] == place.to_bytes(6, "big")[:3] for place in range(0, size, 4096))
print(huge() - before)
"""

if unavailable():
    pytest.skip(unavailable(), allow_module_level=True)


def test_what_lies_in_memory_stays():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if done.stdout == "0\n":
        pytest.skip("this kernel has no huge pages to give")
    assert int(done.stdout) > 50_000  # KiB
