#!/usr/bin/env bash
# run_tests.sh PRESET [CTEST ARGUMENT...]: runs the tests of build/PRESET and shows what did not
# pass, then the closing lines of ctest. The full log stays in build/PRESET/tests.log.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
preset=$1
shift
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j "$(nproc)" "$@" 2>&1 |
  tee "build/$preset/tests.log" |
  grep -vE '^ +Start +[0-9]+: | Passed +[0-9.]+ sec$|^$|^Internal ctest'
