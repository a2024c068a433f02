#!/usr/bin/env bash
# check_format.sh: names every C++ file that `make format` would change, and every line that is not
# ASCII.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
mapfile -t files < <(tools/sources.sh)
unformatted=$(for file in "${files[@]}"; do
  clang-format --dry-run --Werror "$file" >/dev/null 2>&1 || echo "$file: run make format"
done)
foreign=$(LC_ALL=C grep -nP '[^\x00-\x7F]' "${files[@]}" || true)
if [ -n "$unformatted$foreign" ]; then
  printf '%s\n' "$unformatted" "$foreign" | grep .
  exit 1
fi
echo "format: ${#files[@]} files"
