# Two commands for everybody: `make quickstart` makes a dataset, `make test` checks the project.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: browser docs quickstart test search test-slow test-consumers test-trainers test-ray train-demo long reliability fuzz bench bench-peers ocr lint clean

# The core and the fonts; enough to make datasets.
$(VENV)/core: pyproject.toml setup.py $(wildcard glyphdata/*/_*.c)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[fonts,photos]'
	touch $@

# And what the tests need. Models run on the CPU there: any build of torch will do, and it comes first,
# lest a newer one be fetched with all that a GPU needs.
TORCH ?= torch==2.13.0
$(VENV)/dev: $(VENV)/core $(VENV)/system
	$(BIN)/pip install --quiet '$(TORCH)'
	$(BIN)/pip install --quiet --editable '.[fonts,photos,dev]'
	touch $@

# Programs that tests drive: a browser, and an eye that reads.
$(VENV)/system: $(VENV)/core
	command -v chromium && command -v tesseract || \
	  { apt-get update --quiet && apt-get install --yes --quiet chromium tesseract-ocr; }
	touch $@

browser: $(VENV)/system

quickstart: $(VENV)/core
	$(BIN)/glyphdata generate recipes/quickstart.yaml out/quickstart --overwrite
	$(BIN)/glyphdata verify out/quickstart --deep
	$(BIN)/glyphdata preview out/quickstart -o out/quickstart/preview.html

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# A process for each core, a file of tests at a time.
test: lint
	$(BIN)/python -m pytest -n auto --dist loadfile

# Property tests on examples of the day instead of those of every day.
search: $(VENV)/dev
	HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest -n auto --dist loadfile

test-slow: $(VENV)/dev
	$(BIN)/pip install --quiet --editable '.[ray]'
	$(BIN)/python -m pytest -m slow

# What others load of an encoder, under an older transformers too (fetched into an environment of its own).
test-consumers: $(VENV)/dev
	$(BIN)/python -m pytest tests/train/layouts -m slow

# open_clip, Megatron-Energon and Lightning read our shards; each is fetched into a folder of its own.
test-trainers: $(VENV)/dev
	$(BIN)/python -m pytest tests/trainers -m slow

# Shards made by Ray: on a cluster of its own and on one that was there.
test-ray: $(VENV)/dev
	$(BIN)/pip install --quiet --editable '.[ray]'
	$(BIN)/python -m pytest tests/engines/test_ray.py -m slow

# Three small encoders: what they know of words never shown, with and without near-misses and grounds.
train-demo: $(VENV)/dev
	$(BIN)/python tests/bench/train_demo.py

# 100,000 samples: memory, open files and rate from beginning to end; then 10,000 shards.
long: $(VENV)/dev
	$(BIN)/python tests/bench/long.py --plot docs/scale.svg
	$(BIN)/python tests/bench/shards.py

# Kills, failing disks, jumping clocks and damage, as often as docs/reliability.md says.
reliability: $(VENV)/dev
	$(BIN)/python -m pytest tests/reliability -m slow -s

# Mutants for all that reads what others wrote, guided by coverage; what hurts is kept in the corpus.
FUZZ_SECONDS ?= 60
fuzz: $(VENV)/dev
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) --seed $(or $(FUZZ_SEED),0) --keep

# The site, in out/site; docs/reference/ is written anew as the code is now.
docs: $(VENV)/dev
	$(BIN)/python -m docs.press

# Shares of the encode-only limit; two workers, memory and start; then what reads datasets: checks, viewer,
# the trainer's loader.
bench: $(VENV)/dev
	$(BIN)/glyphdata bench
	$(BIN)/python tests/bench/run.py
	$(BIN)/python tests/bench/verify.py
	$(BIN)/python tests/bench/view.py
	$(BIN)/python tests/bench/loader.py

# Beside other generators, on equal work; their environments are built under out/peers.
bench-peers: $(VENV)/dev
	$(BIN)/python tests/bench/peers.py --json out/peers.json

# Tesseract (`apt install tesseract-ocr`) reads words we drew; fails below 97 of a hundred.
ocr: $(VENV)/core
	$(BIN)/python tests/bench/ocr.py

clean:
	rm -rf out build *.egg-info .pytest_cache .mypy_cache .ruff_cache
