"""Units, lists of levels and models: what Python adds to the library's own laws."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import product as combinations
from typing import Any

import numpy as np
import pytest

from gibbs import thermo
from gibbs.thermo import Levels


def test_integers_of_any_size_are_read_exactly() -> None:
    sizes = [1, 2**53 + 1, 10**300, 2**1024, 10**400, 7**3000, 10**5000]
    levels = Levels(range(len(sizes)), sizes)
    for g, log_g in zip(sizes, levels.log_degeneracies, strict=True):
        shift = max(g.bit_length() - 60, 0)
        exact = math.log(g >> shift) + shift * math.log(2)
        assert log_g == pytest.approx(exact, rel=4e-16, abs=1e-15)
    assert levels.degeneracies[1] == float(2**53)  # the even neighbour
    assert levels.degeneracies[5] == math.inf


@pytest.mark.parametrize(
    "given",
    [
        ["1", "3", "0.5"],
        [1, 3, 0.5],
        np.array([1, 3, 0.5], dtype=np.float32),
        np.array(["1", "3", "0.5"]),
        [Decimal(1), Decimal(3), Decimal("0.5")],
        [1, "3", 0.5],
        (np.int64(1), 3, "5e-1"),
    ],
)
def test_numbers_and_text_are_the_same_degeneracies(given: Any) -> None:
    np.testing.assert_array_equal(Levels([0, 1, 2], given).degeneracies, [1, 3, 0.5])


def test_integer_energies_are_promoted() -> None:
    levels = Levels(np.arange(3), np.array([1, 2, 3], dtype=np.uint8))
    assert levels.energies.dtype == np.float64
    np.testing.assert_array_equal(levels.energies, [0, 1, 2])
    np.testing.assert_array_equal(levels.degeneracies, [1, 2, 3])


def test_levels_know_their_bounds() -> None:
    levels = Levels([3, np.inf, 1, -7], [1, 5, 2, 0])
    assert (levels.lowest, levels.highest) == (1, 3)
    assert levels.log_states == pytest.approx(math.log(3), rel=1e-15)
    assert len(levels) == 4
    assert repr(levels) == "Levels(4 levels from 1.0 to 3.0)"
    assert repr(Levels([2.5])) == "Levels(1 level from 2.5 to 2.5)"
    assert Levels([]).lowest == math.inf
    assert Levels([], []).log_states == -math.inf


def test_a_wang_landau_run_is_shifted_to_the_number_of_states() -> None:
    for states in (2**1024, str(2**1024), "1.797693134862315907729305190789024733617976978942e308"):
        levels = Levels.of_log_degeneracies([0, 1, 2], [5, 6, -np.inf], states=states)
        assert levels.log_states == pytest.approx(1024 * math.log(2), rel=1e-15)
        assert np.diff(levels.log_degeneracies)[0] == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(
        Levels.of_log_degeneracies([0, 1], [5, 600]).log_degeneracies, [5, 600], rtol=1e-15
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: Levels([0, np.nan]), r"Levels: energies\[1\] must be a number or \+inf, got nan"),
        (lambda: Levels([0, 1], [1, -1]), r"degeneracies\[1\] must be finite and not negative"),
        (lambda: Levels([0, 1], [1, -(10**30)]), r"degeneracies\[1\] must be a number from 0 to"),
        (lambda: Levels([0, 1], ["1", "x"]), r'degeneracies\[1\] must be .* got "x"'),
        (lambda: Levels([0, 1], [1]), "degeneracies must have 2 entries, one per level, got 1"),
        (lambda: Levels([0, 1], []), "degeneracies must have 2 entries, one per level, got 0"),
        (lambda: Levels([[0, 1]]), "Levels: energies must have one dimension, got 2"),
        (lambda: Levels([0], [[1.0]]), "Levels: degeneracies must have one dimension, got 2"),
        (
            lambda: Levels.of_log_degeneracies([0], [np.nan]),
            r"log_degeneracies\[0\] must be -inf or from -1e15 to 1e15, got nan",
        ),
        (lambda: Levels.of_log_degeneracies([0], [1], states=0), "states must be positive"),
        (lambda: Levels.of_log_degeneracies([0], [1], states=-2), 'states: .* got "-2"'),
        (lambda: thermo.rigid_rotor(0, 3), "rigid_rotor: constant must be positive and finite"),
        (lambda: thermo.ising_square(9), "ising_square: length must be from 2 to 8, got 9"),
        (lambda: thermo.rigid_rotor_count(1, -1), "rigid_rotor_count: thermal_energy must be"),
        (lambda: thermo.boltzmann_constant("erg"), "boltzmann_constant: unit must be reduced, J,"),  # type: ignore[arg-type]
        (
            lambda: thermo.boltzmann_constant("J", thermo.Constants(planck=-1)),
            "planck must be positive and finite, got -1",
        ),
    ],
)
def test_what_is_no_level_is_a_value_error(call: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: Levels(["a"]),
        lambda: Levels([1j]),
        lambda: Levels([0], [1j]),
        lambda: Levels([0], [["1"]]),
        lambda: Levels([0], [Fraction(1, 2)]),  # type: ignore[list-item]
        lambda: thermo.two_level("a"),  # type: ignore[arg-type]
        lambda: thermo.rigid_rotor(1.0, 2.5),  # type: ignore[arg-type]
        lambda: thermo.product(Levels([0]), [1, 2]),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_number_is_a_type_error(call: Any) -> None:
    with pytest.raises(TypeError):
        call()


def test_a_product_has_every_sum() -> None:
    a, b = Levels([0, 2], [1, 3]), Levels([10, 20, 30], [5, 7, 2])
    both = thermo.product(a, b)
    np.testing.assert_array_equal(both.energies, np.add.outer(a.energies, b.energies).ravel())
    np.testing.assert_allclose(
        both.degeneracies, np.outer(a.degeneracies, b.degeneracies).ravel(), rtol=1e-15
    )


def test_ising_models_are_those_of_all_states() -> None:
    for spins, field in ((5, 0.0), (6, 0.25)):
        states = Counter(
            -sum(s[i - 1] * s[i] for i in range(spins)) - field * sum(s)
            for s in combinations((1, -1), repeat=spins)
        )
        found: Counter[float] = Counter()
        chain = thermo.ising_chain(spins, field=field)
        for energy, g in zip(chain.energies, chain.degeneracies, strict=True):
            found[energy] += int(g)
        assert found == states


def test_every_parameter_of_a_model_changes_it() -> None:
    oscillator = thermo.harmonic_oscillator(2.0, 2, zero_point=False)
    np.testing.assert_array_equal(oscillator.energies, [0, 2])
    np.testing.assert_array_equal(thermo.two_level(2, 3, 4).degeneracies, [3, 4])
    rotor = thermo.rigid_rotor(1, 3, even_weight=2, odd_weight=5)
    np.testing.assert_array_equal(rotor.degeneracies, [2, 15, 10])
    np.testing.assert_array_equal(thermo.ising_square(2, -1).energies, [8, 0, -8])
    np.testing.assert_array_equal(thermo.hydrogen_like(36, 3).energies, [-36, -9, -4])
    assert thermo.rigid_rotor_count(1, 100, 1e-3) < thermo.rigid_rotor_count(1, 100)
    assert thermo.particle_in_box_count(1, 100) < thermo.particle_in_box_count(0.1, 100)


def test_a_constant_can_be_that_of_someone_else() -> None:
    older = thermo.Constants(boltzmann=1.3806504e-23)
    k = thermo.boltzmann_constant("J", older)
    assert k == 1.3806504e-23
    assert "k    1.3806504e-23 J/K" in str(older)
    assert thermo.boltzmann_constant("cm-1", older) != thermo.boltzmann_constant("cm-1")
