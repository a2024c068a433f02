"""Three states: where in the plane of scores a map leaves some of them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.path import Path

from gibbs._details import details
from gibbs._entmax import entmax
from gibbs._flags import flag
from gibbs.plot._checks import alphas_of, check_size
from gibbs.plot._style import (
    COLUMN,
    SMALL,
    TEXT,
    Margins,
    Theme,
    add_axes,
    alpha_text,
    check_axes,
    figure_of,
    new_figure,
    theme_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

ANGLES = np.radians([90, 210, 330])
CORNERS = np.sqrt(2 / 3) * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=-1)
"""The corners of the simplex of three states in the plane sum(x) = 1, at their true distances."""

INFINITY = float("inf")

LEVELS = (0.7, 0.9)
"""Lines of equal highest probability."""

REACH = 2.3
GRID = 121
DIGITS = (1.95, -1.55)
"""How far from the middle digits stand, towards the corners and towards the edges."""
ROOM = 0.16
"""Half of what a digit takes up."""
PANEL_MARGINS = 0.06
TITLE = 0.2


def sparse_regions(
    alphas: Sequence[float] = (1, 1.5, 2, 3),
    *,
    axes: Sequence[Axes] | None = None,
    size: tuple[float, float] = (COLUMN, COLUMN + 0.4),
    dark: bool = False,
) -> Figure:
    r"""Draw how many of three states have p > 0, over the plane of scores, a panel for each alpha.

    A map takes no notice of a constant added to every score, so three scores are a point of a
    plane: the further towards a corner, the higher that corner's score; in the middle they tie. The
    digits count the support. The triangle is the simplex itself, to scale: at alpha 2, sparsemax,
    the map is the nearest point of that triangle, so inside it all three states stay, from beside
    an edge a point lands on it and two stay, from around a corner one. As alpha falls to 1 the
    inner region grows over the plane, for softmax leaves out none; as it rises the ties get thin.

    Parameters
    ----------
    alphas
        In (0, inf].
    axes
        Axes to draw into, one for each alpha, whose own style stays; a new figure without them.
    size, dark
        As in `two_states`.

    Returns
    -------
    The figure.

    Raises
    ------
    ValueError
        An alpha that is not in (0, inf]; no alpha; another number of axes than of alphas.

    Examples
    --------
    >>> import gibbs.plot
    >>> figure = gibbs.plot.sparse_regions([1, 2])
    >>> [panel.get_title() for panel in figure.axes]
    ['$\\alpha = 1$', '$\\alpha = 2$']
    """
    alphas = alphas_of("sparse_regions", alphas)
    theme = theme_of(flag("sparse_regions", "dark", dark))
    panels = new_panels(len(alphas), size, theme) if axes is None else panels_of(axes)
    if len(panels) != len(alphas):
        raise ValueError(
            f"sparse_regions: one of axes for each alpha, got {len(panels)} for {len(alphas)}"
        )
    for alpha, panel in zip(alphas, panels, strict=True):
        draw_panel(panel, alpha, theme)
    return figure_of(panels[0])


def panels_of(axes: Sequence[Axes]) -> list[Axes]:
    """Return axes as a list, or refuse what is no sequence of them."""
    if not isinstance(axes, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        kind = type(axes).__name__
        raise TypeError(f"sparse_regions: axes must be a sequence of Axes, got {kind}")
    panels = list(axes)
    for panel in panels:
        check_axes("sparse_regions", "axes", panel)
    return panels


def new_panels(count: int, size: tuple[float, float], theme: Theme) -> list[Axes]:
    """Return panels in rows of two, without ticks."""
    columns = min(count, 2)
    lines = -(-count // columns)
    across, up = 2 * PANEL_MARGINS * columns, (PANEL_MARGINS + TITLE) * lines
    check_size("sparse_regions", size, across, up)
    figure = new_figure(size, theme)
    width, height = size[0] / columns, size[1] / lines
    panels: list[Axes] = []
    for place in range(count):
        line, column = divmod(place, columns)
        left, bottom = column * width, (lines - 1 - line) * height
        margins = Margins(
            left + PANEL_MARGINS,
            size[0] - left - width + PANEL_MARGINS,
            bottom + PANEL_MARGINS,
            size[1] - bottom - height + TITLE,
        )
        panels.append(add_axes(figure, theme, margins))
    return panels


def draw_panel(panel: Axes, alpha: float, theme: Theme) -> None:
    """Draw the regions of one alpha, the lines of equal probability, the triangle, the digits."""
    line = np.linspace(-REACH, REACH, GRID)
    scores = scores_at(np.stack(np.meshgrid(line, line), axis=-1))
    panel.set_facecolor(theme.regions[0])
    for states in (2, 3):
        lead = lead_of_last(alpha, scores, states)
        colours = [theme.regions[states - 1]]
        region = panel.contourf(line, line, lead, levels=[0, 2], colors=colours)
        thin(region, f"sparse_regions-{alpha:g}-{states}")
    highest = entmax(scores, alpha).max(axis=-1)
    levels = [level for level in LEVELS if level < highest.max()]
    if levels and alpha < INFINITY:  # where p jumps past every level
        lines = panel.contour(
            line, line, highest, levels=levels, colors=[theme.ink], linewidths=0.4
        )
        thin(lines, f"sparse_regions-{alpha:g}-levels")
    panel.plot(*CORNERS[[0, 1, 2, 0]].T, color=theme.ink, linewidth=0.8)
    label_regions(panel, alpha, theme)
    panel.set(xticks=[], yticks=[], aspect="equal", xlim=(-REACH, REACH), ylim=(-REACH, REACH))
    panel.set_title(alpha_text(alpha), fontsize=TEXT, pad=3)
    panel.spines[:].set_visible(False)


def scores_at(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the three scores of each point of the plane, with sum 0."""
    return points @ CORNERS.T


