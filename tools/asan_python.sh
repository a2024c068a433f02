#!/usr/bin/env bash
# asan_python.sh [PYTEST ARGUMENT...]: the tests of the Python package with its module, and all of
# libgibbs in it, under the sanitizers of build/asan. Left out are the test that looks at how the
# installed module is linked, one that asks operator new for more than there is, at which a sanitizer
# ends the process, and the pictures: all they call is tested without them.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
tools/build_python.sh test dev
python=$PWD/build/python/venv/bin/python
export CMAKE_ARGUMENTS="${CMAKE_ARGUMENTS:-} -DGIBBS_BUILD_PYTHON=ON -DPython_EXECUTABLE=$python"
tools/build.sh asan _core

package=$PWD/build/asan/package
rm -rf "$package"
mkdir -p "$package"
cp -r python/gibbs "$package"
cp build/asan/python/_core*.so "$package/gibbs"
# Python keeps memory to the end, which is no leak; and what is too large for malloc is a MemoryError.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
export PYTHONPATH=$package PYTHONMALLOC=malloc
LD_PRELOAD=$(clang++ -print-file-name=libclang_rt.asan-x86_64.so) "$python" -m pytest \
  --ignore-glob "*/test_plot*.py" \
  --deselect python/tests/test_process.py::test_the_package_carries_its_types_and_its_libraries \
  --deselect python/tests/test_large_numbers.py::test_a_ladder_beyond_all_memory_is_refused "$@"
