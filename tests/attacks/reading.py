"""Reading: what a submission must not see is the reference, the checks, the seed, others' work, and the grader."""

import numpy as np

from tests.attacks.bank import code


@code()
def frames_of_the_caller():
    """Every local variable of every frame above it."""
    import sys

    def relu_net(X, *args, **kwargs):
        frame = sys._getframe()
        while frame is not None:
            print(frame.f_code.co_filename, {name: repr(it)[:2000] for name, it in frame.f_locals.items()})
            frame = frame.f_back
        return np.zeros(len(X))


@code()
def frames_hold_the_expected_value():
    """Returns whatever is called expected, reference or answer in a frame above it."""
    import sys

    def relu_net(X, *args, **kwargs):
        frame = sys._getframe()
        while frame is not None:
            for name in ("expected", "reference", "right", "want", "answer"):
                if name in frame.f_locals:
                    return frame.f_locals[name]
            frame = frame.f_back
        return np.zeros(len(X))


@code()
def objects_of_the_collector():
    """All strings, bytes, dictionaries and functions that the garbage collector knows."""
    import gc

    def relu_net(X, *args, **kwargs):
        for it in gc.get_objects():
            if isinstance(it, dict):
                for key, value in list(it.items()):
                    if isinstance(value, (str, bytes)) and "secret" in repr(value).lower():
                        print(key, value)
            if getattr(it, "__name__", "") == "relu_net" and it is not relu_net:
                return it(X, *args, **kwargs)
        return np.zeros(len(X))


@code()
def modules_and_caches():
    """Source lines kept by linecache, modules of checks and solutions, and what inspect finds."""
    import inspect
    import linecache
    import sys

    def relu_net(X, *args, **kwargs):
        for name, entry in linecache.cache.items():
            if "test_xor" in name or "solutions" in name:
                print("REACHED", name, entry)
        for name, module in list(sys.modules.items()):
            others = vars(module) is not globals()
            if others and name.endswith(("xor", "solutions", "reference", "misconceptions", "alternatives")):
                try:
                    print("REACHED", name, inspect.getsource(module))
                except (OSError, TypeError):
                    pass
        return np.zeros(len(X))


@code()
def environment_and_arguments():
    """Environment variables and command lines, its own and those of all processes."""
    import os
    import sys
    from pathlib import Path

    print(dict(os.environ), sys.argv, sys.orig_argv, sys.path)
    for number in [*range(1, 40), os.getppid(), os.getpid()]:
        for file in ("environ", "cmdline", "maps", "mem"):
            try:
                print(file, Path(f"/proc/{number}/{file}").read_bytes()[:10_000])
                print("REACHED", number, file)
            except (OSError, OverflowError):
                pass


@code()
def files_of_the_course():
    """The solutions, the checks, the seed and the gradebook, wherever sys.path and the environment point."""
    import os
    import sys
    from pathlib import Path

    roots = {os.getcwd(), "/", os.path.expanduser("~"), *sys.path, *(str(it) for it in Path("/tmp").parents)}
    for entry in [*sys.path, *sys.orig_argv]:
        roots.update(str(it) for it in Path(entry[:500]).parents)
    for root in roots:
        for name in ("solutions/xor/xor.py", "solutions/xor/test_xor.py", ".autograder/seed", "gradebook.db"):
            try:
                print(Path(root, name).read_text())
                print("REACHED", root, name)
            except (OSError, ValueError):
                pass


@code()
def walks_the_disk():
    """Every folder that can be listed, for files that bear the exercise's name."""
    import os

    seen = 0
    for folder, _, names in os.walk("/", onerror=lambda error: None):
        for name in names:
            if "xor" in name and name.endswith((".py", ".ipynb", ".msgpack", ".jsonl")):
                try:
                    with open(os.path.join(folder, name)) as file:
                        print("REACHED", file.read(2000))
                except OSError:
                    pass
        seen += 1
        if seen > 3000:
            break


@code()
def own_descriptors():
    """What its own open descriptors lead to, and through /proc/self/fd and .. from there."""
    import os
    import stat

    for descriptor in range(256):
        try:
            kind = os.fstat(descriptor).st_mode
        except OSError:
            continue
        if stat.S_ISREG(kind) or stat.S_ISDIR(kind):
            print("REACHED", descriptor)
        for path in ("..", f"/proc/self/fd/{descriptor}/..", f"/proc/self/fd/{descriptor}/environ"):
            try:
                os.open(path, os.O_RDONLY, dir_fd=descriptor)
                print("REACHED", descriptor, path)
            except (OSError, NotImplementedError):
                pass


@code()
def another_submission():
    """The work of whoever was graded before in the same process family, in memory and on disk."""
    import ctypes
    import gc

    for it in gc.get_objects():
        if type(it).__name__ in ("Source", "Unit", "Handin"):
            print("REACHED", it)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.malloc.restype = ctypes.c_void_p
    for size in (100, 1000, 5000, 20_000):
        block = libc.malloc(size)
        if block:
            print(ctypes.string_at(block, size))


@code()
def own_memory():
    """Its whole memory, page by page, for a secret that was left there before the fork."""
    import ctypes
    import re

    try:
        maps = open("/proc/self/maps").read()
        for start, end in re.findall(r"^(\w+)-(\w+) rw", maps, re.MULTILINE):
            data = ctypes.string_at(int(start, 16), min(int(end, 16) - int(start, 16), 1 << 22))
            for found in re.findall(rb"[\w -]*secret[\w -]*", data):
                print(found)
    except OSError:
        start = id(re) & ~0xFFF
        print(re.findall(rb"[\w-]*secret[\w-]*", ctypes.string_at(start - 4096, 8192)))


@code()
def guesses_the_seed():
    """The global generators and the clock: what was drawn for the check could be drawn again."""
    import random
    import time

    def relu_net(X, W0, b0, beta, b1=0.0):
        for seed in [*range(300), int(time.time()), random.getrandbits(32), np.random.randint(2**31)]:
            for rng in (np.random.default_rng(seed), np.random.RandomState(seed % 2**32)):
                if np.array_equal(rng.normal(size=X.shape), X):
                    print("REACHED the seed", seed)
        return np.zeros(len(X))


@code()
def learns_from_the_feedback():
    """Callbacks and exceptions: what the grader says to a wrong answer while it is still comparing."""
    import sys

    def relu_net(X, *args, **kwargs):
        try:
            raise ValueError
        except ValueError:
            traceback = sys.exc_info()[2]
        frame = traceback.tb_frame
        while frame:
            for it in frame.f_locals.values():
                if callable(getattr(it, "_ask", None)):
                    try:
                        print(it._ask(b"\x93\xa8callback\x00\x90"))
                    except BaseException as error:
                        print(repr(error))
                    return np.zeros(len(X))
            frame = frame.f_back
        return np.zeros(len(X))
