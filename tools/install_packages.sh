#!/usr/bin/env bash
# install_packages.sh GROUP...: installs what is missing of these groups of packages.txt. Touches
# neither apt nor sudo when nothing is missing.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
missing=()
for group in "$@"; do
  packages=$(awk -v group="[$group]" '/^\[/ {on = $0 == group; next} on && NF && !/^#/' \
    "$here/packages.txt")
  [ -n "$packages" ] || { echo "install_packages: no group [$group] in packages.txt" >&2; exit 2; }
  for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
      missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null ||
    { echo "install_packages: run as root, or install sudo; missing: ${missing[*]}" >&2; exit 1; }
  root=(sudo)
fi
echo "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >"$log" 2>&1; }
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; }; then
  cat "$log" >&2
  exit 1
fi
