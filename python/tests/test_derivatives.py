"""Vector-Jacobian products against numerics that share no code with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gibbs
from support import DTYPES, normal, scores_inside, slope, wide

ALPHAS = [0.5, 1.0, 1.25, 1.5, 2.0, 3.0]


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_entmax_vjp_is_the_derivative_in_each_parameter(alpha: float, axis: int) -> None:
    x, v = scores_inside(alpha, 2, 3, 4), normal(2, 3, 4, seed=2)
    kept = tuple(n for d, n in enumerate(x.shape) if d != axis)
    t = np.random.default_rng(3).uniform(1.0, 2.0, kept)
    alphas, log_g = np.full(kept, alpha), scores_inside(alpha, 2, 3, 4) / 3
    p = gibbs.entmax(x, alphas, axis, temperature=t, log_degeneracy=log_g)
    found = gibbs.entmax_vjp(
        p,
        v,
        alphas,
        axis,
        temperature=t,
        log_degeneracy=log_g,
        wrt=["scores", "temperature", "log_degeneracy", "alpha"],
    )

    def run(x: Any = x, a: Any = alphas, t: Any = t, g: Any = log_g) -> Any:
        return gibbs.entmax(x, a, axis, temperature=t, log_degeneracy=g)

    assert found.scores == pytest.approx(slope(lambda y: run(x=y), x, v), abs=1e-7)
    assert found.temperature == pytest.approx(slope(lambda y: run(t=y), t, v), abs=1e-7)
    assert found.log_degeneracy == pytest.approx(slope(lambda y: run(g=y), log_g, v), abs=1e-7)
    assert found.alpha == pytest.approx(slope(lambda y: run(a=y), alphas, v), abs=1e-7)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("shape", [(), (1, 4), (3, 1), (3, 4)])
def test_gradients_have_the_shape_of_their_argument(shape: tuple[int, ...], axis: int) -> None:
    x, v = normal(3, 4), normal(3, 4, seed=2)
    log_g = np.random.default_rng(3).normal(size=shape)
    per_row = tuple(1 if d == axis else n for d, n in enumerate(shape))
    t = np.random.default_rng(4).uniform(1, 2, per_row)
    p = gibbs.softmax(x, axis, temperature=t, log_degeneracy=log_g)
    found = gibbs.softmax_vjp(
        p, v, axis, temperature=t, log_degeneracy=log_g, wrt=["temperature", "log_degeneracy"]
    )
    assert np.shape(found.temperature) == per_row
    assert np.shape(found.log_degeneracy) == shape

    def run(t: Any = t, g: Any = log_g) -> Any:
        return gibbs.softmax(x, axis, temperature=t, log_degeneracy=g)

    assert found.temperature == pytest.approx(slope(lambda y: run(t=y), t, v), abs=1e-7)
    assert found.log_degeneracy == pytest.approx(slope(lambda y: run(g=y), log_g, v), abs=1e-7)


def test_the_named_maps_are_entmax_at_their_alpha() -> None:
    x, v = normal(3, 6), normal(3, 6, seed=2)
    for alpha, a_map, vjp in [
        (1, gibbs.softmax, gibbs.softmax_vjp),
        (2, gibbs.sparsemax, gibbs.sparsemax_vjp),
    ]:
        p = a_map(x, temperature=2)
        assert (vjp(p, v, temperature=2) == gibbs.entmax_vjp(p, v, alpha, temperature=2)).all()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_log_softmax_vjp_is_the_derivative(axis: int) -> None:
    x, v, log_g = normal(2, 3, 4), normal(2, 3, 4, seed=2), normal(2, 3, 4, seed=3)

    def run(x: Any = x, t: Any = 1.5, g: Any = log_g) -> Any:
        return gibbs.log_softmax(x, axis, temperature=t, log_degeneracy=g)

    found = gibbs.log_softmax_vjp(
        run(),
        v,
        axis,
        temperature=1.5,
        log_degeneracy=log_g,
        wrt=["temperature", "log_degeneracy"],
    )
    assert found.scores == pytest.approx(slope(lambda y: run(x=y), x, v), abs=1e-7)
    assert found.temperature == pytest.approx(slope(lambda y: run(t=y), 1.5, v), abs=1e-7)
    assert found.log_degeneracy == pytest.approx(slope(lambda y: run(g=y), log_g, v), abs=1e-7)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_logsumexp_vjp_is_the_derivative(axis: int) -> None:
    x, log_g = normal(2, 3, 4), normal(2, 3, 4, seed=3)

    def run(x: Any = x, t: Any = 1.5, g: Any = log_g) -> Any:
        return gibbs.logsumexp(x, axis, temperature=t, log_degeneracy=g)

    v = normal(*run().shape, seed=4)
    found = gibbs.logsumexp_vjp(
        x, v, axis, temperature=1.5, log_degeneracy=log_g, wrt=["temperature", "log_degeneracy"]
    )
    assert found.scores == pytest.approx(slope(lambda y: run(x=y), x, v), abs=1e-7)
    assert found.temperature == pytest.approx(slope(lambda y: run(t=y), 1.5, v), abs=1e-7)
    assert found.log_degeneracy == pytest.approx(slope(lambda y: run(g=y), log_g, v), abs=1e-7)
    kept = np.expand_dims(v, axis)
    assert (gibbs.logsumexp_vjp(x, kept, axis) == gibbs.logsumexp_vjp(x, v, axis)).all()


@pytest.mark.parametrize("axis", [None, (0, 2), (2, 1), (), (1,)])
def test_logsumexp_vjp_is_the_derivative_over_any_axes(axis: Any) -> None:
    x, log_g = normal(2, 3, 4), normal(3, 1, seed=3)

    def run(x: Any = x, t: Any = 1.5, g: Any = log_g) -> Any:
        return np.asarray(gibbs.logsumexp(x, axis, temperature=t, log_degeneracy=g))

    v = np.asarray(normal(*run().shape, seed=4))
    options: Any = {"temperature": 1.5, "log_degeneracy": log_g}
    found = gibbs.logsumexp_vjp(x, v, axis, wrt=["temperature", "log_degeneracy"], **options)
    assert found.scores.shape == x.shape
    assert found.scores == pytest.approx(slope(lambda y: run(x=y), x, v), abs=1e-7)
    assert found.temperature == pytest.approx(slope(lambda y: run(t=y), 1.5, v), abs=1e-7)
    assert found.log_degeneracy == pytest.approx(slope(lambda y: run(g=y), log_g, v), abs=1e-7)
    kept = v if axis == () else np.expand_dims(v, (0, 1, 2) if axis is None else axis)
    assert (gibbs.logsumexp_vjp(x, kept, axis, **options) == found.scores).all()


def test_logsumexp_vjp_is_by_default_the_gradient_of_logsumexp_by_default() -> None:
    x = np.array([[3.0, 2.0, 1.0], [1.0, 5.0, 0.0]])
    exact = slope(lambda y: np.asarray(gibbs.logsumexp(y)), x, np.ones(()))
    for a in (x, np.asfortranarray(x), x.astype(np.float32)):
        grad: Any = gibbs.logsumexp_vjp(a, 1.0)
        assert grad.dtype == a.dtype
        assert grad == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_has_its_derivatives(dtype: Any) -> None:
    x, v = normal(5, 9).astype(dtype), normal(5, 9, seed=2).astype(dtype)
    p = gibbs.entmax(x)
    exact = gibbs.entmax_vjp(wide(p), wide(v))
    grad = gibbs.entmax_vjp(p, v)
    assert grad.dtype == dtype
    assert wide(grad) == pytest.approx(exact, abs=0.02 if np.dtype(dtype).itemsize == 2 else 1e-6)


def test_an_upstream_is_broadcast_and_lists_take_the_dtype_of_p() -> None:
    p = gibbs.softmax(normal(3, 4).astype(np.float32))
    v = np.array([1, 0, 0, 0], np.float32)
    whole = gibbs.softmax_vjp(p, np.broadcast_to(v, (3, 4)))
    assert (gibbs.softmax_vjp(p, v) == whole).all()
    assert (gibbs.softmax_vjp(p, [1, 0, 0, 0]) == whole).all()


def test_an_upstream_that_does_not_fit_is_refused() -> None:
    p = gibbs.softmax(normal(3, 4))
    with pytest.raises(TypeError, match="upstream must be float64 like probabilities, got float32"):
        gibbs.softmax_vjp(p, np.ones((3, 4), np.float32))
    with pytest.raises(ValueError, match=r"upstream of shape \(3,\) does not broadcast to \(3, 4"):
        gibbs.softmax_vjp(p, np.ones(3))


def test_a_gradient_that_is_none_is_refused() -> None:
    unchecked: Any = gibbs.softmax_vjp
    with pytest.raises(ValueError, match=r"softmax_vjp: wrt must be among scores, .* got alpha"):
        unchecked([1.0], [1.0], wrt=["alpha"])
    for wrt in ("scores", 1, (name for name in ["temperature"])):
        with pytest.raises(TypeError, match=r"^softmax_vjp: wrt must be a list of names, got "):
            unchecked([1.0], [1.0], wrt=wrt)
