"""Hessian-vector products against finite differences of first derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gibbs
from loss_support import labels_like
from support import DTYPES, layouts, normal, scores_inside, tolerance, wide

ALPHAS = [0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5]
dtypes = pytest.mark.parametrize("dtype", DTYPES)


def along(f: Any, x: Any, w: Any) -> Any:
    """Return the derivative of f at x along w."""
    return (f(x + 1e-6 * w) - f(x - 1e-6 * w)) / 2e-6


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_that_of_entmax_is_the_derivative_of_its_vjp(alpha: float, axis: int) -> None:
    x, v, w = scores_inside(alpha, 2, 3, 4), normal(2, 3, 4, seed=2), normal(2, 3, 4, seed=3)
    rows = tuple(n for d, n in enumerate(x.shape) if d != axis % 3)
    options: Any = {
        "temperature": np.random.default_rng(3).uniform(1.0, 2.0, rows),
        "log_degeneracy": normal(3, 1, scale=0.03),
    }

    def vjp(x: Any) -> Any:
        return gibbs.entmax_vjp(gibbs.entmax(x, alpha, axis, **options), v, alpha, axis, **options)

    p = gibbs.entmax(x, alpha, axis, **options)
    found = gibbs.entmax_hvp(p, v, w, alpha, axis, **options)
    exact = along(vjp, x, w)
    assert found == pytest.approx(exact, abs=1e-7 * (1 + abs(exact).max()))
    swapped = gibbs.entmax_hvp(p, w, v, alpha, axis, **options)
    assert found == pytest.approx(swapped, abs=1e-14 * (1 + abs(exact).max()))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_that_of_a_loss_is_the_derivative_of_its_gradient(
    alpha: float, axis: int, reduction: str
) -> None:
    x, v = scores_inside(alpha, 2, 3, 4), normal(2, 3, 4, seed=2)
    rows = tuple(n for d, n in enumerate(x.shape) if d != axis % 3)
    k = labels_like(rows, x.shape[axis])
    k[0, 0] = -100
    options: Any = {
        "temperature": np.random.default_rng(3).uniform(1.0, 2.0, rows),
        "log_degeneracy": normal(3, 1, scale=0.03),
        "class_weights": np.linspace(0.5, 2, x.shape[axis]),
        "sample_weights": np.random.default_rng(4).uniform(0.5, 2, rows),
        "label_smoothing": 0.1,
        "z_loss": 0.05,
        "reduction": reduction,
    }

    def gradient(x: Any) -> Any:
        loss: Any = gibbs.fenchel_young_loss
        return loss(x, k, alpha, axis, return_grad=True, **options)[1]

    found = gibbs.fenchel_young_hvp(x, k, v, alpha, axis, **options)
    assert found == pytest.approx(along(gradient, x, v), abs=1e-7)
    if reduction == "sum":
        options["reduction"] = "none"
        assert (gibbs.fenchel_young_hvp(x, k, v, alpha, axis, **options) == found).all()


def test_without_options_that_of_a_loss_is_the_jacobian() -> None:
    x, v, k = normal(6, 5), normal(6, 5, seed=2), labels_like(6, 5)
    for alpha in ALPHAS:
        jacobian = gibbs.entmax_vjp(gibbs.entmax(x, alpha), v, alpha)
        assert gibbs.fenchel_young_hvp(x, k, v, alpha) == pytest.approx(jacobian / 6, abs=1e-15)


@dtypes
def test_every_dtype_and_layout_has_both(dtype: Any) -> None:
    x, v = normal(3, 4, 5, scale=0.3).astype(dtype), normal(3, 4, 5, seed=2).astype(dtype)
    k = labels_like((3, 5), 4)
    p = gibbs.entmax(x, 1.25, 1)
    of_loss = gibbs.fenchel_young_hvp(x, k, v, 1.25, 1)
    of_map = gibbs.entmax_hvp(p, v, v, 1.25, 1)
    assert of_loss.dtype == of_map.dtype == dtype
    exact: Any = gibbs.entmax_hvp(wide(p), wide(v), wide(v), 1.25, 1)
    assert wide(of_map) == pytest.approx(exact, abs=4 * tolerance(dtype))
    for one, other in zip(layouts(x).values(), layouts(v).values(), strict=True):
        assert (gibbs.fenchel_young_hvp(one, k, other, 1.25, 1) == of_loss).all()
    for one, other in zip(layouts(p).values(), layouts(v).values(), strict=True):
        assert (gibbs.entmax_hvp(one, other, v, 1.25, 1) == of_map).all()


def test_states_outside_the_support_have_none() -> None:
    found = gibbs.entmax_hvp([0.75, 0.25, 0.0], [1.0, 2.0, np.nan], [1.0, 0.0, np.inf], 1.75)
    assert found[2] == 0
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: gibbs.entmax_hvp([0.5, 0.5], [1, 2], [1, 2, 3]),
            ValueError,
            r"entmax_hvp: direction of shape \(3,\) does not broadcast",
        ),
        (
            lambda: gibbs.entmax_hvp(np.ones(2, np.float32), [1, 2], np.ones(2)),
            TypeError,
            "entmax_hvp: direction must be float32 like probabilities, got float64",
        ),
        (
            lambda: gibbs.fenchel_young_hvp([1, 2], 2, [1, 2]),
            ValueError,
            r"fenchel_young_hvp: targets\[0\] must be a class from 0 to 1",
        ),
        (
            lambda: gibbs.fenchel_young_hvp([1, 2], 0, [1, 2], alpha=0),
            ValueError,
            "fenchel_young_hvp: alpha must be positive, got 0",
        ),
    ],
)
def test_bad_arguments_are_one_sentence(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^{words}"):
        call()
