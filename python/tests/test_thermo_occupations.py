"""Counting in Python: what the door adds to the library's own laws."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

from gibbs import thermo
from gibbs.thermo import CountableLevels, Levels

LEVELS = CountableLevels([0, 1, 2, 3], [1, 2, 2, 1])


def occupations(levels: CountableLevels, count: int, energy: int) -> list[tuple[int, ...]]:
    """Return all occupations of `count` systems with an energy, one by one."""
    return [
        n
        for n in product(range(count + 1), repeat=len(levels))
        if sum(n) == count and int(np.dot(n, levels.quanta)) == energy
    ]


def ways(n: tuple[int, ...], g: Any) -> int:
    """Return N! prod g^n / n!."""
    number = math.factorial(sum(n))
    for count, states in zip(n, g, strict=True):
        number = number // math.factorial(count) * int(states) ** count
    return number


def test_arrangements_are_integers_of_any_length() -> None:
    n = (3000, 5000, 2000)
    w = thermo.arrangements(n, [1, 2, 3])
    assert w == ways(n, [1, 2, 3])
    assert len(str(w // 10**4000)) < 4300  # str of all of it would be refused
    assert thermo.log_arrangements(n, [1, 2, 3]) == pytest.approx(
        math.log(w >> 15000) + 15000 * math.log(2), rel=1e-14
    )
    assert thermo.macrostates(LEVELS, 12, 14) == 22


@pytest.mark.parametrize("energy", range(0, 16))
def test_all_three_occupations_are_those_of_the_definitions(energy: int) -> None:
    all_of = occupations(LEVELS, 5, energy)
    weights = [ways(n, LEVELS.degeneracies) for n in all_of]
    exact = thermo.microcanonical(LEVELS, 5, energy)
    assert exact.arrangements == sum(weights)
    assert exact.log_arrangements == pytest.approx(math.log(sum(weights)), rel=1e-15)
    mean = np.array(weights) @ np.array(all_of) / sum(weights)
    np.testing.assert_allclose(exact.mean_occupation, mean, rtol=1e-15)

    best = thermo.most_probable_occupation(LEVELS, 5, energy)
    highest = max(weights)
    ties = [n for n, w in zip(all_of, weights, strict=True) if w == highest]
    assert tuple(best.occupation) == max(ties)
    assert best.certified
    assert best.gap == 0

    boltzmann = thermo.boltzmann_occupation(LEVELS, 5, energy)
    np.testing.assert_allclose(
        boltzmann.occupation, 5 * LEVELS.probabilities(boltzmann.beta), rtol=1e-13
    )
    assert boltzmann.occupation @ LEVELS.quanta == pytest.approx(energy, abs=1e-13)


def test_levels_are_counted_in_quanta() -> None:
    levels = CountableLevels.of(Levels([0.1, -0.3, math.inf], [2, 1, 7]), 0.1)
    assert len(levels) == 3
    assert levels.quanta.tolist() == [1, -3, 0]
    assert levels.degeneracies.tolist() == [2, 1, 0]
    assert levels.quantum == 0.1
    assert levels.quanta_of(-1.2) == -12
    assert repr(levels) == "CountableLevels(3 levels from -3 to 1)"


def test_the_mode_of_draws_needs_no_energy() -> None:
    assert thermo.most_probable_occupation_at(LEVELS, 6, 0.0).occupation.tolist() == [1, 2, 2, 1]
    assert thermo.most_probable_occupation_at(LEVELS, 6, math.inf).occupation.tolist() == [
        6,
        0,
        0,
        0,
    ]


def test_the_occupations_meet_as_the_systems_grow_in_number() -> None:
    rows = thermo.convergence(LEVELS, 6, 7, [1, 10, 100])
    assert [(row.count, row.energy) for row in rows] == [(6, 7), (60, 70), (600, 700)]
    distances = [row.mean_distance for row in rows]
    assert distances[1] < distances[0] / 5
    assert distances[2] < distances[1] / 8
    assert rows[2].exact.arrangements == thermo.microcanonical(LEVELS, 600, 700).arrangements


def test_stirling_takes_a_number_or_an_occupation() -> None:
    ten = thermo.stirling(10)
    assert ten.exact == thermo.log_factorial(10) == pytest.approx(math.lgamma(11), rel=1e-15)
    assert ten.leading.value == pytest.approx(10 * math.log(10) - 10, rel=1e-15)
    of_levels = thermo.stirling([4, 6], [1, 3])
    assert of_levels.exact == thermo.log_arrangements([4, 6], [1, 3])
    for part in of_levels[1:]:
        assert part.value - of_levels.exact == pytest.approx(part.error, rel=1e-10)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: CountableLevels([0.5]), TypeError, "CountableLevels: quanta must be integers"),
        (lambda: CountableLevels([[1]]), ValueError, "CountableLevels: quanta must have one dim"),
        (
            lambda: CountableLevels([1, 2], []),
            ValueError,
            "CountableLevels: degeneracies must have 2 entries, got 0",
        ),
        (lambda: CountableLevels([1], [0]), ValueError, "no level can be occupied"),
        (
            lambda: CountableLevels.of(Levels([0.5])),
            ValueError,
            r"CountableLevels: energies\[0\] must be a whole number of quanta",
        ),
        (lambda: thermo.arrangements([1, -1]), ValueError, r"arrangements: occupation\[1\] must"),
        (lambda: thermo.arrangements([1.5]), TypeError, "arrangements: occupation must be integ"),
        (
            lambda: thermo.microcanonical(LEVELS, 2, 7),
            ValueError,
            "microcanonical: energy must be from 0 to 6, got 7",
        ),
        (
            lambda: thermo.microcanonical(Levels([1]), 2, 7),  # type: ignore[arg-type]
            TypeError,
            "microcanonical: levels must be CountableLevels, got Levels",
        ),
        (
            lambda: thermo.most_probable_occupation(CountableLevels([0, 3, 5]), 2, 4),
            ValueError,
            "2 systems of these levels cannot have the energy 4",
        ),
        (
            lambda: thermo.convergence(LEVELS, 6, 7, [0]),
            ValueError,
            r"convergence: multiples\[0\] must be from 1",
        ),
    ],
)
def test_refusals_are_sentences(call: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        call()


def test_results_of_any_length_can_be_printed() -> None:
    levels = CountableLevels([0, 1, 2])
    short = thermo.microcanonical(levels, 9, 6)
    assert repr(short).startswith("Microcanonical(arrangements=1554, log_arrangements=7.3")
    long = thermo.microcanonical(levels, 15000, 15000)
    digits = str(long.arrangements // 10**7000)[:10]
    assert f"arrangements={digits}..." in repr(long)
    assert "(7155 digits)" in str(long)
    assert "digits)" in repr(thermo.convergence(levels, 15, 15, [1000])[0])
