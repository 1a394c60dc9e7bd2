"""Things to try in a confined process. Run as a script: one job as JSON in, outcomes as JSON out.

Every attempt runs in a forked child of its own. Its outcome is "done", the name of the error that stopped it
("EPERM", "MemoryError"), or the signal that the child died or stopped of.
"""

import ctypes
import errno
import fcntl
import functools
import gc
import importlib
import json
import mmap
import operator
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.confinement import Confinement, Layer, Limits
from autograder.sandbox.confinement.kernel import call, prctl
from autograder.sandbox.confinement.limits import MIB, THREADS
from autograder.sandbox.confinement.readable import default_readable

LIMITS = Limits(memory=256 * MIB, cpu_seconds=20, file_size=1 * MIB, open_files=64)
EXECUTED = 42
X86 = platform.machine() == "x86_64"


@dataclass(frozen=True)
class Attempt:
    """`success` is its outcome when nothing hinders it, `denials` are those that confinement may give it.

    A `fragile` one fails on some machines without any confinement, and `root` says that it takes root to
    succeed. `memory` is its budget in bytes where the usual one does not fit; `library` must be installed.
    """

    act: Callable[["World"], object]
    success: str
    denials: tuple[str, ...]
    fragile: bool
    root: bool
    memory: int | None
    library: str | None


FORBIDDEN: dict[str, Attempt] = {}
HONEST: dict[str, Attempt] = {}


def forbidden(*denials, success="done", fragile=False, root=False, memory=None):
    def register(act):
        FORBIDDEN[act.__name__] = Attempt(act, success, denials or ("EPERM", "EACCES"), fragile, root, memory, None)
        return act

    return register


def honest(act=None, *, success="done", needs=None, memory=None):
    def register(act):
        HONEST[act.__name__] = Attempt(act, success, (), False, False, memory, needs)
        return act

    return register(act) if act else register


class World:
    """What the server of the attempts holds ready for them."""

    def __init__(self, folder: Path) -> None:
        self.server = os.getpid()
        self.secret = folder / "secret.txt"  # anybody may read it
        self.private = folder / "private.txt"  # its owner only
        self.library = folder / "library" / "module.py"  # confined code may read it
        self.folder = folder
        self.inherited = os.open(folder / "inherited.txt", os.O_RDWR | os.O_CREAT)
        self.socket, self.peer = socket.socketpair()
        self.handle = handle_of(self.secret)
        self.mount = os.open(folder, os.O_RDONLY)
        self.terminal = os.openpty()[1]
        on_machine = int(Path("/proc/loadavg").read_text().split()[3].split("/")[1])
        self.threads = on_machine + THREADS + 100  # more than may be


def handle_of(path: Path) -> bytes | None:
    handle, mount = ctypes.create_string_buffer(struct.pack("=Ii", 128, 0), 136), ctypes.create_string_buffer(4)
    try:
        call("name_to_handle_at", -100, os.fsencode(path), handle, mount, 0)
    except OSError:
        return None
    return handle.raw


def child_ends(pid: int) -> None:
    if pid == 0:
        os._exit(0)


# new processes and programs


@forbidden()
def fork(world):
    child_ends(os.fork())


@forbidden()
def forkpty(world):
    child_ends(os.forkpty()[0])


@forbidden()
def vfork_and_exec(world):
    subprocess.run(["/bin/true"], check=True)


@forbidden()
def posix_spawn(world):
    os.posix_spawn("/bin/true", ["true"], {})


@forbidden()
def clone_a_process(world):
    child_ends(call("syscall", 56 if X86 else 220, signal.SIGCHLD, 0, 0, 0, 0))


@forbidden("ENOSYS")
def clone3_a_process(world):
    child_ends(call("syscall", 435, struct.pack("=QQQQQQQQ", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0), 64))


@forbidden()
def execute(world):
    os.execv("/bin/sh", ["sh", "-c", f"exit {EXECUTED}"])


# sockets


@forbidden()
def tcp_socket(world):
    socket.socket(socket.AF_INET, socket.SOCK_STREAM)


@forbidden()
def udp_socket(world):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


@forbidden()
def unix_socket(world):
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


@forbidden(fragile=True)
def netlink_socket(world):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)


@forbidden()
def pair_of_sockets(world):
    socket.socketpair()


