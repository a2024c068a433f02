#!/usr/bin/env bash
# bench_python.sh: the table of speeds of the Python package, against PyTorch, SciPy and entmax.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
tools/build_python.sh test dev
tools/install_torch.sh
build/python/venv-torch/bin/python bench/python/main.py
