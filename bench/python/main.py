"""One table: NumPy in and out, one thread, calls that take turns, against the bars."""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys
from pathlib import Path

import entmax
import numpy as np
import scipy
import torch

import gibbs
import rivals
import shapes

HEAD = "| what | shape | ours, ns per element | times faster | bar |\n|---|---|---:|---:|---:|"


def row(
    what: str,
    shape: tuple[int, int],
    found: tuple[float, float],
    bar: float,
    limit: float = math.inf,
) -> float:
    """Print a comparison; `limit`: what nothing that returns a new array could pass."""
    ours, times = found
    verdict = "" if times >= bar else " missed"
    if verdict and limit < bar:
        verdict += f", x.copy() {limit:.2f}"
    print(f"| {what} | {shape[0]} x {shape[1]} | {ours:.3f} | {times:.2f} | {bar:g}{verdict} |")
    sys.stdout.flush()
    return times


def mean(what: str, times: list[float], bar: float) -> None:
    found = math.exp(sum(map(math.log, times)) / len(times))
    verdict = "" if found >= bar else " missed"
    print(f"| {what}, geometric mean | | | {found:.2f} | {bar:g}{verdict} |")


def sparse_maps() -> None:
    for what, alpha, theirs in rivals.SPARSE:
        bar = 100 if alpha == 1.3 else 50
        for shape in shapes.SPARSE:
            row(what, shape, rivals.entmax_against_entmax(shape, alpha, theirs), bar)
    for what, alpha, theirs in rivals.SPARSE:
        for shape in shapes.SPARSE:
            found = rivals.derivative_against_entmax(shape, alpha, theirs)
            row(f"forward + backward: {what}", shape, found, 25)


def family() -> None:
    for what, (ours, theirs) in rivals.FAMILY:
        for shape in shapes.SPARSE:
            found = rivals.map_against_entmax(shape, ours, theirs)
            row(f"gibbs.torch.entmax / entmax, {what}", shape, found, 50)


def losses() -> None:
    for what, (ours, theirs) in rivals.LOSSES:
        for shape in shapes.SPARSE:
            found = rivals.loss_against_entmax(shape, ours, theirs)
            row(f"forward + backward: gibbs.torch.entmax / entmax, {what}", shape, found, 25)


def draws() -> None:
    shape = (4096, 1024)
    for hard in (False, True):
        found = rivals.gumbel_softmax_against_torch(shape, hard)
        what = "gibbs.torch.gumbel_softmax / torch.nn.functional's"
        row(what + (", hard" if hard else ""), shape, found, 5)
    for what, ours in rivals.MANY_DRAWS:
        found = rivals.draws_against_numpy(ours)
        row(f"10^6 draws: {what} / Generator.choice", (1, 1000), found, 10)


def softmax() -> None:
    times = [
        row("softmax / torch.softmax, out=", shape, rivals.softmax_against_torch(shape), 1)
        for shape in shapes.SOFTMAX
    ]
    mean("softmax / torch.softmax", times, 1.5)
    times = [
        row(
            "softmax / scipy.special.softmax",
            shape,
            rivals.softmax_against_scipy(shape),
            8,
            rivals.copy_against_scipy(shape)[1],
        )
        for shape in shapes.SOFTMAX
    ]
    mean("softmax / scipy.special.softmax", times, 8)


def one_number(what: str, value: float, unit: str, bar: float) -> None:
    verdict = "" if value <= bar else " missed"
    print(f"| {what} | | {value:.3g} {unit} | | <= {bar:g}{verdict} |")


def peak_memory() -> float:
    program = Path(__file__).with_name("memory.py")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    return float(done.stdout)


def machine() -> str:
    names = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return names[0].partition(":")[2].strip() if names else platform.machine()


def main() -> None:
    os.environ["GIBBS_NUM_THREADS"] = "1"
    gibbs.set_num_threads(1)
    torch.set_num_threads(1)
    print(
        f"{machine()}, {gibbs.simd_target()}, one thread; Python {platform.python_version()}, "
        f"NumPy {np.__version__}, SciPy {scipy.__version__}, PyTorch {torch.__version__}, "
        f"entmax {entmax.__version__}\n"
    )
    print(HEAD)
    one_number("softmax of one row of 10", rivals.microseconds_of_one_row(), "us per call", 2.5)
    one_number("peak memory of sparsemax", peak_memory(), "outputs", 1.1)
    softmax()
    draws()
    sparse_maps()
    family()
    losses()


if __name__ == "__main__":
    main()
