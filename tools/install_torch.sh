#!/usr/bin/env bash
# install_torch.sh: PyTorch and the package entmax, for the tests of gibbs.torch and for the bench, in
# build/python/venv-torch, which also sees what build/python/venv has. TORCH says which PyTorch
# (arguments of pip); by default the version tried.
#
# The Linux wheel is linked against the libraries of CUDA, 2.5 GB to download that a CPU never
# calls. So its requirements are installed without them, and where it then does not load,
# stand_in_for_cuda.py makes libraries of their names. A TORCH that needs none of this gets none.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
read -r -a torch <<<"${TORCH:-torch==2.15.0}"
venv=build/python/venv-torch
python=$venv/bin/python
stamp=$venv/installed
[ -x "$python" ] || build/python/venv/bin/python -m venv "$venv"
if [ -f "$stamp" ] && [ "${torch[*]}" = "$(cat "$stamp")" ]; then exit 0; fi

began=$SECONDS
log=build/python/install-torch.log
install() {
  "$python" -m pip --disable-pip-version-check install "$@" >>"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}
: >"$log"
packages() { "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }
echo "$PWD/$(realpath --relative-to=. "$(packages build/python/venv/bin/python)")" \
  >"$(packages "$python")/venv.pth"
install --no-deps "${torch[@]}" entmax==1.3
mapfile -t requirements < <("$python" - <<'PYTHON'
import re
from importlib.metadata import requires

for line in requires("torch") or []:
    if not re.match(r"nvidia|cuda|triton", line) and "extra ==" not in line:
        print(line)
PYTHON
)
install "${requirements[@]}"
if ! "$python" -c 'import torch' 2>/dev/null; then
  major=$("$python" tools/stand_in_for_cuda.py --runtime)
  install --no-deps "nvidia-cuda-runtime==$major.*" "nvidia-cuda-cupti==$major.*"
  "$python" tools/stand_in_for_cuda.py >>"$log"
  "$python" -c 'import torch'
fi
echo "${torch[*]}" >"$stamp"
echo "installed PyTorch in $venv in $((SECONDS - began)) s, $(du -sh "$venv" | cut -f1)"
