# Every target works alone on a fresh clone and may be run again.
PYTHON ?= python3
BIN := .venv/bin
export DIGITS_STORE ?= ./models
export DIGITS_STATE ?= ./state
export DIGITS_DATA ?= ./data

.DEFAULT_GOAL := help
.PHONY: help serve train install test lint e2e bench notebook docs lock clean

help:  ## Show this list
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

serve: .venv/run  ## Serve digits on http://127.0.0.1:8000 (trains a first model if there is none)
	@$(BIN)/python -m trainer first
	@exec $(BIN)/python -m service

train: .venv/run  ## Fetch the full MNIST and train the best model; a running service takes it up
	@$(BIN)/python -m trainer data fetch
	@exec $(BIN)/python -m trainer train --data $(DIGITS_DATA)

install: .venv/dev  ## Make .venv with everything in it

# Each module is compiled once, not by each of the hundreds of programs that tests start.
test e2e: export PYTHONDONTWRITEBYTECODE :=

# Twice as many processes as CPUs, for many tests wait for programs that they start.
test: .venv/dev  ## Run the unit tests
	$(BIN)/python -m pytest --numprocesses $$($(BIN)/python -c "import os; print(2 * os.cpu_count())") --dist loadfile

lint: .venv/dev  ## Run ruff, mypy and the import rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

e2e: .venv/dev  ## Run the tests that drive real processes, containers and Prometheus
	$(BIN)/python -m pytest tests/e2e

bench: .venv/dev  ## Measure; prints ours, the reference and the ratio
	$(BIN)/python -m benchmarks

notebook: .venv/notebook  ## Open the notebooks of the lesson in a browser
	@DIGITS_DATA=$(abspath $(DIGITS_DATA)) PYTHONPATH=$(CURDIR) \
		$(BIN)/python -m jupyterlab notebooks/1-the-course-notes.ipynb

docs: .venv/dev  ## Build the documentation site in build/docs
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet docs build/docs
	@echo build/docs/index.html

# The others follow dev.txt, for several of them are installed side by side.
lock: .venv/dev  ## Renew the hashed requirements from pyproject.toml
	$(COMPILE) pyproject.toml --extra service --extra redis --extra objects --extra bulk --extra trainer \
		--extra docs --extra dev --output-file requirements/dev.txt
	$(LOCK) --extra service --extra redis --extra objects --output-file requirements/service.txt
	$(LOCK) --extra trainer --extra objects --output-file requirements/trainer.txt
	$(LOCK) --extra trainer --extra notebooks --output-file requirements/notebooks.txt
	$(LOCK) --extra service --extra redis --extra objects --extra bulk --output-file requirements/bulk.txt
	$(COMPILE) --group image --constraint requirements/dev.txt --output-file requirements/image.txt
	$(COMPILE) --group install --constraint requirements/dev.txt --output-file requirements/uv.txt

LOCK = $(COMPILE) pyproject.toml --constraint requirements/dev.txt
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url --no-annotate --no-header

clean:  ## Remove .venv and caches (never models, state or data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or newer with the venv module is needed (on Debian: apt-get install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv .venv

# uv installs in seconds what pip does in minutes. Where it cannot (an index or a proxy that
# only pip is told of), pip does it, and says what is wrong.
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
install = { $(PIP_INSTALL) -r requirements/uv.txt \
	&& $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes $(1); } 2>/dev/null \
	|| $(PIP_INSTALL) $(1)

# The stamps are written last, so that an interrupted install is simply repeated.
.venv/run: requirements/service.txt requirements/trainer.txt | .venv/bin/python
	@echo "Installing into .venv ..." >&2
	@$(call install,-r requirements/service.txt -r requirements/trainer.txt)
	@touch $@

.venv/notebook: requirements/notebooks.txt | .venv/bin/python
	@echo "Installing into .venv ..." >&2
	@$(call install,-r requirements/notebooks.txt)
	@touch $@

.venv/dev: requirements/dev.txt | .venv/bin/python
	@echo "Installing into .venv ..." >&2
	@$(call install,-r requirements/dev.txt)
	@touch $@
