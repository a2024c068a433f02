#!/usr/bin/env bash
# check_tidy.sh [FILE...]: clang-tidy over our .cpp files, by default all that build/release
# compiles. The kernels are read for one SIMD target only: the others are the same text again, and
# each costs as much as the first.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
[ -f build/release/compile_commands.json ] || cmake --preset release >/dev/null
if [ $# -gt 0 ]; then
  files=("$@")
else
  mapfile -t files < <(python3 - <<'PYTHON'
import json, os
root = os.getcwd() + os.sep
for entry in json.load(open("build/release/compile_commands.json")):
    if entry["file"].startswith(root) and not entry["file"].startswith(root + "build"):
        print(os.path.relpath(entry["file"]))
PYTHON
  )
fi

began=$SECONDS
tidy() {
  run-clang-tidy -quiet -p build/release -j "$(nproc)" \
    -extra-arg=-DHWY_COMPILE_ONLY_STATIC -extra-arg=-Wno-unknown-warning-option "$@" 2>&1 |
    grep -vE '^clang-tidy|^[0-9]+ warnings? generated|^Suppressed|^Use -' || true
}
output=$(tidy "${files[@]/%/\$}")
if grep -qE ' (error|warning): ' <<<"$output"; then
  echo "$output"
  exit 1
fi
echo "clang-tidy: ${#files[@]} files, nothing found in $((SECONDS - began)) s"
