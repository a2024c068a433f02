"""The entropies of two states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gibbs._flags import flag
from gibbs._sums import entropy
from gibbs.plot._checks import alphas_of
from gibbs.plot._style import COLUMN, SMALL, alpha_text, axes_for, figure_of, theme_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES = {1.0: ", Shannon", 2.0: ", Gini"}


def entropies(
    alphas: Sequence[float] = (0.75, 1, 1.25, 1.5, 2, 4),
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = (COLUMN, 2.4),
    dark: bool = False,
) -> Figure:
    """Draw the Tsallis entropy H_alpha([p, 1 - p]) over p, one line for each alpha.

    The map that an entropy belongs to is sparse if its slope is finite at the ends p = 0 and p = 1:
    then a finite lead of one score is enough to go there. At alpha 1 and below the slope is
    infinite. The flatter the curve, the less evenness is worth; at infinity it is worth nothing.

    Parameters
    ----------
    alphas
        In (0, inf].
    ax, size, dark
        As in `two_states`.

    Returns
    -------
    The figure.

    Raises
    ------
    ValueError
        An alpha that is not in (0, inf]; no alpha.

    Examples
    --------
    >>> import gibbs.plot
    >>> figure = gibbs.plot.entropies([2])
    >>> float(max(figure.axes[0].lines[0].get_ydata()))
    0.25
    """
    alphas = alphas_of("entropies", alphas)
    theme = theme_of(flag("entropies", "dark", dark))
    axes = axes_for("entropies", ax, size, theme)
    # Squares of a sine: closer together where the curves rise without bound.
    p = np.sin(np.linspace(0, np.pi / 2, 121)) ** 2
    for alpha, colour in zip(alphas, theme.ordered(len(alphas)), strict=True):
        values = entropy(np.stack([p, 1 - p], axis=-1), alpha)
        axes.plot(p, values, color=colour, linewidth=1.4, label=alpha_text(alpha))
        axes.lines[-1].set_gid(f"entropies-{alpha:g}")
        text = alpha_text(alpha) + NAMES.get(alpha, "")
        axes.annotate(
            text, (0.5, entropy([0.5, 0.5], alpha)), (0, 2), textcoords="offset points",
            ha="center", va="bottom", color=theme.ink, fontsize=SMALL,
        )  # fmt: skip
    axes.set(xlabel="$p$", ylabel=r"$H_\alpha([p, 1 - p])$", xlim=(0, 1))
    axes.set_ylim(bottom=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
    return figure_of(axes)
