"""Relaxed draws are maps of scores and noise; their derivatives are those of numerics."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any, cast

import numpy as np
import pytest

import gibbs
from gibbs.sampling import (
    binary_concrete,
    binary_concrete_log_density,
    binary_concrete_log_density_vjp,
    binary_concrete_vjp,
    concrete_log_density,
    concrete_log_density_vjp,
    gumbel_entmax,
    gumbel_entmax_vjp,
    gumbel_max,
    gumbel_noise,
    gumbel_softmax,
    gumbel_softmax_vjp,
    gumbel_sparsemax,
    gumbel_sparsemax_vjp,
    log_gumbel_softmax,
    log_gumbel_softmax_vjp,
    straight_through,
    uniform_noise,
    uniformity_test,
)
from sampling_support import expect_law, is_chance, stats
from support import DTYPES, layouts, normal, slope, tolerance

X = normal(4, 6)
G = gumbel_noise(X.shape, seed=1)
RELAXATIONS: dict[str, Any] = {
    "gumbel_softmax": gumbel_softmax,
    "log_gumbel_softmax": log_gumbel_softmax,
    "gumbel_entmax": gumbel_entmax,
    "gumbel_sparsemax": gumbel_sparsemax,
    "straight_through": straight_through,
    "binary_concrete": binary_concrete,
}
EVERY = pytest.mark.parametrize("relax", RELAXATIONS.values(), ids=RELAXATIONS)


def test_relaxations_are_maps_of_scores_and_noise() -> None:
    options: dict[str, Any] = {"temperature": 0.7, "seed": 1}
    z = X / 0.7 + G
    same = np.testing.assert_allclose
    for tau in (0.1, 1.0, 7.0):
        y = gumbel_softmax(X, tau, **options)
        same(y, gibbs.softmax(z, temperature=tau), rtol=1e-12, atol=1e-15)
        log_y = log_gumbel_softmax(X, tau, **options)
        same(log_y, gibbs.log_softmax(z, temperature=tau), rtol=1e-12, atol=1e-14)
        y = gumbel_sparsemax(X, tau, **options)
        same(y, gibbs.sparsemax(z, temperature=tau), rtol=1e-10, atol=1e-13)
        y = gumbel_entmax(X, 1.3, tau, **options)
        same(y, gibbs.entmax(z, 1.3, temperature=tau), rtol=1e-9, atol=1e-12)


def test_straight_through_is_the_draw_of_gumbel_max_exactly_one_hot() -> None:
    for dtype in DTYPES:
        one_hot, y = straight_through(X.astype(dtype), 0.5, seed=3, return_relaxed=True)
        expected = np.eye(6)[gumbel_max(X.astype(dtype), seed=3)]
        np.testing.assert_array_equal(one_hot.astype(float), expected)
        np.testing.assert_array_equal(y, gumbel_softmax(X.astype(dtype), 0.5, seed=3))
        np.testing.assert_array_equal(gumbel_softmax(X.astype(dtype), 0, seed=3), one_hot)


def test_binary_concrete_is_the_sigmoid_of_scores_and_logistic_noise() -> None:
    u = uniform_noise(X.shape, seed=1)
    z = X / 2 + np.log(u) - np.log1p(-u)
    y, logits = binary_concrete(X, 0.7, temperature=2, seed=1, return_logits=True)
    np.testing.assert_allclose(logits, z / 0.7, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-z / 0.7)), rtol=1e-12)
    np.testing.assert_array_equal(binary_concrete(X, 0, temperature=2, seed=1), z > 0)


@pytest.mark.parametrize("tau", [0.01, 0.5, 3.0])
def test_the_largest_follows_softmax_whatever_tau_is(tau: float) -> None:
    x = np.broadcast_to(normal(8), (50_000, 8))
    expect_law(np.argmax(gumbel_softmax(x, tau, seed=2), axis=1), gibbs.softmax(normal(8)))


def test_two_states_have_the_distribution_that_is_known() -> None:
    x, tau = np.broadcast_to([0.3, -0.4], (20_000, 2)), 0.6
    y = gumbel_softmax(x, tau, seed=2)[:, 0]
    cdf = 1 / (1 + np.exp(-(tau * (np.log(y) - np.log1p(-y)) - 0.7)))
    assert is_chance(uniformity_test(cdf).p_value)


def test_the_density_integrates_to_one_and_matches_the_draws() -> None:
    x, tau = np.array([0.5, -0.3]), 0.8
    y = (np.arange(200_000) + 0.5) / 200_000
    log_y = np.log(np.stack([y, 1 - y], 1))
    density = np.exp(concrete_log_density(np.broadcast_to(x, log_y.shape), log_y, tau))
    assert density.mean() == pytest.approx(1, abs=1e-3)
    drawn = gumbel_softmax(np.broadcast_to(x, (20_000, 2)), tau, seed=5)[:, 0]

    def cdf(at: Any) -> Any:
        return cast("Any", np.interp(at, y, density.cumsum() / 2e5))

    assert is_chance(stats.kstest(drawn, cdf).pvalue)
    logits = np.log(y / (1 - y))
    binary = binary_concrete_log_density(np.full_like(logits, 0.8), logits, tau)
    np.testing.assert_allclose(binary, np.log(density), rtol=1e-9, atol=1e-9)


def test_the_density_of_log_y_lacks_the_jacobian() -> None:
    log_y = log_gumbel_softmax(X, 0.5, seed=1)
    of_y, of_log = (concrete_log_density(X, log_y, 0.5, measure=m) for m in ("simplex", "log"))
    np.testing.assert_allclose(of_y - of_log, -log_y.sum(1), rtol=1e-12)


# Derivatives


def slope_in(i: int, f: Any, base: tuple[Any, ...], v: Any) -> Any:
    """Return the derivative of <v, f> in its i-th argument."""

    def of_one(at: Any) -> Any:
        return f(*base[:i], at, *base[i + 1 :])

    return slope(of_one, base[i], v)


def test_derivatives_of_relaxations_are_those_of_numerics() -> None:
    v, log_g = normal(4, 6, seed=7), normal(6, seed=8)
    wrt = ("scores", "tau", "temperature", "log_degeneracy")
    pairs: list[tuple[Any, Any]] = [
        (gumbel_softmax, gumbel_softmax_vjp),
        (log_gumbel_softmax, log_gumbel_softmax_vjp),
        (gumbel_sparsemax, gumbel_sparsemax_vjp),
    ]
    tau, t = 1.7, np.array([0.8, 1.0, 1.3, 2.0])
    for relax, vjp in pairs:

        def f(x: Any = X, tau: Any = tau, t: Any = t, g: Any = log_g, relax: Any = relax) -> Any:
            return relax(x, tau, temperature=t, log_degeneracy=g, seed=1)

        found = vjp(f(), v, tau, temperature=t, log_degeneracy=log_g, scores=X, wrt=wrt)
        expected = {
            "scores": slope(f, X, v),
            "tau": slope(lambda tau: f(tau=tau), tau, v),
            "temperature": slope(lambda t: f(t=t), t, v),
            "log_degeneracy": slope(lambda g: f(g=g), log_g, v),
        }
        for name, gradient in expected.items():
            np.testing.assert_allclose(
                getattr(found, name), gradient, rtol=1e-6, atol=1e-7, err_msg=name
            )
        np.testing.assert_array_equal(vjp(f(), v, tau, temperature=t), found.scores)


def test_the_derivative_of_gumbel_entmax_knows_alpha() -> None:
    v = normal(4, 6, seed=7)
    y = gumbel_entmax(X, 1.4, 2.0, seed=1)
    found = gumbel_entmax_vjp(y, v, 1.4, 2.0, wrt=["alpha", "tau"])
    by_alpha = slope(lambda a: gumbel_entmax(X, a, 2.0, seed=1), 1.4, v)
    by_tau = slope(lambda tau: gumbel_entmax(X, 1.4, tau, seed=1), 2.0, v)
    np.testing.assert_allclose(found.alpha, by_alpha, rtol=1e-6)
    np.testing.assert_allclose(found.tau, by_tau, rtol=1e-6)
    assert found.temperature is None


def test_the_derivative_of_binary_concrete_is_that_of_numerics() -> None:
    v, tau = normal(4, 6, seed=7), np.array([[0.5], [1.0], [2.0], [3.0]])
    _, logits = binary_concrete(X, tau, temperature=1.5, seed=1, return_logits=True)
    found = binary_concrete_vjp(
        logits, v, tau, temperature=1.5, scores=X, wrt=["scores", "tau", "temperature"]
    )

    def f(x: Any = X, tau: Any = tau, t: Any = 1.5) -> Any:
        return binary_concrete(x, tau, temperature=t, seed=1)

    np.testing.assert_allclose(found.scores, slope(f, X, v), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(found.tau, slope(lambda tau: f(tau=tau), tau, v), rtol=1e-6)
    np.testing.assert_allclose(found.temperature, slope(lambda t: f(t=t), 1.5, v), rtol=1e-6)


@pytest.mark.parametrize("measure", ["simplex", "log"])
def test_derivatives_of_the_densities_are_those_of_numerics(measure: Any) -> None:
    log_y, u, log_g = log_gumbel_softmax(X, 0.7, seed=1), normal(4), normal(6, seed=2)
    names = ("scores", "log_relaxed", "tau", "temperature", "log_degeneracy")
    base: tuple[Any, ...] = (X, log_y, 0.7, 1.3, log_g)

    def f(*at: Any) -> Any:
        x, log_y, tau, t, g = at
        return concrete_log_density(x, log_y, tau, temperature=t, log_degeneracy=g, measure=measure)

    found = concrete_log_density_vjp(
        X, log_y, u, 0.7, temperature=1.3, log_degeneracy=log_g, measure=measure, wrt=names
    )
    for i, name in enumerate(names):
        expected = slope_in(i, f, base, u)
        np.testing.assert_allclose(
            getattr(found, name), expected, rtol=1e-5, atol=1e-6, err_msg=name
        )


@pytest.mark.parametrize("measure", ["simplex", "log"])
def test_derivatives_of_the_binary_density_are_those_of_numerics(measure: Any) -> None:
    _, logits = binary_concrete(X, 0.7, seed=1, return_logits=True)
    u, names = normal(4, 6, seed=3), ("scores", "logits", "tau", "temperature")
    base: tuple[Any, ...] = (X, logits, 0.7, 1.3)

    def f(*at: Any) -> Any:
        x, logits, tau, t = at
        return binary_concrete_log_density(x, logits, tau, temperature=t, measure=measure)

    found = binary_concrete_log_density_vjp(
        X, logits, u, 0.7, temperature=1.3, measure=measure, wrt=names
    )
    for i, name in enumerate(names):
        expected = slope_in(i, f, base, u)
        np.testing.assert_allclose(
            getattr(found, name), expected, rtol=1e-5, atol=1e-6, err_msg=name
        )


# Arrays, parameters, edges


@EVERY
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_every_axis_and_order_of_memory_gives_the_same(relax: Any, axis: int) -> None:
    x = normal(3, 4, 5)
    expected = np.moveaxis(relax(np.moveaxis(x, axis, -1), seed=1), -1, axis)
    for laid_out in layouts(x).values():
        np.testing.assert_array_equal(relax(laid_out, axis=axis, seed=1), expected)
    out = np.empty_like(x)
    assert relax(x, axis=axis, seed=1, out=out) is out
    np.testing.assert_array_equal(out, expected)


@EVERY
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_comes_back_as_it_is(relax: Any, dtype: Any) -> None:
    x = X.astype(dtype)
    y = relax(x, seed=1)
    assert y.dtype == dtype
    expected = relax(x.astype(float), seed=1)
    bound = tolerance(dtype) * np.maximum(1, np.abs(expected))
    assert (np.abs(y.astype(float) - expected) <= 2 * bound).all()


@EVERY
def test_every_parameter_changes_the_result(relax: Any) -> None:
    x = normal(40, 30, scale=0.5)
    changes: list[dict[str, Any]] = [
        {"seed": 2}, {"stream": 1}, {"first_row": 1}, {"row_ids": 3}, {"first_category": 2},
        {"draw": 1}, {"temperature": 0.2}, {"temperature": np.linspace(0.1, 0.9, 40)}, {"axis": 0},
        {"mask": np.arange(30) % 2 == 0},
    ]  # fmt: skip
    if relax is not binary_concrete:
        changes.append({"log_degeneracy": normal(30)})
    if relax is not straight_through:
        changes += [{"tau": 0.5}, {"tau": np.linspace(0.5, 0.9, 40)}]
    before = relax(x)
    for change in changes:
        assert not np.array_equal(relax(x, **change), before), change


@EVERY
def test_limits_have_no_nan(relax: Any) -> None:
    x = np.array([[1.0, -np.inf, 0.5], [-np.inf] * 3, [800.0, -800.0, 0.0]])
    for tau in (0, 1e-30, 1e-3, 1, 1e30, np.inf):
        for dtype in DTYPES:
            assert not np.isnan(relax(x.astype(dtype), tau=tau, seed=1).astype(float)).any()
    nan = relax(np.array([[1.0, np.nan], [0.0, 1.0]]), seed=1)
    assert np.isnan(nan[0]).any()
    assert not np.isnan(nan[1]).any()


@EVERY
@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"tau": -1}, ValueError, "tau must not be negative, got -1"),
        ({"tau": [1, 1, np.nan, 1]}, ValueError, "tau must not be NaN"),
        ({"tau": "cold"}, TypeError, "tau must be a number"),
        ({"tau": [1, 2]}, ValueError, r"tau of shape \(2,\) does not broadcast"),
        ({"temperature": -1}, ValueError, "temperature must not be negative, got -1"),
        ({"seed": -1}, ValueError, "seed must lie between"),
        ({"draw": 1.5}, TypeError, "draw must be an integer, got float"),
        ({"axis": 2}, ValueError, "axis must lie between -2 and 1"),
        ({"mask": [1] * 6}, TypeError, "mask must be bool"),
        ({"out": np.empty(3)}, ValueError, "out must have the shape"),
        ({"out": np.empty((4, 6), np.float32)}, TypeError, "out must be float64, got float32"),
    ],
)
def test_bad_arguments_are_one_sentence(
    relax: Any, options: dict[str, Any], error: Any, words: str
) -> None:
    with pytest.raises(error, match=f"^{relax.__name__}: {words}"):
        relax(X, **options)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: gumbel_entmax(X, 0), ValueError, "gumbel_entmax: alpha must be positive, got 0"),
        (
            lambda: gumbel_softmax_vjp(X, X, wrt=["alpha"]),
            ValueError,
            "gumbel_softmax_vjp: wrt must",
        ),
        (lambda: gumbel_softmax_vjp(X, X, wrt=["temperature"]), ValueError, "gumbel_softmax_vjp: "),
        (
            lambda: gumbel_softmax_vjp(X, X[0].astype("f")),
            TypeError,
            ".*: upstream must be float64",
        ),
        (lambda: gumbel_softmax_vjp(X, X[:, :2]), ValueError, "gumbel_softmax_vjp: upstream of sh"),
        (lambda: concrete_log_density(X, X, 0), ValueError, "concrete_log_density: tau must be po"),
        (
            lambda: concrete_log_density(X, X[:, 1:]),
            ValueError,
            "concrete_log_density: log_relaxed",
        ),
        (
            lambda: concrete_log_density(X, X, measure="area"),  # type: ignore
            ValueError,
            "concrete_log_density: measure must be simplex or log, got area",
        ),
        (
            lambda: concrete_log_density_vjp(X, X, wrt=["logits"]),
            ValueError,
            "concrete_log_density_vjp: wrt must be among scores, log_relaxed",
        ),
        (
            lambda: binary_concrete_log_density_vjp(X, X, None),  # type: ignore
            TypeError,
            "binary_concrete_log_density_vjp: upstream must be an array of numbers",
        ),
    ],
)
def test_what_else_is_bad_is_one_sentence_too(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^{words}"):
        call()


JUNK: list[Any] = [
    None, True, -1, 1.5, 10**400, "x", [], {}, object(), X, X[:0], X + 1j, ((1, 2), 3), [None],
]  # fmt: skip


def test_nothing_that_is_passed_anywhere_crashes() -> None:
    names = ["tau", "axis", "seed", "row_ids", "temperature", "mask", "out"]
    of_scores: list[Any] = list(RELAXATIONS.values())
    for relax, (one, other) in itertools.product(of_scores, itertools.combinations(names, 2)):
        for first, second in itertools.product(JUNK, JUNK):
            with contextlib.suppress(TypeError, ValueError, OverflowError):
                relax(X, **{one: first, other: second})
    of_two: list[Any] = [
        gumbel_softmax_vjp, log_gumbel_softmax_vjp, binary_concrete_vjp, concrete_log_density,
        concrete_log_density_vjp, binary_concrete_log_density, binary_concrete_log_density_vjp,
    ]  # fmt: skip
    for function, first, second, third in itertools.product(of_two, JUNK, JUNK, JUNK):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            function(first, second, third)
