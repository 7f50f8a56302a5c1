# Inferometer
# SPDX-License-Identifier: Apache-2.0

SWIFT ?= swift
PREFIX ?= /usr/local
export SWIFT UPSTREAM ENGINE DESTDIR

.DEFAULT_GOAL := help

.PHONY: help
help: ## Print this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Build, find an engine and record calls to it. UPSTREAM=URL names one, ENGINE=llamacpp sets one up.
	@scripts/run.sh

.PHONY: test
test: ## Set up and run every test, a real engine's included.
	@scripts/test.sh

.PHONY: check
check: ## Check format, headers and layers.
	@scripts/check.sh

.PHONY: format
format: ## Bring the sources into the house's format.
	@git ls-files '*.swift' | xargs $(SWIFT) format -i --parallel

.PHONY: bench
bench: ## Measure every target beside its yardstick and write docs/benchmarks.md.
	@scripts/bench.sh

.PHONY: sanitize
sanitize: ## Run the unit tests under the thread and address sanitizers.
	@scripts/sanitize.sh

.PHONY: install
install: ## Install binary, completions and man page below PREFIX (/usr/local).
	@scripts/install.sh $(PREFIX)

.PHONY: dist
dist: ## Make a tarball that needs no Swift runtime.
	@scripts/install.sh --tarball

.PHONY: prices
prices: ## Make the price list anew from the newest known litellm wheel.
	@python3 scripts/make_prices.py

.PHONY: clean
clean: ## Remove what was built, downloaded and measured.
	@scripts/engine-llamacpp.sh stop || true
	@rm -rf .build .build-* .cache dist
