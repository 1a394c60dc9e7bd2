"""The test of an exercise's checks: what is right must pass them, and what is wrong must not."""

import functools
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from autograder.checking.examine import Examiner, limits_of
from autograder.checking.knowledge import LiveKnowledge
from autograder.checking.recorded import PUBLIC_SEED, read_expectations
from autograder.checking.transcripts import Transcripts
from autograder.checking.trial import Knowledge
from autograder.checking.warm import Choice, Suites, with_checks
from autograder.course import Course, Exercise
from autograder.errors import UserError
from autograder.release import variants
from autograder.release.mutants import Mutant, mutants
from autograder.release.source import read_reference
from autograder.release.users import users
from autograder.report import CheckReport, parts_of
from autograder.sandbox.starters import Starter
from autograder.submission import Source, read_source

# With so many seeds all checks are run; with the others, those that what was replaced can change. Under one seed that
# is all: such an audit is quick, and what a function does to other parts, such as leaving torch in another state, is
# for the full one.
_WHOLE_IF_RIGHT = 2
_WHOLE_IF_WRONG = 1
_WRONG_SEEDS = 3
_MUTANT_SEEDS = 3
_MUTANT_SECONDS = 3.0


@dataclass
class Section:
    """One kind of submission: how many were tried, and which were not judged as they should be."""

    title: str
    tried: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass
class Audit:
    """The audit of one exercise; clean if no section has a problem."""

    exercise: str
    sections: list[Section] = field(default_factory=list)
    mutants: int = 0
    killed: int = 0
    equivalent: int = 0

    @property
    def clean(self) -> bool:
        return not any(section.problems for section in self.sections)


class Equivalent(msgspec.Struct, forbid_unknown_fields=True):
    """A mutant that computes the same, and why."""

    mutant: str
    reason: str


def audit(
    course: Course,
    name: str,
    starter: Starter,
    *,
    seeds: int,
    right_only: bool = False,
    every: int = 1,
    progress: Callable[[str], None] = lambda text: None,
) -> Audit:
    """Tries everything that the author left to try, or only what is right. `progress` hears of each submission.

    Of junk and mutants, which a program makes, only one in `every` is tried.
    """
    result = Audit(name)
    files = {name: course.solution(name) / f"test_{name}.py"}

    def run(suites: Suites) -> None:
        auditor = _Auditor(course, name, suites, starter, seeds, every, progress)
        result.sections = auditor.audit_right()
        if not right_only:
            result.sections += auditor.audit_wrong(result)

    with_checks(files, run)
    return result


# A seed, what is known of the exercise, and which checks are run.
Run = tuple[str, Knowledge, Choice | None]


