#!/usr/bin/env bash
# build_python.sh [EXTRA...]: installs the Python package in its own virtual environment,
# build/python/venv, with the named extras of pyproject.toml. Does nothing when nothing changed.
# PYTHON names the interpreter; CMAKE_ARGUMENTS is passed to the configuration.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
venv=build/python/venv
pip=("$venv/bin/python" -m pip --quiet --disable-pip-version-check)
[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"

contents() { find "$@" -type f -not -path '*/__pycache__/*' -print0 | sort -z | xargs -0 sha256sum; }
state=$(
  echo "$@" "${CMAKE_ARGUMENTS:-}"
  contents include src cmake python/src python/gibbs python/CMakeLists.txt CMakeLists.txt \
    pyproject.toml README.md
)
stamp=build/python/installed$(printf -- "-%s" "$@")
if [ -f "$stamp" ] && [ "$state" = "$(cat "$stamp")" ]; then exit 0; fi

began=$SECONDS
mapfile -t build_requirements < <("$venv/bin/python" - <<'PYTHON'
try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    from pip._vendor import tomli as tomllib
with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["build-system"]["requires"], sep="\n")
PYTHON
)
"${pip[@]}" install "${build_requirements[@]}"

# The name that CMake finds for the other builds: ccache then knows the library's files from them.
export CXX=${CXX:-c++}
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
export CMAKE_ARGS=${CMAKE_ARGUMENTS:-} CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
log=build/python/install.log
if ! "${pip[@]}" install --verbose --no-build-isolation \
  --config-settings=build-dir=build/python/cmake ".${*:+[$(IFS=,; echo "$*")]}" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
echo "$state" >"$stamp"
echo "installed the Python package in $venv in $((SECONDS - began)) s"
