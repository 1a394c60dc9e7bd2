"""Confusing: hand-ins that a reader may take for something else, or for somebody else's."""

import io
import json
import tarfile
import warnings
import zipfile
from pathlib import Path

import numpy as np

from tests.attacks.bank import BASE, code, files


@files(status="unreadable")
def a_zip_that_leaves_its_folder(folder: Path):
    """Members with .. and absolute paths."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "attacker.zip", "w") as archive:
        archive.writestr("../../../../tmp/attack-was-here", "x")
        archive.writestr("/tmp/attack-was-here-too", "x")
        archive.writestr("../victim/xor.py", BASE)


@files(status="unreadable")
def a_zip_of_zeros(folder: Path):
    """A few kilobytes that unpack to sixty megabytes."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "attacker.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xor.py", b"#" * (60 << 20))


@files(status="unreadable")
def a_tar_of_links(folder: Path):
    """A symbolic link, a hard link and a device in place of the module."""
    folder.mkdir(parents=True)
    with tarfile.open(folder / "attacker.tar.gz", "w:gz") as archive:
        for name, kind in (("xor.py", tarfile.SYMTYPE), ("xor.ipynb", tarfile.LNKTYPE), ("dev", tarfile.CHRTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)


@files(status="unreadable")
def two_members_of_one_name(folder: Path):
    """A zip with two modules of the same name, of which readers may take one or the other."""
    folder.mkdir(parents=True)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(folder / "attacker.zip", "w") as archive:
        archive.writestr("xor.py", BASE + "\nraise SystemExit\n")
        archive.writestr("xor.py ", BASE)
        archive.writestr("XOR.PY", BASE)
        archive.writestr("xor.py", BASE)


@files()
def forged_points(folder: Path):
    """A notebook whose metadata give every cell a hundred points, and whose outputs show full marks."""
    _notebook(folder, [(BASE, {"grade": True, "solution": True, "points": 100, "grade_id": "xor-b"})])


@files()
def forged_checks(folder: Path):
    """Cells under the names of the graded ones, tagged to be skipped, that replace the check helper."""
    marks = {"grade": True, "solution": False, "locked": True, "points": 3, "grade_id": "xor-b", "schema_version": 3}
    cells = [
        (BASE, {}),
        ("import autograder.notebook\nautograder.notebook.check = lambda *_: print('10 of 10')", {}),
        ("", marks),
        ("", marks),
        ('from autograder.notebook import check\ncheck("xor.b")', {**marks, "points": 10}),
    ]
    _notebook(folder, cells)


@files()
def another_kernel(folder: Path):
    """A kernel of its own choice, hooks of IPython, and cells that change what later cells are."""
    cells = [
        ("get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'])", {}),
        ("%%bash\ntouch /tmp/attack-was-here", {}),
        ("!touch /tmp/attack-was-here", {}),
        ("%run /etc/passwd", {}),
        (BASE, {}),
        ("get_ipython().ast_transformers.append(None)", {}),
    ]
    _notebook(folder, cells, kernel="evil; touch /tmp/attack-was-here")


@files(status="unreadable")
def deep_json(folder: Path):
    """A notebook of a million brackets."""
    place = folder / "attacker"
    place.mkdir(parents=True)
    (place / "xor.ipynb").write_text('{"cells": ' + "[" * 10**6 + "]" * 10**6 + "}")


@files()
def a_name_of_another(folder: Path):
    """A folder named like another student with a character that is not seen."""
    place = folder / "victim\u200b"
    place.mkdir(parents=True)
    (place / "xor.py").write_text(BASE)


@files()
def a_module_that_is_an_archive(folder: Path):
    """A module with a zip behind its code, which some readers would open instead."""
    place = folder / "attacker"
    place.mkdir(parents=True)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("xor.py", "raise SystemExit")
    (place / "xor.py").write_bytes(BASE.encode() + b'\n"""' + archive.getvalue().hex().encode() + b'"""\n')


@files(status="unreadable")
def a_pipe_for_a_module(folder: Path):
    """A named pipe, from which a reader would wait for ever."""
    import os

    place = folder / "attacker"
    place.mkdir(parents=True)
    os.mkfifo(place / "xor.py")


@files(status="unreadable")
def another_encoding(folder: Path):
    """A declared encoding that runs code or hides it."""
    place = folder / "attacker"
    place.mkdir(parents=True)
    (place / "xor.py").write_bytes(b"# -*- coding: unicode_escape -*-\n" + b"\xff\xfe\x00" + BASE.encode("utf-16"))


@code(b=0)
def module_with_getattr():
    """A module that answers for every name, dunder names included."""
    import sys

    class Everything(dict):
        def get(self, name, default=None):
            return lambda *args, **kwargs: 0.0

    def __getattr__(name):
        return lambda *args, **kwargs: 0.0

    sys.modules["xor"] = Everything()
    xor_weights = None


@code(a=0, b=0, c=0, d=0)
def deletes_itself():
    """Empties its own namespace, and the modules of Python."""
    import sys

    for name in list(globals()):
        if not name.startswith("__"):
            del globals()[name]
    import sys

    sys.modules.clear()


@code()
def functions_that_are_none():
    """Classes, partial functions, coroutines and generators where functions are expected."""

    async def relu_net(X, *args, **kwargs):
        return np.zeros(len(X))

    def train(*args):
        yield from args


def _notebook(folder: Path, cells, kernel="python3") -> None:
    place = folder / "attacker"
    place.mkdir(parents=True)
    output = {"output_type": "stream", "name": "stdout", "text": "10 of 10 points"}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": kernel, "display_name": kernel}, "autograder": {"score": 10}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {"nbgrader": marks, "tags": ["skip-execution", "remove-cell"]},
                "source": text,
                "outputs": [output],
                "execution_count": 1,
            }
            for number, (text, marks) in enumerate(cells)
        ],
    }
    (place / "xor.ipynb").write_text(json.dumps(notebook))
