"""The tables of the Python package: calls that take turns with those of rivals, on one thread."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import torch

import gibbs
import rivals
import shapes
from report import Bar, Figure, Report, geometric_mean, name_of, number, worst

SOFTMAX_HEAD = [
    "rows x columns", "softmax, ns", "with out, ns", "torch.softmax / ours, both with out",
    "SciPy / ours", "SciPy / x.copy()", "SciPy / ours with out", "SciPy / copying into out",
]  # fmt: skip


def compare(
    report: Report,
    what: str,
    measure: Callable[[shapes.Shape], tuple[float, float]],
    bar: float,
    over: tuple[shapes.Shape, ...] = shapes.SPARSE,
) -> None:
    """Measure one kind of comparison over shapes, each of which must pass the bar."""
    figures = [Figure(what, shape, *measure(shape)) for shape in over]
    report.figures += figures
    report.bars.append(worst(figures, bar))


def calls(report: Report) -> None:
    program = Path(__file__).with_name("memory.py")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    memory, one_row = float(done.stdout), rivals.microseconds_of_one_row()
    report.bars += [
        Bar("softmax, us per call", 2.5, one_row, "1 x 10", at_most=True),
        Bar("peak memory of sparsemax, outputs", 1.1, memory, "4Ki x 16384", at_most=True),
    ]


def softmax(report: Report) -> None:
    in_torch = {shape: rivals.softmax_against_torch(shape)[1] for shape in shapes.SOFTMAX}
    report.softmax.append(SOFTMAX_HEAD)
    scipy_bars: list[Bar] = []
    for shape, in_torch_time in in_torch.items():
        ns = rivals.softmax_against_scipy(shape)
        times = {name: ns["SciPy"] / time for name, time in ns.items()}
        report.softmax.append([
            name_of(shape), *map(number, (ns["ours"], ns["with out"], in_torch_time)),
            *(number(times[name]) for name in ("ours", "copy", "with out", "copy to")),
        ])  # fmt: skip
        what = "scipy.special.softmax / softmax"
        scipy_bars.append(Bar(what, 8, times["ours"], name_of(shape), reach=times["copy to"]))
    figures = [Figure("torch.softmax / softmax", shape, 0, t) for shape, t in in_torch.items()]
    report.bars += [
        worst(figures, 1),
        mean_of([Bar(f.what, 1.5, f.times, "") for f in figures]),
        mean_of(scipy_bars),
        *scipy_bars,
    ]


def mean_of(bars: list[Bar]) -> Bar:
    value, reach = geometric_mean([b.value for b in bars]), geometric_mean([b.reach for b in bars])
    return Bar(bars[0].what, bars[0].limit, value, "geometric mean", reach=reach)


def draws(report: Report) -> None:
    for hard in (False, True):
        what = "torch's gumbel_softmax / gibbs.torch's" + (", hard" if hard else "")

        def against_torch(shape: shapes.Shape, hard: bool = hard) -> tuple[float, float]:
            return rivals.gumbel_softmax_against_torch(shape, hard)

        compare(report, what, against_torch, 5, ((4096, 1024),))
    for name, ours in rivals.MANY_DRAWS:
        found = rivals.draws_against_numpy(ours)
        compare(
            report, f"10^6 draws: Generator.choice / {name}", lambda _, f=found: f, 10, ((1, 1000),)
        )


def maps(report: Report) -> None:
    for what, alpha, theirs in rivals.SPARSE:
        bar = 100 if alpha == 1.3 else 50
        compare(
            report, what, lambda s, a=alpha, t=theirs: rivals.entmax_against_entmax(s, a, t), bar
        )
    for what, alpha, theirs in rivals.SPARSE:
        compare(
            report, f"forward + backward: {what}",
            lambda s, a=alpha, t=theirs: rivals.derivative_against_entmax(s, a, t), 25,
        )  # fmt: skip
    for what, (ours, theirs) in rivals.FAMILY:
        compare(
            report, f"entmax / gibbs.torch.entmax, {what}",
            lambda s, o=ours, t=theirs: rivals.map_against_entmax(s, o, t), 50,
        )  # fmt: skip


def losses(report: Report) -> None:
    for what, (ours, theirs) in rivals.LOSSES:
        compare(
            report, f"forward + backward: entmax / gibbs.torch.entmax, {what}",
            lambda s, o=ours, t=theirs: rivals.loss_against_entmax(s, o, t), 25,
        )  # fmt: skip


GROUPS = {group.__name__: group for group in (calls, softmax, draws, maps, losses)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--markdown", type=Path, help="write the page here (docs/speed-python.md)")
    asked = parser.parse_args()
    os.environ["GIBBS_NUM_THREADS"] = "1"
    gibbs.set_num_threads(1)
    torch.set_num_threads(1)
    report = Report()
    for name in asked.only:
        print(f"{name} ...", file=sys.stderr, flush=True)
        GROUPS[name](report)
    page = report.page()
    if asked.markdown:
        asked.markdown.write_text(page)
    print(page, end="")


if __name__ == "__main__":
    main()
