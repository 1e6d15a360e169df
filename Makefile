# Two commands do everything, set-up included: `make demo` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PYTHON := $(VENV)/bin/python
VIVAVOCE := $(VENV)/bin/vivavoce
DEMO := demo-edition
KERNELS := $(wildcard native/*.* native/src/* native/vivavoce_kernels/*.py)

.PHONY: help setup demo test lint eval eval-listen bench soak lock clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(VENV)/.ready ## Make .venv with the locked dependencies and install the default models

$(VENV)/.ready: requirements.lock pyproject.toml scripts/setup $(KERNELS)
	@scripts/setup
	@touch $@

demo: setup ## Narrate the example article
	@scripts/demo $(DEMO)

test: setup node_modules/.ready ## Run every check in its fast form
	@scripts/need-programs
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/pytest -n 2 --dist loadfile

node_modules/.ready: package-lock.json package.json
	npm ci --no-audit --no-fund --silent
	@touch $@

eval: setup ## Quality figures on the open sets and our own (long)
	@scripts/eval

eval-listen: setup ## What listening back finds of planted faults, written into docs/proof.md (an hour, then quick)
	@$(PYTHON) evals/listen.py --write docs/proof.md

bench: setup ## Speed figures beside other programs, each in an environment of its own (long)
	@$(PYTHON) evals/bench.py --write docs/performance.md
	@$(PYTHON) evals/narrate_speed.py
	@$(PYTHON) evals/precision.py --write docs/performance.md

soak: setup ## The long forms of the tests: big inputs, kills, fuzzing
	@scripts/soak

lock: ## Pin the newest allowed versions of all dependencies
	@scripts/lock

clean: ## Remove what the targets made, models and cache aside
	rm -rf $(VENV) node_modules $(DEMO)
