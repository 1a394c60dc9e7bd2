"""Where a submission is checked: its process, what is known of the exercise, and what was found so far."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from autograder.checking.diagnosis import diagnose
from autograder.checking.outcomes import Blocked, CheckFailed, NotGraded, ToDo
from autograder.checking.transcripts import Passed, Transcripts
from autograder.checking.trial import Call, Knowledge, Trial, derived_number
from autograder.report import CheckReport, CheckStatus
from autograder.sandbox.conversation import Raised
from autograder.sandbox.guest import Guest, blank_addresses
from autograder.sandbox.limits import SandboxFault, Struck


@dataclass(frozen=True)
class Check:
    """What a check's mark and docstring say. Parameters of pytest's are part of the name, not of the function's."""

    name: str
    function_name: str
    title: str
    part: str
    points: float
    after: tuple[str, ...]


@dataclass
class Bench:
    """One submission of one exercise being checked with one seed."""

    exercise: str
    seed: str
    guest: Guest
    knowledge: Knowledge
    transcripts: Transcripts | None = None
    reports: dict[str, CheckReport] = field(default_factory=dict)
    passed: dict[str, bool] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)
    started: float = 0.0

    def begin(self, check: Check) -> Trial:
        """Raises `Blocked` if a check that this one stands on did not pass."""
        self.started = time.perf_counter()
        trial = Trial(check.name, self.guest, self.knowledge)
        self.titles.setdefault(check.function_name, check.title)
        broken = [self.titles.get(name, name) for name in check.after if not self.passed.get(name, False)]
        if broken:
            raise Blocked("First: " + "; ".join(f"“{title}”" for title in broken) + ".")
        self.trials.append(trial)
        return trial

    def seed_guest(self, check: Check) -> None:
        """The submission's global generators get a number of their own, the same in each run."""
        self.guest.begin(derived_number(self.seed, self.exercise, check.name, "global"))

    def passes_unseen(self, check: Check, trial: Trial, run: Callable[[], None]) -> bool:
        """Whether the submission answers as one did that passed the check; `run` runs the check."""
        known = self.transcripts.of(self.exercise, check.name) if self.transcripts else {}
        transcript = self.guest.follow(known)
        if transcript is None:
            return False

        def retell() -> None:
            trial.guest = self.guest.retold(transcript)
            run()

        trial.pass_unseen(known[transcript].remarks, known[transcript].called, retell)
        return True

    def end(self, check: Check, trial: Trial | None, error: BaseException | None) -> CheckReport:
        """Files what the check found."""
        if isinstance(error, Raised):  # by something that the submission returned, when the check used it
            error = CheckFailed(
                "raises", f"When it was used, this raised: {error.failure.told}.", classes=error.failure.classes
            )
        report = CheckReport(
            name=check.name,
            part=check.part,
            title=check.title,
            points=check.points,
            earned=0.0,
            status="passed" if error is None else _status(error),
            seconds=round(time.perf_counter() - self.started, 6),
        )
        if error is None:
            report.earned = check.points
            report.message = " ".join(trial.remarks) or None if trial else None
            self._keep_transcript(check, trial)
        else:
            try:
                self._explain(report, trial, error)
            except Exception as problem:  # a value that cannot even be shown must not cost the grade
                report.message = report.message or f"The result cannot be shown: {type(problem).__name__}."
        if report.status == "not_graded" and self.transcripts:
            self.transcripts.forget(self.exercise, check.name)
        self.reports[check.name] = report
        self.passed[check.function_name] = self.passed.get(check.function_name, True) and error is None
        return report

    def _keep_transcript(self, check: Check, trial: Trial | None) -> None:
        transcript = self.guest.transcript
        if self.transcripts and trial and not trial.is_unseen and transcript is not None:
            passed = Passed(tuple(trial.remarks), trial.called)
            self.transcripts.keep(self.exercise, check.name, transcript, passed)

    def _explain(self, report: CheckReport, trial: Trial | None, error: BaseException) -> None:
        report.message = blank_addresses(_message(error))
        if trial is None or not isinstance(error, AssertionError):
            return
        call = _failing_call(trial, error)
        if call is not None and not (isinstance(error, CheckFailed) and error.rung == "missing"):
            report.message = f"{trial.quote(call)}\n{report.message}"
        named = error.mistake if isinstance(error, CheckFailed) else None
        report.misconception = named or diagnose(self.trials, call)
        if report.misconception is not None:
            report.diagnosis = self.knowledge.diagnosis(report.misconception)


def _failing_call(trial: Trial, error: AssertionError) -> Call | None:
    return trial.source_of(error.got if isinstance(error, CheckFailed) else None)


def _status(error: BaseException) -> CheckStatus:
    if isinstance(error, CheckFailed):
        return "error" if error.rung == "raises" and error.classes else "failed"
    if isinstance(error, Struck):
        return error.kind
    if isinstance(error, ToDo):
        return "todo"
    if isinstance(error, Blocked):
        return "blocked"
    if isinstance(error, pytest.skip.Exception):
        return "skipped"
    # An exception from the check itself is a mistake of ours, and so is a fault of the machine.
    return "failed" if isinstance(error, AssertionError) else "not_graded"


def _message(error: BaseException) -> str:
    if isinstance(error, SandboxFault):
        return f"Not graded, because {error}."
    if isinstance(error, CheckFailed | Struck | ToDo | Blocked | NotGraded | AssertionError | pytest.skip.Exception):
        return str(error)
    return f"Not graded, because the check itself failed: {type(error).__name__}: {error}"
