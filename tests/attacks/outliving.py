"""Outliving: nothing of a submission is there when its time is over."""

import numpy as np

from tests.attacks.bank import code


@code()
def a_daemon():
    """Double fork and a session of its own; the daemon would write a file a moment later."""
    import os
    import time

    try:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(1)
                open("/tmp/attack-was-here", "w").close()
            os._exit(0)
    except OSError:
        pass


@code()
def at_exit():
    """Handlers for the end of the interpreter that never end."""
    import atexit
    import time

    atexit.register(time.sleep, 10**6)
    atexit.register(print, "REACHED the end")


@code()
def at_exit_of_c():
    """A handler of the C library."""
    import ctypes

    handler = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: print("REACHED", flush=True))
    ctypes.CDLL(None).__cxa_atexit(handler, None, None)


@code()
def finalizers():
    """Destructors that bring their object back, and never end."""

    class Undead:
        def __del__(self):
            global again
            again = self
            while True:
                pass

    def relu_net(X, *args, **kwargs):
        Undead()
        return np.zeros(len(X))


@code()
def threads_that_go_on():
    """Threads that are no daemons, and would keep the process alive."""
    import threading
    import time

    for _ in range(5):
        threading.Thread(target=time.sleep, args=(10**6,), daemon=False).start()


@code()
def an_alarm_later():
    """A timer that interrupts whatever runs in its process later, with a jump out of it."""
    import signal

    def jump(*_):
        raise SystemExit(0)

    def train(X, y, W0, b0, beta, b1, lr, steps):
        signal.signal(signal.SIGALRM, jump)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        return (W0, b0, beta, b1), np.zeros(steps + 1)


@code()
def held_locks():
    """Takes the import lock, the lock of stdout and that of logging, and keeps them."""
    import _imp
    import logging
    import sys

    def relu_net(X, *args, **kwargs):
        _imp.acquire_lock()
        logging._acquireLock() if hasattr(logging, "_acquireLock") else logging._lock.acquire()
        sys.stdout.close()
        return np.zeros(len(X))


@code()
def leaves_the_family():
    """A session and a group of its own, so that no signal to the group finds it."""
    import os

    for act in (os.setsid, lambda: os.setpgid(0, 0), lambda: os.setpgid(0, os.getppid())):
        try:
            act()
            print("REACHED")
        except OSError:
            pass