class _Auditor:
    def __init__(
        self,
        course: Course,
        name: str,
        suites: Suites,
        starter: Starter,
        seeds: int,
        every: int,
        progress: Callable[[str], None],
    ) -> None:
        self._every = every
        self._folder = course.solution(name)
        self._released = course.assignment(name)
        self._exercise: Exercise = course[name]
        self._suites = suites
        self._starter = starter
        self._seeds = [f"audit {number}" for number in range(seeds)]
        self._progress = progress
        self._live = LiveKnowledge(self._folder)
        self._recorded = read_expectations(self._released)
        self._code = (self._folder / f"{name}.py").read_text(encoding="utf-8")
        self._reference = read_reference(self._folder / f"{name}.py")

    def audit_right(self) -> list[Section]:
        """Of what is right, and of what is not written yet."""
        return [
            self._audit_stubs(),
            self._audit_reference(),
            self._audit_repetition(),
            self._audit_alternatives(),
        ]

    def audit_wrong(self, result: Audit) -> list[Section]:
        """Of what is wrong; the numbers of mutants go into `result`."""
        return [self._audit_wrong(), self._audit_junk(), self._audit_mutants(result)]

    def _checks(
        self, source: Source, seed: str, knowledge: Knowledge | None = None, only: Choice | None = None
    ) -> list[CheckReport]:
        examiner = Examiner(self._suites, self._starter, seed)
        return examiner.examine(self._exercise, source, knowledge or self._live, only=only).checks

    def _audit_stubs(self) -> Section:
        section = Section("stubs: nothing earned, all to do or blocked")
        for path in (self._released / f"{self._exercise.name}.{ending}" for ending in ("py", "ipynb")):
            self._tell(section, path.name)
            for check in self._checks(read_source(path.name, path.read_bytes()), self._seeds[0]):
                if check.status not in ("todo", "blocked"):
                    section.problems.append(f"{path.name}: {check.name} is {check.status}")
        return section

    @functools.cached_property
    def _callers(self) -> Mapping[str, frozenset[str]]:
        """By function, the checks that call it."""
        source = variants.module(self._exercise.name, self._code)
        called = (
            Examiner(self._suites, self._starter, self._seeds[0]).examine(self._exercise, source, self._live).called
        )
        functions = {function for some in called.values() for function in some}
        return {it: frozenset(check for check, some in called.items() if it in some) for it in functions}

    def _reaching(self, function: str) -> Choice:
        """The checks that call the function, or one that uses it."""
        using = users(self._code, function)
        reaching = frozenset().union(*(self._callers.get(it, frozenset()) for it in using))
        return lambda check: check.name in reaching

    def _runs(self, function: str, seeds: int, whole: int) -> list[Run]:
        """What a way of writing the function is checked with: all checks under the first `whole` seeds; those that
        reach the function under the others, and at home."""
        only = self._reaching(function)
        whole = whole if len(self._seeds) > 1 else 0
        runs = [(seed, self._live, None if number < whole else only) for number, seed in enumerate(self._seeds[:seeds])]
        return [*runs, (PUBLIC_SEED, self._recorded, only)]

    def _audit_reference(self) -> Section:
        section = Section(f"the reference: all points under {len(self._seeds)} seeds, and at home")
        source = variants.module(self._exercise.name, self._code)
        runs: list[Run] = [(seed, self._live, None) for seed in self._seeds]
        runs.append((PUBLIC_SEED, self._recorded, None))
        self._require_right(section, "the reference", source, runs)
        return section

    def _audit_repetition(self) -> Section:
        """Grading runs no check again for answers that passed it, which is right if the answers are all that counts."""
        section = Section("the checks: run again with one seed, they ask the same")
        name, source = self._exercise.name, variants.module(self._exercise.name, self._code)
        kept = Transcripts(), Transcripts()
        for transcripts in kept:
            examiner = Examiner(self._suites, self._starter, self._seeds[0], transcripts)
            examiner.examine(self._exercise, source, self._live)
        for check in self._suites.checks(name):
            self._tell(section, check.name)
            first, again = (set(it.of(name, check.name)) for it in kept)
            if first != again:
                section.problems.append(f"{check.name} goes another way when it is run again with the same seed")
        return section

    def _audit_alternatives(self) -> Section:
        section = Section(f"alternatives: all points, those of their own checks under {len(self._seeds)} seeds")
        for variant in variants.ways(self._folder, "alternatives.py"):
            runs = self._runs(variant.function, len(self._seeds), _WHOLE_IF_RIGHT)
            self._require_right(section, variant.name, variant.source, runs)
        return section

    def _require_right(self, section: Section, name: str, source: Source, runs: Sequence[Run]) -> None:
        self._tell(section, name)
        for seed, knowledge, only in runs:
            for check in self._checks(source, seed, knowledge, only):
                if check.status != "passed":
                    section.problems.append(f"{name}, seed {seed!r}: {check.name}: {check.message}")

    def _audit_wrong(self) -> Section:
        section = Section("wrong ways: each loses its own part, no other, and is named")
        for variant in variants.ways(self._folder, "misconceptions.py"):
            self._tell(section, variant.name)
            own = self._reference.part_of(variant.function)
            for seed, knowledge, only in self._runs(variant.function, _WRONG_SEEDS, _WHOLE_IF_WRONG):
                checks = self._checks(variant.source, seed, knowledge, only)
                lost = {part.part for part in parts_of(checks) if part.score != part.max_score}
                named = {check.misconception for check in checks} - {None}
                if lost != {own}:
                    section.problems.append(f"{variant.name}, seed {seed!r}: loses {sorted(lost)}, not [{own!r}]")
                elif named != {variant.name}:
                    section.problems.append(f"{variant.name}, seed {seed!r}: named {sorted(map(str, named))}")
        return section

    def _audit_junk(self) -> Section:
        section = Section("junk returned: no check breaks, nothing is earned by it")
        called = [it for it in self._live.signatures if it in self._callers]
        made = [variant for function in called for variant in variants.junk(self._folder, function)]
        for variant in made[:: self._every]:
            what = f"{variant.function} returns {variant.name}"
            self._tell(section, what)
            checks = self._checks(variant.source, self._seeds[0], only=self._reaching(variant.function))
            broken = [check for check in checks if check.status == "not_graded"]
            if broken:
                section.problems.append(f"{what}: {broken[0].message}")
            elif earned := _passed(checks) - self._passed_without(variant.function):
                section.problems.append(f"{what}: passes {', '.join(sorted(earned))}")
        return section

    @functools.cache  # noqa: B019  an auditor lives as long as its audit
    def _passed_without(self, function: str) -> set[str]:
        """The checks that pass although the function is still to do."""
        source = variants.unwritten(self._folder, function)
        return _passed(self._checks(source, self._seeds[0], only=self._reaching(function)))

    def _audit_mutants(self, result: Audit) -> Section:
        section = Section("mutants of the reference: killed, or equivalent for a reason")
        equivalents = {it.mutant: it.reason for it in _read_equivalents(self._folder / "equivalents.toml")}
        made = mutants(self._code)
        tried = made[:: self._every]
        for mutant in tried:
            self._tell(section, mutant.key)
            killed = self._is_killed(mutant)
            result.killed += killed
            if mutant.key in equivalents:
                result.equivalent += 1
                if killed:
                    section.problems.append(f"listed as equivalent, but killed: {mutant.key}")
            elif not killed:
                section.problems.append(f"survives: {mutant.key}  (line {mutant.line})")
        result.mutants = len(tried)
        gone = set(equivalents) - {mutant.key for mutant in made}
        section.problems += [f"listed as equivalent, but no mutant: {key}" for key in sorted(gone)]
        return section

    def _is_killed(self, mutant: Mutant) -> bool:
        # A mutant may loop for ever; the reference takes milliseconds.
        limits = replace(limits_of(self._exercise), call_seconds=_MUTANT_SECONDS, start_seconds=_MUTANT_SECONDS)
        source = variants.module(self._exercise.name, mutant.source)
        for seed in self._seeds[:_MUTANT_SEEDS]:
            examiner = Examiner(self._suites, self._starter, seed)
            only = self._reaching(mutant.function)
            checks = examiner.examine(self._exercise, source, self._live, limits, only=only, until_failure=True).checks
            if any(check.status != "passed" for check in checks):
                return True
        return False

    def _tell(self, section: Section, name: str) -> None:
        section.tried += 1
        self._progress(f"{section.title.split(':')[0]}: {name}")


def _passed(checks: list[CheckReport]) -> set[str]:
    return {check.name for check in checks if check.status == "passed"}


def _read_equivalents(path: Path) -> list[Equivalent]:
    if not path.exists():
        return []
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8"))["equivalent"], list[Equivalent])
    except (tomllib.TOMLDecodeError, KeyError, msgspec.ValidationError) as error:
        raise UserError(f"{path} cannot be read: {error}.") from error
