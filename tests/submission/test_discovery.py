"""Every file that was handed in is found, or ignored with a reason; nothing is followed."""

import contextlib
import io
import os
import random
import socket
import string
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UserError
from autograder.submission import Unreadable, discover

EXERCISES = ("xor", "cpa", "cpa_depth")


def make(folder, *names, text="x = 1\n"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (1_000_000, 1_000_000))


def found(path, **options):
    return [(it.student, it.exercise, it.source) for it in discover(path, EXERCISES, **options).handins]


def ignored(path):
    return dict(discover(path, EXERCISES).ignored)


def zipped(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")


def test_layouts_may_be_mixed(tmp_path):
    make(tmp_path, "ada/xor.py", "bob/xor.ipynb", "bob/cpa.py", "cy/xor/xor.py", "cy/cpa/cpa.ipynb", "fay/a/xor.py")
    zipped(tmp_path / "dee.zip", "a/b/xor.py")
    with tarfile.open(tmp_path / "eli.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("cpa.py"), io.BytesIO(b""))
    (tmp_path / "gus").mkdir()
    zipped(tmp_path / "gus" / "homework.zip", "xor.py")
    assert found(tmp_path) == [
        ("ada", "xor", "ada/xor.py"),
        ("bob", "cpa", "bob/cpa.py"),
        ("bob", "xor", "bob/xor.ipynb"),
        ("cy", "cpa", "cy/cpa/cpa.ipynb"),
        ("cy", "xor", "cy/xor/xor.py"),
        ("dee", "xor", "dee.zip/a/b/xor.py"),
        ("eli", "cpa", "eli.tar.gz/cpa.py"),
        ("fay", "xor", "fay/a/xor.py"),
        ("gus", "xor", "gus/homework.zip/xor.py"),
    ]
    assert [it[:2] for it in found(tmp_path, only="cpa")] == [("bob", "cpa"), ("cy", "cpa"), ("eli", "cpa")]


def test_a_students_folder_by_itself(tmp_path):
    make(tmp_path, "ada/xor.py", "ada/cpa/cpa.ipynb")
    zipped(tmp_path / "ada" / "cpa_depth.zip", "cpa_depth.py")
    assert found(tmp_path / "ada") == [
        ("ada", "cpa", "cpa/cpa.ipynb"),
        ("ada", "cpa_depth", "cpa_depth.zip/cpa_depth.py"),
        ("ada", "xor", "xor.py"),
    ]


def test_a_student_may_be_called_like_an_exercise(tmp_path):
    make(tmp_path, "cpa/xor.py", "ada/xor.py")
    assert [it[0] for it in found(tmp_path)] == ["ada", "cpa"]


def test_a_file_by_itself(tmp_path):
    make(tmp_path, "ada/xor.py", "bob/cpa/cpa.py", "cy/mine.py")
    zipped(tmp_path / "dee.zip", "xor.py")
    zipped(tmp_path / "ada" / "xor.zip", "xor.py")
    assert found(tmp_path / "ada" / "xor.py") == [("ada", "xor", "xor.py")]
    assert found(tmp_path / "bob" / "cpa" / "cpa.py") == [("bob", "cpa", "cpa.py")]
    assert found(tmp_path / "cy" / "mine.py", only="xor") == [("cy", "xor", "mine.py")]
    assert found(tmp_path / "dee.zip") == [("dee", "xor", "dee.zip/xor.py")]
    assert found(tmp_path / "ada" / "xor.zip") == [("ada", "xor", "xor.zip/xor.py")]


def test_the_folder_that_is_named_may_be_a_link(tmp_path):
    make(tmp_path, "class/ada/xor.py")
    (tmp_path / "link").symlink_to(tmp_path / "class")
    assert found(tmp_path / "link") == [("ada", "xor", "ada/xor.py")]


def test_everything_else_is_ignored_with_a_reason(tmp_path):
    make(tmp_path, "ada/xor.py", "ada/test_xor.py", "ada/notes.txt", "ada/.git/config", "readme.md", "ada/xor.rar")
    make(tmp_path, ".ipynb_checkpoints/xor.py", "ada/.ipynb_checkpoints/xor.py", "ada/a/b/c/d/e/f/xor.py")
    (tmp_path / "ada" / "cpa.py").symlink_to("/etc/passwd")
    (tmp_path / "ada" / "dangling.py").symlink_to("nowhere")
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "link.zip").symlink_to(tmp_path / "ada")
    os.mkfifo(tmp_path / "ada" / "cpa.ipynb")
    os.mkfifo(tmp_path / "ada" / "pipe.zip")
    assert found(tmp_path) == [("ada", "xor", "ada/xor.py")]
    assert ignored(tmp_path) == {
        ".ipynb_checkpoints": "not searched",
        "ada/.git": "not searched",
        "ada/.ipynb_checkpoints": "not searched",
        "ada/a/b/c/d/e/f": "not searched",
        "ada/cpa.ipynb": "not a regular file",
        "ada/cpa.py": "a link",
        "ada/dangling.py": "a link",
        "ada/notes.txt": "no exercise",
        "ada/pipe.zip": "not a regular file",
        "ada/test_xor.py": "checks are never taken from a submission",
        "ada/xor.rar": "an archive of this kind is not opened; ask for a .zip",
        "link": "a link",
        "link.zip": "a link",
        "readme.md": "no exercise",
    }


def test_a_socket_is_not_opened(tmp_path, monkeypatch):
    make(tmp_path, "ada/cpa.py")
    monkeypatch.chdir(tmp_path / "ada")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("xor.py")
        assert ignored(tmp_path) == {"ada/xor.py": "not a regular file"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("XOR.py", "xor.py"),
        ("xor (1).py", "xor.py"),
        ("xor.PY", "xor.py"),
        ("Xor-final.ipynb", "xor.ipynb"),
        ("xor.ipynb.txt", "xor.ipynb"),
        ("xor.py.download", "xor.py"),
        ("cpa_depth2.py", "cpa_depth.py"),
        ("cpa2.py", "cpa.py"),
    ],
)
def test_a_name_that_is_nearly_right_is_ignored_with_a_suggestion(tmp_path, name, meant):
    make(tmp_path, f"ada/{name}", "bob/xor.py")
    assert ignored(tmp_path) == {f"ada/{name}": f"not a name that counts; did you mean {meant}?"}


