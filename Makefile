# Holdfast. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEST_WORKERS ?= 2
TESTS ?=

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test bench chaos screenshots lint format check clean
.NOTPARALLEL:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Make the virtual environment and install what Holdfast needs
	@PYTHON="$(PYTHON)" ./config/install.sh requirements.txt

install-dev: ## The same, and what testing and checking needs
	@PYTHON="$(PYTHON)" ./config/install.sh requirements.txt requirements-dev.txt

run: install ## Run everything on this machine; Ctrl-C stops it
	@exec $(BIN)/python manage.py run

test: install-dev ## Run the whole test suite (TESTS=path narrows it)
	@exec $(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadgroup $(TESTS)

bench: install-dev ## Measure against the anchors (ROWS="a b" runs some)
	@exec $(BIN)/python -m benchmarks.run

chaos: install-dev ## Hurt the running product and count what gets lost (FULL=1, COUNT, SECONDS, SEED, ONLY="a b")
	@exec $(BIN)/python -m tests.chaos

screenshots: install-dev ## Take the pictures of the docs anew from the running product
	@exec $(BIN)/python -m docs.screenshots

lint: install-dev ## Check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: install-dev ## Put the format right
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

check: lint ## Style, types, settings for production, migrations
	@$(BIN)/mypy
	@env $$(grep -v '^\#' .ci/production.env | xargs) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(BIN)/python manage.py makemigrations --check --dry-run

clean: ## Remove the environment and all state, the database too
	rm -rf $(VENV) var .mypy_cache .pytest_cache .ruff_cache .hypothesis
