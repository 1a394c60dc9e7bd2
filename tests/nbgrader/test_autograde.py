"""`nbgrader autograde` grades whatever was handed in, as far as it goes, and says what it could not use."""

import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[2]
SOLVED = (ROOT / "solutions" / "xor" / "xor.py").read_text(encoding="utf-8")
RELEASED = json.loads((ROOT / "assignments" / "xor" / "xor.ipynb").read_text(encoding="utf-8"))
CERTIFICATE = re.search(r"^def separation_certificate.*?(?=^# %%)", SOLVED, re.MULTILINE | re.DOTALL)[0]
POINTS = {"xor-a": 2.0, "xor-b": 3.0, "xor-c": 2.0, "xor-d": 1.0, "xor-e": 2.0}
PART_A = {name: points if name == "xor-a" else 0.0 for name, points in POINTS.items()}
NOTHING = dict.fromkeys(POINTS, 0.0)


def notebook(change=lambda cells: cells, **more):
    """The released notebook with part a solved, after `change` of its cells."""
    cells = json.loads(json.dumps(RELEASED["cells"]))
    for cell in cells:
        if cell["id"] == "separation_certificate":
            cell["source"] = CERTIFICATE
    return json.dumps({**RELEASED, "cells": change(cells), **more})


def without_marks(cells):
    return [{**cell, "metadata": {"colab": {"base_uri": "https://colab.example"}, "id": "Xq1"}} for cell in cells]


def without_identifiers(cells):
    return [{key: it for key, it in cell.items() if key != "id"} for cell in without_marks(cells)]


def merged(cells):
    """All code in one cell, checks included."""
    code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return [{"cell_type": "code", "metadata": {}, "id": "x", "outputs": [], "execution_count": 1, "source": code}]


def with_magics(cells):
    line = {**cells[1], "id": "magics", "metadata": {}, "source": "%matplotlib inline\n!pip install torch\n%timeit 1"}
    return [line, *cells]


def with_large_outputs(cells):
    big = {"output_type": "stream", "name": "stdout", "text": "x" * (50 << 20)}
    return [{**cell, "outputs": [big]} if cell["id"] == "separation_certificate" else cell for cell in cells]


def with_a_graded_cell_twice(cells):
    return [cell for cell in cells for _ in range(2)]


def of_version_3():
    converted = nbformat.convert(nbformat.reads(notebook(), as_version=4), 3)
    return json.dumps(converted)


# By student: the files that were handed in, the points of each cell, and what must be said.
HANDED_IN = {
    "module": ({"xor.py": SOLVED}, POINTS, "nothing was written into the other"),
    "notebook": ({"xor.ipynb": notebook()}, PART_A, ""),
    "released": ({"xor.ipynb": json.dumps(RELEASED)}, NOTHING, ""),
    "no-marks": ({"xor.ipynb": notebook(without_marks)}, PART_A, ""),
    "no-identifiers": ({"xor.ipynb": notebook(without_identifiers, nbformat_minor=2)}, PART_A, ""),
    "version-3": ({"xor.ipynb": of_version_3()}, PART_A, ""),
    "merged": ({"xor.ipynb": notebook(merged)}, PART_A, ""),
    "magics": ({"xor.ipynb": notebook(with_magics)}, PART_A, "left out “!pip install torch”"),
    "large": ({"xor.ipynb": notebook(with_large_outputs)}, PART_A, ""),
    "doubled": ({"xor.ipynb": notebook(with_a_graded_cell_twice)}, PART_A, ""),
    "cut-off": ({"xor.ipynb": notebook()[:5000]}, NOTHING, "was cut off or damaged"),
    "renamed": ({"xor (1).ipynb": notebook()}, NOTHING, "There is neither xor.ipynb nor xor.py"),
    "empty": ({"xor.ipynb": ""}, NOTHING, "is empty"),
    "forged-time": ({"xor.ipynb": notebook(), "timestamp.txt": "tomorrow; DROP TABLE"}, PART_A, ""),
    "zoë\u202e b": ({"xor.ipynb": notebook()}, PART_A, ""),
    "only-text": ({"readme.txt": "I did it."}, NOTHING, "readme.txt"),
}


