"""Draws follow their law, and where there is none there is no token."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gibbs
from gibbs.sampling import (
    AliasTable,
    DrawStatus,
    chi_square_test,
    sample,
    uniformity_test,
)
from sampling_support import WAYS, expect_law, is_chance, stats
from support import normal

INFINITY = float("inf")
X = normal(4, 7)


@WAYS
@pytest.mark.parametrize("temperature", [0.3, 1.0, 5.0, INFINITY])
def test_draws_follow_softmax_at_any_temperature(draw: Any, temperature: float) -> None:
    x = normal(50)
    tokens = draw(x, 100_000, seed=3, temperature=temperature)
    expect_law(tokens, gibbs.softmax(x, temperature=temperature))


@WAYS
@pytest.mark.parametrize("alpha", [0.7, 1.5, 2.0])
def test_draws_follow_entmax_on_its_support(draw: Any, alpha: float) -> None:
    x = normal(40, scale=0.5)
    expect_law(draw(x, 100_000, seed=4, alpha=alpha), gibbs.entmax(x, alpha))


@WAYS
def test_draws_follow_degeneracy_and_mask(draw: Any) -> None:
    x, log_g, mask = normal(30), normal(30, seed=2), normal(30, seed=3) > -1
    tokens = draw(x, 100_000, seed=5, log_degeneracy=log_g, mask=mask)
    expect_law(tokens, gibbs.softmax(x, log_degeneracy=log_g, mask=mask))


@WAYS
def test_at_temperature_zero_the_highest_share_by_degeneracy(draw: Any) -> None:
    scores, log_g = [1.0, 3.0, 2.0, 3.0], [5, 0, 9, np.log(3)]
    tokens = draw(scores, 50_000, temperature=0, log_degeneracy=log_g, seed=3)
    expect_law(tokens, [0, 0.25, 0, 0.75])
    expect_law(draw(scores, 50_000, alpha=INFINITY, seed=3), [0, 0.5, 0, 0.5])


@pytest.mark.parametrize(("n", "gap"), [(131072, 14), (131072, 16), (200_000, 18)])
def test_the_tail_of_a_vocabulary_has_its_mass(n: int, gap: float) -> None:
    scores = np.zeros(n + 1, np.float32)
    scores[0] = gap
    p, draws = n / (n + np.exp(gap)), 200_000
    hits = np.count_nonzero(sample(scores, draws, seed=6))
    assert abs(hits - draws * p) < 4.5 * np.sqrt(draws * p)


def test_the_p_values_of_many_seeds_are_uniform() -> None:
    x = normal(20, scale=1)
    p = gibbs.softmax(x)
    values: Any = [
        chi_square_test(np.bincount(sample(x, 2000, seed=seed), minlength=20), p).p_value
        for seed in range(500)
    ]
    assert is_chance(uniformity_test(values).p_value)
    assert is_chance(stats.kstest(values, "uniform").pvalue)


@WAYS
def test_the_log_probability_is_that_of_the_map(draw: Any) -> None:
    tokens, log_p = draw(X, 50, temperature=2, return_log_probability=True)
    expected = np.take_along_axis(gibbs.log_softmax(X, temperature=2), tokens, 1)
    np.testing.assert_allclose(log_p, expected, rtol=1e-13, atol=1e-14)


def test_an_alias_table_follows_its_weights() -> None:
    weights = np.abs(normal(100))
    weights[::7] = 0
    expect_law(AliasTable(weights).draw(200_000, seed=1), weights / weights.sum())
    x = normal(40, scale=0.5)
    table = AliasTable.of_scores(x, alpha=1.5, temperature=2)
    assert len(table) == 40
    expect_law(table.draw(200_000, seed=1), gibbs.entmax(x, 1.5, temperature=2))


@WAYS
def test_a_row_without_a_state_has_a_status_and_no_token(draw: Any) -> None:
    x = [[1.0, 2.0], [-INFINITY, -INFINITY], [1.0, np.nan]]
    tokens, log_p, status = draw(x, 3, return_log_probability=True, return_status=True)
    assert (tokens[0] >= 0).all()
    assert (tokens[1:] == -1).all()
    assert np.isnan(log_p[1:]).all()
    assert [DrawStatus(one) for one in status] == [
        DrawStatus.DRAWN,
        DrawStatus.NO_STATE,
        DrawStatus.NAN,
    ]
    assert draw(np.empty((2, 0))).tolist() == [-1, -1]


@WAYS
def test_shapes_of_nothing_and_of_one_are_drawn_from_too(draw: Any) -> None:
    assert draw(3.0) == 0
    assert draw(3.0, 4).tolist() == [0] * 4
    assert draw(np.empty((0, 3))).shape == (0,)
    assert draw(X, 0).shape == (4, 0)
    assert type(draw([1.0, 2.0])) is np.int64
    assert draw([[1, 2], [3, 4]]).dtype == np.int64
