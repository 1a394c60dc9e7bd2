"""What the repository promises about itself."""

import subprocess
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


def test_the_figures_of_the_readme_are_those_of_the_benchmarks():
    readme = (ROOT / "README.md").read_text()
    rows = [line.split("|") for line in (ROOT / "benchmarks" / "results.md").read_text().splitlines()]
    (numpy,) = [row for row in rows if row[1:2] == [" NumPy "]]
    (torch,) = [row for row in rows if row[1:2] == [" torch "]]
    (written,) = [row for row in rows if row[1:2] == [" check xor, all written "]]
    whole, student, grader, server = (round(float(numpy[column])) for column in (2, 3, 5, 6))
    assert f"| {whole} ms |" in readme
    assert f"| {student} ms |" in readme
    assert f"| {round(float(torch[2]))} ms, {round(float(torch[3]))} ms |" in readme
    assert f"| {grader}, {server}, {round(float(torch[6]))} MiB |" in readme
    assert f"| {float(written[2]):.1f} s |" in readme
    for name in ("stock nbgrader", "with our engine"):
        ((wall, *_),) = (row[2:] for row in rows if row[1:2] == [f" {name} "])
        assert f"| {float(wall):.2f} s each |" in readme


def test_no_file_is_larger_than_a_repository_should_hold():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    assert all((ROOT / name.decode()).stat().st_size < 1_000_000 for name in tracked if name)


def test_the_readme_lists_the_exercises_of_the_course():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, exercise in tomllib.loads((ROOT / "course.toml").read_text(encoding="utf-8"))["exercises"].items():
        assert f"| {name} | {exercise['title']} | {exercise['lecture']} | {exercise['minutes']} |" in readme
