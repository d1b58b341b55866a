# Every target sets up what it needs first; that takes seconds when nothing changed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint local-model setup setup-dev screenshots translations package docs bench bench-adaptive proof soak audit clean

run: setup
	@$(BIN)/evalstudio start

test: setup-dev
	@$(BIN)/python scripts/check.py

lint: setup-dev
	@$(BIN)/python scripts/check.py --lint-only

setup:
	@PYTHON=$(PYTHON) sh scripts/setup.sh run

setup-dev:
	@PYTHON=$(PYTHON) sh scripts/setup.sh dev

# What takes long, then the fault suite, whose table comes last whatever failed before it
proof: export QT_QPA_PLATFORM = offscreen
proof: setup-dev
	@status=0; \
	$(BIN)/pytest -q -m proof --ignore=tests/faults || status=1; \
	$(BIN)/pytest -q -m "proof or not proof" tests/faults || status=1; \
	exit $$status

# Half an hour; MINUTES=5 for less. A window open on a run at full speed: does anything grow?
soak: setup-dev
	@$(BIN)/python -m benchmarks.soak --minutes $(or $(MINUTES),30)

bench: setup-dev
	@$(BIN)/python -m benchmarks.bench_engine
	@$(BIN)/python -m benchmarks.bench_workers
	@$(BIN)/python -m benchmarks.peers
	@$(BIN)/python -m benchmarks.bench_threads
	@$(BIN)/python -m benchmarks.window
	@$(BIN)/python -m benchmarks.bench_million --samples 100000
	@$(BIN)/python -m benchmarks.bench_open --samples 100000 --window
	@$(BIN)/python -m benchmarks.adaptive --quick

# Versions, licences and sizes of all dependencies, and their known weaknesses where pip-audit can be had and can ask
audit: setup-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "pip-audit>=2.9" || true
	@$(BIN)/python scripts/audit.py

# The frozen app, a portable archive and a .deb, into dist/
package:
	@$(PYTHON) packaging/build.py

# The guide and the reference as pages, into build/site; a broken link fails
docs: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[docs]"
	@$(BIN)/mkdocs build --quiet --strict && echo "build/site/index.html"

local-model: setup
	@$(BIN)/evalstudio local-model install

screenshots: setup-dev
	@$(BIN)/python scripts/screenshots.py
	@$(BIN)/python scripts/guide_charts.py

# The window's texts into resources/translations; LANGUAGE=de begins a translation into German
translations: setup-dev
	@$(BIN)/python scripts/translations.py $(LANGUAGE)

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Virtual time: the same figures on every machine, in about seven minutes.
bench-adaptive: setup-dev
	@$(BIN)/python -m benchmarks.adaptive
	@$(BIN)/python -m benchmarks.adaptive.sentences
	@$(BIN)/python -m benchmarks.adaptive.latency
	@$(BIN)/python -m benchmarks.adaptive.fairness
	@$(BIN)/python -m benchmarks.adaptive.real
