"""What the repository promises about itself."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from benchmarks import record
from benchmarks.__main__ import BENCHMARKS

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


def test_the_figures_of_the_readme_and_of_the_results_are_those_of_the_benchmarks():
    sections = record.recall()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sections.keys() == BENCHMARKS.keys()
    assert f"{record.BEGIN}\n{record.headlines(sections)}\n{record.END}" in readme
    shown = record.RESULTS.read_text(encoding="utf-8")
    assert shown.splitlines()[3:] == record.results(sections).splitlines()[3:]  # the first lines name the machine


def test_no_file_is_larger_than_a_repository_should_hold():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    assert all((ROOT / name.decode()).stat().st_size < 1_000_000 for name in tracked if name)


def test_the_readme_lists_the_exercises_of_the_course():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, exercise in tomllib.loads((ROOT / "course.toml").read_text(encoding="utf-8"))["exercises"].items():
        assert f"| {name} | {exercise['title']} | {exercise['lecture']} | {exercise['minutes']} |" in readme


def test_the_readme_says_what_came_of_200_seeds():
    rows = [it.split("|")[1:-1] for it in (ROOT / "benchmarks" / "fairness.md").read_text("utf-8").splitlines()]
    found = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows if len(row) == 7 and "×" in row[1][:9]}
    assert found.keys() == tomllib.loads((ROOT / "course.toml").read_text("utf-8"))["exercises"].keys()
    assert {row[1] for row in found.values()} == {"0"}
    assert {row[0].split(" × ")[1] for row in found.values()} == {"200"}
    ways = sum(int(row[0].split(" × ")[0]) for row in found.values())
    margin = int(min(float(row[3]) for row in found.values()))
    claim = f"{ways} right ways, no false failure, at least {margin} times nearer than the tolerance"
    assert claim in (ROOT / "README.md").read_text("utf-8")
