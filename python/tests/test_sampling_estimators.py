"""Estimates of gradients have no bias where they say so, and functions of Python may fail."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import gibbs
from gibbs.sampling import (
    arm_gradient,
    conditional_gumbels,
    conditional_gumbels_vjp,
    gumbel_max,
    gumbel_rao_gradient,
    gumbel_straight_through_gradient,
    rebar_eta,
    rebar_gradient,
    relax_gradient,
    score_function_gradient,
    straight_through_gradient,
)
from sampling_support import is_chance, stats
from support import Array, layouts, normal, slope

X = np.array([0.5, -0.3, 0.1, -1.0])
A = np.array([1.0, 2.0, -1.0, 0.5])
P = gibbs.softmax(X)
ESTIMATES: dict[str, Any] = {"estimates": 4000, "seed": 3}


def square(y: Any) -> tuple[float, Any]:
    """Return (<a, y> - 1)^2 and its gradient."""
    residual = y @ A - 1
    return residual**2, 2 * residual * A


def of_category(k: int) -> float:
    return square(np.eye(4)[k])[0]


def linear(y: Any) -> tuple[float, Any]:
    return y @ A, A


def of_perturbed(z: Any) -> tuple[float, Any]:
    y = gibbs.softmax(z)
    value, gradient = square(y)
    return value, gibbs.softmax_vjp(y, gradient)


F = np.array([of_category(k) for k in range(4)])
EXACT = P * (F - P @ F)


def expect_mean(found: Any, exact: Any) -> None:
    """No coordinate is further from the exact gradient than chance allows."""
    z = (found.gradient - exact) / found.standard_error
    assert (np.abs(z) < 4.5).all(), z


@pytest.mark.parametrize("samples", [1, 2, 5])
def test_the_score_function_has_no_bias(samples: int) -> None:
    found = score_function_gradient(X, of_category, samples, **ESTIMATES)
    expect_mean(found, EXACT)
    assert found.evaluations == 4000 * samples
    assert found.value == pytest.approx(P @ F, abs=0.1)


def test_control_variates_have_no_bias_and_less_variance() -> None:
    plain = score_function_gradient(X, of_category, 1, **ESTIMATES)
    rebar = rebar_gradient(X, square, 0.5, **ESTIMATES)
    relax = relax_gradient(X, of_category, of_perturbed, **ESTIMATES)
    expect_mean(rebar, EXACT)
    expect_mean(relax, EXACT)
    assert relax.variance.sum() < 1.5 * plain.variance.sum()
    eta = rebar_eta(X, square, 0.5, seed=4, estimates=4000)
    best = rebar_gradient(X, square, 0.5, eta, **ESTIMATES)
    expect_mean(best, EXACT)
    assert best.variance.sum() < min(rebar.variance.sum(), plain.variance.sum())


def test_straight_through_is_exact_for_linear_functions() -> None:
    found = straight_through_gradient(X, linear, estimates=2)
    np.testing.assert_allclose(found.gradient, P * (A - P @ A), rtol=1e-12)
    np.testing.assert_allclose(found.variance, 0, atol=1e-25)


def test_gumbel_rao_has_the_mean_of_straight_through_and_less_variance() -> None:
    plain = gumbel_straight_through_gradient(X, square, 0.5, **ESTIMATES)
    found = gumbel_rao_gradient(X, square, 0.5, 20, **{**ESTIMATES, "seed": 5})
    spread = np.hypot(plain.standard_error, found.standard_error)
    assert (np.abs(plain.gradient - found.gradient) < 4.5 * spread).all()
    assert found.variance.sum() < plain.variance.sum()


def test_arm_has_no_bias() -> None:
    def f(bits: Any) -> float:
        return float((bits @ A - 1) ** 2)

    q, bits = 1 / (1 + np.exp(-X)), (np.arange(16)[:, None] >> np.arange(4)) & 1
    weights = np.where(bits, q, 1 - q).prod(1)
    values = np.array([f(row) for row in bits.astype(float)])
    exact = ((bits - q) * (weights * values)[:, None]).sum(0)
    expect_mean(arm_gradient(X, f, **ESTIMATES), exact)


@pytest.mark.parametrize(
    "changes", [{"seed": 1}, {"stream": 1}, {"row": 1}, {"first_draw": 7}, {"estimates": 20}]
)
def test_every_parameter_changes_the_estimate(changes: dict[str, int]) -> None:
    base = {"estimates": 10}
    calls: list[Any] = [
        partial(score_function_gradient, X, of_category),
        partial(straight_through_gradient, X, square),
        partial(gumbel_straight_through_gradient, X, square),
        partial(gumbel_rao_gradient, X, square),
        partial(relax_gradient, X, of_category, of_perturbed),
        partial(rebar_gradient, X, square),
        partial(arm_gradient, X, lambda bits: bits @ A),
    ]
    for call in calls:
        before, after = call(**base), call(**{**base, **changes})
        assert not np.array_equal(before.gradient, after.gradient)
        again = call(**base)
        np.testing.assert_array_equal(before.gradient, again.gradient)


def test_what_a_function_raises_is_raised() -> None:
    def fails(_: Any) -> Any:
        raise LookupError("no such category")

    calls: list[Any] = [
        lambda: score_function_gradient(X, fails),
        lambda: straight_through_gradient(X, fails),
        lambda: relax_gradient(X, of_category, fails),
        lambda: arm_gradient(X, fails),
        lambda: rebar_eta(X, fails),
    ]
    for call in calls:
        with pytest.raises(LookupError, match="no such category"):
            call()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: score_function_gradient([np.nan], of_category), ValueError, "score_function_grad"),
        (lambda: score_function_gradient([X], of_category), ValueError, ".*: scores must have one"),
        (lambda: score_function_gradient(X, of_category, 0), ValueError, ".*: samples must"),
        (lambda: score_function_gradient(X, of_category, estimates=1), ValueError, ".*: estimates"),
        (lambda: score_function_gradient(X, of_category, seed=-1), ValueError, ".*: seed must lie"),
        (lambda: score_function_gradient(X, lambda k: "x"), TypeError, r".*: f\(category\) must"),  # type: ignore
        (lambda: score_function_gradient(X, 3), TypeError, ".*: f must be a function"),  # type: ignore
        (lambda: straight_through_gradient(X, lambda y: 1.0), TypeError, r".*: f\(point\) must be"),  # type: ignore
        (lambda: straight_through_gradient(X, lambda y: (1.0, [1, 2])), ValueError, ".* 4 numbers"),
        (lambda: rebar_gradient(X, square, 0), ValueError, "rebar_gradient: tau must"),
        (lambda: arm_gradient([np.nan], lambda b: 1.0), ValueError, "arm_gradient: "),
        (lambda: conditional_gumbels(X, 4), ValueError, "conditional_gumbels: winners"),
        (
            lambda: conditional_gumbels(X, 0.5),
            TypeError,
            "conditional_gumbels: winners must be int",
        ),
        (lambda: conditional_gumbels(X, [1, 2]), ValueError, "conditional_gumbels: winners of sh"),
        (lambda: conditional_gumbels(X, 1, seed=-1), ValueError, "conditional_gumbels: seed must"),
        (
            lambda: relax_gradient(X, lambda _: 0.0, lambda _: 0.0),  # type: ignore
            TypeError,
            r"relax_gradient: control\(point\) must be \(value, gradient\), got float",
        ),
        (
            lambda: conditional_gumbels_vjp(X, 1, None, X),  # type: ignore
            TypeError,
            "conditional_gumbels_vjp: perturbed must be an array of numbers",
        ),
    ],
)
def test_bad_arguments_are_one_sentence(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^{words}"):
        call()


# Conditional Gumbels


def test_given_a_drawn_winner_the_noise_is_plain_gumbel_noise() -> None:
    x: Array = np.tile(X, (20_000, 1))
    winners = gumbel_max(x, seed=1)
    z = conditional_gumbels(x, winners, seed=1, stream=1)
    np.testing.assert_array_equal(z.argmax(1), winners)
    for column in range(4):
        noise = z[:, column] - X[column]
        assert is_chance(stats.kstest(noise, "gumbel_r").pvalue)


def test_the_maximum_may_be_given() -> None:
    m = np.array([3.0, -1.0])
    z = conditional_gumbels([X, X], [2, 0], maximum=m)
    np.testing.assert_array_equal(z.max(1), m)
    np.testing.assert_array_equal(z.argmax(1), [2, 0])


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_every_axis_and_order_of_memory_gives_the_same(axis: int) -> None:
    x = normal(3, 4, 5)
    winners = x.argmin(axis)
    expected = np.moveaxis(conditional_gumbels(np.moveaxis(x, axis, -1), winners, seed=2), -1, axis)
    for laid_out in layouts(x).values():
        found = conditional_gumbels(laid_out, winners, axis, seed=2)
        np.testing.assert_array_equal(found, expected)


def test_the_derivative_of_conditional_gumbels_is_that_of_numerics() -> None:
    x, winners, v, m = normal(3, 5), np.array([0, 4, 2]), normal(3, 5, seed=2), normal(3, seed=3)

    def drawn(x: Any) -> Any:
        return conditional_gumbels(x, winners, seed=1)

    def given(m: Any) -> Any:
        return conditional_gumbels(x, winners, maximum=m, seed=1)

    found = conditional_gumbels_vjp(x, winners, drawn(x), v)
    np.testing.assert_allclose(found, slope(drawn, x, v), rtol=1e-6, atol=1e-8)
    in_x, in_m = conditional_gumbels_vjp(x, winners, given(m), v, maximum=m)
    np.testing.assert_allclose(in_m, slope(given, m, v), rtol=1e-6, atol=1e-8)
    fixed = slope(lambda x: conditional_gumbels(x, winners, maximum=m, seed=1), x, v)
    np.testing.assert_allclose(in_x, fixed, rtol=1e-6, atol=1e-8)


def test_an_estimator_needs_a_function() -> None:
    any_of: Any = gibbs.sampling
    for name, given in (
        ("score_function_gradient", ()),
        ("straight_through_gradient", ()),
        ("gumbel_rao_gradient", ()),
        ("arm_gradient", ()),
        ("rebar_gradient", ()),
        ("relax_gradient", (abs,)),
    ):
        with pytest.raises(TypeError, match=f"^{name}: f must be a function, got int$"):
            getattr(any_of, name)([1.0, 2.0], 3, *given)
    with pytest.raises(TypeError, match=r"^relax_gradient: control must be a function, got int$"):
        any_of.relax_gradient([1.0, 2.0], abs, 3)