@forbidden()
def pass_a_descriptor(world):
    socket.send_fds(world.socket, [b"x"], [1])


@forbidden()
def send_out_of_band(world):
    world.socket.send(b"!", socket.MSG_OOB)


# signals


@forbidden()
def signal_the_server(world):
    os.kill(world.server, signal.SIGUSR1)


@forbidden()
def ask_whether_the_server_lives(world):
    os.kill(world.server, 0)


@forbidden()
def signal_the_group(world):
    os.kill(0, signal.SIGUSR1)


@forbidden(fragile=True)
def signal_the_server_by_descriptor(world):
    signal.pidfd_send_signal(os.pidfd_open(world.server), signal.SIGUSR1)


@forbidden()
def queue_a_signal_for_the_server(world):
    call("sigqueue", world.server, signal.SIGUSR1, 0)


@forbidden(success="SIGUSR2")
def queue_a_signal_for_itself(world):
    call("sigqueue", os.getpid(), signal.SIGUSR2, 0)


@forbidden(success="SIGKILL")
def kill_itself(world):
    os.kill(os.getpid(), signal.SIGKILL)


@forbidden(success="SIGKILL")
def kill_its_thread(world):
    signal.pthread_kill(threading.get_ident(), signal.SIGKILL)


@forbidden(success="SIGKILL")
def kill_its_task(world):
    call("syscall", 200 if X86 else 130, threading.get_native_id(), signal.SIGKILL)


@forbidden(success="SIGSTOP")
def stop_itself(world):
    os.kill(os.getpid(), signal.SIGSTOP)


@forbidden()
def timer_that_kills(world):
    call("timer_create", time.CLOCK_MONOTONIC, struct.pack("=Qii48x", 0, signal.SIGKILL, 0), bytes(8))


@forbidden()
def descriptor_that_signals_the_server(world):
    fcntl.fcntl(world.socket, fcntl.F_SETOWN, world.server)


@forbidden()
def descriptor_that_kills(world):
    fcntl.fcntl(world.socket, fcntl.F_SETSIG, signal.SIGKILL)


@forbidden()
def descriptor_that_signals_when_it_is_ready(world):
    fcntl.ioctl(world.socket, 0x5452, struct.pack("=i", 1))  # FIOASYNC


@forbidden(fragile=True, root=True)
def type_into_a_terminal(world):
    fcntl.ioctl(world.terminal, termios.TIOCSTI, b"x")


@forbidden()
def outlive_the_server(world):
    prctl(1, 0)  # PR_SET_PDEATHSIG


@forbidden(success="SIGKILL")
def install_own_filter(world):
    call("syscall", 317 if X86 else 277, 0, 0, None)  # strict mode: the next call but read and write kills
    os.getppid()


# other processes


@forbidden(fragile=True)
def trace_the_server(world):
    call("ptrace", 0x4206, world.server, 0, 0)  # PTRACE_SEIZE


@forbidden(fragile=True)
def read_memory_of_the_server(world):
    there = ctypes.c_char(b"x")
    here = ctypes.create_string_buffer(1)
    local, remote = (struct.pack("=QQ", ctypes.addressof(it), 1) for it in (here, there))
    call("process_vm_readv", world.server, local, 1, remote, 1, 0)


@forbidden(fragile=True)
def take_a_descriptor_of_the_server(world):
    os.read(call("syscall", 438, os.pidfd_open(world.server), world.inherited, 0), 1)


@forbidden()
def read_environment_of_the_server(world):
    Path(f"/proc/{world.server}/environ").read_bytes()


@forbidden(fragile=True)
def open_memory_of_the_server(world):
    os.open(f"/proc/{world.server}/mem", os.O_RDONLY)


@forbidden()
def read_own_environment(world):
    Path("/proc/self/environ").read_bytes()


@forbidden()
def limit_the_server(world):
    resource.prlimit(world.server, resource.RLIMIT_CORE, (0, 0))


@forbidden()
def ask_limits_of_the_server(world):
    resource.prlimit(world.server, resource.RLIMIT_CORE)


@forbidden("ValueError")  # how Python reports EPERM here
def raise_own_limit(world):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@forbidden("ValueError")
def lower_own_limit(world):
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))


@forbidden()
def slow_the_server(world):
    os.setpriority(os.PRIO_PROCESS, world.server, os.getpriority(os.PRIO_PROCESS, world.server))


