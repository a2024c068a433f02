#!/usr/bin/env bash
# build.sh PRESET [TARGET...]: configures build/PRESET if need be and builds, quietly: one line when
# all is well, the compiler's words when not. CMAKE_ARGUMENTS is passed to the configuration.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
preset=$1
shift
targets=("${@:-all}")
build=build/$preset
mkdir -p "$build"

if [ ! -f "$build/build.ninja" ] || [ -n "${CMAKE_ARGUMENTS:-}" ]; then
  arguments=(${CMAKE_ARGUMENTS:-})
  if command -v ccache >/dev/null; then arguments+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  if ! cmake --preset "$preset" "${arguments[@]}" >"$build/configure.log" 2>&1; then
    cat "$build/configure.log" >&2
    exit 1
  fi
fi

# A terminal gets ninja's running line; a log gets nothing but warnings and errors.
quiet=()
if [ ! -t 1 ]; then quiet=(--quiet); fi
began=$SECONDS
cmake --build "$build" -j "$(nproc)" --target "${targets[@]}" -- "${quiet[@]}"
echo "built $build (${targets[*]}) in $((SECONDS - began)) s"