@pytest.fixture(scope="module")
def course(small_course, nbgrader):
    folder = small_course("xor")
    for student, (files, _, _) in HANDED_IN.items():
        place = folder / "submitted" / student / "xor"
        place.mkdir(parents=True)
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        if "timestamp.txt" not in files:
            (place / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC")
    both = folder / "submitted" / "module" / "xor" / "xor.ipynb"
    both.write_text(json.dumps(RELEASED))
    linked = folder / "submitted" / "linked" / "xor"
    linked.mkdir(parents=True)
    (linked / "xor.py").symlink_to(folder / "solutions" / "xor" / "xor.py")
    nbgrader("generate_assignment", "xor", cwd=folder)
    told = nbgrader("autograde", "xor", cwd=folder)
    (folder / "told.txt").write_text(told)
    return folder


@pytest.fixture(scope="module")
def gradebook(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "deep-learning") as book:
        yield book


def scores(gradebook, student):
    (submitted,) = gradebook.find_submission("xor", student).notebooks
    return {grade.name: grade.auto_score for grade in submitted.grades}


@pytest.mark.parametrize("student", HANDED_IN)
def test_everyone_gets_what_they_deserve(course, gradebook, graded, student):
    _, expected, said = HANDED_IN[student]
    assert scores(gradebook, student) == expected
    shown, cells = graded(course, student, "xor")
    nbformat.validate(nbformat.from_dict(shown))
    assert cells.keys() >= expected.keys()
    assert said in (shown["metadata"]["autograder"]["message"] or "")
    assert not any(grade.needs_manual_grade for grade in gradebook.find_submission("xor", student).notebooks[0].grades)


def test_a_link_is_not_followed(course, gradebook):
    assert scores(gradebook, "linked") == NOTHING


def test_nothing_of_a_solution_or_the_seed_is_in_what_is_shown(course):
    seed = (course / ".autograder" / "seed").read_text().strip()
    for path in (course / "autograded").rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert seed not in text
        if path.parts[-3] != "module":
            assert "np.linalg.lstsq" not in text


def test_a_time_that_cannot_be_read_stops_nobody(course, gradebook):
    assert "holds no time that can be read" in (course / "told.txt").read_text()
    assert gradebook.find_submission("xor", "forged-time").timestamp is None
    assert gradebook.find_submission("xor", "notebook").timestamp.isoformat() == "2026-11-20T10:00:00"


def test_one_line_for_each_and_no_warning_of_a_library(course):
    lines = (course / "told.txt").read_text().splitlines()
    assert not [line for line in lines if "Warning" in line or "Traceback" in line]
    assert len([line for line in lines if " points" in line]) == len(HANDED_IN) + 1


def test_what_was_graded_is_not_graded_again_unless_it_is_newer_or_forced(course, nbgrader):
    assert "Skipping module, which was graded before" in nbgrader("autograde", "xor", "--student=module", cwd=course)
    (course / "submitted" / "module" / "xor" / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC")
    assert "module: 10.0 of 10.0 points" in nbgrader("autograde", "xor", "--student=module", cwd=course)
    told = nbgrader("autograde", "xor", "--student=module", "--force", cwd=course)
    assert "module: 10.0 of 10.0 points" in told


def test_a_mark_that_a_person_gave_stays(course, gradebook, nbgrader):
    grade = gradebook.find_grade("xor-b", "xor", "xor", "notebook")
    grade.manual_score = 1.5
    gradebook.db.commit()
    nbgrader("autograde", "xor", "--student=notebook", "--force", cwd=course)
    gradebook.db.expire_all()
    grade = gradebook.find_grade("xor-b", "xor", "xor", "notebook")
    assert (grade.manual_score, grade.auto_score, grade.needs_manual_grade) == (1.5, 0.0, True)


def test_feedback_says_what_was_called_and_carries_comments(course, gradebook, nbgrader):
    gradebook.find_comment("linear_fit", "xor", "xor", "notebook").manual_comment = "<b>See</b> me."
    gradebook.db.commit()
    nbgrader("generate_feedback", "xor", "--student=notebook", cwd=course)
    page = (course / "feedback" / "notebook" / "xor" / "xor.html").read_text(encoding="utf-8")
    assert "separation_certificate" in page or "Convex weights" in page
    assert "&lt;b&gt;See&lt;/b&gt; me." in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_mistakes_in_the_call_get_one_line(course, nbgrader):
    for command in ("autograde", "generate_assignment"):
        told = nbgrader(command, "xr", cwd=course, code=1)
        assert "There is no exercise 'xr'. There are: xor," in told
        assert "Traceback" not in told
    told = nbgrader("autograde", "xor", "--student=nobody-here", cwd=course, code=1)
    assert "There is no submission of xor by 'nobody-here'" in told


def test_without_the_engine_nothing_is_graded_at_all(small_course, nbgrader, tmp_path):
    folder = small_course("xor")
    shutil.copytree(ROOT / "assignments" / "xor", folder / "submitted" / "ada" / "xor")
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['autograder'] = None\n")
    told = nbgrader("autograde", "xor", cwd=folder, code=1, PYTHONPATH=os.fspath(tmp_path))
    assert "The course's engine cannot be loaded" in told
    assert not (folder / "autograded").exists()


def test_a_mistake_in_the_contents_of_the_course_lets_nothing_run(small_course, nbgrader):
    folder = small_course("xor")
    shutil.copytree(ROOT / "assignments" / "xor", folder / "submitted" / "ada" / "xor")
    (folder / "course.toml").open("a").write("\n[late]\nper_day = 2\n")
    told = nbgrader("autograde", "xor", cwd=folder, code=1)
    assert "nbgrader cannot work on this course: " in told
    assert "per_day" in told
    assert not (folder / "autograded").exists()


def test_damage_on_our_side_gives_nobody_a_zero(small_course, nbgrader):
    folder = small_course("xor")
    for name in ("xor.py", "xor.ipynb"):
        place = folder / "submitted" / "ada" / "xor"
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(SOLVED if name == "xor.py" else notebook())
    (folder / "assignments" / "xor" / "expectations.msgpack").write_bytes(b"damaged")
    assert "cannot be read" in nbgrader("autograde", "xor", cwd=folder, code=1)
    assert not (folder / "autograded").exists()


def test_an_exercise_that_was_made_anew_is_told_to_the_gradebook_first(small_course, nbgrader):
    folder = small_course("xor")
    shutil.copytree(ROOT / "assignments" / "xor", folder / "submitted" / "ada" / "xor")
    nbgrader("generate_assignment", "xor", cwd=folder)
    path = folder / "assignments" / "xor" / "xor.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"points": 2.0', '"points": 1.0'), encoding="utf-8")
    assert "Run “nbgrader generate_assignment xor” first" in nbgrader("autograde", "xor", cwd=folder, code=1)


def test_a_machine_that_cannot_confine_grades_nothing(small_course, nbgrader):
    folder = small_course("xor")
    shutil.copytree(ROOT / "assignments" / "xor", folder / "submitted" / "ada" / "xor")
    (folder / "nbgrader_config.py").open("a").write(
        "\nimport autograder.sandbox.confinement as it\nit.unavailable = lambda: 'a test'\n"
    )
    assert "This machine cannot confine student code: a test." in nbgrader("autograde", "xor", cwd=folder, code=1)
    assert not (folder / "autograded").exists()
