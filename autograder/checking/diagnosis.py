"""Which known wrong way explains a failure: the one that gives what the student's function gave, on every call."""

from collections.abc import Sequence
from typing import Any

from autograder.checking.ladder import alike
from autograder.checking.summary import summary
from autograder.checking.tolerances import CLOSED_FORM, FLOAT32
from autograder.checking.trial import Call, Outcome, Trial
from autograder.sandbox.network import Network, Tensor


def diagnose(trials: Sequence[Trial], failing: Call | None) -> str | None:
    """The name of a wrong way that does what the failing function did, in this check and in all before it."""
    if failing is None or failing.outcome is None or failing.outcome.trained:
        return None
    candidates: list[str] | None = None
    # The first checks have the smallest inputs, and leave few ways to be run on the larger ones.
    for trial in trials:
        for number, call in enumerate(trial.calls):
            if call.function != failing.function or call.outcome is None or call.outcome.trained:
                continue
            known = trial.knowledge.mistakes(trial.check, number, call, candidates)
            agreeing = [name for name, outcome in known.items() if _agree(call, call.outcome, outcome)]
            candidates = agreeing if candidates is None else [name for name in candidates if name in agreeing]
            if not candidates:
                return None
    return candidates[0] if candidates else None


def _agree(call: Call, student: Outcome, wrong: Outcome) -> bool:
    if student.failure is not None or wrong.failure is not None:
        names = {outcome.failure.name if outcome.failure else None for outcome in (student, wrong)}
        return len(names) == 1
    if set(student.modified) != set(wrong.modified):
        return False
    # Another processor rounds float32 otherwise, and what is compared with may have been recorded on one.
    is_single = _is_single([*call.arguments, *call.keywords.values()])
    is_single = is_single or (_is_single(student.value) and _is_single(wrong.value))
    return alike(summary(student.value), summary(wrong.value), FLOAT32 if is_single else CLOSED_FORM)


def _is_single(value: Any) -> bool:
    """Whether some of it is in float32."""
    if isinstance(value, list | tuple):
        return any(map(_is_single, value))
    if isinstance(value, Network):
        return _is_single(value.arrays)
    holder = value.array if isinstance(value, Tensor) else value
    return str(getattr(holder, "dtype", None)) in ("float32", "torch.float32")
