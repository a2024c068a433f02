"""The house style of the pictures: colours in light and dark, axes of one column's width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from gibbs.plot._checks import check_size

COLUMN = 3.4
"""The width in inches of one column of a journal in two columns."""

TEXT = 8.0
SMALL = 7.0

FRAMES_PER_SECOND = 12


@dataclass(frozen=True)
class Theme:
    """Colours by their use.

    Attributes
    ----------
    pair
        Two hues of Okabe and Ito's palette, which differ for every kind of colour vision.
    ramp
        The stretch of viridis that stands out from the paper, strongest contrast first.
    regions
        One, two and three states in the support.
    """

    paper: str
    ink: str
    faint: str
    pair: tuple[str, str]
    ramp: tuple[float, float]
    regions: tuple[str, str, str]

    def ordered(self, count: int) -> list[str]:
        """Return colours for things that have an order: lightness keeps it without hue."""
        viridis = matplotlib.colormaps["viridis"]
        return [to_hex(viridis(float(place))) for place in np.linspace(*self.ramp, count)]


LIGHT = Theme(
    paper="#ffffff",
    ink="#1f2328",
    faint="#6e7781",
    pair=("#e69f00", "#0072b2"),
    ramp=(0.0, 0.72),
    regions=("#eef3f8", "#b3d1ea", "#6aa8dc"),
)
DARK = Theme(
    paper="#0d1117",
    ink="#e6edf3",
    faint="#7d8590",
    pair=("#e69f00", "#56b4e9"),
    ramp=(1.0, 0.4),
    regions=("#161f2b", "#21456a", "#3a7cb8"),
)


def theme_of(dark: bool) -> Theme:
    """Return the colours for a light or a dark page."""
    return DARK if dark else LIGHT


@dataclass(frozen=True)
class Margins:
    """Inches around axes. They are given, not fitted: no line moves with the font's metrics."""

    left: float = 0.46
    right: float = 0.12
    bottom: float = 0.42
    top: float = 0.12


def new_figure(size: tuple[float, float], theme: Theme) -> Figure:
    """Return a figure that no window and no global list holds on to."""
    return Figure(figsize=size, facecolor=theme.paper)


def add_axes(figure: Figure, theme: Theme, margins: Margins) -> Axes:
    """Return axes that fill the figure up to the margins, in the house style."""
    width, height = figure.get_size_inches()
    left, bottom = margins.left / width, margins.bottom / height
    across = 1 - left - margins.right / width
    up = 1 - bottom - margins.top / height
    axes = figure.add_axes((left, bottom, across, up))
    dress(axes, theme)
    return axes


def axes_for(
    function: str,
    ax: Axes | None,
    size: tuple[float, float],
    theme: Theme,
    margins: Margins | None = None,
) -> Axes:
    """Return `ax` as it is, or new axes in the house style."""
    if ax is not None:
        check_axes(function, "ax", ax)
        return ax
    around = margins or Margins()
    check_size(function, size, around.left + around.right, around.bottom + around.top)
    return add_axes(new_figure(size, theme), theme, around)


def check_axes(function: str, argument: str, value: object) -> None:
    """Refuse what cannot be drawn into."""
    if not isinstance(value, Axes):
        kind = type(value).__name__
        raise TypeError(f"{function}: {argument} must be Axes of matplotlib, got {kind}")


def dress(axes: Axes, theme: Theme) -> None:
    """Give axes the colours and sizes of the house: two spines, small ticks, no grid."""
    axes.set_facecolor(theme.paper)
    axes.tick_params(which="both", colors=theme.ink, labelsize=SMALL, width=0.6, length=2.5)
    axes.tick_params(which="minor", length=0)
    for side, spine in axes.spines.items():
        spine.set(visible=side in ("left", "bottom"), color=theme.ink, linewidth=0.6)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set(color=theme.ink, fontsize=TEXT)


def figure_of(axes: Axes) -> Figure:
    """Return the outermost figure of axes, which may lie in a subfigure."""
    return cast("Any", axes.figure).figure


def alpha_text(alpha: float) -> str:
    r"""Return the mathematical text of one alpha: "$\alpha = 1.5$"."""
    return rf"$\alpha = {number_text(alpha)}$"


def number_text(number: float) -> str:
    """Return a number as mathematical text without its dollars."""
    return r"\infty" if number == float("inf") else f"{number:g}"


def probability_text(p: float) -> str:
    """Return p in a few digits that do not call it 0 or 1 when it is neither."""
    if 0 < p < 0.005:
        digit, power = f"{p:.0e}".split("e")
        return f"{digit}e{int(power)}"
    for places in range(2, 6):
        text = f"{p:.{places}f}"
        if p == 1 or float(text) < 1:
            return text
    return "> 0.99999"
