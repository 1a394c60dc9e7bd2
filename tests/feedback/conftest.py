"""Reports as grading makes them: one of every status, hostile ones, and a class."""

import random
from collections.abc import Callable

import pytest

from autograder.report import CheckReport, Report, Seconds, parts_of

CHECKS = [
    ("test_certificate", "a", "Two convex combinations meet, so that no line separates the classes", 2.0),
    ("test_relu_net", "b", "The network computes β·ReLU(W0 x + b0) + b1 for every sample", 0.5),
    ("test_one_sample", "b", "A batch of one sample gives one number", 0.25),
    ("test_output_bias", "b", "The output bias is added once", 0.25),
    ("test_xor_weights", "b", "A network of width two computes XOR", 2.0),
    ("test_without_bias", "c", "The same is possible without an output bias", 2.0),
    ("test_linear_fit", "d", "Least squares on XOR gives w = 0 and b = 1/2", 0.5),
    ("test_singular", "d", "Where the normal equations are singular, the solution has the least norm", 0.5),
    ("test_one_step", "e", "One step of gradient descent moves every parameter at once", 1.0),
    ("test_many_steps", "e", "After 5,000 steps the parameters and all the losses are right", 1.0),
]

TRANSPOSED = (
    "transposed_weights",
    "You multiply by W0 where its transpose belongs: a layer is X @ W0.T + b0.",
)
RELU_MESSAGE = """Called relu_net(X, W0, b0, beta, b1) with
    X = [[0, 0],
         [0, 1],
         [1, 0],
         [1, 1]]
    W0 = [[1, 1],
          [1, 0.5]]
    b0 = [0, -1]
    beta = [1, -2]
    b1 = 0
Expected [0, 1, 1, 1] but got [0, 1, 1, 0.5].
The largest difference is 0.5, at position 3; allowed are 1e-12 + 1e-09·|expected|."""

ENDINGS = {
    "test_certificate": (
        "failed",
        "The weights lam = [1/2, 1/2] are right, but mu = [1/2, 1/4] does not sum to one.",
    ),
    "test_relu_net": ("failed", RELU_MESSAGE),
    "test_one_sample": ("blocked", "This stands on relu_net: first make “The network computes …” right."),
    "test_output_bias": ("passed", None),
    "test_xor_weights": (
        "error",
        "It raised ValueError: operands could not be broadcast together with shapes (4,2) (3,)\n"
        "    at xor.py, line 41:  return beta @ relu(X @ W0.T + b0)",
    ),
    "test_without_bias": ("todo", "xor_weights_without_bias is not written yet (xor.py, line 52)."),
    "test_linear_fit": ("memory", "linear_fit needed more than 1024 MiB of memory."),
    "test_singular": ("not_graded", "The worker was lost twice. Grade this submission again."),
    "test_one_step": ("crashed", "Your code ended its process (segmentation fault) in train."),
    "test_many_steps": ("timeout", "train took more than 10 s. It is called with steps=5000."),
}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</style><script>alert(2)</script>",
    "</pre></details><iframe src='javascript:alert(3)'></iframe>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "[bold red]markup[/bold red] [link=https://example.org]x[/link] :boom:",
    "\x1b[31mred\x1b[0m \x1b]8;;https://example.org\x07link\x1b]8;;\x07 \x9b2J \x1b[2J\x07\x08\x00",
    "abc\u202edef\u2066ghi\u200b\u2028jkl\ufeff",
    "\ud800 half a pair",
    "=cmd|' /C calc'!A0",
    "a\rb\r\nc\td",
    "x" * 3000,
    "Ω≠∞ 数学 🎉 עברית é",
]


FIRST = "Ada Alan Émilie Kurt Sofja Emmy Øystein David Hanna Georg 李明 Noa Søren Zoë Iván Łucja"
LAST = "Lovelace, Turing, du Châtelet, Gödel, Kowalewskaja, Noether, Ore, Hilbert, Neumann, Cantor, 王, Müller"


def check(index: int, status: str, message: str | None = None, known: tuple[str, str] | None = None) -> CheckReport:
    name, part, title, points = CHECKS[index]
    return CheckReport(
        name=name,
        part=part,
        title=title,
        points=points,
        earned=points if status == "passed" else 0.0,
        status=status,
        message=message,
        misconception=known[0] if known else None,
        diagnosis=known[1] if known else None,
        seconds=0.004 * (index + 1),
    )


