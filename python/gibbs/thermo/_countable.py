"""Levels that can be counted, in whole quanta."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gibbs import _core
from gibbs.thermo._levels import core_of as core_of_levels

if TYPE_CHECKING:
    import numpy as np
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
