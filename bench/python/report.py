"""What was measured, and against which bar: the page docs/speed-python.md."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from machine import facts
from shapes import KI, MI, Shape

HOW_TO_READ = """\
float32, scores of standard deviation 2, NumPy arrays or tensors in and out, one thread. ns: median
per element (of draws: per draw), in processor time. Ratios are of medians of calls that take turns.
x.copy() is what a function does at least whose result lies in new memory, copying into a given
array what any function does at least: results of ours lie in memory that was kept. A bar above
SciPy / copying into out is out of reach, and its verdict says so.
"""


def geometric_mean(values: Sequence[float]) -> float:
    return math.exp(math.fsum(map(math.log, values)) / len(values))


def number(value: float) -> str:
    """Return three figures that count, in as few characters."""
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def name_of(shape: Shape) -> str:
    """Return rows x columns as bench/driver/shapes.cpp names them."""
    rows, cols = shape

    def in_units(n: int, *units: tuple[int, str]) -> str:
        fitting = (f"{n // unit}{name}" for unit, name in units if n % unit == 0)
        return next(fitting, str(n))

    return f"{in_units(rows, (MI, 'Mi'), (KI, 'Ki'))} x {in_units(cols, (MI, 'Mi'))}"


@dataclass(frozen=True)
class Figure:
    """Our time in ns, and how many times ours the rival's is."""

    what: str
    shape: Shape
    ns: float
    times: float


@dataclass(frozen=True)
class Bar:
    what: str
    limit: float
    value: float
    where: str
    at_most: bool = False
    reach: float = math.inf  # what a copy would measure

    def verdict(self) -> str:
        met = self.value <= self.limit if self.at_most else self.value >= self.limit
        if met:
            return "met"
        return "missed" if self.reach >= self.limit else f"missed, copying {self.reach:.4g}"

    def row(self) -> list[str]:
        # A figure that just misses its bar must not be rounded onto it.
        bar = f"{'<=' if self.at_most else '>='} {self.limit:g}"
        return [self.what, bar, f"{self.value:.4g}", self.where, self.verdict()]


def worst(figures: Iterable[Figure], limit: float) -> Bar:
    """Return the bar of comparisons of one kind, each of which must pass it."""
    figure = min(figures, key=lambda figure: figure.times)
    return Bar(figure.what, limit, figure.times, name_of(figure.shape))


def markdown(rows: Sequence[Sequence[str]], lefts: int = 1) -> str:
    head, *lines = (f"| {' | '.join(row)} |\n" for row in rows)
    rule = "|---" * lefts + "|---:" * (len(rows[0]) - lefts) + "|\n"
    return head + rule + "".join(lines)


@dataclass
class Report:
    softmax: list[list[str]] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=facts)

    def page(self) -> str:
        head = "# Speed of the Python package\n\nMade by `make bench-python`; not edited by hand.\n"
        others = [["what", "rows x columns", "ours, ns", "rival / ours"]] + [
            [f.what, name_of(f.shape), number(f.ns), number(f.times)] for f in self.figures
        ]
        bars = [["what", "bar", "measured", "where", "verdict"], *(bar.row() for bar in self.bars)]
        made_of = "| | |\n|---|---|\n" + "".join(f"| {a} | {b} |\n" for a, b in self.facts)
        tables = [markdown(self.softmax)] if self.softmax else []
        if self.figures:
            tables.append(markdown(others, 2))
        return "\n".join([head, made_of, HOW_TO_READ, *tables, "## Bars\n", markdown(bars)])
