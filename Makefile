# Everything runs inside .venv, which `make setup` builds from pyproject.toml and constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# No telemetry from anything the tests or the build start.
export DO_NOT_TRACK := 1
export JUPYTER_PLATFORM_DIRS := 1

.PHONY: setup lab test check unit browser bench lock clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt labextension/package.json labextension/yarn.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

lab: setup
	$(BIN)/python -m datalens_jupyter.sample

test: setup system-packages
	$(MAKE) check unit browser
