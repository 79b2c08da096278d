# `make run` and `make test` need Python 3.11+, make and a package registry; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-targets setup clean

run: $(VENV)/.ready
	@$(BIN)/python -m core serve

setup: $(VENV)/.ready

test: $(VENV)/.ready-tests
	@$(BIN)/python -m pytest

# Targets at real servers: a WordPress from Debian's packages, a Ghost from npm (minutes to build, then kept in ~/.cache).
test-targets: $(VENV)/.ready-tests
	@tests/servers/install_wordpress.sh
	@tests/servers/install_ghost.sh >/dev/null
	@GALLEY_TEST_SERVERS="wordpress wordpress_xmlrpc ghost" $(BIN)/python -m pytest tests/contracts tests/publishing tests/journeys/test_three_places.py --dist loadgroup

$(VENV)/.ready: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/python -m uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.txt
	@touch $@

$(VENV)/.ready-tests: requirements-tests.txt $(VENV)/.ready
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python -r requirements-tests.txt
	@tests/install_browser.sh
	@touch $@

clean:
	rm -rf $(VENV)
