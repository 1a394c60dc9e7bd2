"""Runs the benchmarks, or those that are named, prints their tables, and writes them to `benchmarks/results.md`."""

import argparse
import sys

from benchmarks import cluster, cost, floor, latency, nbgrader, record, scale, unseen
from benchmarks.peers import report as peers

BENCHMARKS = {
    "cost": cost.section,
    "floor": floor.section,
    "unseen": unseen.section,
    "latency": latency.section,
    "scale": scale.section,
    "course": scale.course_section,
    "cluster": cluster.section,
    "nbgrader": nbgrader.section,
    "peers": peers.section,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: python -m benchmarks cost latency")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)} (default: all)")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}: it has {', '.join(BENCHMARKS)}")
    for name in given.names or BENCHMARKS:
        print(f"{name} ...", file=sys.stderr)
        sections = {**record.recall(), name: BENCHMARKS[name]()}
        record.keep({it: sections[it] for it in BENCHMARKS if it in sections})
    print(record.results(record.recall()))
    print(record.headlines(record.recall()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
