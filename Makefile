# Each target sets up what it needs in .venv, once.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup demo week test lint audit attack faults fairness fuzz bench clean

setup: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed. Say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the course and what it needs into .venv (a few minutes, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[torch,notebook,instructor,nbgrader,postgresql,cluster,dev]"
	@touch $@

demo: $(READY)
	@$(BIN)/python -m demo

week: $(READY)
	@$(BIN)/python -m demo.week

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: $(READY) lint
	$(BIN)/pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

audit: $(READY)
	@$(BIN)/python -m benchmarks.audits

attack: $(READY)
	@$(BIN)/python -m tests.attacks --write

fuzz: $(READY)
	@$(BIN)/python -m benchmarks.fuzz

bench: $(READY)
	$(BIN)/python -m benchmarks

faults: $(READY)
	@$(BIN)/python -m benchmarks.faults

fairness: $(READY)
	@$(BIN)/python -m benchmarks.fairness

clean:
	rm -rf .venv build *.egg-info benchmarks/.peers
