"""Maximum entropy, quantum gases and chains in Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gibbs import thermo
from gibbs.sampling import chi_square_test
from gibbs.thermo import Levels, maximum_entropy, mean_number, metropolis, quantum_gas
from support import layouts

FACES = np.arange(1.0, 7.0)


def test_the_law_has_the_moments_and_the_form() -> None:
    functions = np.array([FACES, FACES**2])
    found = maximum_entropy(functions, [4.0, 18.5], degeneracies=[1, 2, 1, 1, 3, 1])
    assert found.converged
    assert found.rank == 2
    np.testing.assert_allclose(functions @ found.probabilities, [4.0, 18.5], rtol=1e-14)
    p = np.array([1, 2, 1, 1, 3, 1]) * np.exp(-found.multipliers @ functions - found.log_partition)
    np.testing.assert_allclose(found.probabilities, p, rtol=1e-12)


def test_functions_may_lie_in_memory_as_they_like() -> None:
    functions = np.array([FACES, np.cos(FACES)])
    exact = maximum_entropy(functions, [4.0, 0.1])
    for laid in layouts(functions).values():
        got = maximum_entropy(laid, [4.0, 0.1])
        np.testing.assert_array_equal(got.probabilities, exact.probabilities)
    integers = maximum_entropy([1, 2, 3, 4, 5, 6], 4)
    np.testing.assert_array_equal(
        integers.probabilities, maximum_entropy(FACES, [4.0]).probabilities
    )


def test_the_boundary_is_told() -> None:
    found = maximum_entropy(FACES, 6)
    assert found.on_boundary
    np.testing.assert_array_equal(found.probabilities, [0, 0, 0, 0, 0, 1])
    with pytest.raises(ValueError, match="no law has these moments"):
        maximum_entropy(FACES, 6.5)


@pytest.mark.parametrize("statistics", ["bose-einstein", "fermi-dirac", "maxwell-boltzmann"])
def test_numbers_add_up_and_have_the_form(statistics: Any) -> None:
    levels = Levels([0, 0.5, 2, 7], [1, 3, 5, 2])
    gas = quantum_gas(statistics, levels, 4.5, 0.7)
    assert gas.converged
    assert gas.occupation.sum() == pytest.approx(4.5, rel=1e-14)
    x = 0.7 * (levels.energies - gas.chemical_potential)
    np.testing.assert_allclose(
        gas.occupation, levels.degeneracies * mean_number(statistics, x), rtol=1e-13
    )
    assert gas.mean_energy == pytest.approx(gas.occupation @ levels.energies, rel=1e-14)


def test_mean_numbers_have_the_shape_of_x() -> None:
    x: Any = np.array([[0.1, 1.0], [2.0, 30.0]])
    np.testing.assert_allclose(mean_number("fermi-dirac", x), 1 / (np.exp(x) + 1), rtol=1e-14)
    np.testing.assert_allclose(mean_number("bose-einstein", x.T).T, 1 / np.expm1(x), rtol=1e-14)
    assert mean_number("maxwell-boltzmann", 0) == 1.0


def on_a_ring(state: int, u: Any) -> int:
    """One place to the left or to the right of seven."""
    return (state + (1 if u[0] < 0.5 else 6)) % 7


ENERGIES = np.array([0, 0.7, -0.4, 2, 0.1, 1.3, 0.7])


def test_a_chain_visits_states_as_often_as_the_law_says() -> None:
    run = metropolis(
        lambda s: ENERGIES[s],
        on_a_ring,
        0,
        steps=60_000,
        stride=30,
        burn_in=100,
        uniforms=1,
        keep_states=True,
        seed=3,
    )
    p = np.exp(-ENERGIES) / np.exp(-ENERGIES).sum()
    fit = chi_square_test(np.bincount(run.states, minlength=7), p)
    assert 0.001 < fit.p_value < 0.999
    np.testing.assert_array_equal(run.energies, ENERGIES[run.states])
    assert run.energy == thermo.autocorrelation(run.energies)
    assert run.steps == 60_000
    assert 0 < run.accepted < 60_000


def test_a_chain_is_a_function_of_its_seed_and_goes_on_where_it_ended() -> None:
    def run(**options: Any) -> Any:
        arguments: dict[str, Any] = {"state": 0, "seed": 1, **options}
        return metropolis(lambda s: ENERGIES[s], on_a_ring, **arguments)

    whole = run(steps=50)
    np.testing.assert_array_equal(whole.energies, run(steps=50).energies)
    first = run(steps=20)
    second = run(steps=30, first_step=20, state=first.state)
    np.testing.assert_array_equal(np.concatenate([first.energies, second.energies]), whole.energies)
    for other in ({"seed": 2}, {"stream": 1}, {"chain": 1}, {"beta": 3.0}):
        assert not np.array_equal(whole.energies, run(steps=50, **other).energies)
    assert whole.states == []
    assert math.isnan(run(steps=0).acceptance)


def test_what_python_raises_comes_through() -> None:
    def fails(_: int) -> float:
        raise LookupError("no such state")

    with pytest.raises(LookupError, match="no such state"):
        metropolis(fails, on_a_ring, 0)
    with pytest.raises(TypeError, match=r"metropolis: energy\(state\)"):
        metropolis(lambda s: "low", on_a_ring, 0)  # type: ignore[arg-type, return-value]
    with pytest.raises(ValueError, match="metropolis: energies must not be NaN"):
        metropolis(lambda s: math.nan, on_a_ring, 0)
    with pytest.raises(ValueError, match="metropolis: stride must be from 1"):
        metropolis(lambda s: 0.0, on_a_ring, 0, stride=0)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: maximum_entropy(FACES, [1, 2]), ValueError, "moments must have 1 entry"),
        (lambda: maximum_entropy(1.0, 1.0), ValueError, "functions must have one or two dim"),
        (lambda: maximum_entropy(["a"], 1.0), TypeError, "maximum_entropy: functions"),
        (
            lambda: quantum_gas("bose", Levels([0]), 1, 1),  # type: ignore[arg-type]
            ValueError,
            "quantum_gas: statistics must be bose-einstein, fermi-dirac or maxwell-boltzmann, got",
        ),
        (
            lambda: quantum_gas("fermi-dirac", Levels([0]), 2, 1),
            ValueError,
            "quantum_gas: particles must be at most one per state, 1 in all, got 2",
        ),
        (
            lambda: quantum_gas("fermi-dirac", [0.0], 1, 1),  # type: ignore[arg-type]
            TypeError,
            "quantum_gas: levels must be Levels, got list",
        ),
        (lambda: thermo.autocorrelation([[1.0]]), ValueError, "series must have one dimension"),
        (
            lambda: thermo.Ensemble([0, 1], unit=3),  # type: ignore[arg-type]
            TypeError,
            "Ensemble: unit must be a string, got int",
        ),
        (
            lambda: mean_number(1, 1.0),  # type: ignore[arg-type]
            TypeError,
            "mean_number: statistics must be a string, got int",
        ),
        (
            lambda: thermo.boltzmann_constant(None),  # type: ignore[arg-type]
            TypeError,
            "boltzmann_constant: unit must be a string, got NoneType",
        ),
    ],
)
def test_refusals_are_sentences(call: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        call()


def test_bosons_without_energy_are_infinitely_many_at_either_zero() -> None:
    assert mean_number("bose-einstein", 0.0) == np.inf
    assert mean_number("bose-einstein", -0.0) == np.inf


def test_a_chain_needs_functions() -> None:
    walk: Any = metropolis
    with pytest.raises(TypeError, match=r"^metropolis: energy must be a function, got int$"):
        walk(3, 4, 0.0)
    with pytest.raises(TypeError, match=r"^metropolis: propose must be a function, got int$"):
        walk(abs, 4, 0.0)
