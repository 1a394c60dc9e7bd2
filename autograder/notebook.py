"""What a notebook's check cells call: `check("xor.b")` shows what is right and wrong in part b."""

import os
from typing import Any

import autograder
from autograder.checking.bench import Bench
from autograder.checking.examine import Examination, fill
from autograder.checking.home import direct_guest
from autograder.checking.recorded import PUBLIC_SEED, read_expectations
from autograder.checking.warm import Suites, of_part, with_checks
from autograder.course import find_course
from autograder.errors import UserError
from autograder.feedback.notebook import html_fragment
from autograder.report import Report, Seconds, total
from autograder.submission import Source


class Result:
    """Shows itself in a notebook as HTML, and elsewhere as text."""

    def __init__(self, report: Report) -> None:
        self.report = report

    @property
    def is_right(self) -> bool:
        return self.report.score == self.report.max_score

    def _repr_html_(self) -> str:
        return html_fragment(self.report)

    def __repr__(self) -> str:
        report = self.report
        lines = [f"{report.exercise}: {report.score or 0:g} of {report.max_score:g} points"]
        for check in report.checks:
            lines.append(f"{check.status}: {check.title} ({check.earned:g} of {check.points:g})")
            lines += [f"    {line}" for line in (check.message or "").splitlines()]
            if check.diagnosis:
                lines.append(f"    This looks like a known mistake: {check.diagnosis}")
        return "\n".join(lines)


class NotRight(AssertionError):
    """Says to nbgrader's validation that points are missing."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it; the way into our code would help nobody."""
        return [str(self)]


class Problem:
    """One line instead of a traceback."""

    is_right = False

    def __init__(self, message: str) -> None:
        self.message = message

    def __repr__(self) -> str:
        return self.message


def check(what: str) -> Result | Problem:
    """Checks a part, such as "xor.b", or a whole exercise, "xor", of the functions that the notebook defined."""
    import __main__

    try:
        shown: Result | Problem = Result(_report(what, vars(__main__)))
    except UserError as error:
        shown = Problem(str(error))
    if "NBGRADER_VALIDATING" in os.environ and not shown.is_right:
        raise NotRight(f"\n{shown!r}")  # the Validate button looks at nothing else
    return shown


def _report(what: str, namespace: dict[str, Any]) -> Report:
    name, _, part = what.partition(".")
    course = find_course()
    exercise = course[name]
    folder = course.assignment(exercise.name)
    guest = direct_guest(Source("notebook", (), "", ()), name, namespace)
    bench = Bench(name, PUBLIC_SEED, guest, read_expectations(folder))
    report = Report(
        student="",
        exercise=name,
        source="this notebook",
        digest="",
        status="graded",
        max_score=0.0,
        engine=autograder.__version__,
    )

    def use(suites: Suites) -> None:
        parts = {it.part for it in suites.checks(name)}
        if part and part not in parts:
            raise UserError(f"{name} has no part {part!r}. It has: {', '.join(sorted(parts))}.")
        checks = suites.run(name, bench, of_part(part or None))
        fill(report, Examination(checks, {}, None, "", Seconds()))
        report.max_score = total(it.points for it in checks)

    with_checks({name: folder / f"test_{name}.py"}, use)
    return report