@forbidden()
def reschedule_the_server(world):
    os.sched_setscheduler(world.server, os.SCHED_OTHER, os.sched_param(0))


@forbidden()
def move_the_server_to_other_processors(world):
    os.sched_setaffinity(world.server, os.sched_getaffinity(world.server))


@forbidden()
def change_its_group(world):
    os.setpgid(0, 0)


# files


@forbidden()
def read_a_file(world):
    world.secret.read_text()


@forbidden()
def read_a_private_file(world):
    world.private.read_text()


@forbidden()
def read_the_engine(world):
    Path(__file__).read_text()


@forbidden(fragile=True, root=True)
def read_a_file_by_handle(world):
    if world.handle is None:
        raise OSError(errno.EOPNOTSUPP, "this file system gives no handles")
    os.read(call("open_by_handle_at", world.mount, world.handle, os.O_RDONLY), 1)


@forbidden("ENOSYS", fragile=True)
def read_a_file_by_openat2(world):
    call("syscall", 437, -100, os.fsencode(world.library), bytes(24), 24)


@forbidden()
def read_a_file_through_a_link(world):
    (world.folder / "library" / "link").read_text()


@forbidden()
def list_a_folder(world):
    os.listdir(world.folder)


@forbidden()
def go_to_a_folder(world):
    os.chdir(world.folder)


@forbidden()
def change_mode(world):
    world.secret.chmod(0o644)


@forbidden()
def change_owner(world):
    os.chown(world.secret, os.getuid(), os.getgid())


@forbidden()
def change_times(world):
    os.utime(world.secret)


@forbidden(fragile=True)
def change_attributes(world):
    os.setxattr(world.secret, "user.autograder", b"x")


@forbidden()
def write_beside_the_course(world):
    (world.folder / "written.txt").write_text("x")


@forbidden("FileNotFoundError", "EPERM", "EACCES")
def write_a_temporary_file(world):
    with tempfile.TemporaryFile() as file:
        file.write(b"x")


@forbidden(fragile=True)
def write_a_file_without_a_name(world):
    os.write(os.open(world.folder, os.O_TMPFILE | os.O_RDWR), b"x")


@forbidden()
def write_at_home(world):
    (Path.home() / "written.txt").write_text("x")


@forbidden()
def write_in_the_current_folder(world):
    Path("written-here.txt").write_text("x")


@forbidden()
def write_what_it_may_read(world):
    with world.library.open("a") as file:
        file.write("x")


@forbidden()
def truncate_what_it_may_read(world):
    os.truncate(world.library, 0)


@forbidden()
def truncate_by_opening_for_reading(world):
    os.open(world.library, os.O_RDONLY | os.O_TRUNC)


@forbidden()
def truncate_by_opening_for_nothing(world):
    os.open(world.library, os.O_WRONLY | os.O_RDWR | os.O_TRUNC)


@forbidden()
def make_a_folder(world):
    (world.folder / f"made-{os.getpid()}").mkdir()


@forbidden()
def make_a_pipe_with_a_name(world):
    os.mkfifo(world.folder / f"pipe-{os.getpid()}")


@forbidden()
def link_a_file(world):
    os.link(world.secret, world.folder / f"linked-{os.getpid()}")


@forbidden()
def link_a_file_symbolically(world):
    os.symlink(world.secret, world.folder / f"symbolic-{os.getpid()}")


@forbidden()
def rename_a_file(world):
    os.rename(world.secret, world.secret)


@forbidden()
def delete_a_file(world):
    (world.folder / "deletable.txt").unlink()


@forbidden()
def lock_a_file(world):
    fcntl.flock(world.inherited, fcntl.LOCK_EX)


@forbidden()
def lock_a_part_of_a_file(world):
    fcntl.lockf(world.inherited, fcntl.LOCK_EX)


@forbidden("EFBIG")
def write_more_than_a_file_may_hold(world):
    for _ in range(3):
        os.write(world.inherited, bytes(LIMITS.file_size))


@forbidden()
def grow_a_file(world):
    os.ftruncate(world.inherited, 16)


@forbidden()
def keep_descriptors_apart(world):
    call("syscall", 436, 1000, 1001, 2)  # close_range with CLOSE_RANGE_UNSHARE


