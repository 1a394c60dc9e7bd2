import csv

import msgspec
import pytest

from autograder.feedback.tables import write_grades_csv


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_plain_class(perfect, tmp_path):
    other = msgspec.structs.replace(perfect, exercise="backprop", score=6.25)
    write_grades_csv([perfect, other], tmp_path / "grades.csv", ["xor", "backprop"])
    assert read(tmp_path / "grades.csv") == [
        ["student", "xor", "backprop", "total", "max"],
        ["emmy", "10", "6.25", "16.25", "20"],
    ]


def test_what_is_not_graded_is_never_a_zero(perfect, mixed, lost, unreadable, tmp_path):
    other = msgspec.structs.replace(perfect, exercise="backprop")
    reports = [other, mixed, lost, unreadable]
    write_grades_csv(reports, tmp_path / "grades.csv", ["xor", "backprop", "dropout"])
    assert read(tmp_path / "grades.csv") == [
        ["student", "xor", "xor status", "backprop", "dropout", "total", "max"],
        ["ada", "", "not graded", "", "", "", "20"],
        ["alan", "", "not graded", "", "", "", "20"],
        ["emmy", "", "not handed in", "10", "", "10", "20"],
        ["kurt", "0", "unreadable", "", "", "0", "20"],
    ]


def test_an_archive_that_cannot_be_opened_stands_for_what_is_missing(perfect, unreadable, tmp_path):
    archive = msgspec.structs.replace(unreadable, exercise="", parts=[], max_score=0.0)
    other = msgspec.structs.replace(perfect, student="kurt", exercise="backprop")
    write_grades_csv([perfect, other, archive], tmp_path / "grades.csv", ["xor", "backprop"])
    assert read(tmp_path / "grades.csv") == [
        ["student", "xor", "xor status", "backprop", "total", "max"],
        ["emmy", "10", "graded", "", "10", "20"],
        ["kurt", "0", "unreadable", "10", "10", "20"],
    ]


def test_only_the_given_exercises_count(perfect, tmp_path):
    write_grades_csv([perfect], tmp_path / "grades.csv", ["backprop"])
    assert read(tmp_path / "grades.csv") == [["student", "backprop", "total", "max"]]


def test_scores_are_exact(perfect, tmp_path):
    write_grades_csv([msgspec.structs.replace(perfect, score=0.1 + 0.2)], tmp_path / "grades.csv", ["xor"])
    assert read(tmp_path / "grades.csv")[1][1] == "0.3"


@pytest.mark.parametrize("student", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_name_is_a_formula(student, perfect, tmp_path):
    write_grades_csv([msgspec.structs.replace(perfect, student=student)], tmp_path / "grades.csv", ["xor"])
    assert read(tmp_path / "grades.csv")[1][0] == "'" + student


@pytest.mark.parametrize("student", ["Łucja", "a,b", 'a"b', "a\nb", "O'Brien", "李明", "<script>", "a-b"])
def test_names_come_back_as_they_are(student, perfect, tmp_path):
    write_grades_csv([msgspec.structs.replace(perfect, student=student)], tmp_path / "grades.csv", ["xor"])
    assert read(tmp_path / "grades.csv")[1] == [student, "10", "10", "10"]


def test_bytes_that_are_no_utf8_do_not_stop_the_table(perfect, tmp_path):
    write_grades_csv([msgspec.structs.replace(perfect, student="a\udcff")], tmp_path / "grades.csv", ["xor"])
    assert read(tmp_path / "grades.csv")[1][0] == "a\\udcff"
