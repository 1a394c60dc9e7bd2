"""Which of a student's files for one exercise counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from autograder.submission.handin import Handin
from autograder.submission.names import visible
from autograder.submission.source import Source, Unreadable

Untouched = Callable[[str, Source], bool]

_MOST = 10
_TICK = 2.0  # seconds: of the coarsest clocks, and about what it takes to copy files without their times


def choose(found: Iterable[Handin], untouched: Untouched) -> tuple[list[Handin], list[tuple[str, str]]]:
    """One hand-in for each student and exercise; and files too many to be looked at, with the reason."""
    groups: dict[tuple[str, str], list[Handin]] = {}
    for handin in found:
        groups.setdefault((handin.student, handin.exercise), []).append(handin)
    chosen, ignored = [], []
    for _, group in sorted(groups.items()):
        if len(group) <= _MOST:
            chosen.append(_choose(group, untouched))
            continue
        said = f"{len(group)} files for {_subject(group)}"
        chosen.append(replace(group[0], problem=f"There are {said}. Keep one."))
        ignored += [(it.source, f"one of {said}") for it in group[1:]]
    return chosen, ignored


def _choose(group: list[Handin], untouched: Untouched) -> Handin:
    if len(group) == 1:
        return group[0]
    edited = [it for it in group if it.problem is not None or not _is_untouched(it, untouched)]
    if not edited:
        return _noted(max(group, key=lambda it: it.modified), group, "nothing was written into any of them")
    if len(edited) == 1:
        others = "other" if len(group) == 2 else "others"
        return _noted(edited[0], group, f"nothing was written into the {others}")
    newest, second, *_ = sorted(edited, key=lambda it: it.modified, reverse=True)
    kinds = {PurePosixPath(it.name).suffix for it in edited}
    if len(kinds) < len(edited) or not _are_comparable(edited) or newest.modified - second.modified <= _TICK:
        number = "two" if len(group) == 2 else str(len(group))
        names = " and ".join(it.source for it in group)
        return replace(newest, problem=f"There are {number} files for {_subject(group)}: {names}. Keep one.")
    return _noted(newest, group, "it was saved last")


def _are_comparable(handins: Sequence[Handin]) -> bool:
    """The clock of an archive's sender is not ours, nor need it be that of another archive."""
    clocks: set[Path | None] = {it.path if it.member else None for it in handins}
    return len(clocks) == 1 and all(it.modified > 0 for it in handins)


def _noted(handin: Handin, group: Sequence[Handin], why: str) -> Handin:
    names = {it.name for it in group}
    chosen, *others = (
        visible(it.name) if len(names) == len(group) else it.source
        for it in sorted(group, key=lambda it: it is not handin)
    )
    note = f"{chosen} counts, not {', '.join(others)}: {why}."
    return replace(handin, note=note, problem=f"{handin.problem} {note}" if handin.problem else None)


def _subject(group: Sequence[Handin]) -> str:
    return group[0].exercise or "the exercises"


def _is_untouched(handin: Handin, untouched: Untouched) -> bool:
    try:
        return untouched(handin.exercise, handin.read())
    except Unreadable:
        return False
