#!/usr/bin/env bash
# check_tidy.sh [FILE...]: clang-tidy over our .cpp files, by default all that build/release compiles
# and those of the Python package. The kernels are read for one SIMD target only: the others are the
# same text again, and each costs as much as the first. Of all files, tests are read a dozen at once.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
[ -f build/release/compile_commands.json ] || cmake --preset release >/dev/null
tools/build_python.sh test dev
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
  files+=(python/src/*.cpp)
fi

began=$SECONDS
bin=$PWD/build/python/venv/bin
# Of what is deprecated the compilers warn: to this version std::stable_sort of libstdc++ 12 is.
tidy() {  # tidy BUILD FILE...: as BUILD compiles them
  local build=$1
  shift
  [ $# -gt 0 ] || return 0
  "$bin/run-clang-tidy.py" -clang-tidy-binary "$bin/clang-tidy" -quiet -hide-progress -p "$build" \
    -j "$(nproc)" -extra-arg=-DHWY_COMPILE_ONLY_STATIC -extra-arg=-Wno-unknown-warning-option \
    -extra-arg=-Wno-unused-command-line-argument -extra-arg=-Wno-deprecated-declarations \
    "${@/%/\$}" 2>&1 | grep -vE '^$|^[0-9]+ warnings? |^Suppressed|^Use -|Processing file' || true
}
together=()
if [ $# -eq 0 ]; then
  mapfile -t together < <(printf '%s\n' "${files[@]}" | grep -E '^tests/.*_test\.cpp$')
  mapfile -t files < <(printf '%s\n' "${files[@]}" | grep -vE '^tests/.*_test\.cpp$')
  python3 tools/tidy_together.py join build/tidy "${together[@]}"
fi
mapfile -t python_files < <(printf '%s\n' "${files[@]}" | grep '^python/')
mapfile -t other_files < <(printf '%s\n' "${files[@]}" | grep -v '^python/')
output=$(
  tidy build/release "${other_files[@]}"
  tidy build/python/cmake "${python_files[@]}"
  [ ${#together[@]} -eq 0 ] || tidy build/tidy build/tidy/*.cpp | python3 tools/tidy_together.py name build/tidy
)
if [ -n "$output" ]; then  # a finding, or why there is none
  echo "$output"
  exit 1
fi
echo "clang-tidy: $((${#files[@]} + ${#together[@]})) files, nothing found in $((SECONDS - began)) s"
