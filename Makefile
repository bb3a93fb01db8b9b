# Two commands: `make run` and `make test`. Everything else is for the people who build.
SHELL := /bin/bash
unexport PYTHONDONTWRITEBYTECODE # a start that compiles everything anew takes twice as long, and tests start many
PY := .venv/bin/python
DATABASE ?= sqlite:///var/demo.db
PORT ?= 8000

.PHONY: run setup setup-test test check coverage bench bench-pg soak shots lock clean

## run: set up, load the demo data once, open http://127.0.0.1:8000
run: setup
	@mkdir -p var
	@test -f var/demo.db || { $(PY) demo/crowd.py demo/2024.json demo/words.json > var/demo.json && $(PY) -m engine.cli demo var/demo.json --database $(DATABASE); } || { rm -f var/demo.db*; exit 1; }
	$(PY) -m engine.cli serve --database $(DATABASE) --port $(PORT)

## setup: everything `make run` needs; the sources compiled too, as an installed package's are, for where Python may not write beside them
setup: .venv/.installed web/static/vendor/.copied
	@$(PY) -m compileall -q engine web

.venv/.installed: requirements-dev.txt pyproject.toml
	tools/need-system base
	test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-fund --no-audit --loglevel=error
	touch $@

web/static/vendor/.copied: node_modules/.package-lock.json tools/vendor.sh
	bash tools/vendor.sh
	touch $@

setup-test: setup
	tools/need-system test

## test: all that check looks at, then every other test on SQLite and PostgreSQL, with a real server and a real browser
test: setup-test check
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/spec/test_architecture.py -m "not soak"

## check: lint, types, specs and layer rules: what must be true before a commit
check: setup
	$(PY) -m ruff check engine web tests bench tools demo
	$(PY) -m mypy
	$(PY) -m engine.cli check
	$(PY) -m pytest tests/spec/test_architecture.py

## coverage: which lines and branches of engine and web the tests run (apart from test: tracing makes it much longer)
coverage: setup-test
	$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest -m "not soak" --ignore=tests/browser --ignore=tests/faults
	$(PY) -m coverage combine -q
	$(PY) -m coverage report --skip-covered

bench: setup-test
	$(PY) -m bench

bench-pg: setup-test
	$(PY) -m bench --postgres

soak: setup-test
	$(PY) -m pytest -m soak

## shots: a screenshot of every page kind at 1440 and 390 px, in var/shots
shots: setup-test
	$(PY) -m tools.shots

## lock: pin exact versions with hashes (names no registry host)
lock: .venv/.installed
	$(PY) -m pip install -q pip-tools
	$(PY) -m piptools compile -q --allow-unsafe --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --strip-extras --extra install -o requirements.txt pyproject.toml
	$(PY) -m piptools compile -q --allow-unsafe --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --strip-extras --extra install --extra dev --constraint requirements.txt -o requirements-dev.txt pyproject.toml

clean:
	rm -rf .venv node_modules web/static/vendor var build *.egg-info
