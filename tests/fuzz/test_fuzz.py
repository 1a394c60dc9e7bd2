"""Readers of what strangers send give a result or say in one line what is wrong, whatever the bytes are."""

from pathlib import Path

import pytest

from tests.fuzz.running import Result, run, try_one
from tests.fuzz.targets import TARGETS

FOUND = sorted(path for path in (Path(__file__).parent / "found").iterdir() if path.suffix == ".bin")


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_input_is_read_or_refused(name):
    result = run(name, 300, seed=1)
    assert result.finds == []
    assert len(result.outcomes) > 1 or name == "markdown"


@pytest.mark.parametrize("name", TARGETS)
def test_sound_input_is_read(name):
    result = Result(name)
    for data in TARGETS[name].seeds():
        try_one(result, data)
    assert result.finds == []
    assert sum(result.outcomes.values()) == len(TARGETS[name].seeds())


@pytest.mark.parametrize("path", FOUND, ids=lambda it: it.stem)
def test_what_was_found_once_is_mended(path):
    result = Result(path.stem.split("-")[0])
    try_one(result, path.read_bytes())
    assert result.finds == []
