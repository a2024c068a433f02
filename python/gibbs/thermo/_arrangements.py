"""In how many ways an occupation comes about: exactly, and by Stirling."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gibbs import _core
from gibbs.thermo._countable import whole

if TYPE_CHECKING:
    from gibbs._types import Numbers


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
