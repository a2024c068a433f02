#!/usr/bin/env bash
# asan_python.sh [PYTEST ARGUMENT...]: the tests of the Python package with the extension module, and
# all of libgibbs in it, under the address and undefined-behaviour sanitizers (g++). Left out is the
# test that looks at how the installed module is linked.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
tools/build_python.sh test dev
python=$PWD/build/python/venv/bin/python
build=build/python-asan
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
mkdir -p "$build"
if ! cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 -g1" \
  -DGIBBS_SANITIZE=address,undefined -DGIBBS_BUILD_PYTHON=ON -DGIBBS_BUILD_CLI=OFF \
  -DGIBBS_BUILD_TESTS=OFF -DPython_EXECUTABLE="$python" "${launcher[@]}" \
  >"$build/configure.log" 2>&1; then
  cat "$build/configure.log" >&2
  exit 1
fi
cmake --build "$build" -j "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" --target _core -- --quiet

package=$build/package
rm -rf "$package"
mkdir -p "$package"
cp -r python/gibbs "$package"
cp "$build"/python/_core*.so "$package/gibbs"
# Python itself keeps memory to the end; and what NumPy refuses as too large, malloc must refuse.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
export PYTHONPATH=$PWD/$package PYTHONMALLOC=malloc
preload="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libubsan.so)"
LD_PRELOAD=$preload "$python" -m pytest \
  --deselect python/tests/test_process.py::test_the_package_carries_its_types_and_its_libraries "$@"
