# Two doors for a newcomer, `make demo` and `make test`: each installs what is missing (Debian),
# configures, builds and runs. `make help` lists the rest. Everything is built under build/.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test test-python test-torch build figures bench bench-python format check \
  test-slow fuzz asan asan-python tsan coverage clean

FUZZ_SECONDS ?= 60

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo:  ## handwritten digits through softmax, entmax and sparsemax
	@tools/install_packages.sh build test bench
	@tools/build.sh release gibbs_command
	@examples/digits/demo.sh build/release/gibbs

test:  ## build everything and run the tests (a few minutes)
	@tools/install_packages.sh build test bench
	@tools/build.sh release
	@tools/run_tests.sh release -LE slow
	@$(MAKE) test-python

test-python:  ## build the Python package in its own environment and test it
	@tools/install_packages.sh build python
	@tools/test_python.sh

test-torch:  ## install PyTorch beside it and test gibbs.torch
	@tools/install_packages.sh build python
	@tools/test_torch.sh

build:  ## the command, as build/release/gibbs
	@tools/install_packages.sh build test bench
	@tools/build.sh release gibbs_command

figures:  ## the pictures of docs/figures, as the Python package draws them
	@tools/install_packages.sh build python
	@tools/build_python.sh test dev
	@build/python/venv/bin/python -m gibbs figures docs/figures
	@build/python/venv/bin/python -m gibbs figures docs/figures --dark

bench:  ## the table of speeds, against the rivals
	@tools/install_packages.sh build test bench
	@tools/build.sh release gibbs_bench
	@build/release/bench/gibbs_bench

bench-python:  ## the same of the Python package, against PyTorch, SciPy and entmax
	@tools/install_packages.sh build python
	@tools/bench_python.sh

format:  ## put every source file into the house format
	@tools/install_packages.sh check
	@tools/sources.sh | xargs -d '\n' clang-format -i
	@tools/install_packages.sh build python
	@tools/build_python.sh test dev
	@build/python/venv/bin/ruff format --quiet

check:  ## format, layers, headers alone, misuse, clang-tidy; ruff and pyright
	@tools/install_packages.sh build python test bench check
	@tools/check_format.sh
	@python3 tools/check_layers.py
	@tools/check_headers.sh g++ clang++
	@python3 tests/misuse/must_not_compile.py --all g++ clang++
	@tools/check_tidy.sh
	@tools/check_python.sh

test-slow:  ## the exponential over all 2^32 floats, and other long tests
	@tools/install_packages.sh build test bench
	@tools/build.sh release
	@tools/run_tests.sh release -L slow

fuzz:  ## each fuzz target for FUZZ_SECONDS (60)
	@tools/install_packages.sh build test check
	@tools/build.sh asan
	@tools/run_fuzzers.sh $(FUZZ_SECONDS)

# Millions of draws through code that other tests run too: minutes under a sanitizer. And the memory
# of a process, of which a sanitizer keeps what was freed.
statistical := SelfTest|Follow|TheTailIsDrawn|TheTailReaches|GumbelRao|Rebar|OnTheAverage|16Million|LongRowsAreKept|OfThreeStates|MemoryGrows|MemoryDoesNotGrow
asan:  ## the tests under the address and undefined-behaviour sanitizers
	@tools/install_packages.sh build test check
	@tools/build.sh asan
	@tools/run_tests.sh asan -LE 'slow|house|misuse' -E '$(statistical)'

asan-python:  ## the tests of the Python package under the same sanitizers
	@tools/install_packages.sh build python test check
	@tools/asan_python.sh

tsan:  ## the tests of threads under the thread sanitizer
	@tools/install_packages.sh build test
	@tools/build.sh tsan test_threads
	@TSAN_OPTIONS=suppressions=$(CURDIR)/tests/threads/tsan_suppressions.txt \
	  tools/run_tests.sh tsan -L threads

coverage:  ## which lines of the library the tests reach
	@tools/install_packages.sh build test check
	@tools/build.sh coverage
	@tools/report_coverage.sh

clean:  ## remove build/
	@rm -rf build
