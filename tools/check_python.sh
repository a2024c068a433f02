#!/usr/bin/env bash
# check_python.sh: format and lint (ruff) and types (pyright, strict) of the Python files.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
tools/build_python.sh test dev
bin=build/python/venv/bin
"$bin/ruff" format --quiet --diff
"$bin/ruff" check --quiet
types=$("$bin/pyright" --pythonpath "$bin/python" 2>&1) || { echo "$types"; exit 1; }
echo "python: format, lint and types of $("$bin/ruff" check --show-files | wc -l) files"
