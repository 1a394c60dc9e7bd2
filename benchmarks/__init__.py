"""Measurements of the grader: `make bench` runs all of them and writes `benchmarks/results.md`."""
