#!/usr/bin/env bash
# install_test.sh BUILD COMPILER [FLAGS]: installs BUILD into a prefix of its own, then configures,
# builds and runs the outside project against it.
set -euo pipefail

build=$1 compiler=$2 flags=${3:-}
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" >"$work/log" || { cat "$work/log"; exit 1; }
cmake -S "$here/outside" -B "$work/build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_FLAGS="$flags" >"$work/log" ||
  { cat "$work/log"; exit 1; }
cmake --build "$work/build" >"$work/log" || { cat "$work/log"; exit 1; }
grep -q "gibbs_DIR:PATH=$work/prefix" "$work/build/CMakeCache.txt" ||
  { echo "the outside project found another gibbs"; exit 1; }
export LD_LIBRARY_PATH=$work/prefix/lib:$work/prefix/lib/$(uname -m)-linux-gnu
printed=$("$work/build/outside")
[ "$printed" = "0.665 0.245 0.090" ] || { echo "the outside project printed $printed"; exit 1; }
echo "an outside project found, built and ran gibbs"
