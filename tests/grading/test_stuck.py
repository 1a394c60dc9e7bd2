"""A grading process that is stuck, by a mistake in a check say, is ended, and holds nobody else up."""

from autograder.course import read_course
from autograder.grading import pool
from autograder.grading.run import find
from autograder.grading.worker import Settings
from autograder.report import load_line

STUCK = """\
def test_linear_fit(submission, reference, rng):
    \"\"\"linear_fit minimises the mean squared error: on XOR, and on data of several sizes\"\"\"
    while submission.linear_fit([[0.0]], [0.0]) == "wait for ever":
        pass
"""


def test_what_takes_for_ever_to_judge_is_not_graded_and_the_others_are(course, monkeypatch, reference_code):
    monkeypatch.setattr(pool, "_PATIENCE", 0.0)
    monkeypatch.setattr(pool, "_PATIENCE_AT_LEAST", 4.0)
    checks = course / "solutions" / "xor" / "test_xor.py"
    before, _, after = checks.read_text(encoding="utf-8").partition("def test_linear_fit(")
    _, _, after = after.partition("@part")
    checks.write_text(f"{before}{STUCK}\n\n@part{after}", encoding="utf-8")
    for student in ("a", "b", "c", "stuck"):
        place = course / "class" / student
        place.mkdir(parents=True)
        more = "\n\ndef linear_fit(X, y):\n    return 'wait for ever'\n" if student == "stuck" else ""
        (place / "xor.py").write_text(reference_code + more, encoding="utf-8")
    handins = find(read_course(course), course / "class", None).handins
    with pool.Pool(Settings(course, ("xor",), "s", True), 2) as grading:
        reports = {it.student: it for it in map(load_line, grading.grade(handins))}
    assert {student: reports[student].score for student in "abc"} == dict.fromkeys("abc", 10.0)
    assert (reports["stuck"].status, reports["stuck"].score) == ("not_graded", None)
    assert "took too long" in reports["stuck"].message
