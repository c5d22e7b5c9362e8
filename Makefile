# make demo   the whole of ESCAPE on its embedded benchmark, ends in runs/demo/report.html
# make test   notebooks clean, modules in step, every notebook run
# make lint   notebooks formatted (ruff format), rules kept (ruff check), types fit (mypy)
# make docs   the site in _docs (with quarto)
# make readme README.md from nbs/index.ipynb (with quarto)
# make clean  remove what the others made, the virtual environment included
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ARGS   ?=

.PHONY: demo test lint setup quarto docs readme clean
.DELETE_ON_ERROR:

demo: $(READY)
	$(BIN)/escape-nb demo $(ARGS)

test: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python .ci/check.py

lint: $(READY)
	$(BIN)/ruff format --check nbs .ci setup.py
	$(BIN)/ruff check nbs .ci setup.py escape_nb
	$(BIN)/mypy

setup: $(READY)

$(READY): settings.ini setup.py
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; v >= (3, 10) or sys.exit("escape_nb needs Python 3.10 or newer, this is %d.%d: run make PYTHON=python3.12 (or the like)" % v)'
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "Python lacks venv: install it first (on Debian: apt-get install python3-venv)"; exit 1; }
	@echo "setting up $(VENV): a few minutes the first time"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

quarto:
	@command -v quarto > /dev/null || { echo "quarto is missing: install it from https://quarto.org/docs/get-started and put its folder on PATH"; exit 1; }

# nbdev_docs would write README.md as well, without what the target readme does to its links
docs: quarto $(READY)
	@echo "building the site in _docs: some minutes"
	rm -rf _proc _docs
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/nbdev_proc_nbs
	$(BIN)/python .ci/site.py
	cd _proc && PATH="$(CURDIR)/$(BIN):$$PATH" quarto render --no-cache
	mv _proc/_docs _docs

# the links in nbs/index.ipynb, from which quarto writes README.md, start from nbs/; those in README.md from here
LINKS  := import re, pathlib; p = pathlib.Path("README.md"); t = p.read_text(encoding="utf-8"); \
	p.write_text(re.sub(r"\]\((images/|\w+\.ipynb)", r"](nbs/\1", t), encoding="utf-8")

readme: quarto $(READY)
	rm -rf _proc
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/nbdev_readme
	$(BIN)/python -c '$(LINKS)'

clean:
	rm -rf $(VENV) _docs _proc build *.egg-info runs/demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
