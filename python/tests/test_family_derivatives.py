"""Derivatives of the wider family against numerics that share no code with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gibbs
from family_support import MEMBERS, Member, some_parameters, some_scores
from support import DTYPES, normal, slope, wide

members = pytest.mark.parametrize("name", MEMBERS)


def gradients(member: Member, x: Any, v: Any, axis: int, given: dict[str, Any]) -> Any:
    """Return the gradients of all that the derivative is for."""
    found = member.run(x, axis, return_details=True, **given)
    if member.map is gibbs.sink_softmax:
        given = {**given, "sink_probability": found.sink_probability}
    return member.derive(found.probabilities, v, axis, wrt=member.wrt, **given)


@members
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_gradient_in_each_parameter_is_the_derivative(name: str, axis: int) -> None:
    member, shape = MEMBERS[name], (2, 3, 8)
    x, v, given = (
        some_scores(name, *shape),
        normal(*shape, seed=2),
        some_parameters(member, shape, axis),
    )
    found = gradients(member, x, v, axis, given)
    assert found.scores == pytest.approx(
        slope(lambda y: member.run(y, axis, **given), x, v), abs=1e-6
    )
    for key, at in given.items():

        def moved(y: Any, key: str = key) -> Any:
            one = float(y) if np.ndim(y) == 0 else y
            return member.run(x, axis, **{**given, key: one})

        exact = slope(moved, at, v)
        assert getattr(found, key) == pytest.approx(exact, abs=1e-6), key
        if axis == 2:  # or the test would tell nothing
            assert np.any(np.abs(exact) > 1e-3), key


@members
def test_what_was_not_asked_for_is_none(name: str) -> None:
    member, x = MEMBERS[name], some_scores(name, 2, 4)
    found = member.derive(member.run(x), x, wrt=[])
    assert (found.scores == member.derive(member.run(x), x)).all()
    assert all(one is None for one in found[1:])


@members
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("shape", [(), (1, 4), (3, 1)])
def test_gradients_have_the_shape_of_their_argument(
    name: str, shape: tuple[int, ...], axis: int
) -> None:
    member, x, v = MEMBERS[name], some_scores(name, 3, 4), normal(3, 4, seed=2)
    full = some_parameters(member, (3, 4), axis)
    kept = tuple(1 if d == axis else n for d, n in enumerate(shape))
    given: dict[str, Any] = {}
    for key, value in full.items():
        if value is not None and np.ndim(value):
            per_state = key in {"lower", "upper", "log_degeneracy"}
            given[key] = np.resize(value, shape if per_state else kept)
    found = gradients(member, x, v, axis, given)
    for key, at in given.items():
        got = getattr(found, key)
        assert np.shape(got) == np.shape(at)
        exact = slope(lambda y, key=key: member.run(x, axis, **{**given, key: y}), at, v)
        assert got == pytest.approx(exact, abs=1e-6), key


def test_the_gradient_in_a_bound_that_was_not_given_is_that_of_each_state() -> None:
    x, v = normal(3, 4), normal(3, 4, seed=2)
    p = gibbs.capped_sparsemax(x, 0.6)
    of_none = gibbs.capped_sparsemax_vjp(p, v, 0.6, wrt=["lower"])
    of_zeros = gibbs.capped_sparsemax_vjp(p, v, 0.6, lower=np.zeros((3, 4)), wrt=["lower"])
    assert (of_none.lower == of_zeros.lower).all()
    assert (of_none.lower != 0).any()


def test_a_masked_state_has_no_gradient_in_its_bound() -> None:
    mask = np.array([True, False, True, True])
    p = gibbs.capped_sparsemax([3.0, 2.0, 1.0, 0.0], 0.6, mask=mask)
    found = gibbs.capped_sparsemax_vjp(p, [1.0, 2.0, 3.0, 4.0], 0.6, mask=mask, wrt=["lower"])
    assert found.lower[1] == 0
    assert found.lower[3] != 0


@members
def test_the_jacobian_is_symmetric(name: str) -> None:
    member = MEMBERS[name]
    x, v, w = some_scores(name, 5, 9), normal(5, 9, seed=2), normal(5, 9, seed=3)
    p = member.run(x)
    one, other = (w * member.derive(p, v)).sum(-1), (v * member.derive(p, w)).sum(-1)
    assert one == pytest.approx(other, abs=1e-14)


@members
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_has_its_derivatives(name: str, dtype: Any) -> None:
    member = MEMBERS[name]
    x, v = some_scores(name, 5, 9).astype(dtype), normal(5, 9, seed=2).astype(dtype)
    p = member.run(x)
    p_0 = {"sink_probability": 1 - wide(p).sum(-1)} if "sink" in member.wrt else {}
    exact = member.derive(wide(p), wide(v), wrt=member.wrt, **p_0)
    found = member.derive(p, v, wrt=member.wrt, **p_0)
    assert found.scores.dtype == dtype
    bar = 0.05 if np.dtype(dtype).itemsize == 2 else 1e-5
    upper_fits = np.dtype(dtype).itemsize > 2  # 0.6 is no number of half precision
    for key in member.wrt if upper_fits else ("scores",):
        got = np.asarray(getattr(found, key))
        assert wide(got) == pytest.approx(np.asarray(getattr(exact, key)), abs=bar, rel=1e-4), key


P: Any = gibbs.softmax(normal(2, 4))
UNCHECKED: Any = gibbs


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: UNCHECKED.budget_vjp(P, P, 1, wrt=["alpha"]), "budget_vjp: wrt must be among"),
        (lambda: UNCHECKED.normmax_vjp(P, P, wrt=["log_degeneracy"]), "normmax_vjp: wrt must be"),
        (
            lambda: gibbs.constrained_vjp(P, P, wrt=["alpha"]),
            "constrained_vjp: wrt must be among scores, .*, upper, got alpha",
        ),
        (lambda: UNCHECKED.sink_softmax_vjp(P, P, 0.1, wrt=["t"]), "sink_softmax_vjp: wrt must be"),
        (lambda: gibbs.tempered_softmax_vjp(P, P, 2.0), "t must be less than 2, got 2"),
        (
            lambda: gibbs.tempered_softmax_vjp(P, P, float("nan")),
            "tempered_softmax_vjp: t must be less than 2, got nan",
        ),
        (lambda: gibbs.normmax_vjp(P, P, 1.0), "normmax_vjp: alpha must be greater than 1"),
        (lambda: gibbs.budget_vjp(P, P[:, :2], 1), r"upstream of shape \(2, 2\) does not"),
        (
            lambda: gibbs.capped_softmax_vjp(P, P, -1.0),
            r"capped_softmax_vjp: upper\[0, 0\] must not be negative or NaN, got -1",
        ),
        (
            lambda: gibbs.sink_softmax_vjp(P, P, [0.1, 0.1, 0.1]),
            r"sink_softmax_vjp: sink_probability of shape \(3,\) does not broadcast to the rows",
        ),
    ],
)
def test_bad_requests_are_refused(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_an_upstream_of_another_dtype_is_refused() -> None:
    v = P.astype(np.float32)
    with pytest.raises(TypeError, match="budget_vjp: upstream must be float64 like probabilities"):
        gibbs.budget_vjp(P, v, 1)
    with pytest.raises(TypeError, match="sink_softmax_vjp: upstream must be float64"):
        gibbs.sink_softmax_vjp(P, v, 0.1)
