"""A pytest session that collects the checks once, and then runs them as often as asked."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from autograder.checking import plugin
from autograder.checking.bench import Bench, Check
from autograder.checking.plugin import BENCH, check_of, needs_only_ours, run_directly
from autograder.errors import UserError
from autograder.report import CheckReport

# Other plugins on the machine have no business in a grading session.
_ARGUMENTS = ["--disable-plugin-autoload", "--import-mode=importlib", "-c", os.devnull, "--strict-markers"]
_WITHOUT = "cacheprovider capture doctest faulthandler junitxml logging pastebin setuponly setupplan stepwise terminal "
_WITHOUT += "threadexception unittest unraisableexception warnings debugging"


Choice = Callable[[Check], bool]


def of_part(part: str | None) -> Choice | None:
    """The checks of a part, or all of them."""
    return None if part is None else lambda check: check.part == part


class Suites:
    """The collected checks of some exercises."""

    def __init__(self, config: pytest.Config, items: Mapping[str, Sequence[pytest.Item]]) -> None:
        self._config = config
        self._items = {
            exercise: [(item, check) for item in collected if (check := check_of(item))]
            for exercise, collected in items.items()
        }
        self._direct = {item for collected in items.values() for item in collected if needs_only_ours(item)}

    def checks(self, exercise: str) -> list[Check]:
        """In the order of the file."""
        return [check for _, check in self._items[exercise]]

    def run(
        self, exercise: str, bench: Bench, only: Choice | None = None, *, until_failure: bool = False
    ) -> list[CheckReport]:
        """Runs the checks of the exercise on the bench; with `only`, those chosen and what they stand on."""
        self._config.stash[BENCH] = bench
        chosen = {check.name for check in self.checks(exercise) if only is None or only(check)}
        wanted = self._with_what_they_stand_on(exercise, chosen)
        items = [(item, check) for item, check in self._items[exercise] if check.name in wanted]
        for place, (item, check) in enumerate(items):
            if item in self._direct:
                run_directly(item, check, bench)
            else:
                following = next((later for later, _ in items[place + 1 :] if later not in self._direct), None)
                item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if until_failure and bench.reports[check.name].status != "passed":
                break
        return [bench.reports[name] for name in wanted if name in bench.reports and name in chosen]

    def _with_what_they_stand_on(self, exercise: str, chosen: set[str]) -> list[str]:
        checks = self.checks(exercise)
        functions = {check.function_name for check in checks if check.name in chosen}
        while missing := {name for it in checks if it.function_name in functions for name in it.after} - functions:
            functions |= missing
        return [check.name for check in checks if check.function_name in functions]


class _Collector:
    def __init__(self, files: Mapping[str, Path], use: Callable[[Suites], None]) -> None:
        self._files = {path.resolve(): exercise for exercise, path in files.items()}
        self._use = use
        self.problems: list[str] = []
        self.error: BaseException | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(str(report.longrepr).strip().splitlines()[-1])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not self.problems:
            items: dict[str, list[pytest.Item]] = {exercise: [] for exercise in self._files.values()}
            for item in session.items:
                if check_of(item):
                    items[self._files[item.path]].append(item)
            try:
                self._use(Suites(session.config, items))
            except BaseException as error:
                # pytest would turn it into an internal error; the caller wants it as it is.
                self.error = error
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: object, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        self.error = self.error or excinfo.value
        return True


@contextlib.contextmanager
def _without_wishes_of_the_user() -> Iterator[None]:
    """Options for pytest that somebody keeps in the environment are not meant for this session."""
    taken = {name: os.environ.pop(name) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS") if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)


def with_checks(files: Mapping[str, Path], use: Callable[[Suites], None]) -> None:
    """Collects the checks of each exercise's file and calls `use` while the session is warm.

    Raises `UserError` if a file cannot be collected, and whatever `use` raises.
    """
    for exercise, path in files.items():
        if not path.is_file():
            raise UserError(f"The checks of {exercise} are missing: {path}.")
    collector = _Collector(files, use)
    root = os.path.commonpath([path.resolve().parent for path in files.values()])
    arguments = [*_ARGUMENTS, f"--rootdir={root}", *(f"-pno:{name}" for name in _WITHOUT.split())]
    before = set(sys.modules)
    with _without_wishes_of_the_user():
        pytest.main([*arguments, *map(str, files.values())], plugins=[plugin, collector])
    for name in set(sys.modules) - before:
        # The next session of this process must read the files again.
        if name.split(".")[-1] in {path.stem for path in files.values()}:
            del sys.modules[name]
    if collector.error is not None:
        raise collector.error
    if collector.problems:
        raise UserError(f"The checks cannot be collected: {collector.problems[0]}")
