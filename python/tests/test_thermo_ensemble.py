"""Ensembles: shapes, promotion, limits and refusals; the numbers are tested in C++."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gibbs
from gibbs import thermo
from gibbs.thermo import Ensemble, Levels, State

INF = math.inf
NAN = math.nan


def two_level_heat_capacity(x: Any) -> Any:
    return (x / 2) ** 2 / np.cosh(x / 2) ** 2


@pytest.mark.parametrize("shape", [(), (1,), (0,), (3,), (2, 3), (2, 0, 4), (2, 3, 4)])
def test_every_quantity_has_the_shape_of_the_temperatures(shape: tuple[int, ...]) -> None:
    ensemble = Ensemble([0, 1, 2], [1, 3, 5])
    t = np.linspace(0.1, 3, int(np.prod(shape))).reshape(shape)
    state = ensemble.sweep(t)
    for field in state:
        assert np.shape(field) == shape
    np.testing.assert_array_equal(state.temperature, t)
    for name in ("log_partition", "mean_energy", "free_energy", "entropy", "heat_capacity",
                 "energy_variance"):  # fmt: skip
        np.testing.assert_array_equal(getattr(ensemble, name)(t), getattr(state, name))
    assert ensemble.populations(t).shape == (*shape, 3)
    assert ensemble.sample(t, 2).shape == (*shape, 2)
    assert np.shape(ensemble.sample(t)) == shape
    assert np.shape(ensemble.temperature_of(np.full(shape, 1.25)).beta) == shape
    assert np.shape(ensemble.tail(t, 9.0).entropy) == shape


def test_each_field_is_in_its_place() -> None:
    beta = 2.0
    state = Ensemble([0, 1], boltzmann=0.25).at(1 / (0.25 * beta))
    p = 1 / (1 + math.exp(beta))
    variance = p * (1 - p)
    exact = (
        2.0, 2.0, math.log1p(math.exp(-beta)), p, -math.log1p(math.exp(-beta)) / beta,
        math.log1p(math.exp(-beta)) + beta * p, beta**2 * variance, 0.25 * beta**2 * variance,
        variance, variance * (1 - 2 * p), variance * (1 - 6 * variance),
        (1 - 2 * p) / math.sqrt(variance),
    )  # fmt: skip
    for name, got, value in zip(State._fields, state, exact, strict=True):
        assert float(got) == pytest.approx(value, rel=1e-14), name


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float32, np.float64, np.bool_])
def test_numbers_are_promoted(dtype: Any) -> None:
    energies: Any = np.array([0, 1], dtype=dtype)
    ones: Any = np.ones(2, dtype=dtype)
    got = Ensemble(energies, ones).heat_capacity(ones)
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, two_level_heat_capacity(1.0), rtol=1e-14)


def test_degeneracies_may_be_of_any_size_and_kind() -> None:
    big = 10**400
    for ensemble in (
        Ensemble([0, 1], [1, big]),
        Ensemble([0, 1], ["1", "1e400"]),
        Ensemble(Levels([0, 1], [1, big])),
        Ensemble([0, 1], log_degeneracies=[0.0, 400 * math.log(10)]),
    ):
        assert ensemble.entropy(INF) == pytest.approx(400 * math.log(10), rel=1e-15)
        assert ensemble.mean_energy(1 / (400 * math.log(10))) == pytest.approx(0.5, rel=1e-10)


def test_units_are_how_k_is_measured() -> None:
    warm = Ensemble([0, 100.0], unit="cm-1")
    assert warm.boltzmann == thermo.boltzmann_constant("cm-1")
    assert warm.unit == "cm-1"
    cold = Ensemble([0, 100.0])
    assert warm.entropy(300) == pytest.approx(cold.entropy(300 * warm.boltzmann), rel=1e-14)
    assert Ensemble([0, 1], boltzmann=2.0).boltzmann == 2
    assert repr(warm) == "Ensemble(2 levels from 0.0 to 100.0 cm-1)"
    assert repr(cold) == "Ensemble(2 levels from 0.0 to 100.0)"
    np.testing.assert_array_equal(warm.levels.energies, [0, 100])


def test_limits_are_exact() -> None:
    ensemble = Ensemble([0, 1, 1, INF, -9], [2, 1, 2, 7, 0])
    state = ensemble.sweep([0.0, -0.0, INF, -INF, NAN, 1e-320])
    np.testing.assert_array_equal(state.mean_energy, [0, 1, 0.6, 0.6, NAN, 0])
    np.testing.assert_allclose(
        state.entropy, np.log([2, 3, 5, 5, NAN, 2]), rtol=4e-16, equal_nan=True
    )
    np.testing.assert_array_equal(state.heat_capacity, [0, 0, 0, 0, NAN, 0])
    np.testing.assert_array_equal(state.beta, [INF, -INF, 0, 0, NAN, INF])
    p = ensemble.populations([0.0, NAN])
    np.testing.assert_allclose(p[0], [1, 0, 0, 0, 0], atol=1e-15)
    assert np.isnan(p[1]).all()
    assert not np.isnan(Ensemble([-1e300, 0, 1e300]).sweep(np.logspace(-12, 300, 50))[:9]).any()


def test_without_levels_there_is_nothing() -> None:
    state = Ensemble([]).at(1.0)
    assert state.log_partition == -INF
    assert state.free_energy == INF
    assert np.isnan(state.mean_energy)
    assert Ensemble([]).populations(1.0).shape == (0,)
    assert Ensemble([1], [0]).sample(1.0) == -1


def test_betas_are_inverse_temperatures() -> None:
    ensemble = Ensemble([0, 1, 5], boltzmann=0.5)
    t = np.array([0.25, 2.0, -4.0])
    for a, b in zip(ensemble.sweep(t), ensemble.sweep_beta(1 / (0.5 * t)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)


def test_the_temperature_of_a_mean_energy_is_found_on_both_sides() -> None:
    ensemble = Ensemble([0, 1], boltzmann=2.0)
    found = ensemble.temperature_of([[0.25, 0.75, 0.5], [0, 1, 1e-9]])
    np.testing.assert_allclose(
        found.beta[0], [math.log(3), -math.log(3), 0], rtol=1e-15, atol=1e-300
    )
    np.testing.assert_allclose(found.temperature[0, :2], 0.5 / found.beta[0, :2], rtol=1e-14)
    assert found.temperature[0, 2] == INF
    np.testing.assert_array_equal(found.beta[1, :2], [INF, -INF])
    assert np.signbit(found.temperature[1, 1])
    assert found.beta[1, 2] == pytest.approx(math.log(1e9 - 1), rel=1e-13)
    assert found.converged.dtype == np.bool_
    assert found.converged.all()
    assert found.iterations.dtype == np.int64
    assert found.iterations.max() < 40
    np.testing.assert_allclose(found.residual, 0, atol=1e-16)


def test_populations_are_those_of_softmax() -> None:
    energies, g = np.array([0.5, 1, 2.5]), np.array([1, 3, 2])
    p = Ensemble(energies, g).populations([0.5, -2.0])
    np.testing.assert_allclose(
        p[0], gibbs.softmax(-energies, temperature=0.5, log_degeneracy=np.log(g)), rtol=1e-15
    )
    np.testing.assert_allclose(
        p[1], gibbs.softmax(energies, temperature=2, log_degeneracy=np.log(g)), rtol=1e-15
    )


def test_most_probable_numbers_add_up_and_stay_near_the_mean() -> None:
    ensemble = Ensemble([0, 1, 5], [1, 3, 40])
    t = np.array([[0.3, 1.0], [-2.0, np.inf]])
    n = ensemble.most_probable_occupations(t, 10_000)
    assert n.shape == (2, 2, 3)
    assert n.dtype == np.int64
    assert np.all(n.sum(-1) == 10_000)
    assert np.all(np.abs(n - 10_000 * ensemble.populations(t)) < 2)
    assert np.all(ensemble.most_probable_occupations(NAN, 3) == -1)
    with pytest.raises(ValueError, match="systems must be from 0 to 4503599627370496, got -1"):
        ensemble.most_probable_occupations(1.0, -1)
    with pytest.raises(TypeError):
        ensemble.most_probable_occupations(1.0, 1.5)  # type: ignore[arg-type]


def test_draws_follow_the_populations_and_their_seed() -> None:
    ensemble = Ensemble([0, 1, 2], [1, 3, 1])
    drawn, log_p = ensemble.sample([0.7, -1.5], 20000, seed=5, return_log_probability=True)
    p = ensemble.populations([0.7, -1.5])
    for row, law in zip(drawn, p, strict=True):
        assert gibbs.sampling.chi_square_test(np.bincount(row, minlength=3), law).p_value > 1e-4
    np.testing.assert_allclose(log_p, np.log(np.take_along_axis(p, drawn, 1)), rtol=1e-12)
    np.testing.assert_array_equal(drawn[1], ensemble.sample(-1.5, 20000, seed=5, first_row=1))
    assert (drawn[0] != ensemble.sample(0.7, 20000, seed=6)).any()
    np.testing.assert_array_equal(drawn[0, 7:], ensemble.sample(0.7, 19993, seed=5, first_draw=7))


def test_a_tail_is_bounded() -> None:
    rotor, whole = (Ensemble(thermo.rigid_rotor(1.0, n)) for n in (11, 300))
    t = np.array([5.0, 20.0, 100.0])
    bound = rotor.tail(t, 132.0)
    lost = whole.log_partition(t) - rotor.log_partition(t)
    assert (lost <= bound.log_partition).all()
    assert (bound.log_partition < 30 * lost).all()
    few = rotor.tail(t, 132.0, states=23)
    assert (few.log_partition < bound.log_partition).all()
    assert (rotor.tail(t, 132.0, growth=2.0).entropy > bound.entropy).all()
    assert rotor.tail(-1.0, 132.0).mean_energy == INF


def test_the_peak_is_schottkys() -> None:
    peak = Ensemble([0, 3.0]).heat_capacity_peak(0.1, 30)
    x = 3 / float(peak.temperature)
    assert x * math.tanh(x / 2) == pytest.approx(2, rel=1e-13)
    assert np.shape(peak.heat_capacity) == ()


def test_systems_add() -> None:
    a, b = Levels([0, 1]), Levels([0, 2.5], [1, 3])
    t = np.array([0.0, 0.7, INF])
    both = thermo.combine(Ensemble(a).sweep(t), Ensemble(b).sweep(t))
    for name, got, exact in zip(
        State._fields, both, Ensemble(thermo.product(a, b)).sweep(t), strict=True
    ):
        np.testing.assert_allclose(got, exact, rtol=1e-13, atol=1e-13, err_msg=name)
    with pytest.raises(ValueError, match="temperatures must be the same, got 1 and 2"):
        thermo.combine(Ensemble(a).at(1.0), Ensemble(a).at(2.0))


def test_parts_may_have_temperatures_of_their_own() -> None:
    parts = [[0, 0, 10, 10], [0, 1, 0, 1]]
    p = thermo.multi_temperature_populations(parts, [30, 0.5], [1, 3, 1, 3])
    hot = Ensemble([0, 10]).populations(30.0)
    cold = Ensemble([0, 1], [1, 3]).populations(0.5)
    np.testing.assert_allclose(p, np.outer(hot, cold).ravel(), rtol=1e-14)
    joule = thermo.multi_temperature_populations(parts, [30, 0.5], unit="kJ/mol")
    assert joule[0] == pytest.approx(1.0)
    with pytest.raises(ValueError, match=r"parts must have two dimensions, got 1"):
        thermo.multi_temperature_populations([0, 1], [1.0])
    with pytest.raises(ValueError, match=r"parts\[0, 1\] must be a number above -inf, got nan"):
        thermo.multi_temperature_populations([[0, NAN]], [1.0])


def test_an_ideal_gas_of_any_temperature() -> None:
    state = thermo.translation(6.6e-27, 0.02, np.array([[100.0, 300.0]]), 10)
    assert state.entropy.shape == (1, 2)
    np.testing.assert_array_equal(state.heat_capacity, [[15, 15]])
    other = thermo.translation(6.6e-27, 0.02, 300, constants=thermo.Constants(planck=1e-33))
    assert other.entropy < thermo.translation(6.6e-27, 0.02, 300).entropy
    with pytest.raises(ValueError, match="translation: mass must be positive and finite, got 0"):
        thermo.translation(0, 1, 1)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: Ensemble([0, NAN]), ValueError, r"Levels: energies\[1\] "),
        (lambda: Ensemble([0, -INF]), ValueError, r"energies\[1\] "),
        (lambda: Ensemble([0, 1], [1, -1]), ValueError, r"degeneracies\[1\] "),
        (lambda: Ensemble([0, 1], unit="furlong"), ValueError, "Ensemble: .*furlong"),  # type: ignore[arg-type]
        (
            lambda: Ensemble([0, 1], boltzmann=0.0),
            ValueError,
            "Ensemble: boltzmann must be positive and finite, got 0",
        ),
        (lambda: Ensemble(Levels([0]), [1]), TypeError, "Levels come with their degeneracies"),
        (lambda: Ensemble([0], [1], log_degeneracies=[0]), TypeError, "not both"),
        (
            lambda: Ensemble([-1, 1]).temperature_of(2.0),
            ValueError,
            "temperature_of: mean_energy must be from -1 to 1, got 2",
        ),
        (lambda: Ensemble([0]).heat_capacity(1j), TypeError, "heat_capacity: temperatures "),
        (lambda: Ensemble([0]).sweep("warm"), TypeError, "sweep: temperatures "),
        (lambda: Ensemble([0, 3]).tail(1.0, 2.0), ValueError, "cut must not be below the highest"),
        (lambda: Ensemble([0, 3]).tail(1.0, 4.0, states="x"), ValueError, "tail: states"),
        (lambda: Ensemble([0, 1]).heat_capacity_peak(2, 1), ValueError, "rising, got 2 and 1"),
        (lambda: Ensemble([0, 1]).sample(1.0, -1), ValueError, "draws must not be negative"),
        (lambda: Ensemble([0, 1]).sample(1.0, seed=-1), ValueError, "sample: seed"),
    ],
)
def test_what_cannot_be_is_refused(call: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        call()


def test_no_levels_are_occupied_by_nobody() -> None:
    occupations = Ensemble([]).most_probable_occupations([1.0, 2.0], 5)
    assert occupations.shape == (2, 0)
    assert (Ensemble([np.inf]).most_probable_occupations(1.0, 5) == -1).all()


def test_what_is_no_state_does_not_combine() -> None:
    any_of: Any = thermo.combine
    state = Ensemble([0, 1]).at(2.0)
    with pytest.raises(TypeError, match=r"^combine: a must be a State, got int$"):
        any_of(1, state)
    with pytest.raises(TypeError, match=r"^combine: b must be a State, got tuple$"):
        any_of(state, tuple(state))
    two, three = Ensemble([0, 1]).sweep([1.0, 2.0]), Ensemble([0, 1]).sweep([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"^combine: b of shape \(3,\) does not broadcast with a"):
        thermo.combine(two, three)
