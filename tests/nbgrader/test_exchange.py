"""The exchange between an instructor and students, who are other users of the system where that is possible."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = """
c = get_config()
c.CourseDirectory.course_id = "deep-learning"
c.Exchange.root = "{exchange}"
c.Exchange.cache = "{home}/cache"
"""


def other_user():
    """A user that we can become, and how; None if we cannot become anybody."""
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        return None
    user = pwd.getpwnam("nobody")
    # Reading is allowed everything, because Python itself may lie where only root can read.
    command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    command += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    can = subprocess.run([*command, sys.executable, "-c", "import nbgrader"], capture_output=True, check=False)
    return (user, command) if can.returncode == 0 else None


class Classroom:
    """An instructor's course, the exchange, and one student's home."""

    def __init__(self, folder, course, nbgrader):
        self.course, self._nbgrader = course, nbgrader
        self.exchange, self.home = folder / "exchange", folder / "home"
        for path in (self.exchange, self.home):
            path.mkdir()
            path.chmod(0o777)
        folder.chmod(0o755)
        with (course / "nbgrader_config.py").open("a") as settings:
            settings.write(f'\nc.Exchange.root = "{self.exchange}"\n')
        (self.home / "nbgrader_config.py").write_text(SETTINGS.format(exchange=self.exchange, home=self.home))
        found = other_user()
        self.user, self._become = found or (pwd.getpwuid(os.getuid()), [])

    def instructor(self, *command):
        return self._nbgrader(*command, cwd=self.course)

    def student(self, *command):
        environment = {**os.environ, "HOME": str(self.home), "PATH": f"{Path(sys.executable).parent}:{os.defpath}"}
        done = subprocess.run(
            [*self._become, sys.executable, *command],
            cwd=self.home,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def classroom(small_course, nbgrader):
    # Not in pytest's folders, which are for one user alone.
    with tempfile.TemporaryDirectory() as folder:
        yield played(Classroom(Path(folder), small_course("xor"), nbgrader))


def played(room):
    """From release to feedback."""
    room.instructor("generate_assignment", "xor")
    room.instructor("release_assignment", "xor")
    room.listed = room.student("-m", "nbgrader", "list")
    room.student("-m", "nbgrader", "fetch_assignment", "xor")
    solved = ROOT / "solutions" / "xor" / "xor.py"
    write = f"import shutil; shutil.copyfile({str(solved)!r}, 'xor/xor.py')"
    room.student("-c", write)
    room.student("-m", "nbgrader", "submit", "xor")
    inbound = room.exchange / "deep-learning" / "inbound"
    secret = room.course / "solutions" / "xor" / "xor.py"
    plant = f"""
import os
stamp = "2026-11-20 10:00:00 UTC"
os.symlink({str(room.course / "solutions" / "xor")!r}, {str(inbound)!r} + f"/whole+xor+{{stamp}}+a")
os.makedirs({str(inbound)!r} + f"/parts+xor+{{stamp}}+b/folder")
os.chdir({str(inbound)!r} + f"/parts+xor+{{stamp}}+b")
os.symlink({str(secret)!r}, "xor.py")
os.symlink({str(room.course / "solutions")!r}, "folder/all")
os.mkfifo("pipe")
open("timestamp.txt", "w").write(stamp)
open("xor.ipynb", "w").write("{{}}")
"""
    room.student("-c", plant)
    room.collected = room.instructor("collect", "xor")
    room.graded = room.instructor("autograde", "xor")
    room.instructor("generate_feedback", "xor", f"--student={room.user.pw_name}")
    room.instructor("release_feedback", "xor", f"--student={room.user.pw_name}")
    room.student("-m", "nbgrader", "fetch_feedback", "xor")
    return room


def test_a_student_sees_the_assignment_and_gets_feedback(classroom):
    assert "deep-learning xor" in classroom.listed
    assert f"{classroom.user.pw_name}: 10.0 of 10.0 points" in classroom.graded
    (page,) = (classroom.home / "xor" / "feedback").glob("*/xor.html")
    assert "<b>10</b> of 10 points" in page.read_text(encoding="utf-8")


def test_what_was_collected_is_the_students_own(classroom):
    submitted = classroom.course / "submitted" / classroom.user.pw_name / "xor"
    assert {"xor.py", "xor.ipynb", "timestamp.txt"} <= {path.name for path in submitted.iterdir()}


def test_links_and_pipes_are_left_behind(classroom):
    submitted = classroom.course / "submitted"
    assert not (submitted / "whole" / "xor").exists()
    assert {path.name for path in (submitted / "parts" / "xor").rglob("*")} == {"folder", "timestamp.txt", "xor.ipynb"}
    assert "is a link, and is not collected" in classroom.collected
    assert "pipe is no regular file" in classroom.collected
    assert "parts: 0.0 of 10.0 points" in classroom.graded


def test_no_solution_was_released(classroom):
    outbound = classroom.exchange / "deep-learning" / "outbound" / "xor"
    code = (ROOT / "solutions" / "xor" / "misconceptions.py").read_text(encoding="utf-8")
    for path in outbound.rglob("*"):
        if path.suffix in (".py", ".ipynb", ".md", ".toml"):
            text = path.read_text(encoding="utf-8")
            assert "BEGIN SOLUTION" not in text
            assert code[:200] not in text
    assert not (outbound / "misconceptions.py").exists()