def report_of(student: str, checks: list[CheckReport], **more: object) -> Report:
    parts = parts_of(checks)
    whole = all(part.score is not None for part in parts)
    fields = {
        "exercise": "xor",
        "source": f"{student}/xor.py",
        "digest": "sha256:" + "0" * 64,
        "status": "graded" if whole else "not_graded",
        "score": round(sum(part.score for part in parts), 6) if whole else None,
        "max_score": sum(points for *_, points in CHECKS),
        "parts": parts,
        "checks": checks,
        "seconds": Seconds(student=0.12, total=0.15),
        "engine": "1.0.0",
    }
    return Report(student=student, **(fields | more))


@pytest.fixture
def mixed() -> Report:
    """Most statuses in one report."""
    checks = [
        check(i, *ENDINGS[name], known=TRANSPOSED if name == "test_relu_net" else None)
        for i, (name, *_) in enumerate(CHECKS)
    ]
    return report_of("ada", checks, output="starting\nloss 0.25\n")


@pytest.fixture
def perfect() -> Report:
    return report_of("emmy", [check(i, "passed") for i in range(len(CHECKS))])


@pytest.fixture
def unreadable() -> Report:
    return report_of(
        "kurt",
        [],
        status="unreadable",
        message="xor.ipynb is not a notebook: its JSON ends too early, at line 12.",
        score=0.0,
    )


@pytest.fixture
def lost() -> Report:
    """Not graded at all, by our fault."""
    return report_of("alan", [], status="not_graded", message="The worker was lost twice.", score=None)


@pytest.fixture
def hostile() -> list[Report]:
    """Every hostile string, in every place that a submission, a folder's name or an author can fill."""
    return [
        report_of(
            text,
            [
                CheckReport(
                    name=text,
                    part=text,
                    title=text,
                    points=1.0,
                    earned=0.0,
                    status="failed",
                    message=text,
                    misconception=text,
                    diagnosis=text,
                )
            ],
            exercise=text if i % 2 else "xor",
            source=text,
            message=text,
            output=text,
            max_score=1.0,
            status=["graded", "unreadable", "not_graded"][i % 3],
        )
        for i, text in enumerate(HOSTILE)
    ]


@pytest.fixture
def class_of() -> Callable[[int], list[Report]]:
    """A class of so many students, the same at every call."""
    return make_class


def make_class(size: int) -> list[Report]:
    dice = random.Random(10)
    reports = []
    for number in range(size):
        student = f"{dice.choice(FIRST.split())} {dice.choice(LAST.split(', '))} {number:03}"
        if number % 17 == 5:
            reports.append(
                report_of(
                    student,
                    [],
                    status="unreadable",
                    score=0.0,
                    message="xor.py is not Python: line 31 has “def train(X, y” without its closing bracket.",
                )
            )
            continue
        skill = dice.betavariate(3, 1.3)
        checks = []
        for i, (name, part, _, _) in enumerate(CHECKS):
            status, message = ENDINGS[name]
            if status == "not_graded" and number % 29 != 11:
                status, message = (
                    "failed",
                    "Called linear_fit(X, y). Expected w = [0, 0] but got w = [0.1, -0.1].",
                )
            if status == "passed" or dice.random() < skill - 0.07 * (ord(part) - ord("b")):
                checks.append(check(i, "passed"))
            else:
                checks.append(check(i, status, message, _known(name, dice)))
        output = "\n".join(f"step {i}: loss {0.25 * 0.9**i:.4f}" for i in range(dice.choice([0, 0, 0, 12])))
        reports.append(report_of(student, checks, output=output))
    return reports


def _known(name: str, dice: random.Random) -> tuple[str, str] | None:
    known = {
        "test_relu_net": TRANSPOSED,
        "test_certificate": (
            "weights_not_convex",
            "Your weights do not sum to one, so that they are no convex combination.",
        ),
        "test_one_step": (
            "sequential_update",
            "You use parameters that you have updated already: take all gradients first, then all steps.",
        ),
        "test_singular": (
            "bias_not_in_norm",
            "You take the least norm of w alone; it is the whole vector (w, b) whose norm is least.",
        ),
    }
    return known.get(name) if dice.random() < 0.6 else None
