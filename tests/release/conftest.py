"""A small exercise with everything that a script may hold."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.release.source import Reference, read_reference

SCRIPT = '''\
# %% [markdown]
# # Straight lines
#
# A line is **one** feature times a *slope*; see `slope`.

# %%
import numpy as np

### BEGIN SOLUTION
from math import prod as secret_product
### END SOLUTION

# %% [markdown]
# ## Part a: the slope
#
# Divide the rise by the run:
#
#     slope = rise / run


# %%
def slope(rise, run):
    """The slope of a line."""
    ### BEGIN SOLUTION
    quotient = rise / run
    return quotient
    ### END SOLUTION


# %% [markdown] tags=["solution"]
# **Solution.** The quotient is the slope.

# %% tags=["notebook"]
print("A picture of the line")

# %% [markdown]
# ## Part b: the distance

# %% tags=["solution"]


def squared(x):
    return secret_product([x, x])


# %%
TOLERANCE = 1e-9


# %%
def distance(points):
    """The distance of two points."""
    points = np.asarray(points)
    ### BEGIN SOLUTION
    return np.sqrt(squared(points[1] - points[0]).sum())
    ### END SOLUTION


# %% [markdown] tags=["written"] points=1.5
# ### Why is a line straight?
#
# Answer in one sentence.
#
# ### BEGIN MARK SCHEME
# Its slope is constant (1.5).
# ### END MARK SCHEME
'''


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Reference]:
    """Reads a script as the reference of the exercise `lines`."""

    def read_script(script: str) -> Reference:
        path = tmp_path / "lines.py"
        path.write_text(script, encoding="utf-8")
        return read_reference(path)

    return read_script


@pytest.fixture
def script() -> str:
    return SCRIPT


@pytest.fixture
def lines(read: Callable[[str], Reference]) -> Reference:
    """The small exercise."""
    return read(SCRIPT)


@pytest.fixture
def xor() -> Reference:
    """A real exercise."""
    return read_reference(Path(__file__).parents[2] / "solutions" / "xor" / "xor.py")
