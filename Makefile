# Jalon: everything a newcomer or the CI does, by one name each.
# `make` alone prints the list. Go and make are enough to run; `make test`
# installs what it misses on Debian, or says what to install.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
TOOL    := go tool -modfile=tools/tool.mod
export CGO_ENABLED ?= 0

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build, then open the demonstration on http://localhost:8080 (JALON_ADDR changes it)
	bin/jalon demo

.PHONY: build
build: ## build bin/jalon: static, without cgo
	@mkdir -p bin
	go build -trimpath -ldflags "$(LDFLAGS)" -o bin/jalon ./cmd/jalon

.PHONY: test
test: ## every test, on SQLite and PostgreSQL, browser journeys included
	@tools/test.sh

.PHONY: lint
lint: ## the linter, pinned in tools/tool.mod
	$(TOOL) golangci-lint run ./...

.PHONY: generate
generate: ## rewrite the generated files (committed; the CI compares)
	$(TOOL) templ generate
	go generate ./...

.PHONY: territories
territories: ## make the table of communes again from its npm package (EDITION=version)
	@mkdir -p .cache
	cd .cache && npm pack --silent @etalab/decoupage-administratif$(if $(EDITION),@$(EDITION))
	go run ./tools/territories -in "$$(ls -t .cache/etalab-decoupage-administratif-*.tgz | head -n 1)" -out data/territories/2026.tsv.gz

.PHONY: bench
bench: ## Go benchmarks, then bench/ (load on this machine only)
	@tools/bench.sh

.PHONY: kills
kills: ## kill -9 the program a hundred times while authorities answer, and look for each answer
	JALON_KILLS=$${JALON_KILLS:-100} go test ./e2e -run TestKilledWhilePeopleAnswer -count=1 -timeout 30m -v

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (10s)
	@tools/fuzz.sh

.PHONY: screenshots
screenshots: ## take the pictures of the README again, from the real pages
	@tools/need.sh chromium
	go run ./tools/screenshots

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
