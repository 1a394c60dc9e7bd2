import io
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from autograder.feedback.terminal import show_class, show_report, show_summary

GOLDEN = Path(__file__).parent / "mixed.txt"


def shown(show, it, *, width=80, encoding="utf-8", **options):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    show(it, Console(file=file, width=width, color_system=None, legacy_windows=False, _environ={}), **options)
    file.seek(0)
    return "".join(line.rstrip() + "\n" for line in file.read().splitlines())


def test_a_mixed_report_looks_like_this(mixed):
    assert shown(show_report, mixed) == GOLDEN.read_text(encoding="utf-8")


def test_full_marks_end_in_handing_in(perfect):
    assert shown(show_report, perfect).endswith("All done, 10 of 10 points. Hand it in: autograder submit xor\n")


def test_an_unreadable_file_says_what_to_do(unreadable):
    text = shown(show_report, unreadable)
    assert "its JSON ends too early" in text
    assert text.endswith("autograder check xor\n")


def test_our_fault_is_not_the_students(lost):
    assert "not your fault" in shown(show_report, lost)


@pytest.mark.parametrize("status", ["todo", "blocked"])
def test_the_first_unwritten_check_comes_next(perfect, status):
    perfect.checks[5].status = status
    assert "Next: part c, “The same is possible" in shown(show_report, perfect)
    perfect.checks[8].status = "failed"
    assert "Next: part e, “One step" in shown(show_report, perfect)


def test_checks_to_do_share_a_line(perfect):
    for check in perfect.checks[1:4]:
        check.status, check.earned = "todo", 0.0
    lines = shown(show_report, perfect).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("  · to do: The network computes"))
    assert lines[at].endswith(" 0/1")
    assert lines[at + 1].startswith("    batch of one sample gives one number; The output")


def test_verbose_tells_names_times_and_output(mixed):
    text = shown(show_report, mixed, verbose=True)
    assert "test_relu_net, 0.008 s" in text
    assert "    loss 0.25\n" in text
    assert "xor_weights_without_bias is not written yet" in text


def test_a_long_message_is_cut_unless_verbose(mixed):
    mixed.checks[0].message = "x" * 5000
    assert "(2,000 more characters)" in shown(show_report, mixed)
    assert shown(show_report, mixed, verbose=True).count("x") >= 5000


@pytest.mark.parametrize("verbose", [False, True])
def test_hostile_text_stays_text(hostile, verbose):
    for report in hostile:
        text = shown(show_report, report, verbose=verbose)
        assert not set(text) & {"\x1b", "\x07", "\x08", "\x00", "\x9b", "\r", "\u202e", "\u2066"}
        assert "[bold red]markup[/bold red]" in text or "bold" not in report.student


def test_a_hostile_class_stays_text(hostile):
    text = shown(show_class, hostile, width=200) + shown(show_summary, hostile, width=200)
    assert not set(text) & {"\x1b", "\x07", "\x08", "\x00", "\x9b", "\r", "\u202e", "\u2066"}
    assert "[bold red]markup[/bold red]" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_a_terminal_without_the_characters(mixed, class_of, encoding):
    text = shown(show_report, mixed, encoding=encoding)
    assert "  x Two convex combinations" in text
    assert "  + The output bias" in text
    assert "Łucja" not in shown(show_class, class_of(30), encoding=encoding)
    assert "30 submissions" in shown(show_summary, class_of(30), encoding=encoding)


def test_the_class_has_a_row_for_each_student(class_of, perfect, unreadable, lost):
    other = msgspec.structs.replace(perfect, exercise="backprop")
    lines = shown(show_class, [perfect, other, unreadable, lost]).splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines if line.strip() and line.strip()[0] != "─"}
    assert rows == {
        "student": ["xor", "backprop"],
        "alan": ["not", "graded", "–"],
        "emmy": ["10/10", "10/10"],
        "kurt": ["unreadable", "–"],
        "mean": ["10/10", "10/10"],
    }


def test_seven_exercises_fit_into_80_columns(perfect, unreadable, lost):
    names = "xor activations backprop min_norm dropout cpa mnist".split()
    student = "hostile-notebook"
    reports = [msgspec.structs.replace(perfect, student=student, exercise=name, score=7.75) for name in names]
    archive = msgspec.structs.replace(unreadable, exercise="")
    lines = shown(show_class, [*reports, archive, lost], width=80).splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines if line.strip() and line.strip()[0] != "─"}
    assert rows["student"] == names
    assert rows[student] == ["7.75"] * 7
    assert rows["kurt"] == ["u"] * 7
    assert rows["alan"] == ["n"] + ["–"] * 6
    assert rows["of"] == ["10"] * 7
    assert "– not handed in, u unreadable, n not graded" in lines


def test_a_large_class_is_cut(class_of):
    text = shown(show_class, class_of(100), rest="out/grades.csv")
    assert text.count("/10\n") + text.count("unreadable\n") + text.count("not graded\n") == 61
    assert text.endswith("and 40 more students: see out/grades.csv\n")


def test_the_summary_counts(class_of, lost):
    text = shown(show_summary, [*class_of(40), lost])
    assert text.startswith("41 submissions: 37 graded, 3 unreadable, 1 not graded\n")
    assert "You use parameters that you have updated already" in text


def test_an_empty_class(capsys):
    assert shown(show_summary, []) == "0 submissions: none\n"
    assert "student" in shown(show_class, [])


@pytest.mark.parametrize("module", ["terminal", "html", "notebook", "tables"])
def test_importing_is_cheap(module):
    code = f"import sys, autograder.feedback.{module}; print({{'rich', 'jinja2', 'numpy'}} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
