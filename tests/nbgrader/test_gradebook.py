"""`autograder grade --gradebook` and `autograder regrade` write what nbgrader's own commands would."""

import json
import re
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.errors import UserError
from autograder.nbgrader.late import LatePenalty
from autograder.nbgrader.roster import read_roster

ROOT = Path(__file__).parents[2]
SOLVED = (ROOT / "solutions" / "xor" / "xor.py").read_text(encoding="utf-8")
PARTLY = SOLVED + "\n\ndef linear_fit(X, y):\n    return X\n"
ROSTER = """\
student,first_name,last_name,email,xor
ada,Ada,Lovelace,ada@example.org,
bo,Bo,,,2026-11-25
cy,,,,
"""
DUE = """
[exercises.xor]
due = 2026-11-20T12:00:00Z
"""
LATE = """
[late]
grace_minutes = 10
per_day = 0.25
most = 0.5
"""


@pytest.fixture(scope="module")
def graded_class(small_course, run_in):
    """A class of xor with a roster, due dates and a policy, in a gradebook."""
    folder = small_course("xor")
    contents = (folder / "course.toml").read_text(encoding="utf-8")
    (folder / "course.toml").write_text(contents.replace("\n[exercises.xor]\n", DUE) + LATE, encoding="utf-8")
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    for student, code, stamp in (
        ("ada", SOLVED, "2026-11-22 11:00:00 UTC"),  # two days late
        ("bo", PARTLY, "2026-11-22 11:00:00 UTC"),  # in time, as bo has longer
        ("zoe", SOLVED, "2026-11-20 12:05:00 UTC"),  # within the grace, and not in the roster
    ):
        place = folder / "submitted" / student / "xor"
        place.mkdir(parents=True)
        (place / "xor.py").write_text(code, encoding="utf-8")
        (place / "timestamp.txt").write_text(stamp)
    told = run_in(folder, "grade", "submitted", "--out", "grades", "--gradebook", "sqlite:///gradebook.db")
    return folder, told


@pytest.fixture(scope="module")
def run_in():
    import subprocess
    import sys

    def call(folder, *arguments, code=0):
        command = [sys.executable, "-m", "autograder", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    return call


def totals(folder):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "deep-learning") as book:
        found = {}
        for submission in book.assignment_submissions("xor"):
            (notebook,) = submission.notebooks
            found[submission.student.id] = (submission.score, notebook.late_submission_penalty)
        return found


def test_scores_penalties_and_extensions_are_in_the_gradebook(graded_class):
    folder, _ = graded_class
    found = totals(folder)
    assert found["ada"] == (10.0, 5.0)
    assert found["bo"][0] == 9.0
    assert found["bo"][1] is None
    assert found["zoe"] == (10.0, None)


def test_students_of_the_roster_are_known_and_strangers_are_named(graded_class):
    folder, told = graded_class
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "deep-learning") as book:
        assert book.find_student("ada").last_name == "Lovelace"
        assert book.find_student("cy").email is None
        assert book.find_assignment("xor").duedate == datetime(2026, 11, 20, 12)
    assert "zoe is not in the roster." in told


def test_nbgraders_commands_go_on_from_there(graded_class, nbgrader, graded):
    folder, _ = graded_class
    _, cells = graded(folder, "bo", "xor")
    assert "text/html" in cells["xor-e"]["outputs"][0]["data"]
    nbgrader("generate_feedback", "xor", cwd=folder)
    assert "after 5 for handing in late" in (folder / "feedback" / "ada" / "xor" / "xor.html").read_text("utf-8")
    assert "Skipping ada" in nbgrader("autograde", "xor", cwd=folder)
    nbgrader("autograde", "xor", "--force", cwd=folder)
    assert totals(folder)["ada"] == (10.0, 5.0)


def test_a_time_of_handing_in_is_believed_only_where_somebody_vouches_for_it(small_course, run_in):
    folder = small_course("xor")
    contents = (folder / "course.toml").read_text(encoding="utf-8")
    (folder / "course.toml").write_text(contents.replace("\n[exercises.xor]\n", DUE) + LATE, encoding="utf-8")
    (folder / "handed-in").mkdir()
    (folder / "handed-in" / "ada").mkdir()
    (folder / "handed-in" / "ada" / "xor.py").write_text(SOLVED, encoding="utf-8")
    with zipfile.ZipFile(folder / "handed-in" / "bo.zip", "w") as archive:
        archive.writestr("xor.py", PARTLY)
    command = ("grade", "handed-in", "--fresh", "--gradebook", "sqlite:///gradebook.db")
    told = run_in(folder, *command)
    assert "2 submissions without a time of handing in (timestamp.txt): counted as in time." in " ".join(told.split())
    assert totals(folder) == {"ada": (10.0, None), "bo": (9.0, None)}
    assert "1 submission without a time" in run_in(folder, *command, "--file-times")
    assert totals(folder) == {"ada": (10.0, 5.0), "bo": (9.0, None)}
    checks = folder / "solutions" / "xor" / "test_xor.py"
    text = checks.read_text(encoding="utf-8")
    checks.write_text(text.replace('@part("a", points=2)', '@part("a", points=1)'), encoding="utf-8")
    told = run_in(folder, "regrade", "xor", "--submissions", "handed-in", "--write")
    assert "Written: 2." in told
    assert totals(folder) == {"ada": (9.0, 4.5), "bo": (8.0, None)}


