"""The filter of system calls as a program: what it decides, read by an interpreter of BPF written for this test."""

import errno
import itertools
import re
import signal
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.confinement import bpf
from autograder.sandbox.confinement.bpf import ANY_BIT, AT_LEAST, EQUAL, Node, Return, Test
from autograder.sandbox.confinement.seccomp import ALLOW, DENY, HARMLESS, KILL, OWN_PID, UNKNOWN, policy
from autograder.sandbox.confinement.syscalls import AARCH64, X86_64, Architecture

ARCHITECTURES = pytest.mark.parametrize("architecture", [X86_64, AARCH64], ids=["x86_64", "aarch64"])
PID = OWN_PID
THREAD = 0x3D0F00  # what glibc's pthread_create asks for
WORDS = st.integers(0, 2**32 - 1)


def call_data(number: int, *arguments: int, audit: int = X86_64.audit) -> bytes:
    """The kernel's `struct seccomp_data`."""
    return struct.pack("=IIQ6Q", number, audit, 0, *arguments, *[0] * (6 - len(arguments)))


def execute(code: bytes, data: bytes) -> int:
    program = list(struct.iter_unpack("=HBBI", code))
    accumulator = at = 0
    while True:
        operation, if_true, if_false, constant = program[at]
        at += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, constant)
        elif operation == 0x06:
            return constant
        elif operation == 0x05:
            at += constant
        else:
            holds = {0x15: accumulator == constant, 0x35: accumulator >= constant, 0x45: accumulator & constant != 0}
            at += if_true if holds[operation] else if_false


def decide(node: Node, data: bytes) -> int:
    while isinstance(node, Test):
        (word,) = struct.unpack_from("=I", data, node.word)
        holds = {EQUAL: word == node.constant, AT_LEAST: word >= node.constant, ANY_BIT: word & node.constant != 0}
        node = node.yes if holds[node.comparison] else node.no
    return node.verdict


def verdict(architecture: Architecture, name: str, *arguments: int) -> Return:
    data = call_data(architecture.numbers[name], *arguments, audit=architecture.audit)
    return Return(execute(bpf.encode(bpf.assemble(policy(architecture))), data))


def trees() -> st.SearchStrategy[Node]:
    words = st.sampled_from([bpf.NUMBER, bpf.ARCHITECTURE, bpf.low(0), bpf.high(0), bpf.low(5)])
    small = st.integers(0, 7)
    return st.recursive(
        st.builds(Return, WORDS),
        lambda nodes: st.builds(Test, words, st.sampled_from([EQUAL, AT_LEAST, ANY_BIT]), small, nodes, nodes),
        max_leaves=40,
    )


@given(trees(), st.lists(st.integers(0, 7), min_size=16, max_size=16))
def test_program_decides_as_its_tree_does(tree: Node, words: list[int]) -> None:
    data = struct.pack("=16I", *words)
    assert execute(bpf.encode(bpf.assemble(tree)), data) == decide(tree, data)


@given(st.integers(0, 700))
def test_branches_longer_than_a_comparison_can_jump(number: int) -> None:
    # Alternating verdicts keep the search from merging neighbours: its first branch is far beyond 255 instructions.
    starts = {start: Return(start) for start in range(600)}
    program = bpf.assemble(bpf.search(bpf.NUMBER, starts))
    assert len(program) > 1000
    assert execute(bpf.encode(program), call_data(number)) == min(number, 599)


def test_a_program_too_long_for_the_kernel_is_refused() -> None:
    with pytest.raises(ValueError, match="the kernel takes 4096"):
        bpf.assemble(bpf.search(bpf.NUMBER, {start: Return(start) for start in range(3000)}))


@ARCHITECTURES
def test_program_and_policy_agree_on_every_number(architecture: Architecture) -> None:
    tree = policy(architecture)
    code = bpf.encode(bpf.assemble(tree))
    allowed = set()
    for number, argument in itertools.product(range(700), [0, 1, 2, 9, 0x1002, THREAD, OWN_PID, 2**40]):
        data = call_data(number, argument, argument, argument, 0, argument, audit=architecture.audit)
        assert execute(code, data) == decide(tree, data)
        if execute(code, data) == ALLOW.verdict:
            allowed.add(number)
    assert allowed <= set(architecture.numbers.values())


