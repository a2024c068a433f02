"""The files of the pictures: how they are written, and that those in docs/figures are true."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.animation import Animation
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image, ImageSequence

import gibbs.plot
from gibbs.plot import _files
from gibbs.plot._style import theme_of
from support import Array

ROOT = Path(__file__).parents[2]
COMMITTED = sorted((ROOT / "docs/figures").iterdir())
MAGIC = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "gif": b"GIF89a"}
QUICK = ["two_states", "normalisation"]
MOVING = {"temperature_bars", "gumbel_draws"}
STILL = [name for name in _files.PICTURES if name not in MOVING]
SMALL = {".svg": 60_000, ".gif": 200_000}


def test_every_picture_is_written() -> None:
    public = {name for name in gibbs.plot.__all__ if name != "write_figures"}
    assert set(_files.PICTURES) == public


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_a_file_is_of_its_format(ending: str, tmp_path: Path) -> None:
    paths = gibbs.plot.write_figures(tmp_path, only=STILL, format=ending)
    assert [path.name for path in paths] == [f"{name}.{ending}" for name in STILL]
    for path in paths:
        assert path.read_bytes().startswith(MAGIC[ending])
        assert path.stat().st_size > 5000


def test_moving_pictures_are_gif_in_any_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(dark: bool) -> Animation:
        return gibbs.plot.temperature_bars(temperatures=[0, 1, 2], dark=dark)

    monkeypatch.setitem(_files.PICTURES, "temperature_bars", short)
    [path] = gibbs.plot.write_figures(tmp_path, only=["temperature_bars"], format="pdf")
    assert path.name == "temperature_bars.gif"
    assert path.read_bytes().startswith(MAGIC["gif"])
    image = opened(path)
    assert (image.n_frames, image.info["loop"], image.info["duration"]) == (3, 0, 80)


def test_dark_files_lie_beside_light_ones(tmp_path: Path) -> None:
    light = gibbs.plot.write_figures(tmp_path, only=QUICK)
    dark = gibbs.plot.write_figures(tmp_path, only=QUICK, dark=True)
    assert [path.name for path in dark] == [f"{name}_dark.svg" for name in QUICK]
    for one, other in zip(light, dark, strict=True):
        assert one.read_bytes() != other.read_bytes()


def test_the_same_bytes_are_written_again_whatever_the_settings(tmp_path: Path) -> None:
    for ending in ("svg", "png", "pdf"):
        first = gibbs.plot.write_figures(tmp_path / "1", only=QUICK, format=ending)
        with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "axes.grid": True}):
            second = gibbs.plot.write_figures(tmp_path / "2", only=QUICK, format=ending)
        for one, other in zip(first, second, strict=True):
            assert one.read_bytes() == other.read_bytes()


def test_the_settings_of_matplotlib_are_left_as_they_were(tmp_path: Path) -> None:
    with matplotlib.rc_context({"font.size": 30, "svg.hashsalt": "mine"}):
        gibbs.plot.write_figures(tmp_path, only=QUICK)
        assert matplotlib.rcParams["font.size"] == 30
        assert matplotlib.rcParams["svg.hashsalt"] == "mine"


def test_the_same_moving_bytes_are_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (drawn_five(tmp_path / part, monkeypatch, seed=0) for part in "12")
    assert one.read_bytes() == other.read_bytes()


def test_a_wrong_draw_in_a_file_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = (drawn_five(tmp_path / str(s), monkeypatch, seed=s) for s in (0, 1))
    for of_one_colour in bars_of(right) - bars_of(wrong):
        assert np.abs(of_one_colour).max() > 100


def drawn_five(folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> Path:
    """Write the first five draws of a seed."""

    def short(dark: bool) -> Animation:
        return gibbs.plot.gumbel_draws(draws=5, seed=seed, dark=dark)

    monkeypatch.setitem(_files.PICTURES, "gumbel_draws", short)
    [path] = gibbs.plot.write_figures(folder, only=["gumbel_draws"])
    return path


class Broken(Figure):
    def savefig(self, fname: Any, **kwargs: Any) -> None:
        Path(fname).write_text("half a pic")
        raise OSError("the disk is full")


def test_a_file_is_whole_or_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "entropies.svg"
    old.write_text("what was here")

    def broken(dark: bool) -> Figure:
        return Broken()

    monkeypatch.setitem(_files.PICTURES, "entropies", broken)
    with pytest.raises(OSError, match="the disk is full"):
        gibbs.plot.write_figures(tmp_path, only=["entropies"])
    assert [path.name for path in tmp_path.iterdir()] == ["entropies.svg"]
    assert old.read_text() == "what was here"


def test_an_unknown_picture_or_format_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "new"
    with pytest.raises(ValueError, match=r'write_figures: no picture "x", there are two_states, '):
        gibbs.plot.write_figures(folder, only=["entropies", "x"])
    with pytest.raises(ValueError, match="format must be one of svg, pdf, png, got jpeg"):
        gibbs.plot.write_figures(folder, format="jpeg")
    assert not folder.exists()


# docs/figures


@pytest.fixture(scope="module")
def made_now(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    command = [sys.executable, "-m", "gibbs", "figures", folder]
    for words in (command, [*command, "--dark"]):
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        assert len(done.stdout.splitlines()) == len(_files.PICTURES)
    return folder


def test_the_files_of_docs_are_those_the_command_writes(made_now: Path) -> None:
    assert [path.name for path in COMMITTED] == sorted(path.name for path in made_now.iterdir())


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.name)
def test_the_files_of_docs_are_small(path: Path) -> None:
    assert path.stat().st_size < SMALL[path.suffix]


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.name)
def test_the_files_of_docs_show_what_is_drawn_now(path: Path, made_now: Path) -> None:
    """What carries the numbers is compared: text is set by the fonts of each matplotlib."""
    if path.suffix == ".gif":
        bars = bars_of(path)
        assert bars.max() > 100
        assert np.abs(bars - bars_of(made_now / path.name)).max() <= 1
        return
    committed, now = (drawn(folder / path.name) for folder in (path.parent, made_now))
    assert committed.keys() == now.keys()
    assert len(now) > 4
    for name, points in now.items():
        assert apart(points, committed[name]) < 0.02, name
    assert words(path) == words(made_now / path.name)


def bars_of(path: Path) -> Array:
    """Return how many pixels of each column have each colour of bars, for each frame of a GIF."""
    frames: Any = ImageSequence.Iterator(opened(path))
    pixels = np.stack([np.asarray(frame.convert("RGB"), dtype=np.float64) for frame in frames])
    colours = 255 * np.array([to_rgb(name) for name in theme_of("_dark" in path.name).pair])
    return np.stack(
        [np.sum(np.abs(pixels - colour).max(axis=-1) < 10, axis=1) for colour in colours]
    )


def opened(path: Path) -> Any:
    """Return an image that keeps no file open."""
    return Image.open(io.BytesIO(path.read_bytes()))


def drawn(path: Path) -> dict[str, Array]:
    """Return the points of an SVG, by the names that lines, bars and regions have in it."""
    points: dict[str, Array] = {}
    for group in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}g"):
        name = group.get("id", "")
        if name.split("-")[0] == path.stem.removesuffix("_dark"):
            texts = [part.get("d", "") for part in group.iter()]
            uses = [f"{part.get('x', '')} {part.get('y', '')}" for part in group.iter()]
            numbers = re.findall(r"-?\d+\.?\d*", " ".join(texts + uses))
            points[name] = np.array(numbers, dtype=np.float64).reshape(-1, 2)
    return points


def apart(one: Array, other: Array) -> float:
    """Return how far any point of one set is from the nearest one of the other, in points."""
    if not one.size or not other.size:
        return 0.0 if one.size == other.size else np.inf
    distances = np.linalg.norm(one[:, None] - other[None], axis=-1)
    return float(max(distances.min(axis=0).max(), distances.min(axis=1).max()))


def words(path: Path) -> list[str]:
    """Return the texts of an SVG, which stand beside their outlines as comments."""
    return re.findall(r"<!-- (.+?) -->", path.read_text())


def test_a_wrong_number_in_a_file_would_be_found(made_now: Path, tmp_path: Path) -> None:
    right, wrong = made_now / "two_states.svg", tmp_path / "two_states.svg"
    begins = r'(id="two_states-2">\s*<path d="M) 33.12 '
    text, count = re.subn(begins, r"\1 33.22 ", right.read_text())
    assert count == 1
    wrong.write_text(text)
    names = [name for name, points in drawn(right).items() if apart(points, drawn(wrong)[name])]
    assert names == ["two_states-2"]
