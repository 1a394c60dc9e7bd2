"""Escaping: out of the process, by the network, by signals, by the kernel's doors."""

from tests.attacks.bank import code


@code()
def sockets_of_every_family():
    """A socket of each family and type that the kernel knows."""
    import socket

    for family in range(1, 46):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind)
                print("REACHED", family, kind)
            except OSError:
                pass


@code()
def the_internet():
    """Names and web pages, by urllib, and a listener of its own."""
    import socket
    import urllib.request

    for act in (
        lambda: urllib.request.urlopen("http://127.0.0.1:80/", timeout=1),
        lambda: socket.create_connection(("127.0.0.1", 22), timeout=1),
        lambda: socket.create_server(("127.0.0.1", 0)),
        lambda: socket.socketpair(),
        lambda: socket.getaddrinfo("example.org", 80),
    ):
        try:
            act()
            print("REACHED")
        except OSError:
            pass


@code()
def programs():
    """Programs and shells, by every way that Python has."""
    import os
    import pty
    import subprocess

    for act in (
        lambda: os.system("echo REACHED; touch /tmp/attack-was-here"),
        lambda: subprocess.run(["/bin/sh", "-c", "echo REACHED"], check=True),
        lambda: os.posix_spawn("/bin/echo", ["echo", "REACHED"], {}),
        lambda: os.popen("echo REACHED").read(),
        lambda: pty.spawn(["/bin/echo", "REACHED"]),
    ):
        try:
            act()
        except (OSError, RuntimeError):
            pass


@code()
def another_program_in_its_place():
    """exec: the process becomes a shell, and keeps the descriptors."""
    import os

    for act in (
        lambda: os.execv("/bin/sh", ["sh", "-c", "echo REACHED; sleep 30"]),
        lambda: os.execve(os.memfd_create("x"), ["x"], {}),
        lambda: os.execvp("python3", ["python3", "-c", "print('REACHED')"]),
    ):
        try:
            act()
        except OSError:
            pass


@code()
def debugs_the_grader():
    """ptrace, process_vm_readv and pidfd_getfd on its parent and its parent's parent."""
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.restype = ctypes.c_long
    for target in (os.getppid(), os.getppid() - 1, 1):
        if libc.ptrace(0x4206, target, 0, 0) == 0 or libc.ptrace(16, target, 0, 0) == 0:
            print("REACHED ptrace")
        buffer = ctypes.create_string_buffer(64)
        local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
        remote = (ctypes.c_size_t * 2)(id(os), 64)
        if libc.process_vm_readv(target, local, 1, remote, 1, 0) > 0:
            print("REACHED memory", buffer.raw)
        pidfd = libc.syscall(434, target, 0)
        if pidfd >= 0 and libc.syscall(438, pidfd, 0, 0) >= 0:
            print("REACHED descriptor")


@code()
def kills():
    """Signals to its parent, to everybody, to the group, and by pidfd."""
    import os
    import signal

    for act in (
        lambda: os.kill(os.getppid(), signal.SIGKILL),
        lambda: os.kill(-1, signal.SIGKILL),
        lambda: os.killpg(os.getpgid(os.getppid()), signal.SIGTERM),
        lambda: signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGKILL),
    ):
        try:
            act()
            print("REACHED")
        except OSError:
            pass


@code()
def limits_and_priorities_of_others():
    """prlimit, nice, scheduling and processors of the fork server."""
    import os
    import resource

    for act in (
        lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)),
        lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
        lambda: os.sched_setaffinity(os.getppid(), {0}),
        lambda: os.sched_setscheduler(os.getppid(), os.SCHED_IDLE, os.sched_param(0)),
        lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    ):
        try:
            act()
            print("REACHED")
        except (OSError, ValueError):
            pass


@code()
def namespaces_and_mounts():
    """unshare, setns, mount, pivot_root and chroot."""
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000, 0x80):
        if libc.unshare(flag) == 0:
            print("REACHED unshare", hex(flag))
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
        print("REACHED mount")
    try:
        os.chroot("/tmp")
        print("REACHED chroot")
    except OSError:
        pass


@code()
def doors_of_the_kernel():
    """io_uring, bpf, perf, userfaultfd, keyrings, modules, kexec and fanotify."""
    import ctypes
    import platform

    libc = ctypes.CDLL(None, use_errno=True)
    x86 = platform.machine() == "x86_64"
    calls = {
        "io_uring_setup": 425,
        "bpf": 321 if x86 else 280,
        "perf_event_open": 298 if x86 else 241,
        "userfaultfd": 323 if x86 else 282,
        "add_key": 248 if x86 else 217,
        "keyctl": 250 if x86 else 219,
        "init_module": 175 if x86 else 105,
        "kexec_load": 246 if x86 else 104,
        "fanotify_init": 300 if x86 else 262,
        "open_by_handle_at": 304 if x86 else 265,
        "clone3": 435,
        "pidfd_open": 434,
    }
    for name, number in calls.items():
        if libc.syscall(number, 0, ctypes.create_string_buffer(256), 0, 0, 0, 0) >= 0:
            print("REACHED", name)


@code()
def takes_its_confinement_off():
    """Its own seccomp filter, another Landlock rule set, death signals and capabilities."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(1, 0) == 0:
        print("REACHED death signal")
    if libc.prctl(4, 1) == 0:
        print("REACHED dumpable")
    if libc.prctl(22, 2, 0) == 0:
        print("REACHED seccomp")
    if libc.setresuid(0, 0, 0) == 0 or libc.setgid(0) == 0:
        print("REACHED root")
    if libc.syscall(126, ctypes.create_string_buffer(8), ctypes.create_string_buffer(b"\xff" * 24)) == 0:
        print("REACHED capabilities")


@code(a=0, b=0, c=0, d=0)
def machine_code():
    """Own machine code in an executable page that makes its calls by the gates of 32-bit and x32 programs."""
    import ctypes
    import mmap
    import platform

    if platform.machine() == "x86_64":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.syscall(0x40000000 | 39)
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
        print("REACHED", ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))())


@code()
def forks_in_every_way():
    """fork, vfork, clone and multiprocessing; a child would write a file."""
    import ctypes
    import multiprocessing
    import os

    def child():
        print("REACHED", flush=True)
        os._exit(0)

    libc = ctypes.CDLL(None, use_errno=True)
    for act in (os.fork, libc.fork, lambda: libc.syscall(56, 17, 0, 0, 0, 0), lambda: libc.syscall(57)):
        try:
            if act() == 0:
                child()
        except OSError:
            pass
    try:
        multiprocessing.get_context("fork").Process(target=child).start()
    except OSError:
        pass


@code()
def the_terminal():
    """Types into the terminal of whoever grades, and asks it to answer."""
    import fcntl
    import os
    import termios

    for path in ("/dev/tty", "/dev/console", "/dev/pts/0"):
        try:
            terminal = os.open(path, os.O_RDWR)
            fcntl.ioctl(terminal, termios.TIOCSTI, b"x")
            print("REACHED", path)
        except OSError:
            pass
    for descriptor in range(3):
        try:
            fcntl.ioctl(descriptor, termios.TIOCSTI, b"x")
            print("REACHED", descriptor)
        except OSError:
            pass


@code()
def devices():
    """The kernel's log, memory and disks."""
    import os

    for path in (
        "/dev/mem",
        "/dev/kmsg",
        "/dev/sda",
        "/dev/vda",
        "/dev/fuse",
        "/dev/kvm",
        "/proc/kcore",
        "/sys/kernel",
    ):
        try:
            os.open(path, os.O_RDONLY)
            print("REACHED", path)
        except OSError:
            pass
