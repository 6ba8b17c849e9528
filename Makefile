# Needs Python 3.11 or later with pip, make and git; everything else is installed into .venv and .local.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PEOPLE ?= 54649
BENCH_PEOPLE ?= 5000
PORT ?= 8000
UV := .local/uv/bin/uv
PY := .venv/bin/python
MESSAGES := locale/vi/LC_MESSAGES/django.mo

.PHONY: setup database demo site test test-servers fault lint audit bench clean
.DEFAULT_GOAL := setup

setup: .venv/.installed $(MESSAGES)

$(UV): config/uv.txt
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action ignore --require-hashes --upgrade --target .local/uv -r config/uv.txt
	@touch $@

.venv/.installed: pyproject.toml uv.lock $(UV)
	$(UV) sync --quiet --frozen --python $(PYTHON) --no-python-downloads
	@touch $@

$(MESSAGES): config/messages.py $(wildcard locale/vi/LC_MESSAGES/*.po locale/vi/fragments/*.po) .venv/.installed
	$(PY) -m config.messages

# Tables as the owner; everything after it runs as the application, which may change none.
database: setup
	$(PY) manage.py migrate --verbosity 0

# The whole main job on the full synthetic roll, then the site; HEADLESS=1 stops after the coverage table, REFORM=1
# goes on through the reorganisation of 2025-07-01 first.
demo: database
	$(PY) manage.py demo $(if $(HEADLESS),--headless) $(if $(REFORM),--reform)

# The site with a worker and beat on this machine's own servers, until Ctrl-C. A worker that ends by itself, as one may
# when its broker dies, is started again.
site: database
	@( trap 'kill $$it; wait $$it; exit' TERM; \
	while :; do .venv/bin/celery -A config worker --beat --concurrency 2 --loglevel warning & it=$$!; wait $$it; sleep 2; done \
	) & worker=$$!; \
	trap 'kill $$worker; wait $$worker' EXIT; \
	.venv/bin/gunicorn config.wsgi --bind 127.0.0.1:$(PORT) --worker-class gthread --threads 8

test: setup /usr/bin/chromium /usr/bin/jq
	$(PY) -m pytest

# The same suite against Debian's PostgreSQL 15 and Redis 7.
test-servers: setup /usr/bin/chromium /usr/bin/jq
	config/deploy/test_servers.sh

# The long fault run (docs/reliability.md): real processes killed, then sixteen threads at each race. An hour on two
# cores; JOURNAL=file lets a run that was broken off go on after its last fault.
KILLS ?= 200
DATABASE_KILLS ?= 50
BROKER_KILLS ?= 20
SUPERVISOR_KILLS ?= 5
RACE_ROUNDS ?= 200
SEED ?= 1
fault: setup
	$(PY) -m tests.faults.campaign --workers $(KILLS) --databases $(DATABASE_KILLS) --brokers $(BROKER_KILLS) \
		--supervisors $(SUPERVISOR_KILLS) --seed $(SEED) $(if $(JOURNAL),--journal $(JOURNAL))
	$(PY) -m tests.faults.machines
	$(PY) -m tests.faults.machines --proxied
	$(PY) -m pytest -n0 -v tests/faults --race-rounds $(RACE_ROUNDS) --seed $(SEED)

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy

# Known vulnerabilities of every locked package, from osv.dev: needs the network, and says so without it.
audit: $(UV)
	$(UV) audit --locked --preview-features audit-command

# Every benchmark at a small size; docs/performance.md says how to read them.
bench: database
	$(PY) manage.py bench all --people $(BENCH_PEOPLE) --pairs 3

# Debian's browser for the tests of the pages, and jq for the banks' quick start, where we may install them; without
# them those tests say so.
/usr/bin/chromium /usr/bin/jq:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(@F); \
	else echo "No $@, and no right to install it: the tests that need it will be skipped." >&2; fi

# Stops this checkout's servers and removes what was installed and every row they held.
clean:
	@if [ -x $(PY) ]; then $(PY) -m config.services stop; ANSINH_TEST_SERVICES=1 $(PY) -m config.services stop; fi
	rm -rf .venv .local staticfiles $(MESSAGES) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
