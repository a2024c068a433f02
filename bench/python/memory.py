"""Peak memory of sparsemax over its input, in outputs. Run alone: it measures the whole process."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

import gibbs


def peak_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak is not None
    return int(peak[1]) * 1024


def main() -> None:
    gibbs.sparsemax(
        np.zeros((64, 64), np.float32)
    )  # what the first call sets up is not its input's
    x = np.random.default_rng(1).standard_normal((4096, 16384), np.float32)
    before = peak_bytes()
    p = gibbs.sparsemax(x)
    print(f"{(peak_bytes() - before) / p.nbytes:.3f}")


if __name__ == "__main__":
    main()