def lead_of_last(alpha: float, scores: NDArray[np.float64], states: int) -> NDArray[np.float64]:
    """Return how far the last of the highest so many scores is above the threshold of the others.

    It is in the support where that is above 0. Unlike the count itself it is smooth across the
    border, so the border comes out smooth. At most 1: at alpha 1 there is no threshold.
    """
    highest = np.sort(scores, axis=-1)[..., -states:]
    return np.minimum(highest[..., 0] - details(highest[..., 1:], alpha).threshold, 1)


def thin(lines: ContourSet, name: str) -> None:
    """Leave out the points that lie straight between their neighbours, and name the lines.

    Borders are straight for the most part, and have a point wherever they cross the grid.
    """
    lines.set_paths([thinned(path) for path in lines.get_paths()])
    lines.set_gid(name)


def thinned(path: Path) -> Path:
    """Return a path of straight lines without the points inside a straight stretch."""
    if path.codes is None:
        return path  # without any point
    points, codes = np.asarray(path.vertices), np.asarray(path.codes)
    steps = np.diff(points, axis=0)
    turns = np.abs(steps[:-1, 0] * steps[1:, 1] - steps[:-1, 1] * steps[1:, 0]) > 1e-9
    inside = (codes[1:-1] == Path.LINETO) & (codes[2:] != Path.MOVETO)
    kept = np.concatenate([[True], turns | ~inside, [True]])
    return Path(points[kept], codes[kept])


def label_regions(panel: Axes, alpha: float, theme: Theme) -> None:
    """Write the size of the support in the middle, towards each corner and each edge."""
    directions = CORNERS / np.linalg.norm(CORNERS[0])
    for point in np.concatenate([[[0, 0]], *(place * directions for place in DIGITS)]):
        around = point + ROOM * np.concatenate([directions, -directions])
        counts = [int(count) for count in details(scores_at(around), alpha).support]
        if len(set(counts)) == 1:  # else a border would run through the digit
            ground = theme.regions[counts[0] - 1]
            panel.annotate(
                f"{counts[0]}", (point[0], point[1]), ha="center", va="center",
                color=theme.ink, fontsize=SMALL,
                bbox={"facecolor": ground, "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
