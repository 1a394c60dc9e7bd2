"""Recorded expectations: what the reference and the wrong ways give on the public seed, so that students check
at home without the reference. Made by `autograder release`, read by `check`, `pytest` and the notebook.
"""

import contextlib
import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.checking.ladder import alike
from autograder.checking.outcomes import NotGraded
from autograder.checking.summary import few, summary
from autograder.checking.tolerances import CLOSED_FORM, FLOAT32, Tolerance
from autograder.checking.trial import Call, Knowledge, Outcome
from autograder.errors import UserError
from autograder.sandbox.conversation import Failure
from autograder.sandbox.wire import Codec, Reference, WireError
from autograder.submission import Source

PUBLIC_SEED = "public"
FILE = "expectations.msgpack"
_SCHEMA = 1


def _codec() -> Codec:
    def refer(value: object) -> Reference:
        raise WireError(f"a {type(value).__name__} cannot be recorded")

    def resolve(reference: Reference) -> object:
        raise WireError("an object cannot be recorded")

    return Codec(refer, resolve)


class RecordedKnowledge:
    """Replays expectations, after making sure that they belong to the same inputs."""

    def __init__(self, data: bytes) -> None:
        try:
            content = _codec().decode(data)
            if content["schema"] != _SCHEMA:
                raise KeyError("schema")
            self.exercise: str = content["exercise"]
            self._signatures: dict[str, list[str]] = content["signatures"]
            self._diagnoses: dict[str, str] = content["diagnoses"]
            self._checks: dict[str, dict[str, list[Any]]] = content["checks"]
            self._released: list[str] = content["released"]
        except (WireError, KeyError, TypeError) as error:
            raise UserError(f"{FILE} cannot be read ({error}). Take the exercise's folder afresh.") from error

    def parameters(self, function: str) -> Sequence[str]:
        return self._signatures.get(function, ())

    def expected(self, check: str, number: int, call: Call) -> Any:
        record = self._record("reference", check, number, call)
        if record is None:
            raise NotGraded(
                "The recorded expectations do not belong to these inputs. Install the versions of environment.yml, "
                "and take the exercise's folder afresh."
            )
        return record[2]

    def mistakes(
        self, check: str, number: int, call: Call, among: Collection[str] | None = None
    ) -> Mapping[str, Outcome]:
        record = self._record("submission", check, number, call)
        if record is None:
            return {}
        right, same, different = record[2:]
        return {
            **{name: _outcome(right) for name in same},
            **{name: _outcome(content) for name, content in different.items()},
        }

    def diagnosis(self, mistake: str) -> str:
        return self._diagnoses[mistake]

    def is_released(self, source: Source) -> bool:
        """Whether nothing was written into the stub yet."""
        return code_digest(source) in self._released

    def _record(self, kind: str, check: str, number: int, call: Call) -> list[Any] | None:
        records = self._checks.get(check, {}).get(kind, [])
        if number >= len(records):
            return None
        record: list[Any] = records[number]
        fits = record[0] == call.function and alike(fingerprint(call), record[1])
        return record if fits else None


class Recorder:
    """Passes questions on to the live knowledge, and keeps the answers."""

    def __init__(self, live: Knowledge) -> None:
        self._live = live
        self.checks: dict[str, dict[str, list[Any]]] = {}

    def parameters(self, function: str) -> Sequence[str]:
        return self._live.parameters(function)

    def expected(self, check: str, number: int, call: Call) -> Any:
        value = self._live.expected(check, number, call)
        self._records(check)["reference"].append([call.function, fingerprint(call), value])
        return value

    def mistakes(
        self, check: str, number: int, call: Call, among: Collection[str] | None = None
    ) -> Mapping[str, Outcome]:
        return self._live.mistakes(check, number, call, among)

    def diagnosis(self, mistake: str) -> str:
        return self._live.diagnosis(mistake)

    def keep_calls(self, check: str, calls: Sequence[Call]) -> None:
        """Keeps what each wrong way gives on the calls that a right submission got."""
        for number, call in enumerate(calls):
            right = call.outcome or Outcome()
            same, different = [], {}
            ways = {} if right.trained else self._live.mistakes(check, number, call)
            for name, outcome in ways.items():
                content = _recorded(outcome)
                if content is None:
                    continue
                if outcome.failure or right.failure or outcome.modified or not alike(outcome.value, right.value):
                    different[name] = content
                else:
                    same.append(name)
            kept = _recorded(right) or _recorded(Outcome())
            record = [call.function, fingerprint(call), kept, same, different]
            self._records(check)["submission"].append(record)

    def _records(self, check: str) -> dict[str, list[Any]]:
        return self.checks.setdefault(check, {"reference": [], "submission": []})


