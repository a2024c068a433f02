"""Particles that cannot be told apart: Bose-Einstein, Fermi-Dirac and their classical limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from gibbs import _core
from gibbs.thermo._levels import core_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gibbs._types import Numbers
    from gibbs.thermo._levels import Levels

Statistics: TypeAlias = Literal["bose-einstein", "fermi-dirac", "maxwell-boltzmann"]
"""How many particles a state can hold: any number, one, any number of classical ones."""


class QuantumGas(NamedTuple):
    """N particles in levels.

    Attributes
    ----------
    beta
        As given.
    chemical_potential
        mu: what N needs.
    log_fugacity
        beta (mu - E_0), which keeps its digits where mu comes close to the lowest level.
    occupation
        n_s = g_s / (exp(beta (E_s - mu)) -+ 1): all states of level s together.
    mean_energy
        sum n_s E_s.
    entropy
        S / k.
    converged, iterations
        Of Newton's iteration.
    residual
        (sum n_s - N) / N.
    """

    beta: float
    chemical_potential: float
    log_fugacity: float
    occupation: NDArray[np.float64]
    mean_energy: float
    entropy: float
    converged: bool
    iterations: int
    residual: float


def mean_number(statistics: Statistics, x: Numbers) -> Any:
    """Return the mean number in one state: 1 / (e^x - 1), 1 / (e^x + 1) or e^-x, x = beta (E - mu).

    Parameters
    ----------
    statistics
        "bose-einstein", "fermi-dirac" or "maxwell-boltzmann".
    x
        Of any shape.

    Returns
    -------
    numpy.ndarray or float
        In the shape of x, float64, to 4 ulp; of bosons inf at 0 and NaN below.

    Raises
    ------
    ValueError
        Other statistics.
    TypeError
        x that is no real numbers.

    Examples
    --------
    >>> from gibbs.thermo import mean_number
    >>> mean_number("fermi-dirac", [-1e9, 0.0, 1e-20, 1e9])
    array([1. , 0.5, 0.5, 0. ])
    >>> float(mean_number("bose-einstein", 1e-20))
    1e+20
    """
    return _core.mean_number(statistics, x)


def quantum_gas(
    statistics: Statistics, levels: Levels, particles: float, beta: float
) -> QuantumGas:
    """Put N particles into levels at beta: the chemical potential that N needs, and what follows.

    At beta = inf bosons are all in the lowest energy, and fermions fill from below, the last level
    by a share: mu is its energy, or midway to the next one if it is full.

    Parameters
    ----------
    statistics
        "bose-einstein", "fermi-dirac" or "maxwell-boltzmann".
    levels
        With degeneracies within the range of a float.
    particles
        N > 0, whole or not.
    beta
        1 / (k T) in units of 1 / E, from 0 to inf.

    Raises
    ------
    ValueError
        N not positive and finite, more fermions than states; beta < 0 or NaN; no level that can be
        occupied; other statistics.
    TypeError
        No Levels.

    Examples
    --------
    >>> import gibbs
    >>> trap = gibbs.thermo.harmonic_oscillator(1.0, 200)
    >>> gas = gibbs.thermo.quantum_gas("bose-einstein", trap, 1e6, beta=0.5)
    >>> f"{gas.occupation[0]:.1f}"
    '999997.2'
    >>> gibbs.thermo.quantum_gas("fermi-dirac", trap, 3, beta=float("inf")).chemical_potential
    3.0
    """
    return QuantumGas(
        *_core.quantum_gas(statistics, core_of("quantum_gas", levels), particles, beta)
    )
