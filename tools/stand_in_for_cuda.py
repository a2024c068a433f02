#!/usr/bin/env python3
"""Make PyTorch's Linux wheel load on a machine without the libraries of CUDA.

    stand_in_for_cuda.py --runtime   prints the major version of CUDA that the wheel needs
    stand_in_for_cuda.py             makes what is missing

The runtime (cudart, cupti; 16 MB) must be there: it is called while PyTorch loads. Every other
library that the wheel's own need and that is nowhere becomes a library of that name whose functions
are one illegal instruction. They are never called, as no device is found.
"""

import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections import defaultdict
from pathlib import Path

SITE = Path(sysconfig.get_path("purelib"))
LIBRARIES = SITE / "torch/lib"
RUNTIME = ("libcudart.so.", "libcupti.so.")
# The loader; and the driver, of which the runtime would believe that there is one.
LEFT_OUT = ("ld-linux", "libcuda.so.")
OWNED = re.compile(r"nvshmem|nccl|nvrtc|nvJitLink|cu(blas|sparse|fft|File|dnn|solver)")


def run(*command: object) -> str:
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout


def wheel() -> list[Path]:
    return sorted(LIBRARIES.glob("*.so*"))


def needed() -> set[str]:
    """Return the names of the libraries that those of the wheel need."""
    lines = "".join(run("readelf", "-d", library) for library in wheel())
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", lines))


def missing() -> list[str]:
    given = {path.name for path in [*wheel(), *SITE.glob("nvidia/*/lib/*.so*")]}
    given |= set(re.findall(r"^\s*(\S+) ", run("/sbin/ldconfig", "-p"), re.MULTILINE))
    return sorted(needed() - given)


def undefined() -> dict[str, list[str]]:
    """Return the functions that the wheel expects of those libraries, by symbol version."""
    symbols: dict[str, list[str]] = defaultdict(list)
    for library in wheel():
        for line in run("nm", "-D", "--undefined-only", library).splitlines():
            name, _, version = line.split()[-1].partition("@")
            if OWNED.match(name) and name not in symbols[version.lstrip("@")]:
                symbols[version.lstrip("@")].append(name)
    return symbols


def make(names: list[str]) -> None:
    symbols = undefined()
    lines = [".text"]
    for of_version in symbols.values():
        lines += [f".globl {name}\n{name}: ud2" for name in of_version]
    versions = [
        f"{version} {{ global: {'; '.join(of_version)}; }};\n"
        for version, of_version in symbols.items()
        if version
    ]
    with tempfile.TemporaryDirectory() as room:
        source, script = Path(room, "functions.s"), Path(room, "versions")
        source.write_text("\n".join(lines) + "\n", encoding="ascii")
        script.write_text("".join(versions), encoding="ascii")
        compiler = os.environ.get("CC", "gcc")
        link = [compiler, "-shared", "-nostdlib", f"-Wl,--version-script={script}", source]
        for name in names:
            run(*link, f"-Wl,-soname,{name}", "-o", LIBRARIES / name)


def main() -> None:
    if sys.argv[1:] == ["--runtime"]:
        runtime = next(name for name in needed() if name.startswith(RUNTIME[0]))
        print(runtime.removeprefix(RUNTIME[0]))
        return
    names = [name for name in missing() if not name.startswith(LEFT_OUT)]
    runtime = [name for name in names if name.startswith(RUNTIME)]
    if runtime:
        sys.exit(f"stand_in_for_cuda: needs {', '.join(runtime)}")
    make(names)
    print(f"stand-ins for {', '.join(names)}")


if __name__ == "__main__":
    main()
