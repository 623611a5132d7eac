# Everything lives in .venv, which `make setup` builds from pyproject.toml and constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DO_NOT_TRACK := 1

FRONTEND := $(shell find labextension -type f -not -path '*/node_modules/*' -not -path '*/lib/*' \
	-not -path '*/.yarn/*' -not -name '*.tsbuildinfo' 2>/dev/null)

SUPABASE := tests/support/supabase
IN_TWO := --numprocesses 2 --dist loadfile

.PHONY: help setup lab test check frontend python browser bench lock

help: ## show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready ## a .venv with everything, the built extension included

.venv/.ready: pyproject.toml constraints.txt $(FRONTEND)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	rm -rf datalens_jupyter/labextension
	PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
		$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

lab: setup ## JupyterLab on a sample notebook and data set; ARGS are passed on
	$(BIN)/python -m datalens_jupyter.sample $(ARGS)

test: setup ## all checks and tests
	$(MAKE) --jobs 2 --output-sync check frontend
	$(MAKE) python browser

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

frontend: setup
	cd labextension && jlpm install --immutable && jlpm lint:check && jlpm test

# In this order the short files come last, so that both processes end together.
python: setup $(SUPABASE)/node_modules/.ready
	$(BIN)/pytest $(IN_TWO) --no-loadscope-reorder tests/integration tests/property tests/unit

# Supabase's API for tests of the history; PostgreSQL itself comes from PyPI.
$(SUPABASE)/node_modules/.ready: $(SUPABASE)/package-lock.json | setup
	cd $(SUPABASE) && npm ci --silent --no-audit --no-fund --ignore-scripts --omit=optional
	touch $@

browser: setup $(SUPABASE)/node_modules/.ready
	command -v chromium >/dev/null || tests/browser/install-chromium
	$(BIN)/pytest $(IN_TWO) tests/browser

bench: setup ## figures as JSON, each with a ratio to a peer or a limit
	$(BIN)/python -m benchmarks

lock: setup ## write the versions in use, those of the build included, to constraints.txt
	rm -rf .venv/build && $(PYTHON) -m venv .venv/build
	$(BIN)/python -m pip freeze --exclude-editable > .venv/run.txt
	.venv/build/bin/python -m pip install --quiet --constraint .venv/run.txt editables \
		$$($(BIN)/python -c 'import tomllib; \
		print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])')
	.venv/build/bin/python -m pip freeze | LC_ALL=C sort -t= -k1,1 -fu - .venv/run.txt > constraints.txt
