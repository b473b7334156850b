# One command each: make demo, make test, make lint, make bench. Needs Python 3.11+ and make; the rest is installed
# into .venv, node_modules and .build of this folder.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:

PORT ?= 8000
VAR ?= .var
export PORT VAR
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$p; exit; fi; done)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
TEMPLATES := templates

.PHONY: help demo test lint bench format messages translations assets browser lock clean

help:
	@echo "make demo    the portal with two demo operators on http://localhost:$(PORT) (PORT=, VAR=)"
	@echo "make test    the whole test suite"
	@echo "make lint    style, types, import directions, templates, migrations, security"
	@echo "make bench   the benchmarks (ONLY=ingest,page), results in $(VAR)/bench.json"
	@echo "make format  put sources in their style"
	@echo "make messages  bring locale/*/LC_MESSAGES/django.po up to date with the sources"
	@echo "make lock    resolve requirements*.in anew into requirements*.txt"
	@echo "make clean   remove what was installed and built; the data in $(VAR) stays"

# ---- what the user runs

demo: .venv/.installed assets translations
	@$(BIN)/python -m config.embedded.demo

test: .venv/.installed-dev assets translations browser
	$(BIN)/pytest -n 2 $(ARGS)

bench: .venv/.installed-dev assets translations
	$(BIN)/python -m bench $(ONLY)

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet $(TEMPLATES)
	$(BIN)/python -m config.lint
	$(BIN)/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml .

format: .venv/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: .venv/.installed
	$(BIN)/python -m config.translations collect

translations: .venv/.installed
	@$(BIN)/python -m config.translations compile

lock:
	$(PYTHON) -m venv .build/lock
	.build/lock/bin/pip install --quiet --only-binary :all: uv
	for name in requirements requirements-dev; do .build/lock/bin/uv pip compile --upgrade --universal \
		--python-version 3.11 --only-binary :all: --generate-hashes --no-emit-index-url --no-annotate --quiet \
		--custom-compile-command "make lock" $$name.in --output-file $$name.txt || exit 1; done

clean:
	rm -rf .venv .build node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

# ---- what is installed once, and again when its list changes

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make demo PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

# The server's account has to read what root installs, whatever root's umask.
.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing the Python packages ..."
	@umask 022 && $(INSTALL) --requirement requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt requirements.txt | .venv/bin/python
	@echo "Installing the Python packages for tests and checks ..."
	@umask 022 && $(INSTALL) --requirement requirements-dev.txt
	@touch .venv/.installed $@

assets: .build/assets.stamp

.build/assets.stamp: package-lock.json package.json config/assets.py | .venv/.installed
	@echo "Installing the front-end packages ..."
	@$(BIN)/python -m config.assets
	@touch $@

browser: .venv/.installed-dev
	@$(BIN)/python -m config.browser
