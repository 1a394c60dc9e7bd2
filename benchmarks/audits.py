"""Audits every exercise under 20 seeds, prints the table, and writes it to `benchmarks/audits.md`.

The tests audit every exercise as well, but under one seed.
"""

import subprocess
import sys
import tempfile
import time

import msgspec

from benchmarks import ROOT

SEEDS = 20
HEAD = """\
# Audits

Made by `make audit`, in {minutes:.0f} minutes on 2 cores.

| exercise | stubs | right ways × seeds | wrong ways, each named | junk returned | mutants killed | equivalent |
|---|---:|---:|---:|---:|---:|---:|
"""


def main() -> int:
    started = time.monotonic()
    with tempfile.TemporaryFile() as output:
        command = [sys.executable, "-m", "autograder", "audit", "--all", "--jobs", "2", "--seeds", str(SEEDS), "--json"]
        code = subprocess.run(command, cwd=ROOT, stdout=output, check=False).returncode
        output.seek(0)
        results = msgspec.json.decode(output.read())
    for result in results:
        for section in result["sections"]:
            for problem in section["problems"]:
                print(f"{result['exercise']}: {problem}", file=sys.stderr)
    text = HEAD.format(minutes=(time.monotonic() - started) / 60) + "\n".join(map(row, results)) + "\n"
    print(text)
    if code == 0:
        (ROOT / "benchmarks" / "audits.md").write_text(text, encoding="utf-8")
    return code


def row(result: dict) -> str:
    """The line of one exercise in the table."""
    _, reference, alternatives, wrong, junk, _ = (section["tried"] for section in result["sections"])
    right = f"{reference + alternatives} × {SEEDS}"
    killed = f"{result['killed']} of {result['mutants'] - result['equivalent']}"
    return f"| {result['exercise']} | 0 points | {right} | {wrong} | {junk} | {killed} | {result['equivalent']} |"


if __name__ == "__main__":
    sys.exit(main())
