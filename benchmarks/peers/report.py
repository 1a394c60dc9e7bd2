"""The tables of the peers."""

from benchmarks.peers.environments import PINS
from benchmarks.peers.measure import measure
from benchmarks.peers.table import headlines, lines
from benchmarks.record import Section

ROUNDS = 3
HEAD = """\
Medians of {rounds} rounds in which the tools take turns, each run as its users run it.

The assignment has four exercises (xor, backprop, dropout, min_norm) and nine tests for 18 points, three of which use
torch's gradients. It is written for each tool in its own way, from one text of the tests. Six students hand in: three
are right in different ways, three have mistakes or functions that are not written. A larger class is these again and
again. Points are read from what each tool writes; a submission is misgraded unless every exercise got what it deserves.

- Processor time is that of every process that comes of a command, also of those that nobody waits for. Memory is
  looked at in a run of its own, every 50 ms; what processes share is counted once.
- `nbgrader autograde` and our `autograder grade` grade a class with one command. The others take one command for each
  submission, so one more costs what each costs.
- check50 and ours grade on all cores; the others do one thing after the other.
- Ours confines each student's code; pytest-prairielearn-grader gives it a process of its own; the others run it in the
  process that holds the tests.

Versions: {versions}; one torch and NumPy for all.
"""


def section() -> Section:
    """What each tool takes, ours and theirs, and which of them graded wrongly."""
    measured = measure(ROUNDS)
    versions = ", ".join(pins[0].replace("==", " ") for pins in PINS.values())
    head = HEAD.format(rounds=measured.rounds, versions=versions).splitlines()
    return Section("Beside other graders", [*head, *lines(measured)], list(headlines(measured)))
