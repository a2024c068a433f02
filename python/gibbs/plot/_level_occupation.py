"""The occupation of energy levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gibbs._flags import flag
from gibbs._softmax import softmax
from gibbs.plot._checks import require_not_negative, row_of
from gibbs.plot._style import COLUMN, SMALL, Margins, axes_for, figure_of, theme_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

COLDEST, HOTTEST = 0.1, 100.0


def level_occupation(
    energies: Sequence[float] = (0, 1, 3, 6),
    degeneracies: Sequence[float] = (1, 3, 5, 7),
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = (COLUMN, 2.4),
    dark: bool = False,
) -> Figure:
    """Draw the populations p_i = g_i exp(-E_i / T) / Z of energy levels over the temperature.

    Cold, all is in the lowest level; hot, each level has its share g_i / sum(g) of the states (the
    dots at the right edge), so that a high level with many states may end up the fullest. T is in
    units of the energies. The default is a rigid rotor with its first four levels.

    Parameters
    ----------
    energies
        E, one per level.
    degeneracies
        g, the number of states of each level.
    ax, size, dark
        As in `two_states`.

    Returns
    -------
    The figure.

    Raises
    ------
    ValueError
        No energy, or one that is NaN; another number of degeneracies; one that is negative or NaN;
        no state, or infinitely many. A size that leaves no room.
    TypeError
        What are no numbers; an ax that is no Axes.

    Examples
    --------
    >>> import gibbs.plot
    >>> figure = gibbs.plot.level_occupation([0, 1], [1, 1])
    >>> round(float(figure.axes[0].lines[1].get_ydata()[-1]), 3)
    0.498
    """
    scores, log_g = checked(energies, degeneracies)
    theme = theme_of(flag("level_occupation", "dark", dark))
    axes = axes_for("level_occupation", ax, size, theme, Margins(right=0.78))
    temperatures = np.geomspace(COLDEST, HOTTEST, 121)
    rows = np.tile(scores, (temperatures.size, 1))
    p = softmax(rows, temperature=temperatures, log_degeneracy=log_g)
    hot = softmax(scores, temperature=float("inf"), log_degeneracy=log_g)
    for level, colour in enumerate(theme.ordered(len(energies))):
        axes.plot(temperatures, p[:, level], color=colour, linewidth=1.4, clip_on=False)
        axes.lines[-1].set_gid(f"level_occupation-{level}")
    for level, colour in enumerate(theme.ordered(len(energies))):
        text = f"$E = {energies[level]:g}$, $g = {degeneracies[level]:g}$"
        axes.plot([HOTTEST], hot[level], "o", color=colour, markersize=3, clip_on=False)
        axes.lines[-1].set_gid(f"level_occupation-{level}-hot")
        axes.annotate(
            text, (HOTTEST, hot[level]), (5, 0), textcoords="offset points", va="center",
            color=theme.ink, fontsize=SMALL, annotation_clip=False,
        )  # fmt: skip
    axes.set(xscale="log", xlim=(COLDEST, HOTTEST), ylim=(0, 1.02), yticks=(0, 0.5, 1))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
    axes.set(xlabel="temperature $T$", ylabel="population")
    return figure_of(axes)


def checked(
    energies: Sequence[float], degeneracies: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return scores -E and log g as arrays, or refuse them."""
    levels = row_of("level_occupation", "energies", energies)
    g = row_of("level_occupation", "degeneracies", degeneracies)
    if levels.size != g.size:
        raise ValueError(
            f"level_occupation: as many degeneracies as energies, got {g.size} for {levels.size}"
        )
    require_not_negative("level_occupation", "degeneracies", g)
    if not 0 < g.sum() < np.inf:
        raise ValueError(
            f"level_occupation: degeneracies must have a finite sum above 0, got {g.sum():g}"
        )
    with np.errstate(divide="ignore"):  # the logarithm of 0 is -inf, a level that is absent
        return -levels, np.log(g)
