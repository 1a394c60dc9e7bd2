"""What the three students of the example week hand in."""

import json
from pathlib import Path

EXERCISE = "dropout"
ANSWER = (
    "The penalty (1 − p)/p·Σ w²h² is a weighted ridge: a weight behind an active unit is shrunk more. "
    "Weight decay shrinks all alike, and so do both for standardised columns."
)
# The plain mean over all masks, which is right for p = ½ alone.
MEAN = """\
def expected_activation(h, p):
    masks = np.indices((2,) * len(h)).reshape(len(h), -1).T
    return (masks * h / p).mean(axis=0)
"""
HOSTILE = '''
import sys


class _Equal(float):
    """Equal to everything, and as large as it has to be."""

    def __eq__(self, other):
        return True

    def __array__(self, *options, **more):
        frame = sys._getframe()
        while frame is not None:
            for value in frame.f_locals.values():
                if hasattr(value, "expected"):
                    return value.expected
            frame = frame.f_back
        raise SystemExit(0)


def inverted_dropout(h, mask, p):
    """<script>document.title = "owned"</script>"""
    print("<script>document.title = 'owned'</script>")
    return _Equal()
'''


def write_module(folder: Path, root: Path) -> None:
    """All right, as a module; the notebook stays as it was released."""
    code = (root / "solutions" / EXERCISE / f"{EXERCISE}.py").read_text(encoding="utf-8")
    (folder / f"{EXERCISE}.py").write_text(code, encoding="utf-8")


def write_notebook(folder: Path, root: Path) -> None:
    """One function right, one with a known mistake, and the written answer, as a notebook."""
    path = folder / f"{EXERCISE}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "inverted_dropout":
            cell["source"] = "def inverted_dropout(h, mask, p):\n    return mask * h / p\n"
        elif name == "expected_activation":
            cell["source"] = MEAN
        elif name == f"{EXERCISE}-written-1":
            cell["source"] = ANSWER
    path.write_text(json.dumps(notebook), encoding="utf-8")


def write_hostile(folder: Path, root: Path) -> None:
    """Code that looks for the answers, and a mark that claims all points."""
    path = folder / f"{EXERCISE}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade_id") == "inverted_dropout":
            cell["source"] = HOSTILE
        elif marks.get("grade"):
            marks["points"], cell["metadata"]["tags"] = 1000, ["skip-execution"]
            if cell["cell_type"] == "code":
                cell["source"] = "1000.0"
    path.write_text(json.dumps(notebook), encoding="utf-8")
