"""Numbers beyond a double or int64 are refused in one sentence that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gibbs
from gibbs import sampling, thermo

if TYPE_CHECKING:
    from collections.abc import Callable

HUGE = 10**400
BIG = 10**30
X = np.array([[3.0, 2.0, 1.0], [1.0, 5.0, 0.0]])
K = np.array([0, 1])
ANY: Any = gibbs
LEVELS = thermo.CountableLevels([0, 1, 2])


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("softmax: temperature", lambda: ANY.softmax(X, temperature=HUGE)),
        ("softmax: temperature", lambda: ANY.softmax(X, temperature=-HUGE)),
        ("entmax: alpha", lambda: ANY.entmax(X, HUGE)),
        ("budget: budget", lambda: ANY.budget(X, HUGE)),
        ("sink_softmax: sink", lambda: ANY.sink_softmax(X, HUGE)),
        ("tempered_softmax: t", lambda: ANY.tempered_softmax(X, HUGE)),
        ("gumbel_softmax: tau", lambda: sampling.gumbel_softmax(X, HUGE)),
        ("cross_entropy: label_smoothing", lambda: ANY.cross_entropy(X, K, label_smoothing=HUGE)),
        ("cross_entropy: z_loss", lambda: ANY.cross_entropy(X, K, z_loss=HUGE)),
        ("hinge_loss: cost", lambda: ANY.hinge_loss(X, K, cost=HUGE)),
        ("TopP: p", lambda: sampling.Chain([sampling.TopP(HUGE)])),
        ("LogitBias: biases", lambda: sampling.Chain([sampling.LogitBias({0: HUGE})])),
        ("rebar_gradient: tau", lambda: sampling.rebar_gradient([0.0, 1.0], ANY.softmax, HUGE)),
        ("two_level: gap", lambda: thermo.two_level(HUGE)),
        ("Ensemble: boltzmann", lambda: thermo.Ensemble([0, 1], boltzmann=HUGE)),
        ("metropolis: energy\\(state\\)", lambda: thermo.metropolis(lambda _: HUGE, max, 0)),
        (
            "Constants: boltzmann",
            lambda: thermo.boltzmann_constant("cm-1", thermo.Constants(boltzmann=HUGE)),
        ),
        (
            "Constants: planck",
            lambda: thermo.translation(1.0, 1.0, 1.0, constants=thermo.Constants(planck=HUGE)),
        ),
    ],
)
def test_a_number_beyond_a_double_is_named(name: str, call: Callable[[], Any]) -> None:
    words = "must lie within the range of a double, got an integer of 1329 bits"
    with pytest.raises(ValueError, match=f"^{name} {words}$"):
        call()


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ("softmax: axis must lie between -2 and 1", lambda: ANY.softmax(X, BIG)),
        (
            "log_factorial: n must lie between -2\\^63 and 2\\^63 - 1",
            lambda: thermo.log_factorial(BIG),
        ),
        ("stirling: n must lie between -2\\^63 and 2\\^63 - 1", lambda: thermo.stirling(BIG)),
        ("macrostates: count must .*", lambda: thermo.macrostates(LEVELS, BIG, 3)),
        ("macrostates: energy must .*", lambda: thermo.macrostates(LEVELS, 3, BIG)),
        (
            "most_probable_occupations: systems must .*",
            lambda: thermo.Ensemble([0, 1]).most_probable_occupations(1.0, BIG),
        ),
        ("sample: draws must be at most 2\\^63 - 1", lambda: ANY.sample(X, BIG)),
        ("AliasTable.draw: draws must be .*", lambda: sampling.AliasTable([1, 2]).draw(BIG)),
        ("top_k_softmax: k must .*", lambda: ANY.top_k_softmax(X, BIG)),
        ("cross_entropy: ignore_index must .*", lambda: ANY.cross_entropy(X, K, ignore_index=BIG)),
    ],
)
def test_an_integer_beyond_64_bits_is_shown(words: str, call: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=f"^{words}, got 1{'0' * 30}$"):
        call()


def test_more_draws_than_any_array_holds_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^sample: draws must be at most 5\d+ for 2 rows, got 4"):
        gibbs.sample(X, 2**62)
    with pytest.raises(ValueError, match=r"^gumbel_top_k: k must be at most 5\d+ for 2 rows"):
        gibbs.gumbel_top_k(X, 2**62)
    with pytest.raises(ValueError, match=r"^AliasTable.draw: draws must be at most 1\d+ for 1 row"):
        sampling.AliasTable([1, 2]).draw(2**62)


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("harmonic_oscillator: count", lambda: thermo.harmonic_oscillator(1.0, 10**15)),
        ("rigid_rotor: count", lambda: thermo.rigid_rotor(1.0, 10**15)),
        ("particle_in_box: count", lambda: thermo.particle_in_box(1.0, 10**15)),
        ("hydrogen_like: last", lambda: thermo.hydrogen_like(1.0, 10**15)),
    ],
)
def test_a_ladder_beyond_all_memory_is_refused(argument: str, call: Callable[[], Any]) -> None:
    with pytest.raises(MemoryError, match=f"^{argument} must fit in memory, got 10{{15}}$"):
        call()


def test_a_label_beyond_int64_is_ignored_only_if_it_is_the_one() -> None:
    labels = np.array([2**63, 1], np.uint64)
    words = r"cross_entropy: targets\[0\] must be a class from 0 to 2 or ignore_index"
    for index in (-100, 2**63 - 1, 2**63 + 1):
        with pytest.raises(ValueError, match=f"^{words} {index}, got 9223372036854775808$"):
            gibbs.cross_entropy(X, labels, ignore_index=index)
    ignored = gibbs.cross_entropy(X, labels, ignore_index=2**63)
    assert ignored == gibbs.cross_entropy(X[1:], K[1:])
    # What stands for it inside is ignored by nobody.
    lowest = np.array([-(2**63), 1])
    with pytest.raises(ValueError, match=f"^{words} 9223372036854775808, got -9223372036854775808"):
        gibbs.cross_entropy(X, lowest, ignore_index=2**63)


def test_counts_beyond_int64_do_not_wrap() -> None:
    with pytest.raises(
        ValueError, match=r"occupation must be at most 2\^63 - 1, got 9223372036854"
    ):
        thermo.arrangements(np.array([2**63], np.uint64))
