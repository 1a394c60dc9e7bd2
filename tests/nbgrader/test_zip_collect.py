"""`nbgrader zip_collect` takes the exercise's files out of what a course system gave, and stops at nothing."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = (ROOT / "assignments" / "xor" / "xor.ipynb").read_text(encoding="utf-8")


def zipped(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_ipynb", ".ipynb").replace("_py", ".py"), text)


@pytest.fixture(scope="module")
def collected(small_course, nbgrader):
    folder = small_course("xor")
    place = folder / "downloaded" / "xor" / "archive"
    place.mkdir(parents=True)
    zipped(place / "ada.zip", xor_ipynb=NOTEBOOK, xor_py="x = 1\n", other_py="y = 2\n")
    zipped(place / "bo.zip", deep__folder__xor_py="x = 2\n")
    zipped(place / "nothing.zip", readme_py="")
    (place / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    with zipfile.ZipFile(place / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xor.py", b"#" * (300 << 20))
    with zipfile.ZipFile(place / "escape.zip", "w") as archive:
        archive.writestr("../../escaped/xor.py", "x = 3\n")
    with tarfile.open(place / "link.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("xor.py")
        member.type, member.linkname = tarfile.SYMTYPE, str(folder / "solutions" / "xor" / "xor.py")
        archive.addfile(member)
    with tarfile.open(place / "cy.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("xor/xor.py")
        member.size = 6
        archive.addfile(member, io.BytesIO(b"x = 4\n"))
    (place / "di").mkdir()
    (place / "di" / "xor.py").write_text("x = 5\n")
    told = nbgrader("zip_collect", "xor", "--force", cwd=folder)
    return folder, told


def test_what_can_be_used_is_in_submitted(collected):
    folder, _ = collected
    submitted = {
        str(path.relative_to(folder / "submitted")): path.read_text() for path in (folder / "submitted").rglob("*.py")
    }
    assert submitted == {
        "ada/xor/xor.py": "x = 1\n",
        "bo/xor/xor.py": "x = 2\n",
        "cy/xor/xor.py": "x = 4\n",
        "di/xor/xor.py": "x = 5\n",
    }
    assert json.loads((folder / "submitted" / "ada" / "xor" / "xor.ipynb").read_text())["cells"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("broken.zip", "is damaged"),
        ("bomb.zip", "holds more than|unpacks to more than"),
        ("escape.zip", "a path that leaves the archive"),
        ("link.tar.gz", "neither xor.ipynb nor xor.py"),
        ("nothing.zip", "neither xor.ipynb nor xor.py"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(collected, name, said):
    folder, told = collected
    (line,) = [line for line in told.splitlines() if f" {name}: " in line]
    assert any(it in line for it in said.split("|"))
    assert not (folder / "submitted" / name.split(".")[0]).exists()


def test_nothing_was_written_elsewhere(collected):
    folder, told = collected
    assert not list(folder.rglob("escaped"))
    assert "Traceback" not in told
