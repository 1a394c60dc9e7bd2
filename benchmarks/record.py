"""What was measured: sections of tables, kept in a file, shown in `results.md` and, by its headlines, in the README."""

import os
import platform
import re
from collections.abc import Mapping

import msgspec
import numpy

from benchmarks import ROOT

RECORD = ROOT / "benchmarks" / "results.json"
RESULTS = ROOT / "benchmarks" / "results.md"
BEGIN, END = "<!-- figures of make bench -->", "<!-- end of figures -->"


class Headline(msgspec.Struct, frozen=True):
    """A figure that the README shows; `target` is what was hoped for, or empty."""

    what: str
    figure: str
    target: str = ""


class Section(msgspec.Struct, frozen=True):
    """The tables of one benchmark, in Markdown."""

    title: str
    lines: list[str]
    headlines: list[Headline]


def recall() -> dict[str, Section]:
    """By the name of the benchmark."""
    if not RECORD.exists():
        return {}
    return msgspec.json.decode(RECORD.read_bytes(), type=dict[str, Section])


def keep(sections: Mapping[str, Section]) -> None:
    """Writes the record, and what is shown of it."""
    RECORD.write_bytes(msgspec.json.format(msgspec.json.encode(sections)) + b"\n")
    RESULTS.write_text(results(sections), encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(with_headlines(readme.read_text(encoding="utf-8"), sections), encoding="utf-8")


def results(sections: Mapping[str, Section]) -> str:
    """The page with all tables."""
    machine = f"Python {platform.python_version()}, NumPy {numpy.__version__}, {platform.system()} {platform.machine()}"
    lines = [
        "# Measurements",
        "",
        f"Made by `make bench` on {machine}, {os.cpu_count()} cores. The ratios are what carries over.",
    ]
    for section in sections.values():
        lines += ["", f"## {section.title}", "", *section.lines]
    return "\n".join(lines) + "\n"


def with_headlines(readme: str, sections: Mapping[str, Section]) -> str:
    """The README with the table of headlines that belongs to the sections."""
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    return pattern.sub(lambda _: f"{BEGIN}\n{headlines(sections)}\n{END}", readme)


def headlines(sections: Mapping[str, Section]) -> str:
    """The table of the README."""
    lines = ["| measured by `make bench` ([details](benchmarks/results.md)) | | target |", "|---|---:|---:|"]
    lines += [f"| {it.what} | {it.figure} | {it.target} |" for section in sections.values() for it in section.headlines]
    return "\n".join(lines)
