#!/usr/bin/env bash
# bench_python.sh [--only GROUP...] [--markdown FILE]: the tables of speeds of the Python package,
# against PyTorch, SciPy and entmax; docs/speed-python.md is what they were last.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
tools/build_python.sh test dev
tools/install_torch.sh
build/python/venv-torch/bin/python bench/python/main.py "$@"
