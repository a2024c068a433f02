#!/usr/bin/env bash
# test_torch.sh [PYTEST ARGUMENT...]: builds the Python package, installs PyTorch beside it, checks
# the types of gibbs.torch and runs its tests.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
tools/build_python.sh test dev
tools/install_torch.sh
python=build/python/venv-torch/bin/python
types=$(build/python/venv/bin/pyright --project tools/pyright_torch.json --pythonpath "$python" \
  2>&1) || { echo "$types"; exit 1; }
"$python" -m pytest python/tests_torch "$@"