@pytest.mark.parametrize("name", ["xor.txt", "xor.pyc", "xorpy", "my.py"])
def test_other_names_are_ignored_without(tmp_path, name):
    make(tmp_path, f"ada/{name}", "bob/xor.py")
    assert ignored(tmp_path) == {f"ada/{name}": "no exercise"}


@pytest.fixture
def open_folder():
    """A folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@contextlib.contextmanager
def without_privileges():
    """Root may read everything, nobody may not."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_what_may_not_be_read_is_told(open_folder):
    make(open_folder, "ada/xor.py", "bob/xor.py", "cy/secret/xor.py")
    zipped(open_folder / "dee.zip", "xor.py")
    closed = [open_folder / name for name in ("bob/xor.py", "cy/secret", "dee.zip")]
    for path in closed:
        path.chmod(0)
    with without_privileges():
        result = discover(open_folder, EXERCISES)
        ada, bob, dee = result.handins
        assert ada.read().units
        with pytest.raises(Unreadable, match=r"xor\.py cannot be read: Permission denied"):
            bob.read()
        assert dee.problem == "dee.zip cannot be read: Permission denied."
        assert result.ignored == (("cy/secret", "cannot be read: Permission denied"),)
        for path in (open_folder / "cy" / "secret", open_folder / "cy" / "secret" / "xor.py"):
            with pytest.raises(UserError, match="cannot be read: Permission denied"):
                discover(path, EXERCISES)
    for path in closed:
        path.chmod(0o755)


def test_a_file_that_became_a_link_or_a_pipe_or_went_away_is_not_read(tmp_path):
    make(tmp_path, "ada/xor.py")
    (handin,) = discover(tmp_path, EXERCISES).handins
    path = tmp_path / "ada" / "xor.py"
    path.unlink()
    with pytest.raises(Unreadable, match="cannot be read: No such file"):
        handin.read()
    path.symlink_to("/dev/zero")
    with pytest.raises(Unreadable, match="cannot be read"):
        handin.read()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unreadable, match="not a regular file"):
        handin.read()


def test_a_file_over_the_limit_is_not_read_as_a_whole(tmp_path):
    make(tmp_path, "ada/xor.py", "bob/xor.ipynb")
    for name in ("ada/xor.py", "bob/xor.ipynb"):
        os.truncate(tmp_path / name, 1 << 40)  # sparse: it takes no room
    for handin, limit in zip(discover(tmp_path, EXERCISES).handins, (5, 100), strict=True):
        with pytest.raises(Unreadable, match=f"is larger than {limit} MiB"):
            handin.read()


