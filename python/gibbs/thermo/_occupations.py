"""Occupation numbers: most probable, on average; and how softmax comes out of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gibbs import _core
from gibbs.thermo._countable import core_of
from gibbs.thermo._microcanonical import Microcanonical, of_microcanonical

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gibbs._types import Numbers
    from gibbs.thermo._countable import CountableLevels


class MostProbable(NamedTuple):
    """The occupation with the most arrangements.

    Attributes
    ----------
    occupation
        n_s; empty if the search found none within its steps.
    log_arrangements
        ln W of it.
    certified
        Whether no other occupation has more arrangements, and none with as many comes first in
        the order of ties.
    gap
        How much ln W can at most be above that of `occupation`; 0 if certified.
    steps
        Nodes of the search tree.
    """

    occupation: NDArray[np.int64]
    log_arrangements: float
    certified: bool
    gap: float
    steps: int


class BoltzmannOccupation(NamedTuple):
    """N p_s with p_s ~ g_s exp(-beta E_s), beta such that the mean energy is E / N.

    Attributes
    ----------
    beta
        In 1 / E; inf and -inf at the ends.
    entropy
        S / k of all N systems: ln W by Stirling's leading terms.
    occupation
        N p_s.
    """

    beta: float
    entropy: float
    occupation: NDArray[np.float64]


@dataclass(frozen=True)  # not a tuple, which has a method `count`
class Convergence:
    """The three occupations of N systems.

    Attributes
    ----------
    count, energy
        N, and E in quanta.
    exact, most_probable, boltzmann
        As the functions of these names return them.
    mean_distance
        max |mean_s - N p_s| / N.
    most_probable_distance
        max |n_s - N p_s| / N.
    """

    count: int
    energy: int
    exact: Microcanonical
    most_probable: MostProbable
    boltzmann: BoltzmannOccupation
    mean_distance: float
    most_probable_distance: float


def most_probable_occupation(
    levels: CountableLevels, count: int, energy: int, *, max_steps: int = 1_000_000
) -> MostProbable:
    """Return argmax W(n) over whole n_s with sum n_s = N, sum n_s E_s = E.

    By a search against a bound with multipliers. Ties: the occupation with more systems in the
    lowest level, if equal in the next, ...; levels at one energy in the order given.

    Parameters
    ----------
    levels, count, energy
        As for `microcanonical`; count from 0.
    max_steps
        Of the search, some tenths of a microsecond each, and at least one for each level that one
        system can be in. If they are spent the best one found is improved until no exchange of two
        systems helps (of more than sqrt(2 max_steps) levels: among the fullest and likeliest), and
        comes with its gap.

    Raises
    ------
    ValueError
        count < 0; an energy that N systems cannot have.
    TypeError
        No CountableLevels.

    Examples
    --------
    >>> from gibbs.thermo import CountableLevels, most_probable_occupation
    >>> most_probable_occupation(CountableLevels([0, 1, 2]), 9, 6).occupation
    array([5, 2, 2])
    """
    levels_of = core_of("most_probable_occupation", levels)
    return MostProbable(*_core.most_probable_occupation(levels_of, count, energy, max_steps))


def most_probable_occupation_at(levels: CountableLevels, count: int, beta: float) -> MostProbable:
    """Return argmax W(n) exp(-beta E(n)) with N alone fixed: the mode of N draws from p(beta).

    Raises
    ------
    ValueError
        count < 0, a beta that is NaN.
    TypeError
        No CountableLevels.

    Examples
    --------
    >>> from gibbs.thermo import CountableLevels, most_probable_occupation_at
    >>> most_probable_occupation_at(CountableLevels([0, 1, 2]), 9, 0.5).occupation
    array([5, 3, 1])
    """
    levels_of = core_of("most_probable_occupation_at", levels)
    return MostProbable(*_core.most_probable_occupation_at(levels_of, count, beta))


def boltzmann_occupation(levels: CountableLevels, count: int, energy: int) -> BoltzmannOccupation:
    """Return N p_s with p_s ~ g_s exp(-beta E_s), beta such that the mean energy is E / N.

    Raises
    ------
    ValueError
        count < 1; an energy outside what N systems can have.
    TypeError
        No CountableLevels.

    Examples
    --------
    >>> from gibbs.thermo import CountableLevels, boltzmann_occupation
    >>> boltzmann_occupation(CountableLevels([0, 1, 2]), 9, 6).occupation.round(4)
    array([4.6277, 2.7446, 1.6277])
    """
    levels_of = core_of("boltzmann_occupation", levels)
    return BoltzmannOccupation(*_core.boltzmann_occupation(levels_of, count, energy))


def convergence(
    levels: CountableLevels,
    count: int,
    energy: int,
    multiples: Numbers,
    *,
    max_steps: int = 1_000_000,
) -> list[Convergence]:
    """Return the mean, the most probable and the Boltzmann occupation as N grows at fixed E / N.

    The derivation of softmax as an experiment: N = multiple * count systems have multiple * energy
    quanta, for each multiple.

    Raises
    ------
    ValueError
        As `microcanonical` and `most_probable_occupation`; a multiple < 1.
    TypeError
        No CountableLevels; multiples that are no integers.

    Examples
    --------
    >>> from gibbs.thermo import CountableLevels, convergence
    >>> for row in convergence(CountableLevels([0, 1, 2]), 3, 2, [1, 10, 100]):
    ...     print(row.count, round(row.mean_distance, 5))
    3 0.02838
    30 0.00563
    300 0.00056
    """
    levels_of = core_of("convergence", levels)
    return [
        Convergence(
            row[0],
            row[1],
            of_microcanonical(row[2]),
            MostProbable(*row[3]),
            BoltzmannOccupation(*row[4]),
            row[5],
            row[6],
        )
        for row in _core.convergence(levels_of, count, energy, multiples, max_steps)
    ]
