"""Energies and the number of states at each."""

from __future__ import annotations

from decimal import Decimal
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from gibbs import _core

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from gibbs._types import Numbers

    Degeneracies: TypeAlias = Numbers | Sequence[int | str | float | Decimal]


def text_of(value: object) -> str:
    """Return a number of states as decimal text; str(int) would refuse more than 4300 digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, Integral):
        return str(Decimal(int(value)))
    if isinstance(value, (float, Decimal)):
        return str(value)
    raise TypeError(
        f"Levels: degeneracies must be numbers or decimal text, got {type(value).__name__}"
    )


def texts_of(degeneracies: object) -> list[str] | None:
    """Return integers of any size, or text, as text; None if they are numbers to NumPy."""
    try:
        given = np.asarray(degeneracies)
    except (OverflowError, TypeError, ValueError):
        given = np.asarray(degeneracies, dtype=object)
    if given.dtype.kind not in "OU" or given.ndim != 1:
        return None
    return [text_of(value) for value in cast("Iterable[object]", given.tolist())]


class Levels:
    """A list of levels, in any order, some perhaps at the same energy.

    A level at E = inf or with g = 0 is kept in its place and never occupied.

    Parameters
    ----------
    energies
        One per level, in any unit.
    degeneracies
        The number of states of each level, 1 if not given. Integers of any size and decimal text
        are read exactly and rounded once to 53 bits, beyond the range of a float too.

    Raises
    ------
    ValueError
        An energy that is NaN or -inf; g < 0, NaN or infinite; text that is no number; another
        number of degeneracies than energies. The sentence names the row.
    TypeError
        Energies or degeneracies that are no real numbers.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.Levels([0, 1.5, 4], [1, 3, 5])
    Levels(3 levels from 0.0 to 4.0)
    >>> gibbs.thermo.Levels([0, 1], [1, 10**400]).log_degeneracies
    array([  0.       , 921.0340372])
    """

    def __init__(self, energies: Numbers, degeneracies: Degeneracies | None = None) -> None:
        texts = None if degeneracies is None else texts_of(degeneracies)
        if texts is None:
            self._levels = _core.levels_of_numbers(energies, degeneracies)
        else:
            self._levels = _core.levels_of_text(energies, texts)

    @classmethod
    def of_log_degeneracies(
        cls,
        energies: Numbers,
        log_degeneracies: Numbers,
        *,
        states: int | str | float | None = None,
    ) -> Levels:
        """Return levels from ln g, as a Wang-Landau run gives it.

        Parameters
        ----------
        energies
            One per level.
        log_degeneracies
            ln g of each, -inf for none.
        states
            If given, ln g is shifted so that the levels below E = inf hold so many states in all:
            2**1024 for 1024 spins.

        Raises
        ------
        ValueError
            As for `Levels`; ln g that is NaN, inf or beyond +-1e15; states of 0.
        TypeError
            As for `Levels`.

        Examples
        --------
        >>> import gibbs
        >>> import numpy as np
        >>> run = gibbs.thermo.Levels.of_log_degeneracies([0, 4], [7.0, 7.0], states=2**1024)
        >>> run.log_degeneracies / np.log(2)
        array([1023., 1023.])
        """
        total = "" if states is None else text_of(states)
        return of_core(_core.levels_of_logs(energies, log_degeneracies, total))

    def __len__(self) -> int:
        """Return the number of levels."""
        return len(self._levels)

    def __repr__(self) -> str:
        """Return the number of levels and the energies that they lie between."""
        count = len(self)
        return (
            f"Levels({count} level{'' if count == 1 else 's'} from {self.lowest} to {self.highest})"
        )

    @property
    def energies(self) -> NDArray[np.float64]:
        """E of each level."""
        return _core.energies_of(self._levels)

    @property
    def degeneracies(self) -> NDArray[np.float64]:
        """The number of states of each level; inf beyond the range of a float."""
        return _core.degeneracies_of(self._levels)

    @property
    def log_degeneracies(self) -> NDArray[np.float64]:
        """Ln g of each level; -inf for none."""
        return _core.log_degeneracies_of(self._levels)

    @property
    def lowest(self) -> float:
        """The lowest energy that can be occupied; inf if there is none."""
        return _core.bounds_of(self._levels)[0]

    @property
    def highest(self) -> float:
        """The highest energy that can be occupied; -inf if there is none."""
        return _core.bounds_of(self._levels)[1]

    @property
    def log_states(self) -> float:
        """The logarithm of the number of states that can be occupied; -inf if there is none."""
        return _core.bounds_of(self._levels)[2]


def of_core(levels: _core.Levels) -> Levels:
    """Return what the extension module made."""
    made = Levels.__new__(Levels)
    vars(made)["_levels"] = levels
    return made


def core_of(function: str, levels: Any) -> _core.Levels:
    """Return what the extension module takes.

    Raises
    ------
    TypeError
        No Levels.
    """
    if isinstance(levels, Levels):
        return cast("_core.Levels", vars(levels)["_levels"])
    raise TypeError(f"{function}: levels must be Levels, got {type(levels).__name__}")


def product(a: Levels, b: Levels) -> Levels:
    """Return all sums E_a + E_b with g_a g_b states each: two systems that do not interact.

    Level (s, t) is at s len(b) + t.

    Raises
    ------
    ValueError
        A sum of energies beyond the range of a float.
    TypeError
        No Levels.

    Examples
    --------
    >>> import gibbs
    >>> vibration = gibbs.thermo.harmonic_oscillator(2143.0, 3)
    >>> rotation = gibbs.thermo.rigid_rotor(1.93, 40)
    >>> gibbs.thermo.product(vibration, rotation)
    Levels(120 levels from 1071.5 to 8368.3)
    """
    return of_core(_core.product_of_levels(core_of("product", a), core_of("product", b)))
