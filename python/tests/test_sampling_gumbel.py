"""Noise, and what is made of it: winners, those of pieces, tokens without replacement."""

from __future__ import annotations

import itertools
import pickle
from typing import Any

import numpy as np
import pytest

from gibbs.sampling import (
    DrawStatus,
    exponential_noise,
    gumbel_max,
    gumbel_max_pieces,
    gumbel_noise,
    gumbel_top_k,
    inclusion_probabilities,
    merge,
    uniform_noise,
    uniformity_test,
)
from sampling_support import expect_law, is_chance, stats
from support import Array, layouts, normal

INFINITY = float("inf")
X = normal(4, 7)


def test_the_noise_follows_its_law() -> None:
    laws: list[tuple[Any, Any]] = [
        (uniform_noise, stats.uniform),
        (exponential_noise, stats.expon),
        (gumbel_noise, stats.gumbel_r),
    ]
    for noise, law in laws:
        for dtype in (np.float64, np.float32):
            values = noise((100, 1000), dtype, seed=1)
            assert values.dtype == dtype
            assert is_chance(uniformity_test(law.cdf(values.astype(float))).p_value)


def test_every_parameter_changes_the_noise() -> None:
    before = gumbel_noise((4, 5))
    changes: list[dict[str, Any]] = [
        {"seed": 1}, {"stream": 1}, {"first_row": 1}, {"row_ids": [3, 2, 1, 0]},
        {"first_category": 2}, {"draw": 1}, {"axis": 0},
    ]  # fmt: skip
    for change in changes:
        assert not np.any(np.isclose(gumbel_noise((4, 5), **change), before).all(1)), change
    transposed: Array = gumbel_noise((5, 4), axis=0)
    np.testing.assert_array_equal(transposed.T, before)
    np.testing.assert_array_equal(gumbel_noise((4, 3), first_category=2), before[:, 2:])


def test_noise_is_written_where_it_is_told_to() -> None:
    expected = gumbel_noise((3, 4, 5), seed=1, axis=1)
    for out in layouts(np.empty((3, 4, 5))).values():
        written: Any = gumbel_noise(out=out, seed=1, axis=1)
        assert written is out
        np.testing.assert_array_equal(written, expected)


def test_gumbel_max_is_the_argmax_of_scores_and_noise() -> None:
    for draw in range(20):
        noise = gumbel_noise(X.shape, seed=9, stream=2, first_row=5, draw=draw)
        expected = np.argmax(X / 0.7 + noise, axis=1)
        found = gumbel_max(X, temperature=0.7, seed=9, stream=2, first_row=5, first_draw=draw)
        np.testing.assert_array_equal(found, expected)


def test_gumbel_top_k_is_the_order_of_scores_and_noise() -> None:
    perturbed = X + gumbel_noise(X.shape, seed=9)
    order = np.argsort(-perturbed, axis=1)[:, :4]
    tokens, values = gumbel_top_k(X, 4, seed=9, return_perturbed=True)
    np.testing.assert_array_equal(tokens, order)
    expected = np.take_along_axis(perturbed, order, 1)
    np.testing.assert_allclose(values, expected, rtol=1e-14, atol=1e-14)


def test_ordered_pairs_have_their_probability() -> None:
    p = np.array([0.5, 0.3, 0.15, 0.05])
    scores = np.broadcast_to(np.log(p), (100_000, 4))
    tokens, log_p = gumbel_top_k(scores, 2, seed=2, return_log_probability=True)
    pairs = np.array(
        [[0 if i == j else p[i] * p[j] / (1 - p[i]) for j in range(4)] for i in range(4)]
    )
    expect_law(tokens @ [4, 1], pairs.ravel())
    np.testing.assert_allclose(np.exp(log_p.sum(1)), pairs[tokens[:, 0], tokens[:, 1]], rtol=1e-12)


def test_inclusion_probabilities_are_those_of_the_pairs() -> None:
    p = np.array([0.5, 0.3, 0.15, 0.05])
    pairs = np.array(
        [[0 if i == j else p[i] * p[j] / (1 - p[i]) for j in range(4)] for i in range(4)]
    )
    found = inclusion_probabilities(np.log(p), 2)
    np.testing.assert_allclose(found, pairs.sum(0) + pairs.sum(1), rtol=1e-11)
    np.testing.assert_allclose(inclusion_probabilities(np.log(p), 0), 0)
    np.testing.assert_allclose(inclusion_probabilities(np.log(p), 9), 1)


def test_more_tokens_than_states_are_not_there() -> None:
    tokens, log_p, values = gumbel_top_k(
        [0.0, -INFINITY, 1.0], 4, return_log_probability=True, return_perturbed=True
    )
    assert sorted(tokens[:2]) == [0, 2]
    assert tokens[2:].tolist() == [-1, -1]
    assert log_p[1] == 0
    assert np.isnan(log_p[2:]).all()
    assert (values[2:] == -INFINITY).all()


def test_winners_of_pieces_merge_to_the_draw_from_the_whole_row() -> None:
    x = normal(6, 5, 101)
    whole, log_p = gumbel_max(x, seed=3, temperature=0.5, return_log_probability=True)
    cuts = [0, 1, 40, 41, 101]
    pieces = [
        gumbel_max_pieces(x[..., a:b], a, seed=3, temperature=0.5)
        for a, b in itertools.pairwise(cuts)
    ]
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        merged = pieces[order[0]]
        for i in order[1:]:
            merged = merge(merged, pickle.loads(pickle.dumps(pieces[i])))
        np.testing.assert_array_equal(merged.category, whole)
        np.testing.assert_allclose(merged.log_probability, log_p, rtol=1e-13)
        assert (merged.status == DrawStatus.DRAWN).all()


@pytest.mark.parametrize("temperature", [0.0, 1e-310, 1e-40, 1.0, INFINITY])
def test_pieces_merge_whatever_is_infinite(temperature: float) -> None:
    for x in ([50.0, 60, INFINITY, 1], [INFINITY, 1, INFINITY, INFINITY, 2], [3.0, 3, 2, 3]):
        for seed in range(20):
            draw: dict[str, Any] = {"seed": seed, "temperature": temperature}
            for cut in range(1, len(x)):
                one = gumbel_max_pieces(x[:cut], **draw)
                merged = merge(gumbel_max_pieces(x[cut:], cut, **draw), one)
                assert merged.category == gumbel_max(x, **draw)


def test_pieces_without_a_state_leave_the_draw_to_the_others() -> None:
    empty = gumbel_max_pieces([[-np.inf, -np.inf]] * 2)
    full = gumbel_max_pieces([[0.0, 1.0], [np.nan, 1.0]], 2)
    merged = merge(empty, full)
    assert merged.status.tolist() == [DrawStatus.DRAWN, DrawStatus.NAN]
    assert merged.category[0] == gumbel_max([-np.inf, -np.inf, 0.0, 1.0])
    assert merge(empty, empty).status.tolist() == [DrawStatus.NO_STATE] * 2
    assert np.isnan(merge(empty, empty).log_probability).all()
