"""logsumexp, entropy, and scipy.special's three functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special

import gibbs
import gibbs.special
from support import DTYPES, normal, tolerance, wide

AXES: list[Any] = [None, 0, 1, 2, -1, (0, 1), (0, 2), (2, 1), (0, 1, 2), ()]


OURS: Any = gibbs.logsumexp
SCIPY: Any = scipy.special
THEIRS = SCIPY.logsumexp


def same(one: Any, other: Any) -> bool:
    """Return whether two results agree in shape, dtype and, to a few ulp, in their numbers."""
    bar = 16 * float(np.finfo(other.dtype).eps)
    assert (np.shape(one), one.dtype) == (np.shape(other), other.dtype)
    return bool(np.all(np.abs(one - other) <= bar * np.maximum(1, np.abs(other))))


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_is_scipys_over_any_axes(axis: Any, keepdims: bool) -> None:
    x = normal(2, 3, 4)
    b = normal(3, 1, seed=2)
    for a in (x, x[::-1, :, ::-1], np.asfortranarray(x), x.astype(np.float32)):
        weights = b.astype(a.dtype)
        for w in (None, np.abs(weights)):
            assert same(OURS(a, axis, w, keepdims), THEIRS(a, axis, w, keepdims))
        for w in (None, weights):
            ours = OURS(a, axis, w, keepdims, True)
            for one, other in zip(ours, THEIRS(a, axis, w, keepdims, True), strict=True):
                assert same(one, other)


@pytest.mark.parametrize("b", [[np.inf, 1], [-np.inf, 1], [1, np.inf], [np.inf, -np.inf]])
@pytest.mark.parametrize("a", [[0.0, 1.0], [-np.inf, 1.0], [np.inf, 0.0]])
def test_infinite_weights_have_the_limits_of_scipy(a: Any, b: Any) -> None:
    with np.errstate(all="ignore"):
        theirs = np.array(THEIRS(a, b=b, return_sign=True))
    assert np.array_equal(OURS(a, b=b, return_sign=True), theirs, equal_nan=True)


@pytest.mark.parametrize("axis", [0, -1, (0,), (-1,), (), None])
def test_a_number_has_one_axis_of_one_entry(axis: Any) -> None:
    assert OURS(3.0, axis) == 3
    assert OURS(3.0, axis, b=2.0) == pytest.approx(3 + np.log(2))
    assert gibbs.special.softmax(3.0, axis) == 1
    assert gibbs.special.log_softmax(3.0, axis) == 0
    for wrong in (1, (1,), (0, 1)):
        with pytest.raises(ValueError, match="axis must lie between -1 and 0, got 1"):
            OURS(3.0, wrong)


@pytest.mark.parametrize("axis", AXES[:-1])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_special_is_scipys_over_any_axes(name: str, axis: Any) -> None:
    x = normal(2, 3, 4)
    ours, theirs = getattr(gibbs.special, name), getattr(scipy.special, name)
    for a in (x, x[::-1, :, ::-1], np.asfortranarray(x), (x * 9).astype(int)):
        assert ours(a, axis) == pytest.approx(theirs(a, axis), rel=1e-13)
    assert ours(3.0) == theirs(3.0)


def test_special_has_scipys_signatures() -> None:
    import inspect

    for name in gibbs.special.__all__:
        ours = inspect.signature(getattr(gibbs.special, name))
        theirs = inspect.signature(getattr(scipy.special, name))
        assert [(p.name, p.default) for p in ours.parameters.values()] == [
            (p.name, p.default) for p in theirs.parameters.values()
        ]


def test_weights_of_a_wider_type_widen_the_result() -> None:
    x, b = np.zeros(3, np.float32), np.ones(3)
    assert gibbs.logsumexp(x, b=b).dtype == np.float64
    assert gibbs.logsumexp(x, b=[1, 1, 1]).dtype == np.float64
    assert gibbs.logsumexp(x).dtype == np.float32


def test_a_small_rest_beside_one_is_kept() -> None:
    assert gibbs.logsumexp([0.0, -40.0]) == pytest.approx(np.exp(-40.0), rel=1e-15)


def test_logsumexp_takes_temperature_degeneracy_and_mask() -> None:
    x, log_g, mask = normal(3, 4), normal(4, seed=2), normal(3, 4, seed=3) > -1
    found = gibbs.logsumexp(x, -1, temperature=2, log_degeneracy=log_g, mask=mask)
    exact = gibbs.logsumexp(np.where(mask, x / 2 + log_g, -np.inf), -1)
    assert found == pytest.approx(exact)
    assert found == pytest.approx(
        gibbs.details(x, 1, temperature=2, log_degeneracy=log_g, mask=mask).log_partition
    )
    assert gibbs.logsumexp(x[0], temperature=2) == pytest.approx(gibbs.logsumexp(x[0] / 2))
    assert gibbs.logsumexp(x, -1, temperature=2, keepdims=True).shape == (3, 1)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_keywords_go_with_any_axes(axis: Any, dtype: Any) -> None:
    x, log_g = normal(2, 3, 4).astype(dtype), normal(3, 1, seed=2).astype(dtype)
    mask = normal(2, 1, 4, seed=3) > -1
    inside = np.where(mask, wide(x) / 2 + wide(log_g), -np.inf)
    for keepdims in (False, True):
        found = OURS(x, axis, keepdims=keepdims, temperature=2, log_degeneracy=log_g, mask=mask)
        exact = np.asarray(OURS(inside, axis, keepdims=keepdims))
        assert (np.shape(found), found.dtype) == (exact.shape, dtype)
        assert wide(found) == pytest.approx(exact, abs=8 * tolerance(dtype))


def test_a_temperature_per_row_goes_with_several_axes() -> None:
    x, t = normal(2, 3, 4), np.array([1.0, 2.0, 3.0])
    exact = [gibbs.logsumexp(x[:, i] / t[i]) for i in range(3)]
    for heat in (t, t[None, :, None]):
        assert OURS(x, (0, 2), temperature=heat) == pytest.approx(exact)


def test_a_number_keeps_the_dimension_that_scipy_reads_into_it() -> None:
    for axis in (None, 0):
        for b in (None, 2.0):
            theirs = THEIRS(np.array(3.0), axis, b, keepdims=True)
            assert same(gibbs.special.logsumexp(np.array(3.0), axis, b, keepdims=True), theirs)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"axis": 3}, "axis must lie between -2 and 1, got 3"),
        ({"axis": (0, 3)}, "axis must lie between -2 and 1, got 3"),
        ({"axis": (0, 0)}, r"axis must not name a dimension twice, got \(0, 0\)"),
        ({"b": np.ones(5)}, r"b of shape \(5,\) does not broadcast with a, \(3, 4\)"),
        ({"b": np.ones(4), "temperature": 2.0}, "b and return_sign go with neither"),
        ({"temperature": [1.0, 2.0]}, r"temperature of shape \(2,\) does not broadcast"),
        ({"log_degeneracy": [1.0, 2.0]}, r"log_degeneracy of shape \(2,\) does not broadcast to"),
        ({"mask": [True, False]}, r"mask of shape \(2,\) does not broadcast to \(3, 4\)"),
        ({"axis": 0, "temperature": -2.0}, "temperature must not be negative, got -2"),
    ],
)
def test_bad_requests_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=f"logsumexp: {words}"):
        gibbs.logsumexp(normal(3, 4), **options)


@pytest.mark.parametrize("axis", [1.5, "a", [0, 1], (0, None)])
def test_an_axis_that_is_no_integer_is_refused(axis: Any) -> None:
    for function in (OURS, gibbs.special.softmax, gibbs.special.log_softmax):
        with pytest.raises(TypeError, match="axis must be an integer"):
            function(normal(3, 4), axis)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_entropy_is_its_definition(dtype: Any, axis: int) -> None:
    p = gibbs.softmax(normal(2, 3, 4), axis).astype(dtype)
    q = wide(p)
    bar = 8 * tolerance(dtype)
    for alpha in (0.5, 1.5, 2.0, 3.0):
        tsallis = (q - q**alpha).sum(axis) / (alpha * (alpha - 1))
        assert wide(gibbs.entropy(p, alpha, axis)) == pytest.approx(tsallis, abs=bar)
    shannon = -(q * np.log(q)).sum(axis)
    assert wide(gibbs.entropy(p, axis=axis)) == pytest.approx(shannon, abs=bar)
    log_g = normal(2, 3, 4, seed=2)
    relative = -(q * (np.log(q) - log_g)).sum(axis)
    assert wide(gibbs.entropy(p, axis=axis, log_degeneracy=log_g)) == pytest.approx(
        relative, abs=bar
    )


def test_entropy_takes_one_alpha_per_row() -> None:
    p = gibbs.softmax(normal(3, 4))
    found = gibbs.entropy(p, [1.0, 2.0, np.inf])
    assert found == pytest.approx([gibbs.entropy(p[0]), gibbs.entropy(p[1], 2), 0.0])
