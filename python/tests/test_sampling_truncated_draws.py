"""Draws follow the law that a chain leaves, however scores lie in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gibbs
from gibbs.sampling import (
    Chain,
    DrawStatus,
    MinP,
    Mirostat,
    MirostatV2,
    Temperature,
    TopK,
    TopP,
    TypicalP,
    hugging_face,
    llama_cpp,
    sample_truncated,
    truncate,
)
from sampling_support import expect_law
from support import DTYPES, layouts, normal, tolerance

X = normal(5, 60)
NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize(
    "chain",
    [
        [TopK(10), TopP(0.9), Temperature(1.4)],
        [MinP(0.05)],
        [Temperature(2), TypicalP(0.7)],
        llama_cpp(),
        hugging_face(top_p=0.9, temperature=1.2),
        Chain(),
    ],
)
def test_draws_follow_the_law_that_is_left(chain: Any) -> None:
    tokens = sample_truncated(X[0], chain, 100_000, seed=2).token
    expect_law(tokens, truncate(X[0], chain))


def test_log_probabilities_are_those_of_both_laws() -> None:
    found = sample_truncated(X, [TopK(9), TopP(0.8)], 20, seed=1)
    p, full = truncate(X, [TopK(9), TopP(0.8)]), gibbs.log_softmax(X)
    at = np.take_along_axis
    np.testing.assert_allclose(found.log_probability, np.log(at(p, found.token, 1)), rtol=1e-10)
    np.testing.assert_allclose(found.full_log_probability, at(full, found.token, 1), rtol=1e-10)
    np.testing.assert_allclose(found.kept_mass, np.where(p > 0, np.exp(full), 0).sum(1), rtol=1e-10)
    np.testing.assert_allclose(
        found.log_probability,
        found.full_log_probability - np.log(found.kept_mass)[:, None],
        rtol=1e-10,
        atol=1e-15,
    )
    assert (found.kept == (p > 0).sum(1)).all()


def test_the_full_law_may_be_that_at_the_temperature_of_the_chain() -> None:
    chain = [Temperature(2), TopK(9)]
    found = sample_truncated(X, chain, seed=1, full="chain_temperature")
    full = gibbs.log_softmax(X, temperature=2)
    expected = np.take_along_axis(full, found.token[:, None], 1)[:, 0]
    np.testing.assert_allclose(found.full_log_probability, expected, rtol=1e-10)


def test_what_is_not_asked_for_is_not_told() -> None:
    found = sample_truncated(X, TopK(3), return_full=False)
    assert found.full_log_probability is None
    assert found.kept_mass is None
    assert found.kept is None
    assert found.kept_columns is None
    assert found.mirostat is None
    assert found.token.shape == found.log_probability.shape == found.status.shape == (5,)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_every_axis_and_order_of_memory_gives_the_same(axis: int) -> None:
    x, chain = normal(6, 7, 8), Chain([TopP(0.8)])
    moved = np.moveaxis(x, axis, -1)
    expected = sample_truncated(moved, chain, 3, seed=1, return_kept_columns=True)
    law = truncate(moved, chain)
    assert expected.kept_columns is not None
    for laid_out in layouts(x).values():
        found = sample_truncated(laid_out, chain, 3, axis, seed=1, return_kept_columns=True)
        for one, other in zip(found[:5], expected[:5], strict=True):
            np.testing.assert_array_equal(one, other)
        assert found.kept_columns is not None
        np.testing.assert_array_equal(found.kept_columns.columns, expected.kept_columns.columns)
        told = truncate(laid_out, chain, axis, return_details=True, return_kept_columns=True)
        np.testing.assert_array_equal(np.moveaxis(told.law, axis, -1), law)
        np.testing.assert_array_equal(told.kept, expected.kept)
        assert told.kept_columns is not None
        np.testing.assert_array_equal(told.kept_columns.columns, expected.kept_columns.columns)
    offsets, columns = expected.kept_columns
    rows = law.reshape(-1, law.shape[-1])
    np.testing.assert_array_equal(np.diff(offsets), (rows > 0).sum(1))
    np.testing.assert_array_equal(columns, np.nonzero(rows)[1])


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_is_drawn_from_and_comes_back(dtype: Any) -> None:
    x = X.astype(dtype)
    law = truncate(x, TopK(5))
    assert law.dtype == dtype
    wide = truncate(x.astype(float), TopK(5))
    np.testing.assert_allclose(law.astype(float), wide, atol=tolerance(dtype))
    as_scores = truncate(x, TopK(5), as_scores=True)
    assert as_scores.dtype == dtype
    np.testing.assert_array_equal(np.where(law > 0, x, -np.inf), as_scores)


def test_scores_may_be_truncated_in_place() -> None:
    x = X.copy()
    expected = truncate(x, TopP(0.5))
    assert truncate(x, TopP(0.5), out=x) is x
    np.testing.assert_array_equal(x, expected)


def test_every_row_may_have_a_chain_of_its_own() -> None:
    chains = [Chain([TopK(k)]) for k in range(1, 7)]
    x = normal(3, 2, 40)
    np.testing.assert_array_equal(
        truncate(x, chains, return_details=True).kept, [[1, 2], [3, 4], [5, 6]]
    )
    turned = x.transpose(2, 1, 0).copy().transpose(2, 1, 0)
    found = sample_truncated(turned, chains, return_kept_columns=True)
    np.testing.assert_array_equal(found.kept, [[1, 2], [3, 4], [5, 6]])
    assert found.kept_columns is not None
    np.testing.assert_array_equal(np.diff(found.kept_columns.row_offsets), range(1, 7))


@pytest.mark.parametrize("steers", [Mirostat(3.0, 0.2), MirostatV2(3.0, 0.2)])
def test_a_mirostat_follows_the_surprise_of_its_draws(steers: Any) -> None:
    mu = np.full(5, 6.0)
    found = sample_truncated(X, steers, seed=1, mirostat=mu)
    surprise = -found.log_probability / np.log(2)
    np.testing.assert_allclose(found.mirostat, mu - 0.2 * (surprise - 3), rtol=1e-6)
    assert (mu == 6).all()
    again = sample_truncated(X.T.copy().T, steers, seed=1, mirostat=6.0)
    np.testing.assert_array_equal(found.mirostat, again.mirostat)
    x, mu = normal(1, 2000, scale=1.5), 6.0
    seen: list[float] = []
    for step in range(600):
        drawn = sample_truncated(x, steers, seed=3, first_draw=step, mirostat=mu)
        mu = float(drawn.mirostat[0])
        seen.append(-float(drawn.log_probability[0]) / np.log(2))
    assert np.mean(seen[100:]) == pytest.approx(3, abs=0.4)


def test_every_parameter_changes_the_draws() -> None:
    changes: list[dict[str, Any]] = [
        {"seed": 1}, {"stream": 1}, {"first_row": 1}, {"row_ids": 3}, {"first_draw": 1},
        {"mask": np.arange(60) % 2 == 0}, {"chain": TopK(2)}, {"axis": 0}, {"draws": 3},
    ]  # fmt: skip
    base: dict[str, Any] = {"chain": TopK(50), "draws": 30}
    before = sample_truncated(X, **base).token
    for change in changes:
        after = sample_truncated(X, **{**base, **change}).token
        assert not np.array_equal(before, after), change


def test_a_row_without_a_state_has_a_status_and_no_token() -> None:
    x = [[1.0, 2.0], [-INFINITY, -INFINITY], [1.0, NAN]]
    found = sample_truncated(x, TopK(1), 2, return_kept_columns=True)
    assert found.token.tolist() == [[1, 1], [-1, -1], [-1, -1]]
    assert found.status.tolist() == [DrawStatus.DRAWN, DrawStatus.NO_STATE, DrawStatus.NAN]
    assert np.isnan(found.log_probability[1:]).all()
    assert found.kept.tolist() == [1, 0, 0]
    assert found.kept_columns is not None
    assert found.kept_columns.row_offsets.tolist() == [0, 1, 1, 1]
    law = truncate(x, TopK(1))
    np.testing.assert_array_equal(law, [[0, 1], [0, 0], [NAN, NAN]])
