"""What is drawn is what the library computes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from matplotlib.animation import Animation
from matplotlib.figure import Figure
from matplotlib.path import Path

import gibbs
import gibbs.plot
from plot_support import axes_of, frames_of
from support import Array, normal, wide

INFINITY = float("inf")


def lines_of(figure: Figure) -> list[tuple[Array, Array]]:
    return [
        (np.asarray(line.get_xdata()), np.asarray(line.get_ydata()))
        for line in axes_of(figure).lines
    ]


# Two states


def test_the_lines_of_two_states_are_entmax() -> None:
    alphas = (1, 1.25, 1.5, 2, 4, INFINITY)
    lines = lines_of(gibbs.plot.two_states())
    assert len(lines) == len(alphas)
    for alpha, (t, p) in zip(alphas, lines, strict=True):
        assert (p == gibbs.entmax(np.stack([t, 0 * t], axis=-1), alpha)[:, 0]).all()


def test_the_lines_of_two_states_are_those_of_the_textbook() -> None:
    (t, logistic), (_, ramp), (_, step) = lines_of(gibbs.plot.two_states([1, 2, INFINITY]))
    assert logistic == pytest.approx(1 / (1 + np.exp(-t)), abs=1e-15)
    assert ramp == pytest.approx(np.clip((1 + t) / 2, 0, 1), abs=1e-15)
    assert (step == (np.sign(t) + 1) / 2).all()


def test_a_curve_is_drawn_to_the_very_points_where_it_ends() -> None:
    for alpha in (1.25, 1.5, 2, 4):
        [(t, p)] = lines_of(gibbs.plot.two_states([alpha]))
        end = 1 / (alpha - 1)
        assert p[t == -end] == 0
        assert p[t == end] == 1
        assert ((p > 0) == (t > -end)).all()


def test_the_step_at_infinity_is_upright() -> None:
    [(t, p)] = lines_of(gibbs.plot.two_states([INFINITY]))
    assert np.ptp(t[(p > 0) & (p < 1)]) == 0
    assert t[p == 1].min() < 1e-300
    assert t[p == 0].max() > -1e-300


# Entropies


def test_the_lines_of_entropies_are_entropy() -> None:
    alphas = (0.75, 1, 1.25, 1.5, 2, 4)
    lines = lines_of(gibbs.plot.entropies())
    assert len(lines) == len(alphas)
    for alpha, (p, h) in zip(alphas, lines, strict=True):
        assert (h == gibbs.entropy(np.stack([p, 1 - p], axis=-1), alpha)).all()
        assert (p[0], p[-1], h[0], h[-1]) == (0, 1, 0, 0)


def test_the_lines_of_entropies_are_those_of_the_textbook() -> None:
    (p, shannon), (_, gini), (_, nothing) = lines_of(gibbs.plot.entropies([1, 2, INFINITY]))
    inside = (p > 0) & (p < 1)
    q = p[inside]
    assert shannon[inside] == pytest.approx(-q * np.log(q) - (1 - q) * np.log(1 - q))
    assert gini == pytest.approx(p * (1 - p))
    assert not nothing.any()


# Dividing by the sum


def test_the_bars_are_shares_and_softmax() -> None:
    bars = axes_of(gibbs.plot.normalisation()).patches
    heights = [bar.get_height() for bar in bars]
    assert heights[:4] == pytest.approx([1 / 3, 2 / 3, 1 / 3, 2 / 3], abs=1e-15)
    assert heights[4:6] == list(gibbs.softmax([1, 2]))
    assert heights[6:] == list(gibbs.softmax([10, 20]))


def test_rows_of_any_length_are_drawn_without_overlap() -> None:
    bars = axes_of(gibbs.plot.normalisation([[0, 1, 3], [2]])).patches
    assert [bar.get_height() for bar in bars[:4]] == pytest.approx([0, 0.25, 0.75, 1])
    assert [bar.get_height() for bar in bars[4:]] == [*gibbs.softmax([0, 1, 3]), 1]
    ends = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars)
    assert all(left[1] < right[0] for left, right in itertools.pairwise(ends))


def test_no_probability_is_called_0_or_1_that_is_neither() -> None:
    texts = [text.get_text() for text in axes_of(gibbs.plot.normalisation()).texts]
    assert texts == ["0.33", "0.67", "0.33", "0.67", "0.27", "0.73", "5e-5", "0.99995"]
    texts = [text.get_text() for text in axes_of(gibbs.plot.normalisation([[0, 1, 30]])).texts]
    assert texts == ["0.00", "0.03", "0.97", "9e-14", "3e-13", "> 0.99999"]
    assert axes_of(gibbs.plot.normalisation([[7]])).texts[0].get_text() == "1.00"


# Levels


def test_the_lines_of_level_occupation_are_boltzmann_populations() -> None:
    energies, g = np.array([0, 1, 3, 6]), np.array([1, 3, 5, 7])
    lines = lines_of(gibbs.plot.level_occupation())
    t = lines[0][0]
    assert (t.min(), t.max()) == pytest.approx((0.1, 100))
    weights = g * np.exp(-energies / t[:, None])
    expected = weights / weights.sum(axis=1, keepdims=True)
    assert np.stack([p for _, p in lines[:4]], axis=-1) == pytest.approx(expected, rel=1e-13)


def test_the_dots_are_the_populations_of_infinite_temperature() -> None:
    dots = lines_of(gibbs.plot.level_occupation([0, 2], [1, 4]))[2:]
    assert [float(p[0]) for _, p in dots] == pytest.approx([0.2, 0.8])


def test_a_level_without_states_is_empty() -> None:
    lines = lines_of(gibbs.plot.level_occupation([0, 1], [1, 0]))
    assert not lines[1][1].any()


# Temperature


def test_the_frames_are_softmax_at_their_temperatures() -> None:
    temperatures = [0, 0.5, 1, 3, INFINITY]
    frames = frames_of(gibbs.plot.temperature_bars([3, 2, 1], temperatures))
    for t, heights in zip(temperatures, frames.heights, strict=True):
        assert heights == list(gibbs.softmax([3, 2, 1], temperature=t))


def test_each_frame_tells_its_temperature_and_its_probabilities() -> None:
    frames = frames_of(gibbs.plot.temperature_bars([3, 2, 1], [1, 0.1, 0, INFINITY]))
    assert [texts[0] for texts in frames.texts] == [
        "$T = 1.00$",
        "$T = 0.10$",
        "$T = 0.00$",
        r"$T = \infty$",
    ]
    assert [texts[2:] for texts in frames.texts] == [
        ["0.67", "0.24", "0.09"],
        ["0.99995", "5e-5", "2e-9"],
        ["1.00", "0.00", "0.00"],
        ["0.33", "0.33", "0.33"],
    ]


def test_by_default_the_temperature_falls_then_rises_then_comes_back() -> None:
    heights = np.array(frames_of(gibbs.plot.temperature_bars()).heights)
    count = len(heights)
    assert heights[0] == pytest.approx(gibbs.softmax([3, 2, 1]))
    assert heights[count // 4] == pytest.approx(gibbs.softmax([3, 2, 1], temperature=1 / 20))
    assert heights[3 * count // 4] == pytest.approx(gibbs.softmax([3, 2, 1], temperature=20))
    first = heights[:, 0]
    assert (np.diff(first[: count // 4]) > 0).all()
    assert (np.diff(first[count // 4 : 3 * count // 4]) < 0).all()
    assert (np.diff(first[3 * count // 4 :]) > 0).all()


# Draws


@pytest.mark.parametrize("tau", [0, 0.01, 1.5])
def test_the_frames_are_draws_and_the_shares_of_those_they_make_the_highest(tau: float) -> None:
    frames = once_each(gibbs.plot.gumbel_draws([3, 2, 1], tau, 30, seed=5))
    rows = np.tile([3.0, 2.0, 1.0], (30, 1))
    y = gibbs.sampling.gumbel_softmax(rows, tau, seed=5)
    assert (frames[:, :3] == y).all()
    for n in range(1, 31):
        won = np.bincount(y[:n].argmax(axis=1), minlength=3)
        assert (frames[n - 1, 3:] == won / n).all()


def test_the_lines_lie_at_softmax_over_the_bars_of_the_shares() -> None:
    axes = gumbel_axes([3, 2, 1])
    [lines] = axes.collections
    segments = np.array(lines.get_segments())
    assert (segments[:, :, 1] == gibbs.softmax([3, 2, 1])[:, None]).all()
    middles = [bar.get_center()[0] for bar in axes.patches[3:]]
    assert segments[:, :, 0].mean(axis=1) == pytest.approx(middles)


def test_many_draws_come_to_the_lines() -> None:
    frames = once_each(gibbs.plot.gumbel_draws([3, 2, 1], draws=1000))
    p = gibbs.softmax([3, 2, 1])
    assert (np.abs(frames[-1, 3:] - p) < 4 * np.sqrt(p * (1 - p) / 1000)).all()


def test_other_seeds_are_other_draws() -> None:
    one, other = (gibbs.plot.gumbel_draws(draws=20, seed=seed) for seed in (0, 1))
    assert (once_each(one) != once_each(other)).any()


def test_at_tau_infinity_the_winners_are_those_of_the_same_noise() -> None:
    cold, hot = (once_each(gibbs.plot.gumbel_draws(tau=tau, draws=20)) for tau in (0, INFINITY))
    assert (hot[:, :3] == 1 / 3).all()
    assert (hot[:, 3:] == cold[:, 3:]).all()


def test_each_frame_tells_its_draw_and_the_shares_so_far() -> None:
    frames = frames_of(gibbs.plot.gumbel_draws([3, 2, 1], 0.01, 5))
    assert frames.texts[0][2:] == [
        "1.00", "0.00", "0.00", r"draw 1, $\tau = 0.01$", "winner of draw 1",
    ]  # fmt: skip
    assert frames.texts[-1][2:] == [
        "0.60", "0.40", "0.00", r"draw 5, $\tau = 0.01$", "winners of 5 draws",
    ]  # fmt: skip


def test_a_digit_stands_on_its_bar_and_on_its_line() -> None:
    axes = gumbel_axes([3, 2, 1], draws=7)
    digits = [text.xy for text in axes.texts[1:4]]
    for bar, p, (x, y) in zip(axes.patches[3:], gibbs.softmax([3, 2, 1]), digits, strict=True):
        assert x == pytest.approx(bar.get_center()[0])
        assert y == max(bar.get_height(), p)


def test_the_first_draws_stay_longer_and_so_does_the_last() -> None:
    texts = [texts[-2] for texts in frames_of(gibbs.plot.gumbel_draws()).texts]
    stay = [len(list(group)) for _, group in itertools.groupby(texts)]
    assert len(stay) == 100
    assert stay[:9] == [8, 8, 5, 4, 3, 2, 2, 2, 1]
    assert set(stay[8:-1]) == {1}
    assert stay[-1] == 18


def once_each(animation: Animation) -> Array:
    """Return the heights of the bars of each draw, however many frames it stays."""
    frames = frames_of(animation)
    heads = [texts[-2] for texts in frames.texts]
    return np.array(list(dict(zip(heads, frames.heights, strict=True)).values()))


def gumbel_axes(scores: list[float], draws: int = 3) -> Any:
    """Return axes as the last draw leaves them."""
    figure = Figure()
    frames_of(gibbs.plot.gumbel_draws(scores, draws=draws, ax=figure.subplots()))
    return axes_of(figure)


# Regions


def points_and_scores() -> tuple[Array, Array]:
    """Return points of the plane and scores there, by a construction of its own."""
    points = np.random.default_rng(5).uniform(-2.3, 2.3, (3000, 2))
    one, other = np.array([-1, -1, 2]) / 6**0.5, np.array([-1, 1, 0]) / 2**0.5
    rolled = np.roll(np.outer(points[:, 1], one) + np.outer(points[:, 0], other), 1, axis=1)
    return points, rolled


@pytest.mark.parametrize("alpha", [0.5, 1, 1.25, 1.5, 2, 3, 4, INFINITY])
def test_a_point_lies_in_a_region_where_the_support_is_that_large(alpha: float) -> None:
    panel = axes_of(gibbs.plot.sparse_regions([alpha]))
    points, scores = points_and_scores()
    support = gibbs.entmax(scores, alpha, return_support=True)[1]
    for states in (2, 3):
        drawn = np.zeros(len(points), bool)
        for path in region(panel, alpha, states).get_paths():
            drawn |= inside(path, points)
        # The grid is 0.04 wide; cusps at large alpha are cut by less than that.
        assert np.mean(drawn != (support >= states)) < 0.004


def corners_of(panel: Any) -> Array:
    """Return the corners of the triangle, one for each score."""
    return np.asarray(panel.lines[0].get_xydata())[:3]


def region(panel: Any, alpha: float, states: int | str) -> Any:
    [found] = [c for c in panel.collections if c.get_gid() == f"sparse_regions-{alpha:g}-{states}"]
    return found


def inside(path: Path, points: Array) -> Array:
    # By the even-odd rule, for regions may have holes.
    parts: list[Array] = [Path(part).contains_points(points) for part in path.to_polygons()]
    return np.sum([np.zeros(len(points)), *parts], axis=0) % 2 == 1


@pytest.mark.parametrize("alpha", [1, 1.5, 2, 3])
def test_each_level_line_has_its_highest_probability(alpha: float) -> None:
    panel = axes_of(gibbs.plot.sparse_regions([alpha]))
    corners = corners_of(panel)
    lines = region(panel, alpha, "levels")
    for level, path in zip((0.7, 0.9), lines.get_paths(), strict=True):
        scores = path.vertices @ corners.T
        highest = wide(gibbs.entmax(scores, alpha)).max(axis=-1)
        assert highest == pytest.approx(level, abs=0.02)


def test_at_alpha_2_the_whole_inner_region_is_the_simplex() -> None:
    panel = axes_of(gibbs.plot.sparse_regions([2]))
    triangle = np.array(panel.lines[0].get_xydata())
    sides = np.linalg.norm(np.diff(triangle, axis=0), axis=1)
    assert sides == pytest.approx(2**0.5)  # from [1, 0, 0] to [0, 1, 0]
    [path] = region(panel, 2, 3).get_paths()
    offsets = np.linalg.norm(path.vertices[:, None] - triangle[None], axis=-1)
    assert offsets.min(axis=0).max() < 0.04


@pytest.mark.parametrize("alpha", [1, 1.5, 2, 3, INFINITY])
def test_the_digits_count_the_support_where_they_stand(alpha: float) -> None:
    panel = axes_of(gibbs.plot.sparse_regions([alpha]))
    corners = corners_of(panel)
    assert len(panel.texts) >= 6
    for digit in panel.texts:
        x = corners @ np.array(digit.xy)
        near = x + normal(20, 3, seed=8, scale=0.01)
        counts = gibbs.entmax(near, alpha, return_support=True)[1]
        assert set(map(str, counts)) == {digit.get_text()}
