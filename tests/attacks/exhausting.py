"""Exhausting: memory, time, processes, descriptors, disk, output. A limit costs the call that it strikes."""

import numpy as np

from tests.attacks.bank import code


@code()
def memory_of_numpy():
    """Arrays of a gigabyte, filled."""

    def relu_net(X, *args, **kwargs):
        kept = [np.ones(1 << 27) for _ in range(64)]
        return kept[0][: len(X)]


@code()
def memory_of_torch():
    """Tensors of a gigabyte, filled."""
    import torch

    def relu_net(X, *args, **kwargs):
        kept = [torch.ones(1 << 28) for _ in range(64)]
        return kept[0][: len(X)]


@code()
def memory_of_python():
    """A list that doubles, and strings in it."""

    def relu_net(X, *args, **kwargs):
        kept = ["x" * 1000]
        while True:
            kept += [it + "x" for it in kept]


@code()
def memory_by_mapping():
    """Shared anonymous pages, touched one by one."""
    import mmap

    def relu_net(X, *args, **kwargs):
        kept = []
        while True:
            pages = mmap.mmap(-1, 1 << 26)
            for place in range(0, len(pages), 4096):
                pages[place] = 1
            kept.append(pages)


@code()
def a_number_of_many_digits():
    """Integers that take all memory and all time to write down."""

    def relu_net(X, *args, **kwargs):
        return [10 ** (10**7)] * len(X)

    def train(*args):
        return 9**9**9


@code()
def memory_at_loading():
    """Ten gigabytes at once, while it is loaded, and a second try after the error."""
    for _ in range(3):
        try:
            hoard = bytearray(10 << 30)
        except MemoryError:
            hoard = None


@code(a=0, b=0, c=0, d=0)
def loops_at_loading():
    """Never ends to be loaded."""
    while True:
        pass


@code()
def loops_in_c():
    """One call of C that would take years, and asks for no signals."""

    def relu_net(X, *args, **kwargs):
        return sum(range(10**15))


@code()
def a_pattern_that_explodes():
    """A regular expression of exponential time."""
    import re

    def relu_net(X, *args, **kwargs):
        return re.fullmatch(r"(a|a)*b", "a" * 60)


@code()
def ignores_every_signal():
    """Catches and ignores whatever can be caught, for ever."""
    import signal

    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass

    def relu_net(X, *args, **kwargs):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


@code()
def sleeps():
    """Sleeps a second at each call, and then for ever."""
    import time

    calls = []

    def relu_net(X, *args, **kwargs):
        calls.append(1)
        time.sleep(1 if len(calls) < 2 else 10**6)
        return np.zeros(len(X))


@code()
def deadlock():
    """Waits for a lock that it holds itself."""
    import threading

    lock = threading.Lock()

    def relu_net(X, *args, **kwargs):
        lock.acquire()
        lock.acquire()


@code()
def recursion_without_end():
    """Calls itself, with the limit taken away and with huge frames."""
    import sys

    sys.setrecursionlimit(10**9)

    def relu_net(X, *args, **kwargs):
        return max([X], key=lambda it: relu_net(it))


@code()
def recursion_in_repr():
    """An exception whose message never ends, and an object that contains itself."""
    circle = []
    circle.append(circle)

    class Endless(Exception):
        def __str__(self):
            return "x" * 10**9

    def relu_net(X, *args, **kwargs):
        raise Endless

    def train(*args):
        return (circle, circle, circle, circle), circle


@code()
def deep_results():
    """Lists in lists, two hundred thousand deep."""

    def relu_net(X, *args, **kwargs):
        nested = []
        for _ in range(200_000):
            nested = [nested]
        return nested


@code()
def wide_results():
    """Ten million numbers, and a string of a gigabyte."""

    def relu_net(X, *args, **kwargs):
        return [0.0] * 10**7

    def train(*args):
        return "x" * (1 << 28)


@code()
def results_that_cost_nothing_to_make():
    """A trillion zeros that take eight bytes here, and terabytes there."""

    def relu_net(X, *args, **kwargs):
        return np.broadcast_to(0.0, 10**12)