def encode_expectations(
    exercise: str,
    released: Sequence[Source],
    signatures: dict[str, list[str]],
    diagnoses: dict[str, str],
    checks: dict[str, Any],
) -> bytes:
    """The bytes of the file; `released` are the stub module and the stub notebook."""
    content = {
        "schema": _SCHEMA,
        "exercise": exercise,
        "released": [code_digest(source) for source in released],
        "signatures": signatures,
        "diagnoses": diagnoses,
        "checks": checks,
    }
    return _codec().encode(content)


def code_digest(source: Source) -> str:
    """Tells the code of submissions apart, whatever else is in the file."""
    return hashlib.sha256("\0".join(unit.code.strip() for unit in source.units).encode()).hexdigest()[:32]


def same_expectations(one: bytes, other: bytes) -> bool:
    """Whether two recordings differ by no more than the rounding of another machine.

    What the reference gives is compared closely; the results of submissions and wrong ways, which may have lost
    digits in float32 or on ill-conditioned inputs, are not.
    """
    try:
        return one == other or _close(_by_way(_codec().decode(one)), _by_way(_codec().decode(other)), CLOSED_FORM)
    except WireError:
        return False


def _by_way(content: Any) -> Any:
    """With an outcome for each wrong way, since rounding decides whether one is listed as the same as the right one."""
    for records in content["checks"].values():
        for record in records["submission"]:
            right, same, different = record[2:]
            outcomes = {**dict.fromkeys(same, right), **different}
            record[2:] = right, {name: _without_single(outcomes[name]) for name in sorted(outcomes)}
    return content


def _without_single(value: Any) -> Any:
    """Without the numbers in float32: training that diverges or oscillates ends elsewhere on another processor."""
    if str(getattr(value, "dtype", None)) in ("float32", "torch.float32"):
        return list(value.shape)
    return [_without_single(item) for item in value] if isinstance(value, list | tuple) else value


def fingerprint(call: Call) -> list[float]:
    """A few numbers that tell inputs apart, and bear the rounding of another machine."""
    return [number for argument in (*call.arguments, *call.keywords.values()) for number in _numbers(argument)]


def _numbers(argument: Any) -> list[float]:
    with contextlib.suppress(TypeError, ValueError, RuntimeError, OverflowError):
        return few(np.asarray(argument, dtype=float))
    # A list of arrays of different shapes, for example.
    return [number for item in argument for number in _numbers(item)] if isinstance(argument, list | tuple) else []


def read_expectations(folder: Path) -> RecordedKnowledge:
    """The expectations in an exercise's folder."""
    try:
        return RecordedKnowledge((folder / FILE).read_bytes())
    except OSError as error:
        raise UserError(f"{folder / FILE} cannot be read: {error.strerror}. Take the folder afresh.") from error


def _recorded(outcome: Outcome) -> list[Any] | None:
    """None if it is not data: an object such as a model stays where it was made."""
    classes = list(outcome.failure.classes) if outcome.failure else []
    content = [summary(outcome.value), list(outcome.modified), classes]
    try:
        _codec().encode(content)
    except WireError:
        return None
    return content


def _outcome(content: list[Any]) -> Outcome:
    value, modified, classes = content
    return Outcome(value, tuple(modified), Failure(tuple(classes), "", (), "") if classes else None)


def _close(one: Any, other: Any, tolerance: Tolerance) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        tolerances = {key: FLOAT32 if key == "submission" else tolerance for key in one}
        return list(one) == list(other) and all(_close(one[key], other[key], tolerances[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(_close(*pair, tolerance) for pair in zip(one, other, strict=True))
    return type(one) is type(other) and alike(one, other, tolerance)
