# Xiaohao.  `make help` lists what there is to do.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup serve test check security sbom mutants bench lighthouse messages screenshots clean

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^## / {print "\n" substr($$0, 4)} /^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

## Using it
setup: var/.setup ## Set everything up (called by the others)

serve: setup ## A demo county on SQLite, web and worker; Ctrl-C ends both
	@$(BIN)/python -m tools.serve

## Working on it
test: setup ## All tests, on SQLite and PostgreSQL
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 3 --dist loadgroup -q --durations=20

check: setup ## Format, lint, types, translations, templates, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m tools.check_translations
	$(BIN)/python -m tools.check_templates
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python -m tools.check_migrations
	$(BIN)/python -m tools.check_county
	$(BIN)/python -m tools.rooms --check
	$(BIN)/python -m tools.diagram --check

security: setup ## How many requirements of ASVS and MLPS are held, by which files and tests (docs/security/)
	@$(BIN)/python -m tools.security

sbom: setup ## Bill of materials (CycloneDX) of what is installed: var/sbom.cdx.json
	@$(BIN)/python -m tools.sbom

ROOM ?= workflow notifications web
N ?= 100
SEED ?= 1
BUDGET ?= 60
PROCESSES ?= 2
mutants: setup ## Change the code bit by bit: do tests notice? ROOM= N= SEED=, or AT=module:line (docs/testing.md)
	@$(BIN)/python -m tools.mutants --room "$(ROOM)" --number $(N) --seed $(SEED) --at "$(AT)" --seconds $(BUDGET) --map "$(MAP)" --processes $(PROCESSES)

bench: setup ## How fast it is, beside its floor: all of it, about ten minutes
	@$(BIN)/python -m bench

SITE ?= http://localhost:8000
DEVICE ?= phone
lighthouse: setup ## Lighthouse over the pages of a running site, SITE= DEVICE=phone|desk; fetches it into var/ once
	@test -d var/lighthouse/node_modules || (mkdir -p var/lighthouse && PATH="$(CURDIR)/$(BIN):$$PATH" PUPPETEER_SKIP_DOWNLOAD=1 \
		npm install --prefix var/lighthouse --no-audit --no-fund --loglevel=error lighthouse@13.5.0)
	@LIGHTHOUSE="$(CURDIR)/var/lighthouse" CHROMIUM="$$(command -v chromium || command -v google-chrome)" \
		$(BIN)/node tools/lighthouse.mjs "$(SITE)" var/demo-accounts.txt $(DEVICE)

messages: setup ## Collect what people read into the translation catalogue
	@$(BIN)/python -m tools.messages

screenshots: setup ## Take the pictures in docs/screenshots/ again (needs Chromium)
	@$(BIN)/python -m tools.screenshots

clean: ## Remove what set-up made; the data under var/ stays
	rm -rf .venv node_modules static/vendor reports/fonts var/.setup

.venv/.ready: requirements/dev.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

static/vendor/.ready: package-lock.json tools/assets.py .venv/.ready
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	$(BIN)/python -m tools.assets
	@touch $@

var/.setup: .venv/.ready static/vendor/.ready $(wildcard translations/*/LC_MESSAGES/messages.po)
	@if [ -d translations ]; then $(BIN)/pybabel -q compile -f -d translations; fi
	@mkdir -p var && touch $@
