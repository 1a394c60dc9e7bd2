"""Decision trees over a system call's number and arguments, and their translation to classic BPF.

Every node of a tree compares one 32-bit word of the kernel's `struct seccomp_data`, every leaf returns a
verdict. So every path of the program ends in a return, and branches simply follow their comparison.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

NUMBER, ARCHITECTURE = 0, 4
"""The words that hold the number of the system call and the architecture it was made for."""

EQUAL, AT_LEAST, ANY_BIT = 0x15, 0x35, 0x45
"""The comparisons: JEQ, JGE, JSET, each with a constant."""

_LOAD, _JUMP, _RETURN = 0x20, 0x05, 0x06
_LONGEST_BRANCH = 255
_LONGEST_PROGRAM = 4096
_INSTRUCTION = struct.Struct("=HBBI")

Instruction = tuple[int, int, int, int]
"""Operation, distance if true, distance if false, constant."""


@dataclass(frozen=True)
class Return:
    """Ends the filter with a verdict of the kernel (`SECCOMP_RET_…`)."""

    verdict: int


@dataclass(frozen=True)
class Test:
    """Compares a word with a constant and goes on with `yes` or `no`."""

    __test__ = False  # pytest takes classes of this name for its own

    word: int
    comparison: int
    constant: int
    yes: "Node"
    no: "Node"


Node = Return | Test


def low(argument: int) -> int:
    """The lower half of an argument; all of it where the kernel takes an int."""
    return 16 + 8 * argument


def high(argument: int) -> int:
    """The upper half of an argument."""
    return 20 + 8 * argument


def one_of(word: int, constants: tuple[int, ...], yes: Node, no: Node) -> Node:
    """Goes on with `yes` if the word equals one of the constants."""
    for constant in constants:
        no = Test(word, EQUAL, constant, yes, no)
    return no


def search(word: int, starts: Mapping[int, Node]) -> Node:
    """A binary search: goes on with the node of the greatest start that the word reaches. 0 must be one."""
    ranges = sorted(starts.items(), key=lambda item: item[0])
    return _halve(word, [ranges[0], *(b for a, b in pairwise(ranges) if a[1] != b[1])])


def _halve(word: int, ranges: list[tuple[int, Node]]) -> Node:
    if len(ranges) == 1:
        return ranges[0][1]
    middle = len(ranges) // 2
    return Test(word, AT_LEAST, ranges[middle][0], _halve(word, ranges[middle:]), _halve(word, ranges[:middle]))


def assemble(node: Node) -> list[Instruction]:
    """The program of a tree. Raises `ValueError` if it is longer than the kernel takes."""
    program = _translate(node, loaded=None)
    if len(program) > _LONGEST_PROGRAM:
        raise ValueError(f"a filter of {len(program)} instructions; the kernel takes {_LONGEST_PROGRAM}")
    return program


def _translate(node: Node, loaded: int | None) -> list[Instruction]:
    if isinstance(node, Return):
        return [(_RETURN, 0, 0, node.verdict)]
    load = [] if node.word == loaded else [(_LOAD, 0, 0, node.word)]
    yes, no = _translate(node.yes, node.word), _translate(node.no, node.word)
    if len(yes) <= _LONGEST_BRANCH:
        jump = [(node.comparison, 0, len(yes), node.constant)]
    else:
        # A comparison jumps 255 instructions at most; an unconditional jump goes anywhere.
        jump = [(node.comparison, 1, 0, node.constant), (_JUMP, 0, 0, len(yes))]
    return load + jump + yes + no


def encode(program: list[Instruction]) -> bytes:
    """The program as the kernel reads it, eight bytes an instruction."""
    return b"".join(_INSTRUCTION.pack(*instruction) for instruction in program)
