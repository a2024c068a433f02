"""Where figures were taken, and of what."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import entmax
import numpy as np
import scipy
import torch

import gibbs


def processor() -> str:
    names = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    name = names[0].partition(":")[2].strip() if names else platform.machine()
    return f"{name}, {os.cpu_count()} in use"


def caches() -> str:
    # Python's sysconf does not know these names.
    names = ("LEVEL1_DCACHE_SIZE", "LEVEL2_CACHE_SIZE", "LEVEL3_CACHE_SIZE")
    return ", ".join(f"{int(told('getconf', name) or 0) // 1024} KiB" for name in names)


def told(*command: str) -> str:
    """Return what a command prints, here."""
    here = Path(__file__).parent
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def facts() -> list[tuple[str, str]]:
    rivals = ((np, "NumPy"), (scipy, "SciPy"), (torch, "PyTorch"), (entmax, "entmax"))
    return [
        ("processor", processor()),
        ("caches", caches()),
        ("SIMD target", gibbs.simd_target()),
        ("Python", platform.python_version()),
        ("rivals", ", ".join(f"{name} {module.__version__}" for module, name in rivals)),
        ("commit", told("git", "describe", "--always", "--dirty", "--abbrev=12") or "unknown"),
        ("load", f"{os.getloadavg()[0]:.2f} before the run"),
    ]
