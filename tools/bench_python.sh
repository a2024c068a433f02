#!/usr/bin/env bash
# bench_python.sh: the table of speeds of the Python package, against PyTorch, SciPy and entmax.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
tools/build_python.sh bench
build/python/venv/bin/python bench/python/main.py