def test_regrading_says_what_changes_before_it_writes(graded_class, run_in):
    folder, _ = graded_class
    assert "None of 3 submissions would change." in run_in(folder, "regrade", "xor")
    checks = folder / "solutions" / "xor" / "test_xor.py"
    text = checks.read_text(encoding="utf-8")
    shutil.copy(checks, folder / "kept")
    checks.write_text(text.replace('@part("a", points=2)', '@part("a", points=1)'), encoding="utf-8")
    assert checks.read_text(encoding="utf-8") != text
    before = totals(folder)
    told = run_in(folder, "regrade", "xor")
    assert re.search(r"^ada +10 +9 +test_", told, re.MULTILINE)
    assert "Nothing was written" in told
    assert totals(folder) == before
    changes = {it["student"]: it for it in json.loads(run_in(folder, "regrade", "xor", "--json"))}
    assert (changes["ada"]["before"], changes["ada"]["after"]) == (10.0, 9.0)
    assert "Written: 3." in run_in(folder, "regrade", "xor", "--write")
    assert totals(folder)["ada"] == (9.0, 4.5)
    assert "None of 3 submissions would change." in run_in(folder, "regrade", "xor")


def test_mistakes_in_the_call_get_one_line(graded_class, run_in, tmp_path):
    folder, _ = graded_class
    (tmp_path / "s").mkdir()
    for arguments, said in (
        (("grade", "submitted", "--roster", "roster.csv"), "give --gradebook as well"),
        (("grade", "submitted", "--file-times"), "give --gradebook as well"),
        (("grade", "submitted", "--fresh", "--gradebook", "mysql+nodriver://x:secret@h/d"), "x:***@h"),
        (("regrade", "xor", "--submissions", "nowhere"), "nowhere"),
        (("grade", "submitted", "--fresh", "--gradebook", "nonsense"), "The gradebook nonsense cannot be used"),
        (("grade", "submitted", "--fresh", "--gradebook", "sqlite:////no/such/folder/x.db"), "cannot be used"),
        (("regrade", "nothing"), "There is no exercise 'nothing'"),
    ):
        told = run_in(folder, *arguments, code=2)
        (line,) = [line for line in told.splitlines() if line.startswith("autograder: ")]
        assert said in line
        assert "Traceback" not in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,xor\nada,\n", "has no column “student”"),
        ("student,grade\nada,1\n", "has a column 'grade'"),
        ("student,xor\nada,soon\n", "line 2: 'soon' is no date"),
        ("student\nada\nbo\nada\n", "has 'ada' twice"),
        ("student\n../ada\n", "line 2: '../ada' cannot be"),
        ("", "has no column “student”"),
        ('student\n"ada\n', "Save it again as CSV"),
    ],
)
def test_a_bad_roster_gets_one_line(tmp_path, text, said):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(said)):
        read_roster(path, ["xor"])


def test_a_roster_may_come_from_any_spreadsheet(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(
        "\ufeffstudent;first_name;xor\r\nzoë;Zoë;2026-12-03\r\n;;\r\nbo;;2026-12-03T18:00+01:00\r\n", "utf-8"
    )
    zoe, bo = read_roster(path, ["xor", "cpa"])
    assert (zoe.student, zoe.about) == ("zoë", {"first_name": "Zoë"})
    assert zoe.due == {"xor": datetime(2026, 12, 3, 23, 59, 59, tzinfo=UTC)}
    assert bo.due["xor"] == datetime(2026, 12, 3, 17, tzinfo=UTC)
    path.write_bytes("student\nzoë\n".encode("latin-1"))
    with pytest.raises(UserError, match="not UTF-8"):
        read_roster(path, [])


@pytest.mark.parametrize(
    ("seconds", "penalty"),
    [(0, None), (600, None), (601, 2.5), (86_400 + 600, 2.5), (86_400 + 601, 5.0), (10 * 86_400, 5.0)],
)
def test_a_day_that_has_begun_costs_its_fraction(seconds, penalty):
    late = LatePenalty(grace_minutes=10.0, per_day=0.25, most=0.5)
    assert late.late_submission_penalty("ada", 10.0, seconds) == penalty