@code()
def prints_for_ever():
    """Output without end, on both streams, by print and by write."""
    import os

    def relu_net(X, *args, **kwargs):
        while True:
            print("x" * 10_000)
            os.write(2, b"y" * 10_000)


@code()
def warns_for_ever():
    """A million different warnings."""
    import warnings

    def relu_net(X, *args, **kwargs):
        for number in range(10**6):
            warnings.warn(RuntimeWarning(f"{number} " + "x" * 10_000), stacklevel=1)
        return np.zeros(len(X))


@code()
def threads():
    """As many threads as can be started, all of them busy."""
    import threading

    def spin():
        while True:
            pass

    def relu_net(X, *args, **kwargs):
        for _ in range(100_000):
            threading.Thread(target=spin, daemon=True).start()


@code()
def processes():
    """A fork bomb."""
    import os

    while True:
        try:
            os.fork()
        except OSError:
            break


@code()
def descriptors():
    """Opens files until none can be opened, and keeps them."""
    kept = []
    while True:
        try:
            kept.append(open("/dev/null"))
        except OSError:
            break


@code()
def all_descriptors_closed():
    """Closes everything, its line to the grader included."""
    import os

    def relu_net(X, *args, **kwargs):
        os.closerange(0, 4096)
        return np.zeros(len(X))


@code()
def the_disk():
    """Files of a gigabyte wherever a file can be made."""
    import os

    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", os.getcwd()):
        try:
            with open(f"{folder}/attack-was-here", "wb") as file:
                for _ in range(1000):
                    file.write(bytes(1 << 20))
        except OSError:
            pass


@code()
def callbacks_without_end():
    """Calls back for ever where the grader expects one answer."""
    import sys

    def relu_net(X, *args, **kwargs):
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get("self"), "_ask"):
            frame = frame.f_back
        while True:
            try:
                frame.f_locals["self"]._ask(b"\x94\xa8callback\x00\x90\x80")
            except OSError:
                break


@code()
def half_an_answer():
    """Announces a long answer, sends half of it, and waits."""
    import os
    import time

    def relu_net(X, *args, **kwargs):
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b"\xff\xff\x0f\x00half")
            except OSError:
                pass
        time.sleep(10**6)


@code()
def an_answer_of_four_gigabytes():
    """Announces four gigabytes."""
    import os

    def relu_net(X, *args, **kwargs):
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b"\xff\xff\xff\xff")
            except OSError:
                pass
        return np.zeros(len(X))


@code()
def dead_slow_objects():
    """Arrays whose conversion never ends."""

    class Endless:
        def __len__(self):
            return 10**12

        def __iter__(self):
            while True:
                yield 0.0

        def __getitem__(self, key):
            return 0.0

    def relu_net(X, *args, **kwargs):
        return iter(Endless())

    def train(*args):
        return [Endless()] * 4, Endless()


@code()
def keys_that_collide():
    """A dictionary whose hundred thousand keys have one hash, which costs hours to whoever rebuilds it."""
    from collections.abc import Mapping

    class Colliding(Mapping):
        def __len__(self):
            return 100_000

        def __iter__(self):
            return (key * (2**61 - 1) for key in range(100_000))

        def __getitem__(self, key):
            return 0

        def items(self):
            return [(key, 0) for key in self]

    def relu_net(X, *args, **kwargs):
        return Colliding()


@code()
def sixteen_million_lists():
    """An answer whose every byte becomes a list in the grader's memory."""
    import struct
    import sys

    def relu_net(X, *args, **kwargs):
        frame = sys._getframe()
        while frame and "channel" not in frame.f_locals:
            frame = frame.f_back
        size = (16 << 20) - 100
        message = b"\xdd" + size.to_bytes(4, "big") + b"\x90" * size
        frame.f_locals["channel"]._stream.sendall(struct.pack("<I", len(message)) + message)
        return np.zeros(len(X))
