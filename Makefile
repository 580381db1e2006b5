# PostFlow: the few commands of a developer. Linux and macOS; on Windows see packaging/setup.ps1.
#
#   make run        the window on the sample workspace; without a screen the tour
#   make test       lint, types and tests; what CI runs
#   make test-long  fault injection in its long form
#   make bench      one JSON line per measured figure

PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/.ready
TOOLS  := .venv/.test-tools

.DEFAULT_GOAL := run
.PHONY: setup run test test-long bench lint format clean

setup: $(READY)

$(READY): pyproject.toml packaging/system-setup.sh
	@sh packaging/system-setup.sh run "$(PYTHON)"
	@echo "Installing PostFlow into .venv (a few minutes, once) ..."
	@"$(PYTHON)" -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(TOOLS): $(READY) packaging/system-setup.sh
	@sh packaging/system-setup.sh test "$(PYTHON)"
	@touch $@

run: $(READY)
	@POSTFLOW_HOME="$(CURDIR)/build/home" $(BIN)/postflow --sample --or-tour --out build/tour

test: lint $(TOOLS)
	@$(BIN)/python -m pytest -m "not long"

test-long: $(TOOLS)
	@$(BIN)/python -m pytest -m long

bench: $(READY)
	@$(BIN)/python -m tests.bench

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:
	@rm -rf .venv build dist *.egg-info .hypothesis .*_cache
	@find postflow_desktop tests -name __pycache__ -type d -prune -exec rm -rf {} +
