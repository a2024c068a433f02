#!/usr/bin/env bash
# report_coverage.sh: runs the tests of build/coverage and prints the share of lines reached, per
# file of include/, src/ and cli/. Kernels are compiled once per SIMD target; a line counts as
# reached when one of them reached it.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
build=build/coverage
rm -rf "$build/profiles"
LLVM_PROFILE_FILE=$PWD/$build/profiles/%p-%m.profraw tools/run_tests.sh coverage -LE slow
find "$build/profiles" -name '*.profraw' >"$build/profiles.txt"
llvm-profdata merge -sparse -f "$build/profiles.txt" -o "$build/tests.profdata"

objects=()
for program in "$build"/tests/test_* "$build/gibbs"; do
  if [ -x "$program" ] && [ -f "$program" ]; then objects+=(-object "$program"); fi
done
llvm-cov report -instr-profile "$build/tests.profdata" "${objects[@]:1}" \
  -show-region-summary=false -show-branch-summary=false include src cli
