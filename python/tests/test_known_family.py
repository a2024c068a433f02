"""The wider family gives the known answers, and its derivatives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gibbs
from known_support import Case, is_near, options_of, read_cases

CASES = read_cases("family.txt")
# In ulp of 1 twice what C++ promises with fused multiply-add, as maps without it may.
BARS = {np.float64: 2e-15, np.float32: 4e-7}
ULP = {np.float64: 2.0**-52, np.float32: 2.0**-23}
SIDES = ("budget", "lower", "upper", "weights")

dtypes = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def cases_of(*maps: str) -> list[Case]:
    return [case for case in CASES if case["map"] in maps]


def constrained_options(case: Case) -> dict[str, Any]:
    sides = {side: case[side] for side in SIDES if side in case}
    return {"divergence": case["divergence"], "alpha": case.get("alpha"), **sides}


def constrained(case: Case, x: Any) -> Any:
    found: Any = gibbs.constrained(
        x, return_details=True, **constrained_options(case), **options_of(case)
    )
    return found


def options_of_normmax(case: Case) -> dict[str, Any]:
    options = options_of(case)
    del options["log_degeneracy"]
    return options


def normmax(case: Case, x: Any) -> Any:
    return gibbs.normmax(x, case["alpha"], return_details=True, **options_of_normmax(case))


def top_k(case: Case, x: Any) -> Any:
    found: Any = gibbs.top_k_entmax(
        x, int(case["k"]), case["alpha"], return_details=True, **options_of(case)
    )
    return found


def tempered(case: Case, x: Any) -> Any:
    return gibbs.tempered_softmax(x, case["t"], return_details=True, **options_of(case))


def sink(case: Case, x: Any) -> Any:
    return gibbs.sink_softmax(x, case["sink"], return_details=True, **options_of(case))


MAPS: dict[str, Callable[[Case, Any], Any]] = {
    "constrained": constrained,
    "normmax": normmax,
    "top_k": top_k,
    "tempered": tempered,
    "sink": sink,
}


def test_there_are_known_answers_of_every_map_and_divergence() -> None:
    kinds = Counter(case["map"] + case.get("divergence", "") for case in CASES)
    assert len(CASES) > 1000
    assert len(kinds) == 11
    assert min(kinds.values()) >= 50
    assert sum("upstream" in case for case in CASES) >= 100


def probability_bar(case: Case, dtype: Any) -> float:
    # x - tau is small there, and its power 1 / (alpha - 1) is steep at 0.
    is_steep = case["map"] == "normmax" and case["alpha"] > 2 and dtype is np.float64
    return 1e-10 if is_steep else BARS[dtype]


@pytest.mark.parametrize("name", MAPS)
@dtypes
def test_every_known_probability_is_given(name: str, dtype: Any) -> None:
    for case in cases_of(name):
        p = MAPS[name](case, case["scores"].astype(dtype)).probabilities
        assert p.dtype == dtype
        assert is_near(p, case["probabilities"], probability_bar(case, dtype)), case
        assert (p[case["probabilities"] == 0] <= probability_bar(case, dtype)).all(), case


@dtypes
def test_states_at_a_bound_are_there_to_the_bit(dtype: Any) -> None:
    for case in cases_of("constrained"):
        exact = case["probabilities"]
        p = constrained(case, case["scores"].astype(dtype)).probabilities
        for bound in ("lower", "upper"):
            at_bound = exact == case.get(bound, np.nan)
            assert (p[at_bound] == exact[at_bound]).all(), case


def size_of_value(case: Case) -> float:
    """Return the size of what a value is a sum of."""
    p = case["probabilities"]
    terms = p[p > 0] * case["scores"][p > 0]
    return max(1, abs(case["value"]), *np.abs(terms))


@dtypes
def test_every_known_value_is_given(dtype: Any) -> None:
    for case in cases_of("constrained", "normmax"):
        found = MAPS[case["map"]](case, case["scores"].astype(dtype))
        bar = 8 * ULP[dtype] * size_of_value(case)
        assert is_near(found.value, case["value"], bar, relative=False), case
        assert found.support == np.count_nonzero(found.probabilities), case


@dtypes
def test_the_multiplier_is_that_of_a_budget_an_ulp_away(dtype: Any) -> None:
    name = "double_multiplier" if dtype is np.float64 else "float_multiplier"
    for case in cases_of("constrained"):
        tau, (low, high) = constrained(case, case["scores"].astype(dtype)).multiplier, case[name]
        scores = case["scores"][np.isfinite(case["scores"])]
        size = np.max(np.abs(scores), initial=1)
        assert low <= tau <= high or is_near(tau, np.clip(tau, low, high), 4 * ULP[dtype] * size)


@dtypes
def test_every_known_number_beside_the_probabilities_is_given(dtype: Any) -> None:
    bar = 2 * BARS[dtype]
    for case in cases_of("top_k", "tempered"):
        found = MAPS[case["map"]](case, case["scores"].astype(dtype))
        assert is_near(found.log_partition, case["log_partition"], bar), case
        assert is_near(found.entropy, case["entropy"], 10 * bar), case
    for case in cases_of("sink"):
        found = sink(case, case["scores"].astype(dtype))
        assert is_near(found.log_partition, case["log_partition"], bar), case
        assert is_near(found.sink_probability, case["sink_probability"], bar), case
    for case in cases_of("normmax"):
        found = normmax(case, case["scores"].astype(dtype))
        assert is_near(found.threshold, case["threshold"], bar), case


def derivatives(case: Case, p: Any, v: Any) -> Any:
    """Return the gradients of <v, p> in all that the case has them in."""
    wrt: Any = [key.removeprefix("grad_") for key in case if key.startswith("grad_")]
    heat, log_g = case["temperature"], case.get("log_degeneracy")
    if case["map"] == "constrained":
        options = {**constrained_options(case), **options_of(case)}
        return gibbs.constrained_vjp(p, v, wrt=wrt, **options)
    if case["map"] == "normmax":
        return gibbs.normmax_vjp(p, v, case["alpha"], temperature=heat, wrt=wrt)
    options: dict[str, Any] = {"temperature": heat, "log_degeneracy": log_g, "wrt": wrt}
    if case["map"] == "top_k":
        return gibbs.entmax_vjp(p, v, case["alpha"], **options)
    if case["map"] == "tempered":
        return gibbs.tempered_softmax_vjp(p, v, case["t"], **options)
    p_0 = np.asarray(case["sink_probability"], p.dtype)
    return gibbs.sink_softmax_vjp(p, v, p_0, sink=case["sink"], **options)


def steepness_of(case: Case) -> float:
    """Return the largest s = p^t g^(1 - t) of tempered softmax, which is above 1 where t < 0."""
    t, p = case.get("t", 0), case["probabilities"]
    if t >= 0:
        return 1
    log_g = case.get("log_degeneracy", np.zeros_like(p))
    return max(1, *(p[p > 0] ** t * np.exp((1 - t) * log_g[p > 0])))


def slope_bar(case: Case, key: str, dtype: Any) -> float:
    """Return four ulp of the largest that v can make of them: they are differences as large."""
    upstream, size = (np.max(np.abs(case[name])) for name in ("upstream", key))
    by_scores = key in ("grad_scores", "grad_temperature")
    reach = max(1, 1 / case["temperature"]) if by_scores else 1
    return 4 * ULP[dtype] * max(size, upstream * reach * steepness_of(case))


@pytest.mark.parametrize("name", MAPS)
@dtypes
def test_every_known_derivative_is_given(name: str, dtype: Any) -> None:
    checked = 0
    for case in cases_of(name):
        if "upstream" in case:
            p, v = (case[key].astype(dtype) for key in ("probabilities", "upstream"))
            found = derivatives(case, p, v)
            for key in (key for key in case if key.startswith("grad_")):
                got = getattr(found, key.removeprefix("grad_"))
                bar = slope_bar(case, key, dtype)
                assert is_near(got, case[key], bar, relative=False), (key, case)
                checked += 1
    assert checked >= 20
