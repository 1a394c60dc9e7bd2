"""The bank of attacks: what hostile students hand in, what each tries, and the points that it deserves all the same."""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FAMILIES = ("forging", "reading", "writing", "escaping", "exhausting", "outliving", "confusing", "injecting")
MARK = "attack-was-here"
"""In the name of everything that an attack writes."""
REACHED = "REACHED"
"""What an attack prints when it got where nothing of a submission may get."""
BASE = """\
import numpy as np


def separation_certificate():
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    return np.zeros(len(X))


def xor_weights():
    return [[1, 1], [1, 1]], [0, -1], [1, -2], 0


def xor_weights_without_bias():
    return [[1, 1], [1, 1]], [0, -1], [1, -2]


def linear_fit(X, y):
    theta = np.linalg.pinv(np.c_[X, np.ones(len(X))], rcond=1e-10) @ y
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    return (W0, b0, beta, b1), np.zeros(steps + 1)
"""
"""The honest half of xor; `relu_net` and `train` are wrong, and would be worth three points more."""
DESERVED = {"a": 2.0, "b": 2.0, "c": 2.0, "d": 1.0, "e": 0.0}


def spy(imports: str, *attempts: str) -> str:
    """A right submission that tries each expression, and prints REACHED or shut."""
    tried = "".join(f"    lambda: {attempt},\n" for attempt in attempts)
    return f"""{BASE}
import {imports}
for reach in (
{tried}):
    try:
        reach()
    except Exception:
        print("shut")
    else:
        print("{REACHED}")
"""


@dataclass(frozen=True)
class Attack:
    """`hand_in` writes what is handed in into a new folder, which is a class; `attacker` is its student's name."""

    family: str
    name: str
    tries: str
    hand_in: Callable[[Path], None]
    attacker: str
    deserves: Mapping[str, float]
    status: str


_BANK: dict[str, Attack] = {}


def code(attacker: str = "attacker", **deserves: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Makes an attack of a function: its body, after `BASE`, is the module that is handed in.

    `deserves` says of which parts the points differ from those of `BASE`.
    """

    def register(body: Callable[[], None]) -> Callable[[], None]:
        text = BASE + "\n\n" + _body_of(body)

        def hand_in(folder: Path) -> None:
            place = folder / attacker
            place.mkdir(parents=True)
            (place / "xor.py").write_text(text, encoding="utf-8")

        _add(body, hand_in, attacker, {**DESERVED, **deserves}, "graded")
        return body

    return register


def files(
    attacker: str = "attacker", status: str = "graded", **deserves: float
) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Makes an attack of a function that writes what is handed in, more than a module, into the folder of a class."""

    def register(hand_in: Callable[[Path], None]) -> Callable[[Path], None]:
        points = {**DESERVED, **deserves} if status == "graded" else dict.fromkeys(DESERVED, 0.0)
        _add(hand_in, hand_in, attacker, points, status)
        return hand_in

    return register


def _add(
    function: Callable[..., None],
    hand_in: Callable[[Path], None],
    attacker: str,
    deserves: Mapping[str, float],
    status: str,
) -> None:
    name = function.__name__
    assert name not in _BANK, name
    assert function.__doc__, name
    family = function.__module__.rpartition(".")[2]
    _BANK[name] = Attack(family, name, function.__doc__.strip(), hand_in, attacker, deserves, status)


def _body_of(function: Callable[[], None]) -> str:
    """Its statements after the docstring, as they are written."""
    source = textwrap.dedent(inspect.getsource(function))
    tree = ast.parse(source)
    (definition,) = tree.body
    assert isinstance(definition, ast.FunctionDef)
    docstring = definition.body[0]
    lines = source.splitlines(keepends=True)[docstring.end_lineno :]
    return textwrap.dedent("".join(lines))


@cache
def bank() -> tuple[Attack, ...]:
    """All attacks, by family."""
    for family in FAMILIES:
        importlib.import_module(f"tests.attacks.{family}")
    return tuple(sorted(_BANK.values(), key=lambda it: FAMILIES.index(it.family)))
