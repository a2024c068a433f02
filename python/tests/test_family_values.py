"""The wider family against solvers that know the problem alone, and by enumeration."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import gibbs
from family_support import CONSTRAINED, MEMBERS, along, some_parameters
from support import Array, normal

OPTIMIZE: Any = scipy.optimize


def x_log_x(r: Array) -> Array:
    return r * np.log(np.maximum(r, 1e-300))


DIVERGENCES: dict[str, Callable[[Array], Array]] = {
    "kl": x_log_x,
    "alpha": lambda r: (r**1.5 - r) / 0.75,
    "euclidean": lambda r: r**2 / 2,
    "reverse_kl": lambda r: -np.log(np.maximum(r, 1e-300)),
    "chi_square": lambda r: (r - 1) ** 2,
    "hellinger": lambda r: (np.sqrt(np.maximum(r, 0)) - 1) ** 2,
    "jensen_shannon": lambda r: x_log_x(r) - (r + 1) * np.log((r + 1) / 2),
    "fermi_dirac": lambda r: x_log_x(r) + x_log_x(1 - r),
}


def maximum(
    objective: Callable[[Array], Any], bounds: Any, weights: Array, budget: float
) -> tuple[Array, float]:
    """Return where a concave function is largest within bounds and a budget."""

    def loss(p: Array) -> Any:
        return -objective(p)

    def excess(p: Array) -> Any:
        return weights @ p - budget

    start = np.clip(np.full(len(weights), budget / weights.sum()), *np.transpose(bounds))
    found = OPTIMIZE.minimize(
        loss,
        start,
        method="SLSQP",
        bounds=bounds,
        constraints={"type": "eq", "fun": excess},
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    return found.x, -found.fun


@pytest.mark.parametrize("name", DIVERGENCES)
@pytest.mark.parametrize("bounded", [False, True])
def test_constrained_is_the_largest_value_there_is(name: str, bounded: bool) -> None:
    random = np.random.default_rng(3)
    x, log_g, w = normal(5, scale=1), random.normal(size=5) / 4, random.uniform(0.5, 2, 5)
    lower, upper = random.uniform(0.01, 0.1, 5), random.uniform(0.3, 0.6, 5)
    g = np.exp(log_g)
    most = np.minimum(upper, g) if bounded else g if name == "fermi_dirac" else np.full(5, 4.0)
    least = lower if bounded else np.full(5, 1e-9)

    def value(p: Array) -> Any:
        return p @ x - 0.8 * np.sum(g * DIVERGENCES[name](p / g))

    p, best = maximum(value, list(zip(least, most, strict=True)), w, 1.2)
    options: dict[str, Any] = {"alpha": 1.5} if name == "alpha" else {}
    if bounded:
        options |= {"lower": lower, "upper": np.minimum(upper, g)}
    unchecked: Any = gibbs.constrained
    found = unchecked(
        x, name, budget=1.2, weights=w, temperature=0.8, log_degeneracy=log_g,
        return_details=True, **options,
    )  # fmt: skip
    assert found.probabilities == pytest.approx(p, abs=2e-5)
    assert found.value == pytest.approx(best, abs=1e-8)
    assert found.value >= best - 1e-12
    assert w @ found.probabilities == pytest.approx(1.2)
    assert found.support == np.count_nonzero(found.probabilities)


@pytest.mark.parametrize("alpha", [1.25, 1.5, 2.0, 4.0])
def test_normmax_is_the_largest_value_there_is(alpha: float) -> None:
    x = normal(6, scale=0.5)
    _, best = maximum(
        lambda p: p @ x - 0.8 * np.sum(np.abs(p) ** alpha) ** (1 / alpha),
        [(0, 1)] * 6,
        np.ones(6),
        1,
    )
    found = gibbs.normmax(x, alpha, temperature=0.8, return_details=True)
    p = found.probabilities
    assert found.value == pytest.approx(best, abs=1e-8)
    assert p.sum() == pytest.approx(1)
    assert found.value == pytest.approx(p @ x - 0.8 * np.sum(p**alpha) ** (1 / alpha))
    assert ((p > 0) == (x > found.threshold)).all()
    assert found.support == np.count_nonzero(p)


def test_normmax_at_infinity_is_uniform_on_the_best_of_all_subsets() -> None:
    x = normal(7)
    subsets = [s for k in range(1, 8) for s in itertools.combinations(range(7), k)]
    best = max(subsets, key=lambda s: x[list(s)].mean() - 1 / len(s))
    p = gibbs.normmax(x, np.inf)
    assert set(np.flatnonzero(p)) == set(best)
    assert p[list(best)] == pytest.approx(1 / len(best))


@pytest.mark.parametrize("k", [1, 2, 3, 6])
def test_budget_and_fermi_dirac_tend_to_the_best_of_all_subsets(k: int) -> None:
    x = normal(7)
    best = max(itertools.combinations(range(7), k), key=lambda s: x[list(s)].sum())
    exact = np.isin(np.arange(7), best).astype(float)
    for a_map in (gibbs.budget, gibbs.fermi_dirac):
        assert (a_map(x, k, temperature=0) == exact).all()
        assert a_map(x, k, temperature=1e-3) == pytest.approx(exact, abs=1e-9)


def test_box_section_at_temperature_zero_is_the_linear_programme() -> None:
    random = np.random.default_rng(4)
    for _ in range(20):
        x, w = random.normal(size=6), random.uniform(0.5, 2, 6)
        lower, upper = random.uniform(0, 0.2, 6), random.uniform(0.3, 1, 6)
        budget = random.uniform(w @ lower, w @ upper)
        exact = OPTIMIZE.linprog(
            -x, A_eq=[w], b_eq=[budget], bounds=np.column_stack([lower, upper])
        )
        found = gibbs.box_section(
            x, w, budget, lower=lower, upper=upper, temperature=0, return_details=True
        )
        assert found.probabilities == pytest.approx(exact.x, abs=1e-9)
        assert found.value == pytest.approx(-exact.fun)


def test_the_named_members_are_the_general_map() -> None:
    x, cap = normal(3, 6), np.random.default_rng(5).uniform(0.3, 0.6, 6)
    w = np.random.default_rng(6).uniform(0.5, 2, 6)
    for one, divergence, options in [
        (gibbs.capped_softmax(x, cap, lower=0.05), "kl", {"upper": cap, "lower": 0.05}),
        (gibbs.capped_sparsemax(x, cap), "euclidean", {"upper": cap}),
        (gibbs.budget(x, 2.5), "euclidean", {"upper": 1, "budget": 2.5}),
        (gibbs.fermi_dirac(x, 2.5), "fermi_dirac", {"budget": 2.5}),
        (
            gibbs.box_section(x, w, 2, upper=cap),
            "euclidean",
            {"weights": w, "budget": 2, "upper": cap},
        ),
        (gibbs.f_softargmax(x, "hellinger"), "hellinger", {}),
    ]:
        unchecked: Any = gibbs.constrained
        assert (one == unchecked(x, divergence, **options)).all()


def test_members_of_entmax_are_entmax() -> None:
    x, log_g = normal(3, 9), normal(3, 9, seed=2)
    assert (gibbs.f_softargmax(x) == gibbs.softmax(x)).all()
    assert gibbs.capped_softmax(x, np.inf) == pytest.approx(gibbs.softmax(x))
    p = gibbs.f_softargmax(x, "alpha", alpha=3, log_degeneracy=log_g)
    assert (p == gibbs.entmax(x, 3, log_degeneracy=log_g)).all()
    for t in (-1.0, 0.5, 1.0, 1.5):
        p = gibbs.tempered_softmax(x, t, temperature=2, log_degeneracy=log_g)
        assert (p == gibbs.entmax(x, 2 - t, temperature=2, log_degeneracy=log_g)).all()
    assert (gibbs.top_k_entmax(x, 9, 1.25) == gibbs.entmax(x, 1.25)).all()
    assert (gibbs.sink_softmax(x, -np.inf) == gibbs.softmax(x)).all()


@pytest.mark.parametrize("k", [0, 1, 3, 7])
def test_top_k_keeps_the_highest_and_the_first_of_equals(k: int) -> None:
    x = np.array([1.0, 3.0, 2.0, 3.0, 2.0, 2.0, -np.inf])
    kept = np.isin(np.arange(7), np.argsort(-x, kind="stable")[:k])
    for alpha, p in [
        (1, gibbs.top_k_softmax(x, k)),
        (2, gibbs.top_k_sparsemax(x, k)),
        (1.5, gibbs.top_k_entmax(x, k)),
    ]:
        assert p == pytest.approx(gibbs.entmax(x, alpha, mask=kept))


def test_top_k_sparsemax_is_the_best_of_all_subsets() -> None:
    x = normal(6, scale=0.3)

    def value(subset: tuple[int, ...]) -> Any:
        p = gibbs.sparsemax(x, mask=np.isin(np.arange(6), subset))
        return p @ x - p @ p / 2

    best = max(itertools.combinations(range(6), 3), key=value)
    assert set(np.flatnonzero(gibbs.top_k_sparsemax(x, 3))) <= set(best)


def test_top_k_details_are_those_of_the_states_kept() -> None:
    x = normal(4, 9)
    kept = x >= np.sort(x)[:, -3:-2]
    for one, other in zip(
        gibbs.top_k_entmax(x, 3, return_details=True),
        gibbs.details(x, 1.5, mask=kept),
        strict=True,
    ):
        assert one == pytest.approx(other)


def test_a_sink_is_one_state_more() -> None:
    x, log_g, sink = normal(4, 6), normal(4, 6, seed=2), normal(4, seed=3)
    more = np.concatenate([x, sink[:, None]], 1)
    log_more = np.concatenate([log_g, np.zeros((4, 1))], 1)
    exact = gibbs.details(more, 1, temperature=0.7, log_degeneracy=log_more)
    found = gibbs.sink_softmax(x, sink, temperature=0.7, log_degeneracy=log_g, return_details=True)
    assert found.probabilities == pytest.approx(exact.probabilities[:, :-1])
    assert found.sink_probability == pytest.approx(exact.probabilities[:, -1])
    assert found.log_partition == pytest.approx(exact.log_partition)


@pytest.mark.parametrize("name", CONSTRAINED)
def test_the_multiplier_is_the_derivative_of_the_value_in_the_budget(name: str) -> None:
    member, x = CONSTRAINED[name], normal(3, 5)
    budget, step = member.parameters.get("budget", 1.0), 1e-5
    up, down, found = (
        member.run(x, budget=b, return_details=True) for b in (budget + step, budget - step, budget)
    )
    assert found.multiplier == pytest.approx((up.value - down.value) / (2 * step), abs=1e-4)


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_every_row_is_mapped_with_its_own_parameters(name: str, axis: int) -> None:
    member, shape = MEMBERS[name], (2, 3, 4)
    x, given = normal(*shape), some_parameters(MEMBERS[name], (2, 3, 4), axis)
    found = member.run(x, axis, **given)
    kept = tuple(n for d, n in enumerate(shape) if d != axis)
    for row in itertools.product(*map(range, kept)):
        of_row = {
            key: along(value, axis)[row] if np.shape(value) == shape else np.asarray(value)[row]
            for key, value in given.items()
            if np.ndim(value)
        }
        exact = member.run(along(x, axis)[row], **{**given, **of_row})
        assert (along(found, axis)[row] == exact).all()


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_details_of_rows_have_their_shape_and_belong_to_them(name: str, axis: int) -> None:
    member, x = MEMBERS[name], normal(2, 3, 4)
    found = member.run(x, axis, return_details=True)
    kept = tuple(n for d, n in enumerate(x.shape) if d != axis)
    assert (found[0] == member.run(x, axis)).all()
    alone = member.run(along(x, axis)[1, 1], return_details=True)
    for side, of_row in zip(found[1:], alone[1:], strict=True):
        assert side.shape == kept
        assert side[1, 1] == of_row
