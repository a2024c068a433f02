"""What several tests of pictures share."""

from __future__ import annotations

from typing import Any

from matplotlib.animation import AbstractMovieWriter, Animation
from matplotlib.figure import Figure

import gibbs.plot

STILL: dict[str, Any] = {
    name: getattr(gibbs.plot, name)
    for name in ("two_states", "sparse_regions", "entropies", "normalisation", "level_occupation")
}


class Reader(AbstractMovieWriter):
    """Keeps the heights of the bars of each frame, and what is written at them."""

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        self.fig = fig
        self.heights: list[list[float]] = []
        self.texts: list[list[str]] = []

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        axes: Any = self.fig.axes[0]
        self.heights.append([bar.get_height() for bar in axes.patches])
        self.texts.append([axes.get_title(), *(text.get_text() for text in axes.texts)])

    def finish(self) -> None: ...


def frames_of(animation: Animation) -> Reader:
    reader = Reader()
    animation.save("", writer=reader)
    return reader


def axes_of(figure: Figure) -> Any:
    return figure.axes[0]
