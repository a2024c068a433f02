"""Dividing by the sum, against softmax."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from gibbs._flags import flag
from gibbs._softmax import softmax
from gibbs.plot._checks import require_not_negative, require_some, row_of
from gibbs.plot._style import COLUMN, SMALL, axes_for, figure_of, probability_text, theme_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

BAR, STEP, GAP = 0.4, 0.43, 0.4
"""The width of a bar, from one bar to the next, and between rows."""


def normalisation(
    rows: Sequence[Sequence[float]] = ((1, 2), (10, 20)),
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = (COLUMN, 2.4),
    dark: bool = False,
) -> Figure:
    """Draw bars of x / sum(x) beside `softmax` of x, for each row of numbers.

    Dividing by the sum sees ratios: ten times the numbers give the same shares. softmax sees
    differences: ten times the numbers are ten times the leads, and adding a constant is nothing.
    The shares are softmax of log x, which is how they are computed here.

    Parameters
    ----------
    rows
        Rows of numbers, none negative.
    ax, size, dark
        As in `two_states`.

    Returns
    -------
    The figure.

    Raises
    ------
    ValueError
        A number that is negative or NaN; no row, an empty one, or one with the sum 0.
    TypeError
        What are no rows of numbers.

    Examples
    --------
    >>> import gibbs.plot
    >>> figure = gibbs.plot.normalisation([[1, 2]])
    >>> [round(float(bar.get_height()), 3) for bar in figure.axes[0].patches]
    [0.333, 0.667, 0.269, 0.731]
    """
    numbers = checked(rows)
    theme = theme_of(flag("normalisation", "dark", dark))
    axes = axes_for("normalisation", ax, size, theme)
    places = places_of(numbers)
    maps = {"$x$ / sum $x$": shares, "softmax $x$": softmax}
    for side, (name, colour) in enumerate(zip(maps, theme.pair, strict=True)):
        heights = np.concatenate([maps[name](row) for row in numbers])
        bars = axes.bar(places + (side - 0.5) * STEP, heights, BAR, color=colour, label=name)
        for place, bar in enumerate(bars.patches):
            bar.set_gid(f"normalisation-{side}-{place}")
        texts = [probability_text(p) for p in heights]
        axes.bar_label(bars, texts, fontsize=SMALL, color=theme.ink, padding=1)
    axes.set_xticks(places, [f"{x:g}" for row in numbers for x in row])
    label_rows(axes, numbers, places)
    axes.set(ylim=(0, 1.1), yticks=(0, 0.5, 1), ylabel="probability")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.legend(
        loc="upper left", frameon=False, fontsize=SMALL, labelcolor=theme.ink, handlelength=1.0
    )
    return figure_of(axes)


def checked(rows: Sequence[Sequence[float]]) -> list[NDArray[np.float64]]:
    """Return the rows as arrays, or refuse them: a share of a negative number means nothing."""
    if not isinstance(rows, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        kind = type(rows).__name__
        raise TypeError(f"normalisation: rows must be rows of numbers, got {kind}")
    arrays = [row_of("normalisation", f"rows[{place}]", row) for place, row in enumerate(rows)]
    require_some("normalisation", "rows", arrays)
    for place, array in enumerate(arrays):
        require_not_negative("normalisation", f"rows[{place}]", array)
        if array.sum() == 0:
            raise ValueError(f"normalisation: rows[{place}] must have a sum above 0, got 0")
    return arrays


def shares(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return x / sum(x), which is softmax of log x."""
    with np.errstate(divide="ignore"):  # the logarithm of 0 is -inf, whose share is 0
        return softmax(np.log(row))


def places_of(rows: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return where the bars of each number stand, with a gap between rows."""
    steps = [1.0 if column else 1.0 + GAP for row in rows for column in range(row.size)]
    return np.cumsum(steps)


def label_rows(
    axes: Axes, rows: Sequence[NDArray[np.float64]], places: NDArray[np.float64]
) -> None:
    """Write each whole row below its numbers."""
    ends = np.cumsum([row.size for row in rows])
    middles = [part.mean() for part in np.split(places, ends[:-1])]
    texts = ["$x = [" + ", ".join(f"{x:g}" for x in row) + "]$" for row in rows]
    axes.set_xticks(middles, texts, minor=True)
    axes.tick_params(axis="x", which="minor", length=0, pad=15)
