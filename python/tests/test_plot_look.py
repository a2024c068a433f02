"""How the pictures look, where they are drawn, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import gibbs.plot
from plot_support import STILL, axes_of, frames_of

NAN = float("nan")


def luminance(colour: Any) -> float:
    """Return the relative luminance of WCAG 2."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one: Any, other: Any) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", STILL)
def test_every_axis_is_labelled(name: str) -> None:
    for axes in STILL[name]().axes:
        assert axes.get_title() or (
            axes.get_ylabel() and (axes.get_xlabel() or axes.get_xticks(minor=True).size)
        )


@pytest.mark.parametrize("name", STILL)
def test_dark_and_light_have_the_same_lines_in_other_colours(name: str) -> None:
    light, dark = STILL[name](), STILL[name](dark=True)
    assert luminance(light.get_facecolor()) > 0.9
    assert luminance(dark.get_facecolor()) < 0.01
    for one, other in zip(light.axes, dark.axes, strict=True):
        for a, b in zip(one.lines, other.lines, strict=True):
            assert (np.asarray(a.get_xydata()) == np.asarray(b.get_xydata())).all()
            assert a.get_color() != b.get_color()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", STILL)
def test_what_is_drawn_stands_out_from_the_page(name: str, dark: bool) -> None:
    figure = STILL[name](dark=dark)
    page = figure.get_facecolor()
    for axes in figure.axes:
        for line in axes.lines:
            assert contrast(line.get_color(), page) > 2.2
        for text in (axes.xaxis.label, axes.yaxis.label, axes.title, *axes.texts):
            assert contrast(text.get_color(), page) > 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_order_of_lines_shows_without_hue(dark: bool) -> None:
    lines = axes_of(gibbs.plot.two_states(dark=dark)).lines
    steps = np.diff([luminance(line.get_color()) for line in lines])
    assert (steps < 0).all() if dark else (steps > 0).all()


@pytest.mark.parametrize("name", sorted(set(STILL) - {"sparse_regions"}))
def test_axes_that_are_given_are_drawn_into_and_keep_their_style(name: str) -> None:
    figure = Figure()
    half: Any = figure.subfigures(1, 2)
    axes = half[0].subplots()
    axes.set_facecolor("pink")
    assert STILL[name](ax=axes) is figure
    assert axes.has_data()
    assert axes.get_facecolor() == pytest.approx((*to_rgb("pink"), 1))
    assert axes.spines["top"].get_visible()


def test_axes_that_are_given_are_drawn_into_panel_by_panel() -> None:
    figure = Figure()
    given = figure.subplots(1, 2)
    assert gibbs.plot.sparse_regions([1, 2], axes=given) is figure
    assert [axes.get_title() for axes in given] == [r"$\alpha = 1$", r"$\alpha = 2$"]


def test_an_animation_can_be_drawn_into_given_axes() -> None:
    figure = Figure()
    one, other = figure.subplots(1, 2)
    frames_of(gibbs.plot.temperature_bars(temperatures=[1, 2], ax=one))
    frames_of(gibbs.plot.gumbel_draws(draws=2, ax=other))
    assert len(one.patches) == 3
    assert len(other.patches) == 6


@pytest.mark.parametrize("name", STILL)
def test_the_size_is_in_inches(name: str) -> None:
    assert tuple(STILL[name](size=(5, 4)).get_size_inches()) == (5, 4)
    assert STILL[name]().get_size_inches()[0] == 3.4


