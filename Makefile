# Everything that people do with a checkout. `make` alone lists it.

PYTHON ?= python3
PY := .venv/bin/python

# Settings reach the program through its environment, given before or after `make`: make run PORT=9000

.DEFAULT_GOAL := help
.PHONY: help install install-dev build run test check fmt bench gallery clean

help: ## list the targets
	@echo "Hindsight. The first thing to try is: make run"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | \
		while IFS="$$(printf '\t')" read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: install build ## install what is missing and serve the wiki at http://127.0.0.1:8000 (PORT, HOST, HINDSIGHT_INSTANCE)
	@exec $(PY) -m wiki serve

install: ## make .venv with everything the wiki needs; does nothing the second time
	@$(PYTHON) scripts/install.py

install-dev: ## the same, with what tests and checks need
	@$(PYTHON) scripts/install.py --dev

build: install ## build the editor where that is possible; the wiki works without it
	@$(PY) scripts/build_frontend.py

test: install-dev ## run all tests: unit, integration, browser
	@$(PY) scripts/build_frontend.py --dev
	@$(PY) -m tests $(ARGS)

check: install-dev ## lint, formatting and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

fmt: install-dev ## format the code and mend what can be mended
	@$(PY) -m ruff check --fix --quiet .
	@$(PY) -m ruff format --quiet .

bench: install-dev build ## measure speed and ranking, and print a table (ARGS="--only pages,search")
	@$(PY) -m bench $(ARGS)

gallery: install-dev build ## take the pictures of docs/gallery/ anew, with Chromium
	@$(PY) scripts/gallery.py

clean: ## remove .venv and everything that was built; never the instance
	rm -rf .venv node_modules frontend/node_modules wiki/static/build bench-out test-results \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
