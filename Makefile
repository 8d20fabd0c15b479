# Two commands do it all: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# strace slows a disk down.
WATCHERS := prometheus=prometheus promtool=prometheus prometheus-alertmanager=prometheus-alertmanager \
	prometheus-node-exporter=prometheus-node-exporter strace=strace
# The files of tests/alerts to run.
ALERTS := tests/alerts

.DEFAULT_GOAL := help
.PHONY: help run test test-browser test-alerts test-proxy test-pythons test-oldest test-containers test-kubernetes bench drills drill-failover \
	drill-rotate drill-restore drill-blawby drill-flood check format lock release

help: ## One line for each target
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 16

.venv/ready: requirements.txt requirements-otel.txt requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: .venv/ready ## Start everything on this machine: Vault (OpenBao), the Blawby sandbox, the app
	@exec $(BIN)/python -m local

test: .venv/ready ## Run the whole test suite on real parts, three files at a time, with coverage
	@exec $(BIN)/python -m pytest -n 3 --dist loadfile --cov --cov-report=term

test-browser: .venv/ready ## Run the tests of the chat page and of the embed in Chromium (PICTURES=1: new screenshots)
	@.ci/need test-browser 'chromium|chromium-browser=chromium,fonts-dejavu-core'
	@exec $(BIN)/python -m pytest tests/browser

test-alerts: .venv/ready ## Run the tests of the alerts and dashboards with a real Prometheus
	@.ci/need test-alerts $(WATCHERS)
	@exec $(BIN)/python -m pytest $(ALERTS)

test-proxy: .venv/ready ## Run the tests behind a real nginx: one id in three logs, an instance that dies
	@.ci/need test-proxy nginx=nginx-light
	@exec $(BIN)/python -m pytest tests/proxy

test-pythons: ## Run the whole test suite on every Python of 3.11 to 3.14 on this machine
	@exec .ci/pythons

test-oldest: ## Run the test suite with the oldest release of each library that requirements.in allows
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/pip install --quiet --disable-pip-version-check uv
	sed '/^-c /d' requirements-otel.in > .venv-oldest/requirements-otel.in
	.venv-oldest/bin/uv pip compile --quiet --resolution lowest-direct --no-header requirements.in \
		.venv-oldest/requirements-otel.in -o .venv-oldest/requirements.txt
	sed '/^-r requirements-otel/d; s/^-r .*/-r requirements.txt/' requirements-dev.in > .venv-oldest/requirements-dev.in
	.venv-oldest/bin/pip install --quiet --disable-pip-version-check -r .venv-oldest/requirements-dev.in
	@exec .venv-oldest/bin/python -m pytest -n 3 --dist loadfile

test-containers: .venv/ready ## Build the image, start the compositions, run the deployment guide; needs a Docker engine
	@exec tests/containers/run.sh

test-kubernetes: .venv/ready ## Render deploy/kubernetes with kubectl and check it; needs kubectl 1.30 or newer, and no cluster
	@command -v kubectl >/dev/null || { echo "make test-kubernetes: kubectl is needed, 1.30 or newer; no cluster" >&2; exit 1; }
	@exec $(BIN)/python -m pytest tests/kubernetes

bench: .venv/ready ## Measure: ours beside the reference apps, one table, as ratios
	@exec $(BIN)/python -m bench

SECONDS ?= 30
DRILL = $(BIN)/python -m drills --seconds $(SECONDS)

drills: .venv/ready ## Run all drills, one after the other; SECONDS=5 is the short form
	@failed=0; for name in failover rotate restore blawby flood; do $(DRILL) $$name || failed=1; echo; done; exit $$failed

drill-failover: .venv/ready ## Kill the leader of three OpenBao nodes under load
	@exec $(DRILL) failover

drill-rotate: .venv/ready ## Replace teams' keys and the service's secret id under load
	@exec $(DRILL) rotate

drill-restore: .venv/ready ## Wipe Vault's data under load and restore a snapshot
	@exec $(DRILL) restore

drill-blawby: .venv/ready ## Blawby down, slow, refusing the key, losing its answers
	@exec $(DRILL) blawby

drill-flood: .venv/ready ## One client floods the app while others talk
	@exec $(DRILL) flood

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
	for name in requirements requirements-otel requirements-dev; do .venv-lock/bin/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-header --no-strip-extras --no-emit-index-url \
		--no-emit-find-links $(UPGRADE) $$name.in -o $$name.txt || exit 1; done
	rm -r .venv-lock

release: ## Make the version VERSION: its number, its section of the changelog, a commit, a tag, the image
	@exec .ci/release $(VERSION)
