"""All arrangements of N systems with one energy, counted."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from gibbs import _core
from gibbs.thermo._countable import core_of, whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gibbs.thermo._countable import CountableLevels


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

    def __repr__(self) -> str:
        """Return the fields; of a long Omega only the ends, for Python refuses 4300 digits."""
        return (
            f"Microcanonical(arrangements={short(self.arrangements)}, "
            f"log_arrangements={self.log_arrangements!r}, "
            f"mean_occupation={self.mean_occupation!r})"
        )


def short(number: int) -> str:
    """Return the digits of a number, of more than 100 the first and the last, and how many."""
    digits = str(Decimal(number))
    if len(digits) <= 100:
        return digits
    return f"{digits[:10]}...{digits[-10:]} ({len(digits)} digits)"


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
