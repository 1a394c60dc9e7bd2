import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback import chart
from autograder.feedback.summary import by_student, histogram, level, outline, report_of, standing, summarise


@given(st.lists(st.floats(0, 7.5)), st.just(7.5))
def test_the_histogram_counts_every_score_once(scores, most):
    assert sum(histogram(scores, most)) == len(scores)
    assert histogram(scores, most)[10] == sum(score >= most - 1e-6 for score in scores)


@given(st.floats(0, 10))
def test_a_level_is_rounded_down(score):
    assert level(score, 10.0) == (10 if score >= 10 - 1e-6 else int(score + 1e-9))


@given(st.lists(st.integers(0, 10), min_size=1, max_size=200))
def test_bars_fit_under_the_highest_tick(scores):
    drawn = chart.histogram([float(score) for score in scores], 10.0)
    assert sum(bar.students for bar in drawn.bars) == len(scores)
    heights = [height for _, height in drawn.ticks]
    assert heights == sorted(heights)
    assert max(bar.height for bar in drawn.bars) <= heights[-1] == chart.HEIGHT
    assert 2 <= len(drawn.ticks) <= 6


def test_an_empty_class_has_an_empty_histogram():
    assert [bar.students for bar in chart.histogram([], 10.0).bars] == [0] * 11


def test_every_report_stands_somewhere(class_of):
    (summary,) = summarise(class_of(60))
    counts = [len(summary.having(status)) for status in ("graded", "unreadable", "not_graded")]
    assert sum(counts) == 60
    assert all(counts)
    assert len(summary.scores) == counts[0]


def test_checks_count_every_report_that_ran(class_of):
    reports = class_of(60)
    (summary,) = summarise(reports)
    ran = sum(bool(report.checks) for report in reports)
    assert [it.counts.total() for it in summary.checks] == [ran] * 10


def test_misconceptions_name_their_students(class_of, mixed):
    (summary,) = summarise([*class_of(40), mixed])
    counts = [len(it.students) for it in summary.misconceptions]
    assert counts == sorted(counts, reverse=True)
    transposed = next(it for it in summary.misconceptions if it.name == "transposed_weights")
    assert "ada" in transposed.students
    assert transposed.part == "b"


def test_the_order_of_reports_does_not_matter(class_of):
    reports = class_of(40)
    shuffled = random.Random(0).sample(reports, len(reports))
    assert list(by_student(shuffled)) == list(by_student(reports))
    assert summarise(shuffled) == summarise(reports)


def test_an_archive_that_cannot_be_opened_is_no_exercise(perfect, unreadable):
    archive = msgspec.structs.replace(unreadable, exercise="")
    (summary,) = summarise([perfect, archive])
    assert (summary.name, summary.reports) == ("xor", [outline(perfect)])
    assert report_of({"": archive}, "xor") == archive
    assert report_of({"": archive, "xor": perfect}, "xor") == perfect
    assert report_of({"xor": perfect}, "backprop") is None


def test_a_report_without_score_is_not_graded(mixed, lost, unreadable):
    assert [standing(it) for it in (mixed, lost, unreadable)] == ["not_graded", "not_graded", "unreadable"]
