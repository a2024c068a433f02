#!/usr/bin/env bash
# check_headers.sh COMPILER...: every public header compiles alone, and twice in one file.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
[ $# -gt 0 ] || { echo "check_headers: name at least one compiler" >&2; exit 2; }
count=0
for header in $(find include/gibbs -name '*.hpp' | sort); do
  name=${header#include/}
  for compiler in "$@"; do
    printf '#include <%s>\n#include <%s>\n' "$name" "$name" |
      "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
        -fsyntax-only -Iinclude -x c++ - || { echo "$name: not alone with $compiler" >&2; exit 1; }
  done
  count=$((count + 1))
done
echo "headers alone: $count headers with $*"