def test_names_cannot_break_a_line_or_turn_it_round(tmp_path):
    make(
        tmp_path, "a\nb\u202ec\x1b[31m/xor.py", os.fsdecode(b"caf\xe9/xor.py"), "d\u2028/\u200b.txt", "Zoë 山田/xor.py"
    )
    result = discover(tmp_path, EXERCISES)
    assert [it.student for it in result.handins] == ["Zoë 山田", "a\\nb\\u202ec\\x1b[31m", "caf\\udce9"]
    assert result.ignored == (("d\\u2028/\\u200b.txt", "no exercise"),)
    assert all(it.source.isprintable() and it.source.encode() and it.read() for it in result.handins)


def test_students_whose_names_look_alike_stay_apart(tmp_path):
    names = ["a\n", "a\\n", "a\\\\n", "A\n", "\u00e9", "e\u0301", "a ", "a"]
    make(tmp_path, *(f"{name}/xor.py" for name in names))
    assert len({it.student for it in discover(tmp_path, EXERCISES).handins}) == len(names)


def test_mistakes_of_the_instructor_get_one_line(tmp_path):
    make(tmp_path, "cy/mine.py", "cy/notes.txt", "dee/XOR.py")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.py").symlink_to("cy/mine.py")
    os.mkfifo(tmp_path / "pipe")
    for path, word in [
        (tmp_path / "nowhere", "does not exist"),
        (tmp_path / "cy" / "mine.py" / "x", "does not exist"),
        (tmp_path / "empty", "no submission. Looked for xor.py, cpa.py, cpa_depth.py"),
        (tmp_path / "dee", r"XOR\.py: not a name that counts; did you mean xor\.py\?"),
        (tmp_path / "cy" / "mine.py", "--exercise"),
        (tmp_path / "cy" / "notes.txt", "no module"),
        (tmp_path / "link.py", "is a link"),
        (tmp_path / "pipe", "cannot be read"),
        (tmp_path / ("n" * 300), "cannot be read: File name too long"),
    ]:
        with pytest.raises(UserError, match=word) as caught:
            discover(path, EXERCISES)
        assert len(str(caught.value).splitlines()) == 1


def test_the_order_of_the_handins_does_not_depend_on_the_file_system(tmp_path):
    names = random.Random(1).sample(string.ascii_letters, 20)
    make(tmp_path, *(f"{name}/{exercise}.py" for name in names for exercise in ("xor", "cpa")))
    handins = found(tmp_path)
    assert handins == sorted(handins)
    assert len(handins) == 40


NAMES = st.sampled_from(["xor.py", "xor.ipynb", "cpa.py", "test_xor.py", "xor", "notes.txt", ".hidden", "XOR.py", "ü"])


def without_files_in_files(names):
    return {name for name in names if not any(other.startswith(f"{name}/") for other in names)}


TREES = st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), max_size=8).map(without_files_in_files)


@settings(max_examples=60, deadline=None)
@given(TREES.filter(bool), TREES)
def test_every_file_is_found_ignored_or_named_once(tmp_path_factory, names, packed):
    folder = tmp_path_factory.mktemp("tree") / "xy"
    make(folder, *names)
    zipped(folder / "ü.zip", *packed)
    files = {*names, *(f"ü.zip/{name}" for name in packed)}
    try:
        result = discover(folder, EXERCISES)
    except UserError:
        searched = (name for name in files if ".hidden" not in name.split("/")[:-1])
        assert not [it for it in searched if it.split("/")[-1] in ("xor.py", "xor.ipynb", "cpa.py")]
        return
    told = [it.source for it in result.handins] + [path for path, _ in result.ignored]
    beside = " ".join(f"{it.problem} {it.note}" for it in result.handins).replace(",", "").replace(":", "").split()
    for file in files:
        folders = [file[:index] for index, character in enumerate(file) if character == "/"]
        times = sum(told.count(it) for it in (file, *folders) if it != "ü.zip")
        assert times == 1 or (times == 0 and {file, file.split("/")[-1], f"{file}."} & set(beside))


SPEED = """
import sys, time
from pathlib import Path
from autograder.submission import discover
started = time.process_time()
assert len(discover(Path(sys.argv[1]), ["xor", "cpa"]).handins) == 3000
print(time.process_time() - started)
"""


def test_a_large_class_is_found_fast(tmp_path, root):
    make(tmp_path, *(f"student {number}/xor.py" for number in range(3000)))
    done = subprocess.run([sys.executable, "-c", SPEED, tmp_path], cwd=root, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.9  # 3 s for 10,000