@pytest.mark.parametrize(
    ("picture", "arguments", "sentence"),
    [
        ("two_states", [[0]], "alphas must be positive, got 0"),
        ("two_states", [2], "alphas must have one dimension, got 0"),
        ("entropies", [[-1]], "alphas must be positive, got -1"),
        ("sparse_regions", [[NAN]], "alphas must not be NaN, got nan"),
        ("normalisation", [[[1, -2]]], r"rows\[0\] must not be negative, got -2"),
        ("normalisation", [[[1], [NAN]]], r"rows\[1\] must not be NaN, got nan"),
        ("normalisation", [[1, 2]], r"rows\[0\] must have one dimension, got 0"),
        ("normalisation", [[[0, 0]]], r"rows\[0\] must have a sum above 0, got 0"),
        ("level_occupation", [[1, 2], [1]], "as many degeneracies as energies, got 1 for 2"),
        ("level_occupation", [[1], [-1]], "degeneracies must not be negative, got -1"),
        ("level_occupation", [[0, NAN], [1, 1]], "energies must not be NaN, got nan"),
        ("level_occupation", [[0, 1], [0, 0]], "degeneracies must have a finite sum .*, got 0"),
        ("temperature_bars", [[1, 2], [-1]], "temperatures must not be negative, got -1"),
        ("temperature_bars", [[1, 2], [NAN]], "temperatures must not be NaN, got nan"),
        ("temperature_bars", [[[1, 2]]], "scores must have one dimension, got 2"),
        ("gumbel_draws", [[1, NAN]], "scores must not be NaN, got nan"),
        ("gumbel_draws", [[1, 2], -1], "tau must not be negative, got -1"),
        ("gumbel_draws", [[1, 2], 1, 0], "draws must be at least 1, got 0"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(
    picture: str, arguments: list[Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=f"^{picture}: {sentence}$"):
        getattr(gibbs.plot, picture)(*arguments)


@pytest.mark.parametrize(
    ("picture", "arguments", "sentence"),
    [
        ("two_states", ["a"], "alphas must be a row of numbers, got str"),
        ("two_states", [[1, 10**400]], "alphas must be a row of numbers, got list"),
        ("entropies", [[1, [2]]], "alphas must be a row of numbers, got list"),
        ("normalisation", [2], "rows must be rows of numbers, got int"),
        ("normalisation", [["a"]], r"rows\[0\] must be a row of numbers, got str"),
        ("level_occupation", ["01", [1, 1]], "energies must be a row of numbers, got str"),
        ("temperature_bars", [[1, 2], "hot"], "temperatures must be a row of numbers, got str"),
        ("gumbel_draws", [[1, 2j]], "scores must be a row of numbers, got list"),
        ("gumbel_draws", [[1, 2], 1, 2.5], "draws must be an integer, got float"),
    ],
)
def test_what_are_no_numbers_is_refused_in_one_sentence(
    picture: str, arguments: list[Any], sentence: str
) -> None:
    with pytest.raises(TypeError, match=f"^{picture}: {sentence}$"):
        getattr(gibbs.plot, picture)(*arguments)


@pytest.mark.parametrize("picture", gibbs.plot.__all__)
def test_a_figure_needs_room_and_axes_and_to_be_told_whether_it_is_dark(picture: str) -> None:
    if picture == "write_figures":
        return
    draw: Any = getattr(gibbs.plot, picture)
    for size in ((0, 0), (3, float("inf")), (0.1, 3), (-3, 2)):
        with pytest.raises(ValueError, match=f"^{picture}: size must be finite and larger than"):
            draw(size=size)
    with pytest.raises(ValueError, match=f"^{picture}: size must be a width and a height, got 3"):
        draw(size=(1, 2, 3))
    with pytest.raises(TypeError, match=f"^{picture}: dark must be True or False, got 'yes'$"):
        draw(dark="yes")
    axes = "axes" if picture == "sparse_regions" else "ax"
    with pytest.raises(TypeError, match=f"^{picture}: {axes} must be .*Axes.*, got int$"):
        draw(**{axes: 3})


def test_another_number_of_axes_than_of_alphas_is_refused() -> None:
    with pytest.raises(ValueError, match="sparse_regions: one of axes for each alpha, got 1 for 2"):
        gibbs.plot.sparse_regions([1, 2], axes=[Figure().subplots()])


EMPTY: list[tuple[str, list[Any], str]] = [
    ("two_states", [[]], "alphas"),
    ("entropies", [[]], "alphas"),
    ("sparse_regions", [[]], "alphas"),
    ("normalisation", [[]], "rows"),
    ("normalisation", [[[]]], r"rows\[0\]"),
    ("level_occupation", [[], []], "energies"),
    ("temperature_bars", [[]], "scores"),
    ("temperature_bars", [[1], []], "temperatures"),
    ("gumbel_draws", [[]], "scores"),
]


@pytest.mark.parametrize(("picture", "arguments", "word"), EMPTY)
def test_nothing_to_draw_is_refused(picture: str, arguments: list[Any], word: str) -> None:
    with pytest.raises(ValueError, match=f"{picture}: {word} must not be empty"):
        getattr(gibbs.plot, picture)(*arguments)
