"""GIF files of few colours."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

from matplotlib.animation import AbstractMovieWriter
from PIL import Image

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = 16

Colour: TypeAlias = tuple[int, int, int]


class GifWriter(AbstractMovieWriter):
    """Writes an animation with one palette for all frames, without dithering.

    matplotlib's own writer gives each frame 256 colours of its own, and files of many times the
    size.
    """

    frames: list[Image.Image]
    palette: Image.Image

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        """Begin a file."""
        self.fig, self.outfile, self.dpi = fig, outfile, dpi or fig.dpi
        self.frames = []

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        """Add the figure as it looks now."""
        pixels = BytesIO()
        settings: dict[str, Any] = savefig_kwargs | {"format": "rgba", "dpi": self.dpi}
        self.fig.savefig(pixels, **settings)
        frame = Image.frombytes("RGBA", self.frame_size, pixels.getvalue()).convert("RGB")
        if not self.frames:
            self.palette = palette_of(frame)
        self.frames.append(frame.quantize(palette=self.palette, dither=Image.Dither.NONE))

    def finish(self) -> None:
        """Write the frames, to be shown over and over."""
        first, *rest = self.frames
        first.save(
            self.outfile,
            format="GIF",
            save_all=True,
            append_images=rest,
            duration=round(1000 / self.fps),
            loop=0,
        )


def palette_of(frame: Image.Image) -> Image.Image:
    """Return an image whose palette is the commonest colours of this one, well apart."""
    width, height = frame.size
    counted: Any = frame.getcolors(width * height)
    colours: list[Colour] = []
    for _, colour in sorted(counted, reverse=True):
        if len(colours) < COLOURS and all(apart(colour, other) for other in colours):
            colours.append(colour)
    # A palette has 256 places; those left over must not add black.
    padded = colours + colours[:1] * (256 - len(colours))
    palette = Image.new("P", (1, 1))
    palette.putpalette([level for colour in padded for level in colour])
    return palette


def apart(one: Colour, other: Colour) -> bool:
    """Tell whether two colours differ to the eye; close ones would spoil an even background."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) > 10
