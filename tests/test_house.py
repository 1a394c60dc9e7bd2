"""What the repository promises about itself."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_environment_has_the_pins_of_the_project():
    lines = (ROOT / "environment.yml").read_text().splitlines()
    pins = {line.strip().removeprefix("- ") for line in lines if line.startswith("      - ")}
    extras = PROJECT["optional-dependencies"]
    assert pins == {*PROJECT["dependencies"], *extras["torch"], *extras["notebook"]}


def test_torch_is_pinned_exactly():
    assert PROJECT["optional-dependencies"]["torch"] == ["torch==2.13.0"]


@pytest.mark.parametrize("group", ["dependencies", "torch", "notebook", "instructor", "dev"])
def test_each_dependency_says_what_it_is_for(group):
    text = (ROOT / "pyproject.toml").read_text()
    pins = PROJECT["dependencies"] if group == "dependencies" else PROJECT["optional-dependencies"][group]
    lines = [line for line in text.splitlines() for pin in pins if f'"{pin}"' in line]
    assert len(lines) == len(pins)
    assert all("# " in line for line in lines)


def test_continuous_integration_runs_the_test_command_of_the_readme():
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    assert "make test" in (ROOT / "README.md").read_text()
