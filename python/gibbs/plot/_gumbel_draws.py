"""Gumbel-softmax draws one by one, and the mean they tend to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.animation import FuncAnimation

from gibbs._flags import flag
from gibbs._softmax import softmax
from gibbs.plot._checks import count_of, require_not_negative, row_of
from gibbs.plot._style import (
    COLUMN,
    FRAMES_PER_SECOND,
    SMALL,
    TEXT,
    Margins,
    axes_for,
    figure_of,
    number_text,
    probability_text,
    theme_of,
)
from gibbs.sampling import gumbel_max, gumbel_softmax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.text import Annotation
    from numpy.typing import NDArray

    from gibbs.plot._style import Theme

BAR, MARK, GAP = 0.66, 0.92, 0.7
"""The width of a bar, of the line at its limit, and the room between the two groups."""

FIRST, LAST = 8, 18
"""For how many frames the first draw and the last one stay."""


def gumbel_draws(
    scores: Sequence[float] = (3, 2, 1),
    tau: float = 0.01,
    draws: int = 100,
    *,
    seed: int = 0,
    ax: Axes | None = None,
    size: tuple[float, float] = (COLUMN, 2.4),
    dark: bool = False,
) -> FuncAnimation:
    """Animate draws of `gibbs.sampling.gumbel_softmax` beside the shares of draws each state won.

    Cold, a draw is nearly one-hot: it says one state and nothing of the others. The shares of the
    draws so far tend to `softmax` of the scores, the thin lines, with an error like 1 / sqrt(n).

    Parameters
    ----------
    scores
        x, one per bar.
    tau
        How far the draws are relaxed, as in `gibbs.sampling.gumbel_softmax`. The shares do not
        depend on it.
    draws
        How many. The first ones stay longer.
    seed
        Whose noise.
    ax, size, dark
        As in `two_states`.

    Returns
    -------
    The animation; `save("draws.gif", writer="pillow")` writes it. Keep it in a variable until then.

    Raises
    ------
    ValueError
        A tau that is negative or NaN; a seed that is no number of 64 bits; no score, or one that is
        NaN; no draw.
    TypeError
        Scores that are no numbers; draws that are no integer.

    Examples
    --------
    >>> import tempfile
    >>> import gibbs.plot
    >>> animation = gibbs.plot.gumbel_draws([1, 0], draws=2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     animation.save(f"{folder}/draws.gif", writer="pillow")
    """
    x = row_of("gumbel_draws", "scores", scores)
    require_not_negative("gumbel_draws", "tau", row_of("gumbel_draws", "tau", [tau]))
    draws = count_of("gumbel_draws", "draws", draws)
    rows = np.tile(x, (draws, 1))
    shares = running_shares(gumbel_max(rows, seed=seed), x.size)
    heights = np.hstack([gumbel_softmax(rows, tau, seed=seed), shares])
    limits = softmax(x)
    theme = theme_of(flag("gumbel_draws", "dark", dark))
    axes = axes_for("gumbel_draws", ax, size, theme, Margins(top=0.32))
    one, mean = first_frame(axes, x, limits, theme)
    bars = [*one.patches, *mean.patches]
    digits = axes.bar_label(mean, fontsize=TEXT, color=theme.ink, padding=2)
    heads = [head(axes, group, theme) for group in (one, mean)]

    def draw(number: int) -> list[Artist]:
        for text, words in zip(heads, words_of(number + 1, tau), strict=True):
            text.set_text(words)
        for bar, height in zip(bars, heights[number], strict=True):
            bar.set_height(height)
        for digit, share, limit in zip(digits, shares[number], limits, strict=True):
            digit.xy = (digit.xy[0], max(share, limit))  # above the bar and its line
            digit.set_text(probability_text(share))
        return [*bars, *digits, *heads]

    return FuncAnimation(
        figure_of(axes), draw, frames=pace(draws), interval=1000 / FRAMES_PER_SECOND
    )


def running_shares(winners: NDArray[Any], count: int) -> NDArray[np.float64]:
    """Return, after each draw, the share of the draws so far that each state won."""
    won = np.cumsum(winners[:, None] == np.arange(count), axis=0)
    return won / np.arange(1, winners.size + 1)[:, None]


def first_frame(
    axes: Axes, scores: NDArray[np.float64], limits: NDArray[np.float64], theme: Theme
) -> tuple[BarContainer, BarContainer]:
    """Draw what stays, and the bars of the draw and of the shares."""
    left = np.arange(scores.size)
    right = left + scores.size + GAP
    ends = right - MARK / 2, right + MARK / 2
    axes.hlines(limits, *ends, color=theme.ink, linewidth=1, zorder=2.5)
    axes.annotate(
        "softmax", (ends[1][-1], limits[-1]), (2, 0), textcoords="offset points",
        va="center", color=theme.ink, fontsize=SMALL,
    )  # fmt: skip
    axes.set_xticks([*left, *right], [f"{x:g}" for x in scores] * 2)
    axes.set(xlim=(-0.5, right[-1] + 1.75), xlabel="score")
    axes.set(ylim=(0, 1.1), yticks=(0, 0.5, 1), ylabel="probability")
    axes.yaxis.set_major_formatter("{x:g}")
    nothing = np.zeros(scores.size)
    one, mean = (
        axes.bar(places, nothing, BAR, color=colour)
        for places, colour in zip((left, right), theme.pair, strict=True)
    )
    return one, mean


def head(axes: Axes, bars: BarContainer, theme: Theme) -> Annotation:
    """Return a text above bars, still empty."""
    middle = np.mean([bar.get_center()[0] for bar in bars.patches])
    return axes.annotate(
        "", (float(middle), 1), (0, 7), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha="center", color=theme.ink, fontsize=TEXT,
    )  # fmt: skip


def words_of(number: int, tau: float) -> tuple[str, str]:
    """Return what stands above the two groups once so many draws are made."""
    one = rf"draw {number}, $\tau = {number_text(tau)}$"
    return one, "winner of draw 1" if number == 1 else f"winners of {number} draws"


def pace(draws: int) -> list[int]:
    """Return which draw each frame shows: the n-th moves the shares by 1 / n, and stays so long."""
    stay = np.clip(2 * FIRST // np.arange(1, draws + 1), 1, FIRST)
    stay[-1] = LAST
    return np.repeat(np.arange(draws), stay).tolist()
