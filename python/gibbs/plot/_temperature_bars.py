"""softmax as the temperature falls and rises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.animation import FuncAnimation

from gibbs._flags import flag
from gibbs._softmax import softmax
from gibbs.plot._checks import require_not_negative, row_of
from gibbs.plot._style import (
    COLUMN,
    FRAMES_PER_SECOND,
    SMALL,
    TEXT,
    Margins,
    axes_for,
    figure_of,
    probability_text,
    theme_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from numpy.typing import NDArray

    from gibbs.plot._style import Theme

HOTTEST = 20.0
FRAMES = 48


def temperature_bars(
    scores: Sequence[float] = (3, 2, 1),
    temperatures: Sequence[float] | None = None,
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = (COLUMN, 2.4),
    dark: bool = False,
) -> FuncAnimation:
    """Animate bars of `softmax` of the scores as the temperature falls and rises.

    As T falls the highest score takes all; as T rises the bars level out at the dashed line, where
    the scores count for nothing. T = 1 is plain softmax.

    Parameters
    ----------
    scores
        x, one per bar.
    temperatures
        T of each frame, in [0, inf]; by default from 1 down to 0.05, up to 20 and back to 1.
    ax, size, dark
        As in `two_states`.

    Returns
    -------
    The animation; `save("bars.gif", writer="pillow")` writes it. Keep it in a variable until then.

    Raises
    ------
    ValueError
        A temperature that is negative or NaN; a score that is NaN; no score or no temperature.
    TypeError
        Scores or temperatures that are no numbers.

    Examples
    --------
    >>> import tempfile
    >>> import gibbs.plot
    >>> animation = gibbs.plot.temperature_bars([1, 0], temperatures=[0, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     animation.save(f"{folder}/bars.gif", writer="pillow")
    """
    x = row_of("temperature_bars", "scores", scores)
    steps = down_and_up() if temperatures is None else temperatures
    steps = row_of("temperature_bars", "temperatures", steps)
    require_not_negative("temperature_bars", "temperatures", steps)
    heights = softmax(np.tile(x, (steps.size, 1)), temperature=steps)
    theme = theme_of(flag("temperature_bars", "dark", dark))
    axes = axes_for("temperature_bars", ax, size, theme, Margins(top=0.3))
    bars = first_frame(axes, x, heights[0], theme)
    digits = axes.bar_label(
        bars, fontsize=TEXT, color=theme.ink, padding=2,
        bbox={"facecolor": axes.get_facecolor(), "edgecolor": "none", "pad": 0.5},
    )  # fmt: skip

    def draw(frame: int) -> list[Artist]:
        for bar, digit, p in zip(bars.patches, digits, heights[frame], strict=True):
            bar.set_height(p)
            digit.xy = (digit.xy[0], p)
            digit.set_text(probability_text(p))
        title = axes.set_title(f"$T = {temperature_text(steps[frame])}$", fontsize=TEXT)
        return [*bars.patches, *digits, title]

    return FuncAnimation(
        figure_of(axes), draw, frames=steps.size, interval=1000 / FRAMES_PER_SECOND
    )


def first_frame(
    axes: Axes, scores: NDArray[np.float64], heights: NDArray[np.float64], theme: Theme
) -> BarContainer:
    """Draw what stays, and the bars."""
    places = range(scores.size)
    level = softmax(scores, temperature=float("inf"))[0]
    axes.axhline(level, color=theme.faint, linewidth=0.8, linestyle="--", zorder=0)
    axes.annotate(
        r"$T = \infty$", (1, level), (0, 2), xycoords=("axes fraction", "data"),
        textcoords="offset points", ha="right", color=theme.faint, fontsize=SMALL,
    )  # fmt: skip
    axes.set_xticks(places, [f"{x:g}" for x in scores])
    axes.set(xlim=(-0.5, scores.size - 0.1), xlabel="score")
    axes.set(ylim=(0, 1.08), yticks=(0, 0.5, 1), ylabel="probability")
    axes.yaxis.set_major_formatter("{x:g}")
    return axes.bar(places, heights, 0.6, color=theme.pair[1])


def temperature_text(temperature: float) -> str:
    """Return a temperature with as many digits in every frame, or the sign of infinity."""
    return r"\infty" if temperature == float("inf") else f"{temperature:.2f}"


def down_and_up() -> NDArray[np.float64]:
    """Return temperatures from 1 down to 1 / HOTTEST, up to HOTTEST and back to 1."""
    phase = np.linspace(0, 2 * np.pi, FRAMES, endpoint=False)
    return HOTTEST ** -np.sin(phase)
