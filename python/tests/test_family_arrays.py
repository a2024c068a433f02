"""The wider family: arrays of any shape, order, dtype and kind; edges; refusals."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import array_api_strict as xp
import numpy as np
import pytest

import gibbs
from family_support import CONSTRAINED, MEMBERS, along, some_parameters
from support import DTYPES, layouts, normal, tolerance, wide

INF, NAN = np.inf, np.nan
UNCHECKED: Any = gibbs
members = pytest.mark.parametrize("name", MEMBERS)
dtypes = pytest.mark.parametrize("dtype", DTYPES)
axes = pytest.mark.parametrize("axis", [0, 1, 2])


def total_of(name: str) -> float:
    """Return what sum p is, where all states may have their share."""
    parameters = MEMBERS[name].parameters
    return parameters.get("budget", 1) / parameters.get("weights", 1)


@members
@dtypes
def test_every_axis_of_every_layout_is_mapped_alike(name: str, dtype: Any) -> None:
    member = MEMBERS[name]
    x = normal(2, 3, 4).astype(dtype)
    for axis in range(-3, 3):
        rows = along(x, axis)
        expected = np.moveaxis(member.run(np.ascontiguousarray(rows)), -1, axis)
        for order, laid_out in layouts(x).items():
            p = member.run(laid_out, axis)
            assert (p.dtype, p.shape) == (x.dtype, x.shape)
            assert (p == expected).all(), (order, axis)


@members
def test_floats_of_any_width_agree(name: str) -> None:
    x = normal(5, 9).astype(DTYPES[-1])
    exact = MEMBERS[name].run(wide(x))
    for dtype in DTYPES:
        p = MEMBERS[name].run(x.astype(dtype))
        assert p.dtype == dtype
        assert wide(p) == pytest.approx(exact, abs=4 * tolerance(dtype))


@members
def test_integers_and_lists_become_float64(name: str) -> None:
    p = MEMBERS[name].run([[2, 1, 0], [1, 1, 1]])
    assert p.dtype == np.float64
    assert p == pytest.approx(MEMBERS[name].run(np.array([[2.0, 1.0, 0.0], [1.0, 1.0, 1.0]])))


@pytest.mark.parametrize("shape", [(), (4,), (3, 1), (3, 4), (2, 1, 1), (2, 3, 4)])
@axes
def test_bounds_and_weights_broadcast_to_the_scores(shape: tuple[int, ...], axis: int) -> None:
    x, random = normal(2, 3, 4), np.random.default_rng(9)
    given = {
        "lower": random.uniform(0, 0.1, shape),
        "upper": random.uniform(0.6, 0.9, shape),
        "weights": random.uniform(0.8, 1.2, shape),
        "log_degeneracy": random.normal(size=shape) / 4,
        "mask": random.random(shape) < 2,
    }
    whole: dict[str, Any] = {
        key: np.broadcast_to(value, x.shape).copy() for key, value in given.items()
    }
    unchecked: Any = gibbs.constrained
    p = unchecked(x, "hellinger", axis, budget=0.9, **given)
    assert p == pytest.approx(unchecked(x, "hellinger", axis, budget=0.9, **whole), abs=1e-15)
    assert (p * whole["weights"]).sum(axis) == pytest.approx(0.9)


@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (2, 3)])
def test_a_budget_broadcasts_over_the_rows(shape: tuple[int, ...]) -> None:
    budgets = np.random.default_rng(9).uniform(0.5, 2, shape)
    for a_map in (gibbs.budget, gibbs.fermi_dirac):
        p = a_map(normal(2, 3, 4), budgets)
        assert p.sum(-1) == pytest.approx(np.broadcast_to(budgets, (2, 3)))


@members
def test_the_kind_of_array_comes_back(name: str) -> None:
    member, x = MEMBERS[name], normal(3, 4)
    given = some_parameters(member, (3, 4), 1)
    foreign: dict[str, Any] = {k: xp.asarray(v) if np.ndim(v) else v for k, v in given.items()}
    found = member.run(xp.asarray(x), return_details=True, **foreign)
    for one, exact in zip(found, member.run(x, return_details=True, **given), strict=True):
        assert type(one) is type(xp.asarray(x))
        assert (np.asarray(one) == exact).all()
    sink: dict[str, Any] = (
        {"sink_probability": found.sink_probability} if "sink" in member.wrt else {}
    )
    named = member.derive(found[0], xp.asarray(x), wrt=member.wrt, **sink, **foreign)
    assert all(type(getattr(named, key)) is type(xp.asarray(x)) for key in member.wrt)


@members
def test_the_result_may_be_written_to_out_and_out_may_be_the_scores(name: str) -> None:
    for axis in range(3):
        x = normal(2, 3, 4)
        expected = MEMBERS[name].run(x, axis)
        for out in layouts(np.empty_like(x)).values():
            assert MEMBERS[name].run(x, axis, out=out) is out
            assert (out == expected).all()
        assert MEMBERS[name].run(x, axis, out=x) is x
        assert (x == expected).all()


def test_out_may_be_the_bounds() -> None:
    upper = np.full((3, 4), 0.6)
    expected = gibbs.capped_softmax(normal(3, 4), 0.6)
    gibbs.capped_softmax(normal(3, 4), upper, out=upper)
    assert (upper == expected).all()


@members
@axes
def test_a_nan_makes_its_row_nan_and_touches_no_other(name: str, axis: int) -> None:
    x = np.moveaxis(np.array([[[1.0, NAN, 0.0], [0.5, 0.25, 0.0]]]), -1, axis)
    p = MEMBERS[name].run(x, axis)
    rows = along(p, axis)[0]
    assert np.isnan(rows[0]).all()
    assert np.isfinite(rows[1]).all()
    grad = along(MEMBERS[name].derive(p, np.ones_like(p), axis), axis)[0]
    assert np.isnan(grad[0]).all()
    assert np.isfinite(grad[1]).all()


@members
@axes
@pytest.mark.parametrize("how", ["score", "mask", "log_degeneracy"])
def test_an_absent_state_has_exactly_no_probability_and_no_gradient(
    name: str, axis: int, how: str
) -> None:
    if how == "log_degeneracy" and "log_degeneracy" not in MEMBERS[name].wrt:
        pytest.skip("the norm knows no degeneracy")
    x = np.moveaxis(np.array([[[1.0, 0.75, 0.5], [0.0, 0.0, 0.0]]]), -1, axis)
    absent = np.zeros_like(x)
    np.moveaxis(absent, axis, -1)[0, 0, 1] = -INF
    options: dict[str, Any] = {
        "score": {},
        "mask": {"mask": absent == 0},
        "log_degeneracy": {"log_degeneracy": absent},
    }[how]
    p = MEMBERS[name].run(x + absent if how == "score" else x, axis, **options)
    rows = along(p, axis)[0]
    assert rows[0, 1] == 0
    assert (rows[0, [0, 2]] > 0).all()
    v = np.moveaxis(np.array([[[1.0, 5.0, 2.0], [1.0, 2.0, 3.0]]]), -1, axis)
    assert along(MEMBERS[name].derive(p, v, axis, **options), axis)[0, 0, 1] == 0


@members
@dtypes
def test_no_state_has_no_mass_and_no_gradient(name: str, dtype: Any) -> None:
    x = np.full((2, 3), -INF, dtype)
    p = MEMBERS[name].run(x)
    assert (p == 0).all()
    assert (MEMBERS[name].derive(p, np.ones_like(x)) == 0).all()
    assert (MEMBERS[name].run(np.zeros((2, 3), dtype), mask=np.zeros(3, bool)) == 0).all()
    assert MEMBERS[name].run(np.empty((2, 0), dtype)).shape == (2, 0)
    assert MEMBERS[name].run(np.empty((0, 3), dtype)).shape == (0, 3)


@members
def test_infinite_scores_are_served_first(name: str) -> None:
    p = MEMBERS[name].run([INF, 3.0, INF, 2.0])
    if name.startswith(("top_k", "f_softargmax", "normmax", "tempered", "sink")):
        assert (p == [0.5, 0, 0.5, 0]).all()
    else:
        assert p[0] == p[2] == pytest.approx(min(total_of(name) / 2, p.max()))


@members
def test_temperatures_zero_and_infinity_are_limits(name: str) -> None:
    member, x = MEMBERS[name], np.array([2.0, 1.0, 0.0, -1.0])
    for limit, near in [(0.0, 1e-9), (INF, 1e9)]:
        p = member.run(x, temperature=limit)
        assert p == pytest.approx(member.run(x, temperature=near), abs=1e-6)
        assert (member.derive(p, x, temperature=limit) == 0).all()


@members
@pytest.mark.parametrize("temperature", [-1.0, NAN])
def test_a_temperature_that_is_none_is_refused(name: str, temperature: float) -> None:
    words = "temperature must not be (negative|NaN), got"
    member, x = MEMBERS[name], normal(2, 3)
    with pytest.raises(ValueError, match=f"^{member.map.__name__}: {words}"):
        member.run(x, temperature=temperature)
    with pytest.raises(ValueError, match=words):
        member.derive(x, x, temperature=temperature)


X = normal(2, 3)
TYPE, VALUE = TypeError, ValueError
REFUSED: list[tuple[Any, Any, str]] = [
    (
        lambda: gibbs.capped_softmax(X, 0.3),
        VALUE,
        "capped_softmax: the upper bounds of row 0 hold 0.89.*, less than the budget 1",
    ),
    (
        lambda: gibbs.capped_sparsemax(X, 1, lower=0.5),
        VALUE,
        "capped_sparsemax: the lower bounds of row 0 hold 1.5, more than the budget 1",
    ),
    (lambda: gibbs.budget(X, 4), VALUE, "budget: the upper bounds of row 0 hold 3, less than"),
    (lambda: gibbs.budget(X, [1, 4]), VALUE, "budget: the upper bounds of row 1 hold 3, less"),
    (lambda: gibbs.budget(X, -1), VALUE, "budget: budget must be a number from 0, got -1"),
    (lambda: gibbs.budget(X, "all"), TYPE, "budget: budget must be a number or an array"),
    (lambda: gibbs.budget(X, [1, 2, 3]), VALUE, r"budget: budget of shape \(3,\) does not"),
    (lambda: gibbs.fermi_dirac(X, 3.5), VALUE, "fermi_dirac: .* hold 3, less than .* 3.5"),
    (
        lambda: gibbs.box_section(X, [1.0, 0.0, 1.0], 1),
        VALUE,
        r"box_section: weights\[0, 1\] must be positive and finite, got 0",
    ),
    (
        lambda: gibbs.capped_softmax(X, [1.0, 2.0]),
        VALUE,
        r"capped_softmax: upper of shape \(2,\) does not broadcast to \(2, 3\)",
    ),
    (lambda: gibbs.capped_softmax(X, "high"), TYPE, "capped_softmax: upper must be float64"),
    (
        lambda: gibbs.capped_softmax(X, 1, lower=[0.1, NAN, 0.1]),
        VALUE,
        r"capped_softmax: lower\[0, 1\] must be a number from 0, got nan",
    ),
    (
        lambda: gibbs.capped_softmax(X, [0.9, 0.1, 0.9], lower=0.2),
        VALUE,
        r"capped_softmax: lower\[0, 1\] must not be above upper, got 0.2",
    ),
    (
        lambda: gibbs.constrained(X, "alpha", alpha=3, upper=0.5),
        VALUE,
        "constrained: alpha must be at most 2 with bounds, weights or a budget, got 3",
    ),
    (
        lambda: gibbs.constrained(X, "alpha"),
        VALUE,
        "constrained: alpha must be given with the divergence alpha",
    ),
    (
        lambda: gibbs.f_softargmax(X, "kl", alpha=2),
        VALUE,
        "f_softargmax: alpha goes with the divergence alpha, got kl",
    ),
    (lambda: gibbs.f_softargmax(X, "alpha", alpha=0), VALUE, "alpha must be positive, got 0"),
    (lambda: gibbs.normmax(X, 1.0), VALUE, "normmax: alpha must be greater than 1, got 1"),
    (lambda: gibbs.normmax(X, [2.0, NAN]), VALUE, "normmax: alpha must be .*, got nan"),
    (lambda: gibbs.top_k_softmax(X, -1), VALUE, "top_k_softmax: k must not be negative, got -1"),
    (lambda: gibbs.tempered_softmax(X, 2.0), VALUE, "tempered_softmax: t must be less than 2"),
    (lambda: gibbs.tempered_softmax(X, NAN), VALUE, "tempered_softmax: t must be less than 2"),
    (lambda: gibbs.sink_softmax(X, NAN), VALUE, "sink_softmax: sink must not be NaN"),
    (
        lambda: gibbs.sink_softmax(X, [0.0] * 3),
        VALUE,
        r"sink_softmax: sink of shape \(3,\) does not broadcast to the rows, \(2,\)",
    ),
    (lambda: gibbs.budget(X, 1, axis=2), VALUE, "budget: axis must lie between -2 and 1, got 2"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_bad_arguments_are_one_sentence(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_arguments_of_another_type_are_refused() -> None:
    for call, words in [
        (lambda f=UNCHECKED.top_k_softmax: f(X, 1.5), "k must be an integer, got float"),
        (lambda f=UNCHECKED.tempered_softmax: f(X, "t"), "t must be a number, got str"),
        (lambda f=UNCHECKED.f_softargmax: f(X, 3), "divergence must be among kl, alpha, .*got 3"),
        (lambda f=UNCHECKED.constrained: f(X, "js"), "divergence must be among kl, .* got js"),
    ]:
        with pytest.raises((TypeError, ValueError), match=words):
            call()


def test_nothing_is_written_when_a_later_row_is_refused() -> None:
    x, out = normal(4, 3, 5), np.full((4, 3, 5), 7.0)
    budgets, uppers = np.ones((4, 5)), np.ones((4, 1, 5))
    budgets[3, 4] = -1
    with pytest.raises(ValueError, match="budget must be a number from 0, got -1 in row 19"):
        gibbs.budget(x, budgets, 1, out=out)
    uppers[2, 0, 3] = 0.1
    with pytest.raises(ValueError, match=r"the upper bounds of row 13 hold 0\.3"):
        gibbs.capped_softmax(x, uppers, 1, out=out)
    with pytest.raises(ValueError, match="alpha must be greater than 1"):
        gibbs.normmax(x, np.where(budgets < 0, 1, 2), 1, out=out)
    assert (out == 7).all()


JUNK: list[Any] = [
    None, True, -1, 1.5, NAN, 10**400, "kl", b"x", [], [[]], {}, object(), X, X[:0],
    X.astype(">f4"), X + 1j, np.array([None]), np.ma.array([1.0]),
]  # fmt: skip


@pytest.mark.parametrize("name", CONSTRAINED)
def test_nothing_that_is_passed_anywhere_crashes(name: str) -> None:
    names = ["axis", "temperature", "log_degeneracy", "mask", "out", "budget", "upper", "lower"]
    for one, other in itertools.combinations(names, 2):
        for first, second in itertools.product(JUNK, JUNK):
            with contextlib.suppress(TypeError, ValueError, OverflowError):
                CONSTRAINED[name].run(X, **{one: first, other: second})
