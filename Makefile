# Each target is enough alone on a fresh machine with Python 3.11 or later, git and make.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& echo "$$p" && break; done)
BIN := .venv/bin
# One more than there are processors, since tests wait for processes that they start.
WORKERS ?= $(shell "$(PYTHON)" -c 'import os; print(min(os.cpu_count() or 1, 4) + 1)')

.PHONY: demo test soak pictures install clean

install: .venv/installed

.venv/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "crm needs Python 3.11 or later" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: .venv/installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

test: .venv/installed
	@$(BIN)/python tools/side_by_side.py '$(BIN)/ruff check .' '$(BIN)/mypy' \
		'$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal'

# The pictures of the docs, from the transcript of docs/terminal.md, and of a page in Chromium.
pictures: .venv/installed
	$(BIN)/python tools/transcripts.py docs/terminal.md
	$(BIN)/python tools/pictures.py
	-$(BIN)/python tools/page_pictures.py

# Every trial of the tests that try a share, every fault in every command, kills at random, and a thousand rounds together: an hour or more.
soak: .venv/installed
	CRM_TEST_SHARE=all $(BIN)/python -m pytest -m soak -n auto --dist worksteal
	$(BIN)/python tools/soak.py

clean:
	rm -rf .venv build *.egg-info
