#!/usr/bin/env bash
# check_format.sh: names every C++ file that `make format` would change, and every line that is not
# ASCII.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
mapfile -t files < <(tools/sources.sh)
# All files in one process: to start one takes longer than to read a file.
unformatted=$({ clang-format --dry-run --Werror "${files[@]}" 2>&1 || true; } |
  sed -nE 's/^([^: ]+):[0-9]+:[0-9]+: error: .*/\1: run make format/p' | uniq)
foreign=$(LC_ALL=C grep -nP '[^\x00-\x7F]' "${files[@]}" || true)
if [ -n "$unformatted$foreign" ]; then
  printf '%s\n' "$unformatted" "$foreign" | grep .
  exit 1
fi
echo "format: ${#files[@]} files"
