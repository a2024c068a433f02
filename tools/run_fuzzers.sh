#!/usr/bin/env bash
# run_fuzzers.sh SECONDS: runs every fuzz target of build/asan for that long.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
shopt -s nullglob
fuzzers=(build/asan/tests/fuzz/*_fuzz)
[ ${#fuzzers[@]} -gt 0 ] || { echo "run_fuzzers: nothing in build/asan" >&2; exit 1; }
for fuzzer in "${fuzzers[@]}"; do
  name=$(basename "$fuzzer")
  corpus=build/asan/corpus/$name
  seeds=tests/fuzz/seeds/${name%_fuzz}
  mkdir -p "$corpus"
  dirs=("$corpus")
  if [ -d "$seeds" ]; then dirs+=("$seeds"); fi
  log=build/asan/$name.log
  if ! "$fuzzer" -max_total_time="$1" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/asan/$name-" "${dirs[@]}" >"$log" 2>&1; then
    tail -n 60 "$log"
    echo "$name: failed, see build/asan/$name-*"
    exit 1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  echo "$name: $runs runs in $1 s, nothing found"
done
