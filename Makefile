# Two commands matter: `make run` and `make test`. Both set everything up first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
OLD    := web/static/vendor/old.css
TURNS  ?= 20
MAILS  ?= 10000
KILLS  ?= 100
# Tests write much and wait for the disk: where memory can be written like one, and has room, it is their disk.
SHM    := /dev/shm
SPARE  := $(shell test -w $(SHM) && df -Pk $(SHM) | awk 'NR == 2 && $$4 > 4000000 { print "TMPDIR=$(SHM)" }')
# A bundle brings its wheels and front-end files along: nothing is asked of any registry.
OFFLINE := $(if $(wildcard wheels),--no-index --find-links wheels)
BUNDLE := build/caiji-offline
KILLING := tests/flows/test_worker.py tests/flows/test_tracked_failures.py tests/journey/test_supervisor.py \
           tests/commands/test_child.py tests/commands/test_leash.py
KILLED  := tests/commands/test_kept_through_kills.py tests/models/test_migrated_through_kills.py

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench soak screenshots bundle translations clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: $(OLD) ## Virtual environment, pinned dependencies, front-end files, translations

$(READY): requirements.lock pyproject.toml package.json package-lock.json $(wildcard locales/*/LC_MESSAGES/*.po)
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet $(OFFLINE) --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	$(if $(OFFLINE),,$(BIN)/python -m commands.frontend)
	$(BIN)/pybabel --quiet compile --directory locales --domain messages
	touch $@

$(OLD): $(READY) commands/old_browsers.py $(wildcard web/static/*.css)
	$(BIN)/python -m commands.old_browsers

run: $(OLD) ## Run the 2020 campaign in rehearsal, from 2020-11-06 08:00
	$(BIN)/caiji serve --rehearse 2020-11-06T08:00

test: $(OLD) ## All tests, the browser ones included
	$(BIN)/python -m commands.browser
	$(SPARE) $(BIN)/pytest --numprocesses 2

lint: $(READY) ## ruff, mypy strict, one-way imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## Measure the ratios that are promised
	$(BIN)/python -m bench

soak: $(READY) ## Mail under kills, outages and stops (docs/reliability.md); the tests that kill, TURNS times (20)
	MAILS=$(MAILS) KILLS=$(KILLS) $(BIN)/python -m tests.soak
	EVERY=1 $(BIN)/pytest -p no:cacheprovider $(KILLED)
	for turn in $$(seq $(TURNS)); do echo "$$turn / $(TURNS)"; $(BIN)/pytest -p no:cacheprovider $(KILLING) || exit 1; done

screenshots: $(READY) ## Make the pictures of README anew
	$(BIN)/python -m commands.browser
	$(BIN)/python -m docs.screenshots

bundle: $(OLD) ## One archive that installs without any registry, on machines like this one
	rm -rf $(BUNDLE) && mkdir -p $(BUNDLE)
	git archive HEAD | tar --extract --directory $(BUNDLE)
	$(BIN)/pip download --quiet --requirement requirements.lock --dest $(BUNDLE)/wheels
	cp -R web/static/vendor $(BUNDLE)/web/static/
	tar --create --gzip --file $(BUNDLE).tar.gz --directory build caiji-offline
	rm -rf $(BUNDLE) && ls -lh $(BUNDLE).tar.gz

translations: $(READY) ## Gather the strings of pages and code into the catalogues
	$(BIN)/pybabel extract --mapping locales/babel.cfg --no-location --sort-output --output locales/messages.pot .
	$(BIN)/pybabel update --input-file locales/messages.pot --output-dir locales --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap

clean: ## Remove what set-up made; data stays
	rm -rf $(VENV) node_modules $(if $(OFFLINE),,web/static/vendor)
