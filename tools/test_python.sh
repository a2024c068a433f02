#!/usr/bin/env bash
# test_python.sh [PYTEST ARGUMENT...]: builds the Python package and runs its tests.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
tools/build_python.sh test dev
build/python/venv/bin/python -m pytest "$@"
