"""The contract for numbers (docs/numbers.md), through this door: each axis, each dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gibbs
from support import ALPHAS, DTYPES, MAPS, normal, tolerance, wide

INF, NAN = np.inf, np.nan

maps = pytest.mark.parametrize("name", MAPS)
dtypes = pytest.mark.parametrize("dtype", DTYPES)
axes = pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])


def rows_of(scores: list[list[float]], dtype: Any, axis: int) -> Any:
    """Put rows along any axis of a three-dimensional array."""
    return np.moveaxis(np.array([scores], dtype), -1, axis)


def along_rows(array: Any, axis: int) -> Any:
    return wide(np.moveaxis(np.asarray(array), axis, -1)[0])


def map_rows(name: str, scores: list[list[float]], dtype: Any, axis: int, **options: Any) -> Any:
    return along_rows(MAPS[name](rows_of(scores, dtype, axis), axis=axis, **options), axis)


def gradient(name: str, p: Any, v: Any, axis: int, **options: Any) -> Any:
    return gibbs.entmax_vjp(p, v, ALPHAS[name], axis, **options)


def grad_rows(name: str, scores: list[list[float]], dtype: Any, axis: int, **options: Any) -> Any:
    """Return the gradient for an upstream of 1, 2, 3, ... in every row."""
    x = rows_of(scores, dtype, axis)
    p = MAPS[name](x, axis=axis, **options)
    options.pop("mask", None)
    v = rows_of([[float(j + 1) for j in range(len(row))] for row in scores], dtype, axis)
    return along_rows(gradient(name, p, v, axis, **options), axis)


@maps
@dtypes
@axes
def test_a_nan_makes_its_row_nan_and_touches_no_other(name: str, dtype: Any, axis: int) -> None:
    scores = [[1.0, NAN, 0.0], [2.0, 1.0, 0.5]]
    p = map_rows(name, scores, dtype, axis)
    assert np.isnan(p[0]).all()
    assert p[1].sum() == pytest.approx(1, abs=tolerance(dtype))
    grad = grad_rows(name, scores, dtype, axis)
    assert np.isnan(grad[0]).all()
    assert np.isfinite(grad[1]).all()


@maps
@dtypes
@axes
@pytest.mark.parametrize("how", ["score", "mask", "log_degeneracy"])
def test_an_absent_state_has_exactly_no_probability_and_no_gradient(
    name: str, dtype: Any, axis: int, how: str
) -> None:
    scores = [[1.0, 0.75, 0.5], [0.0, 0.0, 0.0]]
    options: dict[str, Any] = {}
    if how == "score":
        scores[0][1] = -INF
    elif how == "mask":
        options["mask"] = rows_of([[1, 0, 1], [1, 1, 1]], bool, axis)
    else:
        options["log_degeneracy"] = rows_of([[0, -INF, 0], [0, 0, 0]], np.float64, axis)
    p = map_rows(name, scores, dtype, axis, **options)
    assert p[0, 1] == 0
    assert p.sum(axis=1) == pytest.approx([1, 1], abs=tolerance(dtype))
    assert p[1] == pytest.approx([1 / 3] * 3, abs=tolerance(dtype))
    assert grad_rows(name, scores, dtype, axis, **options)[0, 1] == 0


@maps
@dtypes
@axes
def test_no_state_has_no_mass_and_no_gradient(name: str, dtype: Any, axis: int) -> None:
    scores = [[-INF, -INF], [1.0, 1.0]]
    p = map_rows(name, scores, dtype, axis)
    assert (p[0] == 0).all()
    assert p[1] == pytest.approx([0.5, 0.5], abs=tolerance(dtype))
    assert (grad_rows(name, scores, dtype, axis)[0] == 0).all()
    masked = rows_of([[0, 0], [1, 1]], bool, axis)
    assert (map_rows(name, [[3, 1], [1, 1]], dtype, axis, mask=masked)[0] == 0).all()


@maps
@dtypes
@axes
def test_infinite_scores_share_the_mass_in_proportion_to_g(
    name: str, dtype: Any, axis: int
) -> None:
    scores = [[INF, 3.0, INF], [1.0, INF, 0.0]]
    assert (map_rows(name, scores, dtype, axis) == [[0.5, 0, 0.5], [0, 1, 0]]).all()
    log_g = np.log([3.0, 1.0, 1.0]).reshape([3 if d == axis % 3 else 1 for d in range(3)])
    p = map_rows(name, scores, dtype, axis, log_degeneracy=log_g)
    assert p[0] == pytest.approx([0.75, 0, 0.25], abs=tolerance(dtype))


@maps
@dtypes
@axes
def test_temperature_zero_is_the_limit(name: str, dtype: Any, axis: int) -> None:
    scores = [[2.0, 1.0, 2.0], [0.0, 1.0, 2.0]]
    p = map_rows(name, scores, dtype, axis, temperature=0)
    assert (p == [[0.5, 0, 0.5], [0, 0, 1]]).all()
    assert (grad_rows(name, scores, dtype, axis, temperature=0) == 0).all()


@maps
@dtypes
@axes
def test_temperature_infinity_is_the_limit(name: str, dtype: Any, axis: int) -> None:
    scores = [[2.0, 1.0, 5.0], [0.0, 1.0, 2.0]]
    p = map_rows(name, scores, dtype, axis, temperature=INF)
    assert p == pytest.approx(np.full((2, 3), 1 / 3), abs=tolerance(dtype))
    assert (grad_rows(name, scores, dtype, axis, temperature=INF) == 0).all()


@maps
@pytest.mark.parametrize("temperature", [-1.0, NAN, [[1.0, -2.0]]])
def test_a_temperature_that_is_none_is_refused(name: str, temperature: Any) -> None:
    with pytest.raises(ValueError, match=r"temperature must not be (negative|NaN), got"):
        MAPS[name](normal(1, 2, 3), temperature=temperature)


@pytest.mark.parametrize("alpha", [0.0, -1.0, NAN, [1.0, 0.0]])
def test_an_alpha_that_is_none_is_refused(alpha: Any) -> None:
    with pytest.raises(ValueError, match="entmax: alpha must be positive, got"):
        gibbs.entmax(normal(2, 3), alpha)
    with pytest.raises(ValueError, match="entmax_vjp: alpha must be positive, got"):
        gibbs.entmax_vjp(normal(2, 3), normal(2, 3), alpha)


@dtypes
def test_alpha_one_is_softmax_to_the_bit(dtype: Any) -> None:
    x = normal(5, 40).astype(dtype)
    assert (gibbs.entmax(x, 1) == gibbs.softmax(x)).all()


def test_alpha_tends_to_one_from_either_side_derivatives_too() -> None:
    x, v = normal(4, 20), normal(4, 20, seed=2)
    p = gibbs.softmax(x)
    at_one = gibbs.entmax_vjp(p, v, 1, wrt=["alpha", "temperature"])
    for alpha in (1 - 1e-7, 1 + 1e-7):
        q = gibbs.entmax(x, alpha)
        assert q == pytest.approx(p, abs=1e-6)
        near = gibbs.entmax_vjp(q, v, alpha, wrt=["alpha", "temperature"])
        for one, other in zip(at_one, near, strict=True):
            if one is not None:
                assert one == pytest.approx(other, abs=1e-4)


@maps
def test_a_state_at_the_threshold_is_in_the_support_only_if_it_has_probability(name: str) -> None:
    x = np.array([1.0, 0.0, -1.0])  # sparsemax: threshold 0, and x_2 lies on it
    p, support = gibbs.entmax(x, ALPHAS[name], return_support=True)
    assert support == np.count_nonzero(p)


@maps
@dtypes
def test_an_empty_axis_and_no_rows_give_empty_results(name: str, dtype: Any) -> None:
    assert MAPS[name](np.empty((2, 0), dtype)).shape == (2, 0)
    assert MAPS[name](np.empty((0, 3), dtype)).shape == (0, 3)
    assert (gibbs.logsumexp(np.empty((2, 0), dtype), axis=-1) == -INF).all()


def test_log_softmax_has_the_same_edges_with_log_zero() -> None:
    x = np.array([[NAN, 1.0], [-INF, 1.0], [-INF, -INF], [INF, 1.0]])
    log_p = gibbs.log_softmax(x)
    assert np.isnan(log_p[0]).all()
    assert (log_p[1:] == [[-INF, 0], [-INF, -INF], [0, -INF]]).all()
    grad = gibbs.log_softmax_vjp(log_p[1:], np.array([[5.0, 7.0]] * 3))
    assert (grad[log_p[1:] == -INF] == 0).all()
