# Two commands do it all: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-browser test-proxy test-pythons test-oldest test-containers bench check format lock release

help: ## One line for each target
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 12

.venv/ready: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: .venv/ready ## Start everything on this machine: Vault (OpenBao), the Blawby sandbox, the app
	@exec $(BIN)/python -m local

test: .venv/ready ## Run the whole test suite on real parts, three files at a time, with coverage
	@exec $(BIN)/python -m pytest -n 3 --dist loadfile --cov --cov-report=term

test-browser: .venv/ready ## Run the tests of the chat page and of the embed in Chromium (PICTURES=1: new screenshots)
	@.ci/browser
	@exec $(BIN)/python -m pytest tests/browser

test-proxy: .venv/ready ## Follow one request id through the logs of nginx, the app and Vault; needs nginx
	@exec $(BIN)/python -m pytest tests/proxy

test-pythons: ## Run the whole test suite on every Python of 3.11 to 3.14 on this machine
	@exec .ci/pythons

test-oldest: ## Run the test suite with the oldest release of each library that requirements.in allows
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/pip install --quiet --disable-pip-version-check uv
	.venv-oldest/bin/uv pip compile --quiet --resolution lowest-direct --no-header requirements.in \
		-o .venv-oldest/requirements.txt
	sed 's/^-r .*/-r requirements.txt/' requirements-dev.in > .venv-oldest/requirements-dev.in
	.venv-oldest/bin/pip install --quiet --disable-pip-version-check -r .venv-oldest/requirements-dev.in
	@exec .venv-oldest/bin/python -m pytest -n 3 --dist loadfile

test-containers: .venv/ready ## Build the image, start the compositions, run the deployment guide; needs a Docker engine
	@exec tests/containers/run.sh

bench: .venv/ready ## Measure: ours beside the reference apps, one table, as ratios
	@exec $(BIN)/python -m bench

check: .venv/ready ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

format: .venv/ready ## Format, and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# In an environment of its own: a lock that cannot be installed any more can still be written anew.
# Extras stay in it, because pip looks for the newest release of an extra that the lock leaves out.
lock: ## Write requirements*.txt anew from requirements*.in
	$(PYTHON) -m venv --clear .venv-lock
	.venv-lock/bin/pip install --quiet --disable-pip-version-check uv
	for name in requirements requirements-dev; do .venv-lock/bin/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-header --no-strip-extras --no-emit-index-url \
		--no-emit-find-links $(UPGRADE) $$name.in -o $$name.txt || exit 1; done
	rm -r .venv-lock

release: ## Make the version VERSION: its number, its section of the changelog, a commit, a tag, the image
	@exec .ci/release $(VERSION)
