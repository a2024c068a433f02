"""All the pictures as files."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.animation import Animation

from gibbs._flags import flag
from gibbs.plot._entropies import entropies
from gibbs.plot._gif import GifWriter
from gibbs.plot._gumbel_draws import gumbel_draws
from gibbs.plot._level_occupation import level_occupation
from gibbs.plot._normalisation import normalisation
from gibbs.plot._sparse_regions import sparse_regions
from gibbs.plot._style import FRAMES_PER_SECOND
from gibbs.plot._temperature_bars import temperature_bars
from gibbs.plot._two_states import two_states

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from matplotlib.figure import Figure

PICTURES: dict[str, Callable[..., Figure | Animation]] = {
    picture.__name__: picture
    for picture in (
        two_states,
        temperature_bars,
        gumbel_draws,
        sparse_regions,
        entropies,
        normalisation,
        level_occupation,
    )
}

SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "gibbs",  # else the names inside an SVG differ from run to run
    "pdf.fonttype": 42,  # TrueType: journals refuse the default, Type 3
    "path.simplify": False,  # the points of a line are the library's numbers
}
METADATA: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
FORMATS = tuple(METADATA)
DOTS_PER_INCH = 200
DOTS_PER_INCH_MOVING = 130


def write_figures(
    folder: str | os.PathLike[str],
    *,
    only: Sequence[str] | None = None,
    format: str = "svg",  # noqa: A002, the word of savefig
    dark: bool = False,
) -> list[Path]:
    """Write the pictures into a folder and return their paths.

    Files are named after the functions, `two_states.svg`, with `_dark` for the dark ones; moving
    pictures are GIF in any format. A file is whole or is not there. The same matplotlib writes the
    same bytes, whatever the user's own settings of it.

    Parameters
    ----------
    folder
        Made if it is not there.
    only
        Names of pictures; all without it.
    format
        "svg", "pdf" or "png".
    dark
        Colours for a dark page.

    Raises
    ------
    ValueError
        A name or a format that is not there.
    OSError
        A folder or a file that cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import gibbs.plot
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in gibbs.plot.write_figures(folder, only=["entropies"])]
    ['entropies.svg']
    """
    names = checked_names(only)
    if format not in FORMATS:
        raise ValueError(f"write_figures: format must be one of {', '.join(FORMATS)}, got {format}")
    dark = flag("write_figures", "dark", dark)
    Path(folder).mkdir(parents=True, exist_ok=True)
    return [write_figure(Path(folder), name, format, dark) for name in names]


def checked_names(only: Sequence[str] | None) -> list[str]:
    """Return the names, or refuse the first that is no picture's."""
    names = list(PICTURES) if only is None else list(only)
    for name in names:
        if name not in PICTURES:
            raise ValueError(f'write_figures: no picture "{name}", there are {", ".join(PICTURES)}')
    return names


def write_figure(folder: Path, name: str, format: str, dark: bool) -> Path:  # noqa: A002
    """Write one picture, by the settings of the house."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        picture = PICTURES[name](dark=dark)
        moving = isinstance(picture, Animation)
        ending = "gif" if moving else format
        path = folder / f"{name}{'_dark' if dark else ''}.{ending}"
        with beside(path) as unfinished:
            if moving:
                picture.save(
                    unfinished, writer=GifWriter(FRAMES_PER_SECOND), dpi=DOTS_PER_INCH_MOVING
                )
            else:
                picture.savefig(
                    unfinished, format=format, dpi=DOTS_PER_INCH, metadata=METADATA[format]
                )
    return path


@contextmanager
def beside(path: Path) -> Generator[Path]:
    """Give a path in the same folder; rename what is there to `path` at the end, or remove it."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
