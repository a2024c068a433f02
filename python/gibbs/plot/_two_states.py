"""Two states: the probability of the first over its lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gibbs._entmax import entmax
from gibbs._flags import flag
from gibbs.plot._checks import alphas_of
from gibbs.plot._style import COLUMN, SMALL, alpha_text, axes_for, figure_of, theme_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

INFINITY = float("inf")
REACH = 5.0


def two_states(
    alphas: Sequence[float] = (1, 1.25, 1.5, 2, 4, INFINITY),
    *,
    ax: Axes | None = None,
    size: tuple[float, float] = (COLUMN, 2.4),
    dark: bool = False,
) -> Figure:
    r"""Draw p_1 = `entmax` of the scores [t, 0] over t, one line for each alpha.

    At alpha 1 it is the logistic function 1 / (1 + exp(-t)), which never reaches 0 or 1. Above 1 it
    does, at t = -1 / (alpha - 1) and t = 1 / (alpha - 1): beyond, one state is out. At infinity it
    is a step, with one half at the tie. All slopes at t = 0 differ, all values there are one half.

    Parameters
    ----------
    alphas
        In (0, inf].
    ax
        Axes to draw into, whose own style stays; a new figure without them.
    size
        Width and height of a new figure, in inches.
    dark
        Colours for a dark page.

    Returns
    -------
    The figure; `savefig` writes it.

    Raises
    ------
    ValueError
        An alpha that is not in (0, inf]; no alpha; a size that leaves no room.
    TypeError
        Alphas that are no numbers; an ax that is no Axes; a dark that is neither True nor False.

    Examples
    --------
    >>> import gibbs.plot
    >>> figure = gibbs.plot.two_states([1, 2])
    >>> [line.get_label() for line in figure.axes[0].lines]
    ['$\\alpha = 1$', '$\\alpha = 2$']
    """
    alphas = alphas_of("two_states", alphas)
    theme = theme_of(flag("two_states", "dark", dark))
    scores = np.stack([leads(alphas), np.zeros_like(leads(alphas))], axis=-1)
    axes = axes_for("two_states", ax, size, theme)
    for alpha, colour in zip(alphas, theme.ordered(len(alphas)), strict=True):
        p = entmax(scores, alpha)[:, 0]
        axes.plot(scores[:, 0], p, color=colour, linewidth=1.4, label=alpha_text(alpha))
        axes.lines[-1].set_gid(f"two_states-{alpha:g}")
    axes.set(xlabel="lead $t$ of the first score", ylabel="$p_1$ of scores $[t, 0]$")
    axes.set(xlim=(-REACH, REACH), ylim=(-0.02, 1.02), yticks=(0, 0.5, 1))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.legend(
        loc="lower right", frameon=False, fontsize=SMALL, labelcolor=theme.ink, handlelength=1.2
    )
    return figure_of(axes)


def leads(alphas: Sequence[float]) -> NDArray[np.float64]:
    """Return values of t, with both ends of each curve and both sides of the step among them."""
    ends = [1 / (alpha - 1) for alpha in alphas if 1 < alpha < INFINITY]
    corners = np.array([end for end in ends if end < REACH])
    step = np.nextafter(0, [-1, 1])
    return np.unique(np.concatenate([np.linspace(-REACH, REACH, 161), corners, -corners, step]))
