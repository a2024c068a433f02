#!/usr/bin/env bash
# check_headers.sh COMPILER...: every public header compiles alone, and twice in one file.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
[ $# -gt 0 ] || { echo "check_headers: name at least one compiler" >&2; exit 2; }
alone() {  # alone HEADER COMPILER...
  local name=${1#include/} compiler
  for compiler in "${@:2}"; do
    printf '#include <%s>\n#include <%s>\n' "$name" "$name" |
      "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
        -fsyntax-only -Iinclude -x c++ - || { echo "$name: not alone with $compiler" >&2; exit 1; }
  done
}
export -f alone
mapfile -t headers < <(find include/gibbs -name '*.hpp' | sort)
printf '%s\0' "${headers[@]}" | xargs -0 -P "$(nproc)" -I{} bash -c 'alone "$@"' bash {} "$@"
echo "headers alone: ${#headers[@]} headers with $*"