@ARCHITECTURES
def test_only_a_few_comparisons_a_call(architecture: Architecture) -> None:
    def depth(node: Node) -> int:
        return 0 if isinstance(node, Return) else 1 + max(depth(node.yes), depth(node.no))

    assert depth(policy(architecture)) < 20
    assert len(bpf.assemble(policy(architecture))) < 400


@ARCHITECTURES
def test_calls_by_name(architecture: Architecture) -> None:
    def of(name: str, *arguments: int) -> Return:
        return verdict(architecture, name, *arguments)

    assert of("read", 3) == of("futex") == of("getrandom") == of("exit_group") == ALLOW
    assert of("kill", PID, signal.SIGTERM) == of("tgkill", PID, PID, signal.SIGABRT) == ALLOW
    assert of("kill", PID + 1, signal.SIGTERM) == of("kill", 0, 0) == of("kill", 2**64 - 1, 0) == DENY
    assert of("kill", PID, 9) == of("kill", PID, 19) == of("tgkill", PID, PID, 9) == DENY
    # The kernel reads an int: the upper half is noise.
    assert of("kill", PID, 9 + 2**32) == DENY
    assert of("clone", THREAD) == ALLOW
    assert of("clone", 17) == of("clone", THREAD | 0x20000000) == of("clone", THREAD | 0x4000) == DENY
    assert of("clone", THREAD & ~0x400) == DENY  # a thread with descriptors of its own
    assert of("clone3") == of("openat2") == UNKNOWN
    assert of("openat", 0, 0, 0o1101) == of("openat", 0, 0, 0o1002) == of("openat", 0, 0, 0o2000000) == ALLOW
    assert of("openat", 0, 0, 0o1000) == of("openat", 0, 0, 0o1003) == DENY
    assert of("sendto", 3, 1, 1, 0, 0) == ALLOW
    assert of("sendto", 3, 1, 1, 0, 1) == of("sendto", 3, 1, 1, 0, 2**32) == DENY
    assert of("recvfrom", 3, 1, 1, 2) == of("close_range", 3, 9, 4) == of("pipe2", 1, 0o2000000) == ALLOW
    assert of("recvfrom", 3, 1, 1, 3) == of("sendto", 3, 1, 1, 1, 0) == DENY  # out of band
    assert of("close_range", 3, 9, 2) == of("pipe2", 1, 0o2000200) == DENY
    assert of("prlimit64", 0, 7, 0) == ALLOW
    assert of("prlimit64", 0, 7, 2**32) == of("prlimit64", 0, 7, 1) == of("prlimit64", 1, 7, 0) == DENY
    assert of("prctl", 15) == ALLOW
    assert of("prctl", 1) == of("prctl", 4) == of("prctl", 22) == DENY
    assert of("fcntl", 3, 1030) == ALLOW
    assert of("fcntl", 3, 8) == of("fcntl", 3, 10) == of("fcntl", 3, 1024) == DENY
    assert of("ioctl", 1, 0x5401) == ALLOW
    assert of("ioctl", 1, 0x5412) == DENY  # TIOCSTI types into a terminal


@ARCHITECTURES
def test_foreign_calls_kill_and_new_calls_are_unknown(architecture: Architecture) -> None:
    code = bpf.encode(bpf.assemble(policy(architecture)))
    assert execute(code, call_data(39, audit=0x40000003)) == KILL.verdict
    assert execute(code, call_data(39 | 0x40000000, audit=architecture.audit)) == KILL.verdict
    for number in (451, 462, 1000):
        assert execute(code, call_data(number, audit=architecture.audit)) == 0x50000 | errno.ENOSYS


def test_every_harmless_name_is_in_the_table() -> None:
    harmless = [name for names in HARMLESS.values() for name in names.split()]
    assert len(set(harmless)) == len(harmless)
    assert set(harmless) <= X86_64.numbers.keys()


@pytest.mark.parametrize(
    ("architecture", "headers"),
    [
        (X86_64, ["/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"]),
        (AARCH64, ["/usr/include/asm-generic/unistd.h"]),
    ],
    ids=["x86_64", "aarch64"],
)
def test_numbers_are_those_of_the_kernel_headers(architecture: Architecture, headers: list[str]) -> None:
    header = next((Path(it) for it in headers if Path(it).exists()), None)
    if header is None:
        pytest.skip("the kernel's headers are not installed")
    defined = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text())
    numbers = {name: int(number) for name, number in defined}
    numbers["newfstatat"] = numbers.get("newfstatat", numbers.get("fstatat", -1))
    assert {name: numbers.get(name) for name in architecture.numbers} == architecture.numbers
