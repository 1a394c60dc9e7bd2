"""The pytest plugin: the fixtures `submission`, `reference` and `rng`, parts and points, and what blocks what.

Under plain `pytest` the submission beside the checks runs in this process, on recorded expectations. The commands
put a bench of their own into the configuration.
"""

import functools
import inspect
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from autograder.checking.bench import Bench, Check
from autograder.checking.outcomes import NotGraded
from autograder.checking.trial import Reference, Submission, Trial, enter, generator
from autograder.errors import UserError

BENCH = pytest.StashKey[Bench]()
_HOME_BENCHES = pytest.StashKey[dict[Any, Bench]]()
_TRIAL = pytest.StashKey[Trial | None]()
_OURS = frozenset({"submission", "reference", "rng"})
_OUR_MARKS = frozenset({"part", "parametrize"})

_WORDS = {"todo": ("t", "TO DO"), "blocked": ("b", "BLOCKED"), "not_graded": ("n", "NOT GRADED")}


def check_of(item: pytest.Item) -> Check | None:
    """None for a test that is not a check."""
    mark = item.get_closest_marker("part")
    if mark is None or not isinstance(item, pytest.Function):
        return None
    points, after = float(mark.kwargs["points"]), tuple(mark.kwargs["after"])
    return Check(item.name, item.originalname, _title(item), mark.args[0], points, after)


def _title(item: pytest.Function) -> str:
    """The docstring's first line. It may name pytest's parameters in braces; if it does not, they stand behind it."""
    title = (item.function.__doc__ or item.originalname).strip().splitlines()[0].rstrip(".")
    if not hasattr(item, "callspec"):
        return title
    named = title
    for parameter, value in item.callspec.params.items():
        named = named.replace(f"{{{parameter}}}", str(value))
    return named if named != title else f"{title} {item.name.removeprefix(item.originalname)}"


def needs_only_ours(item: pytest.Item) -> bool:
    """Whether a check uses none of pytest's own machinery, fixtures or marks."""
    assert isinstance(item, pytest.Function)
    parameters = set(item.callspec.params) if hasattr(item, "callspec") else set()
    marks = {mark.name for mark in item.iter_markers()}
    asked = "request" in inspect.signature(item.function).parameters
    known = _OURS | parameters | (set() if asked else {"request"})  # ours ask for it
    return set(item.fixturenames) <= known and marks <= _OUR_MARKS


def run_directly(item: pytest.Item, check: Check, bench: Bench) -> None:
    """Runs such a check by a call, which costs a tenth of what pytest's protocol does."""
    assert isinstance(item, pytest.Function)
    trial: Trial | None = None
    error: BaseException | None = None
    try:
        trial = _begin(check, bench)
        run = functools.partial(_run, item, check, bench, trial)
        if not bench.passes_unseen(check, trial, run):
            run()
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except BaseException as caught:  # pytest's skip is no Exception
        error = caught
    bench.end(check, trial, error)


def _run(item: pytest.Function, check: Check, bench: Bench, trial: Trial) -> None:
    ours = {"submission": Submission(trial), "reference": Reference(trial)}
    given: dict[str, Any] = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    for name in item.fixturenames:
        if name in _OURS:
            given[name] = _generator(bench, check.name) if name == "rng" else ours[name]
    enter(trial)
    try:
        item.function(**given)
    finally:
        enter(None)


def _begin(check: Check, bench: Bench) -> Trial:
    trial = bench.begin(check)
    bench.seed_guest(check)
    return trial


def _generator(bench: Bench, check: str) -> np.random.Generator:
    return generator(bench.seed, bench.exercise, check)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "part(name, points, after): a check of that part, carrying points")
    config.stash[_HOME_BENCHES] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        check = check_of(item)
        if check is not None and isinstance(item, pytest.Function):
            unknown = [name for name in check.after if not hasattr(item.module, name)]
            if unknown:
                raise UserError(f"{item.path.name}: {check.name} stands on {unknown[0]}, which is not in this file.")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    check = check_of(item)
    if check is None:
        return
    item.stash[_TRIAL] = None
    item.stash[_TRIAL] = trial = _begin(check, _bench(item))
    enter(trial)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    enter(None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    check = check_of(item)
    if check is None or call.when == "teardown" or (call.when == "setup" and call.excinfo is None):
        return report
    error = call.excinfo.value if call.excinfo else None
    found = _bench(item).end(check, item.stash.get(_TRIAL, None), error)
    if error is not None and found.status != "skipped":
        lines = [f"{check.title}", "", found.message or ""]
        lines += ["", f"This looks like a known mistake: {found.diagnosis}"] if found.diagnosis else []
        report.outcome = "failed"
        report.longrepr = "\n".join(lines)
        report.check_status = found.status  # type: ignore[attr-defined]
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    status = getattr(report, "check_status", None)
    return ("failed", *_WORDS[status]) if status in _WORDS else None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for bench in config.stash[_HOME_BENCHES].values():
        earned = sum(report.earned for report in bench.reports.values())
        points = sum(report.points for report in bench.reports.values())
        terminalreporter.write_line(f"{bench.exercise}: {earned:g} of {points:g} points")


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Submission:
    """The student's functions."""
    return Submission(_trial(request))


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Reference:
    """The reference's results on the same inputs."""
    return Reference(_trial(request))


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A NumPy generator seeded for this check and this run."""
    bench = _bench(request.node)
    return _generator(bench, request.node.name)


def _trial(request: pytest.FixtureRequest) -> Trial:
    trial: Trial | None = request.node.stash.get(_TRIAL, None)
    if trial is None:
        raise NotGraded("The check has no mark: decorate it with @part(…).")
    return trial


def _bench(item: pytest.Item) -> Bench:
    if BENCH in item.config.stash:
        return item.config.stash[BENCH]
    folder = item.path.parent
    benches = item.config.stash[_HOME_BENCHES]
    if folder not in benches:
        from autograder.checking.home import home_bench

        benches[folder] = home_bench(folder)
    return benches[folder]
