"""Occupation numbers: counted, most probable, on average; and how softmax comes out of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gibbs import _core
from gibbs.thermo._levels import core_of as core_of_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gibbs._types import Numbers
    from gibbs.thermo._levels import Levels


def whole(text: str) -> int:
    """Return a decimal as an int; int(str) would refuse more than 4300 digits."""
    return int(Decimal(text))


class CountableLevels:
    """Levels that can be counted: energies in whole quanta, whole degeneracies.

    E_s = quanta_s quantum, with g_s states. Counting knows energies as quanta alone; beta is in
    1 / E. A level with g = 0 is kept in its place and never occupied.

    Parameters
    ----------
    quanta
        Integers up to 2^52 on either side of 0, one per level.
    degeneracies
        The number of states of each level, 0 to 2^53; 1 if not given.
    quantum
        The energy of one of them.

    Raises
    ------
    ValueError
        No level that can be occupied; another number of degeneracies; a number out of range.
    TypeError
        Quanta or degeneracies that are no integers.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.CountableLevels([0, 1, 2], [1, 3, 5])
    CountableLevels(3 levels from 0 to 2)
    """

    def __init__(
        self, quanta: Numbers, degeneracies: Numbers | None = None, *, quantum: float = 1.0
    ) -> None:
        self._levels = _core.countable_levels(quanta, degeneracies, quantum)

    @classmethod
    def of(cls, levels: Levels, quantum: float = 1.0) -> CountableLevels:
        """Return levels whose energies are within 1e-9 of a whole number of quanta.

        A level at E = inf has g = 0 here.

        Raises
        ------
        ValueError
            An energy or a degeneracy that is no whole number, named by its row.
        TypeError
            No Levels.

        Examples
        --------
        >>> import gibbs
        >>> rotor = gibbs.thermo.rigid_rotor(1.5, 4)
        >>> gibbs.thermo.CountableLevels.of(rotor, 1.5).quanta
        array([ 0,  2,  6, 12])
        """
        made = cls.__new__(cls)
        made._levels = _core.countable_levels_of(core_of_levels("CountableLevels", levels), quantum)
        return made

    def __len__(self) -> int:
        """Return the number of levels."""
        return len(self._levels)

    def __repr__(self) -> str:
        """Return the number of levels and the quanta that they lie between."""
        return f"CountableLevels({len(self)} levels from {min(self.quanta)} to {max(self.quanta)})"

    @property
    def quanta(self) -> NDArray[np.int64]:
        """E of each level in quanta."""
        return _core.fields_of_countable_levels(self._levels)[0]

    @property
    def degeneracies(self) -> NDArray[np.int64]:
        """The number of states of each level."""
        return _core.fields_of_countable_levels(self._levels)[1]

    @property
    def quantum(self) -> float:
        """The energy of one quantum."""
        return _core.fields_of_countable_levels(self._levels)[2]

    def quanta_of(self, energy: float) -> int:
        """Return a total energy in quanta.

        Raises
        ------
        ValueError
            Further than 1e-9 (of a quantum, and of itself) from a whole number of them.
        """
        return _core.quanta_of(self._levels, energy)

    def probabilities(self, beta: float) -> NDArray[np.float64]:
        """Return p_s ~ g_s exp(-beta E_s), for beta from -inf to inf.

        Raises
        ------
        ValueError
            A beta that is NaN.

        Examples
        --------
        >>> import gibbs
        >>> gibbs.thermo.CountableLevels([0, 1], [1, 3]).probabilities(0.0)
        array([0.25, 0.75])
        """
        return _core.countable_probabilities(self._levels, beta)


def core_of(function: str, levels: object) -> _core.CountableLevels:
    """Return what the extension module takes.

    Raises
    ------
    TypeError
        No CountableLevels.
    """
    if isinstance(levels, CountableLevels):
        return vars(levels)["_levels"]
    raise TypeError(f"{function}: levels must be CountableLevels, got {type(levels).__name__}")


class Approximation(NamedTuple):
    """An approximation, and value - exact, which has all its digits where the two agree."""

    value: float
    error: float


class Stirling(NamedTuple):
    """The logarithm of a factorial, or of arrangements, and three approximations of it.

    Attributes
    ----------
    exact
        ln n!
    leading
        n ln n - n
    with_root
        + 1/2 ln(2 pi n)
    with_inverse
        + 1 / (12 n)
    """

    exact: float
    leading: Approximation
    with_root: Approximation
    with_inverse: Approximation


class Microcanonical(NamedTuple):
    """All arrangements of N systems with one energy.

    Attributes
    ----------
    arrangements
        Omega(N, E), every digit of it.
    log_arrangements
        ln Omega: the entropy S / k of all N.
    mean_occupation
        Of each level, over all arrangements.
    """

    arrangements: int
    log_arrangements: float
    mean_occupation: NDArray[np.float64]


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


def log_factorial(n: int) -> float:
    """Return ln n! to 1e-15 of itself.

    Raises
    ------
    ValueError
        n < 0, n > 2^53.

    Examples
    --------
    >>> from gibbs.thermo import log_factorial
    >>> log_factorial(10)
    15.104412573075516
    """
    return _core.log_factorial(n)


def of_stirling(told: Any) -> Stirling:
    """Return the tuples of the extension module by their names."""
    exact, *parts = told
    return Stirling(exact, *(Approximation(*part) for part in parts))


def stirling(n: int | Iterable[int], degeneracies: Numbers | None = None) -> Stirling:
    """Return ln n! and Stirling's approximations of it, each with its error.

    Of an occupation: ln(N! prod g_s^n_s / n_s!) with each factorial replaced; the leading terms are
    N times the entropy of n / N. Levels that hold nothing have no part in it.

    Parameters
    ----------
    n
        A number from 1, or an occupation: integers from 0.
    degeneracies
        Of the levels of an occupation, 1 if not given.

    Raises
    ------
    ValueError
        Numbers out of range; an occupation by nobody.

    Examples
    --------
    >>> from gibbs.thermo import stirling
    >>> [float(f"{part.error:.3g}") for part in stirling(10)[1:]]
    [-2.08, -0.00833, 2.77e-06]
    >>> round(stirling([500, 300, 200]).leading.error, 3)
    6.993
    """
    if np.ndim(n) == 0 and degeneracies is None:  # pyright: ignore[reportArgumentType]
        return of_stirling(_core.stirling(n))
    return of_stirling(_core.stirling_of_occupation(n, degeneracies))


def arrangements(occupation: Numbers, degeneracies: Numbers | None = None) -> int:
    """Return W = N! prod g_s^n_s / n_s!, N = sum n_s, every digit of it.

    Parameters
    ----------
    occupation
        n_s, integers from 0 with a sum up to 100000.
    degeneracies
        g_s, integers; 1 if not given.

    Raises
    ------
    ValueError
        n < 0, g < 0, N out of range; another number of degeneracies.
    TypeError
        No integers.

    Examples
    --------
    >>> from gibbs.thermo import arrangements
    >>> arrangements([5, 2, 2])
    756
    """
    return whole(_core.arrangements(occupation, degeneracies))


def log_arrangements(occupation: Numbers, degeneracies: Numbers | None = None) -> float:
    """Return ln W to 2e-15 of itself, for N up to 2^53; -inf if a level without states holds any.

    Parameters and errors are those of `arrangements`.

    Examples
    --------
    >>> from gibbs.thermo import log_arrangements
    >>> log_arrangements([5 * 10**11, 5 * 10**11])
    693147180545.904
    """
    return _core.log_arrangements(occupation, degeneracies)


def macrostates(levels: CountableLevels, count: int, energy: int) -> int:
    """Return the number of different occupations of N systems that have the energy.

    Raises
    ------
    ValueError
        count < 0; an energy that N systems cannot have; min(N, E) E above 4e6.

    Examples
    --------
    >>> from gibbs.thermo import CountableLevels, macrostates
    >>> macrostates(CountableLevels([0, 1, 2]), 9, 6)
    4
    """
    return whole(_core.macrostates(core_of("macrostates", levels), count, energy))


def of_microcanonical(told: Any) -> Microcanonical:
    """Return the tuple of the extension module by its names."""
    return Microcanonical(whole(told[0]), told[1], told[2])


def microcanonical(levels: CountableLevels, count: int, energy: int) -> Microcanonical:
    """Return the exact number of arrangements of N systems with one energy, and their exact mean.

    Omega is the coefficient of x^E in (sum_s g_s x^E_s)^N, in integers of any length; the mean
    occupation is rounded once.

    Parameters
    ----------
    levels
        That can be counted.
    count
        N, from 1.
    energy
        E of all, in quanta.

    Raises
    ------
    ValueError
        count < 1; an energy that N systems cannot have; more than 1e11 steps of counting.
    TypeError
        No CountableLevels.

    Examples
    --------
    >>> from gibbs.thermo import CountableLevels, microcanonical
    >>> found = microcanonical(CountableLevels([0, 1, 2]), 9, 6)
    >>> found.arrangements, found.mean_occupation.round(4)
    (1554, array([4.5405, 2.9189, 1.5405]))
    """
    return of_microcanonical(_core.microcanonical(core_of("microcanonical", levels), count, energy))


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
