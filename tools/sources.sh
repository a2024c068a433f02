#!/usr/bin/env bash
# sources.sh [PATTERN...]: our C++ files, one per line; by default all of them.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
[ $# -gt 0 ] || set -- '*.cpp' '*.hpp' '*.h'
names=()
for pattern in "$@"; do names+=(-o -name "$pattern"); done
for room in include src cli python tests bench examples tools; do
  if [ -d "$room" ]; then find "$room" -type f \( "${names[@]:1}" \); fi
done | LC_ALL=C sort