@forbidden("EMFILE")
def open_many_files(world):
    for _ in range(LIMITS.open_files + 1):
        os.open(os.devnull, os.O_RDONLY)


# memory and threads


@forbidden("MemoryError")
def memory_bomb(world):
    bytearray(2 * LIMITS.memory)


@forbidden("MemoryError")
def memory_bomb_in_pieces(world):
    [bytearray(MIB // 2) for _ in range(4 * LIMITS.memory // MIB)]


@forbidden("ENOMEM")
def memory_bomb_by_mapping(world):
    mmap.mmap(-1, 2 * LIMITS.memory)


@forbidden("RuntimeError", fragile=True, memory=8 << 30)
def thread_bomb(world):
    threading.stack_size(64 << 10)
    end = threading.Event()
    try:
        for _ in range(world.threads):
            threading.Thread(target=end.wait, daemon=True).start()
    finally:
        end.set()


@forbidden()
def memory_file(world):
    os.memfd_create("x")


@forbidden(fragile=True)
def shared_memory_file(world):
    file = Path(f"/dev/shm/autograder-{os.getpid()}")
    file.touch()
    file.unlink()


@forbidden(fragile=True)
def shared_memory_segment(world):
    call("shmctl", call("shmget", 0, 4096, 0o1600), 0, None)


@forbidden(fragile=True)
def semaphores(world):
    call("semctl", call("semget", 0, 1, 0o1600), 0, 0)


@forbidden(fragile=True)
def message_queue(world):
    call("msgctl", call("msgget", 0, 0o1600), 0, None)


@forbidden(fragile=True)
def message_queue_with_a_name(world):
    name = f"autograder-{os.getpid()}".encode()
    call("syscall", 240 if X86 else 180, name, os.O_CREAT | os.O_RDWR, 0o600, None)
    call("syscall", 241 if X86 else 181, name)


# doors into the kernel


@forbidden(fragile=True)
def io_uring(world):
    call("syscall", 425, 8, ctypes.create_string_buffer(120))


@forbidden(fragile=True)
def program_in_the_kernel(world):
    attributes = struct.pack("=IIII", 2, 4, 8, 1).ljust(128, b"\0")  # an array of one element
    call("syscall", 321 if X86 else 280, 0, attributes, len(attributes))


@forbidden(fragile=True)
def handling_of_page_faults(world):
    call("syscall", 323 if X86 else 282, os.O_CLOEXEC | 1)  # UFFD_USER_MODE_ONLY


@forbidden(fragile=True)
def counters_of_performance(world):
    attributes = struct.pack("=IIQ", 1, 112, 1).ljust(112, b"\0")  # the clock of this task
    call("syscall", 298 if X86 else 241, attributes, 0, -1, -1, 0)


@forbidden(fragile=True)
def pipe_of_notifications(world):
    call("pipe2", ctypes.create_string_buffer(8), os.O_EXCL)


@forbidden(fragile=True)
def new_user_namespace(world):
    call("unshare", 0x10000000)


@forbidden(fragile=True, root=True)
def mount(world):
    call("mount", b"none", os.fsencode(world.folder / "library"), b"tmpfs", 0, None)
    call("umount2", os.fsencode(world.folder / "library"), 2)


@forbidden(fragile=True, root=True)
def change_root(world):
    os.chroot(world.folder)


@forbidden(fragile=True)
def keyring(world):
    call("syscall", 248 if X86 else 217, b"user", b"autograder", b"x", 1, -2)


@forbidden(fragile=True)
def watch_files(world):
    call("inotify_init")


@forbidden(fragile=True)
def personality(world):
    call("personality", 0x40000)


if X86:

    @forbidden("SIGSYS", fragile=True)
    def call_of_a_32_bit_program(world):
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
        ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()


@forbidden("SIGSYS", success="ENOSYS")
def call_of_the_x32_interface(world):
    call("syscall", 0x40000000 | 39)


@forbidden("ENOSYS", success="EFAULT", fragile=True)
def call_newer_than_the_table(world):
    call("syscall", 451, world.inherited, None, None, 0)  # cachestat


# what honest code does


@honest
def imports_lazily(world):
    sys.modules.pop("colorsys", None)
    importlib.import_module("colorsys").rgb_to_hsv(0.1, 0.2, 0.3)


@honest(needs="numpy")
def computes_with_numpy(world):
    import numpy as np

    u, s, v = np.linalg.svd(np.arange(90_000.0).reshape(300, 300) % 7)
    assert np.isfinite(u * s @ v).all()


@honest(needs="scipy")
def imports_scipy_lazily(world):
    import scipy.optimize
    import scipy.stats

    assert abs(scipy.optimize.brentq(lambda x: x * x - 2, 0, 2) ** 2 - 2) < 1e-9
    assert scipy.stats.norm.cdf(0) == 0.5


@honest(memory=1 << 30)
def runs_threads(world):
    results = []
    threads = [threading.Thread(target=lambda: results.append(time.sleep(0.01))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4


@honest
def reads_the_clock(world):
    start = time.perf_counter()
    time.sleep(0.01)
    assert time.perf_counter() - start >= 0.01
    time.localtime(time.time())


@honest
def sets_an_alarm(world):
    rang = []
    signal.signal(signal.SIGALRM, lambda *_: rang.append(True))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.05)
    assert rang


@honest
def warns(world):
    warnings.warn("take care", stacklevel=1)


@honest
def shows_a_traceback(world):
    sys.path.insert(0, str(world.library.parent))
    try:
        importlib.import_module("module").fail()
    except ZeroDivisionError:
        assert "return 1 / 0" in traceback.format_exc()
    else:
        raise AssertionError("it did not fail")


@honest
def draws_random_numbers(world):
    import random
    import secrets

    random.seed()
    assert len(secrets.token_bytes(8)) == 8
    with open("/dev/urandom", "rb", buffering=0) as file:
        assert len(file.read(8)) == 8


@honest
def talks_over_an_inherited_socket(world):
    world.peer.sendall(b"question")
    connection = socket.socket(fileno=os.dup(world.socket.fileno()))
    assert connection.recv(8) == b"question"
    connection.sendall(b"answer")


@honest
def discards_output(world):
    with open(os.devnull, "w") as nowhere:
        print("nothing", file=nowhere)


@honest
def prints(world):
    read, write = os.pipe()
    os.dup2(write, 1)
    print("seen", flush=True)
    assert os.read(read, 16) == b"seen\n"


@honest
def asks_about_itself(world):
    assert os.cpu_count()
    resource.getrlimit(resource.RLIMIT_AS)
    resource.getrusage(resource.RUSAGE_SELF)
    os.kill(os.getpid(), 0)
    platform.platform()
    gc.collect()


@honest(success="SIGABRT")
def aborts(world):
    os.abort()


@honest(success="SIGSEGV")
def crashes(world):
    ctypes.string_at(0)


# running them


def outcome(attempt: Attempt, world: World, confinement: Confinement | None) -> str:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            report = attempt_it(attempt, world, confinement)
            os.write(write, report.encode())
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        _, status = os.waitpid(pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return signal.Signals(os.WSTOPSIG(status)).name
        if os.WIFSIGNALED(status):
            return signal.Signals(os.WTERMSIG(status)).name
        if os.WEXITSTATUS(status) == EXECUTED:
            return "done"
        return pipe.read().decode() or f"status {status}"


def attempt_it(attempt: Attempt, world: World, confinement: Confinement | None) -> str:
    os.setpgid(0, 0)
    if confinement is not None:
        limits = LIMITS if attempt.memory is None else Limits(**{**vars(LIMITS), "memory": attempt.memory})
        confinement.apply(limits)
    try:
        attempt.act(world)
    except FileNotFoundError:
        return "FileNotFoundError"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    except AssertionError:
        return traceback.format_exc()
    except Exception as error:
        return type(error).__name__
    return "done"


def main() -> None:
    job = json.loads(sys.argv[1])
    folder = Path(job["folder"])
    for library in job["imports"]:
        importlib.import_module(library)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    world = World(folder)
    layers = functools.reduce(operator.or_, (Layer[name] for name in job["layers"]), Layer(0))
    readable = [folder / "library", *([] if job["library_only"] else default_readable())]
    confinement = Confinement.prepare(readable, layers) if layers else None
    attempts = {**FORBIDDEN, **HONEST}
    print(json.dumps({name: outcome(attempts[name], world, confinement) for name in job["names"]}))


if __name__ == "__main__":
    main()
