"""What Ising squares come to as they grow: Onsager's solution."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gibbs import _core

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gibbs._types import Numbers


class IsingState(NamedTuple):
    """The infinite square lattice, per spin; k = 1, energies and temperatures in one unit.

    Attributes
    ----------
    temperature
        T.
    log_partition
        ln Z / N.
    mean_energy, free_energy, entropy, heat_capacity
        U, F, S and C.
    magnetization
        |<s>| that is left as a field goes to 0; of J < 0 that of either sublattice.
    """

    temperature: NDArray[np.float64]
    log_partition: NDArray[np.float64]
    mean_energy: NDArray[np.float64]
    free_energy: NDArray[np.float64]
    entropy: NDArray[np.float64]
    heat_capacity: NDArray[np.float64]
    magnetization: NDArray[np.float64]


def ising_square_limit(temperatures: Numbers, coupling: float = 1.0) -> IsingState:
    """Return the limit of `ising_square` per spin as its length grows.

    With K = J / T, q = 2 sinh 2K / cosh^2 2K, r = 2 tanh^2 2K - 1 and complete elliptic integrals:
    ln Z = ln(2 cosh 2K) + 1/pi int_0^(pi/2) ln((1 + sqrt(1 - q^2 sin^2 x)) / 2) dx,
    U = -J coth 2K (1 + 2/pi r K1(q)),
    C = 4/pi (K coth 2K)^2 (K1 - E1 - (1 - tanh^2 2K)(pi/2 + r K1)),
    and M = (1 - sinh^-4 2K)^(1/8) below the critical temperature (Onsager 1944, Yang 1952).

    Any T, with the limits at 0, -0.0 and inf; NaN gives NaN.

    Raises
    ------
    ValueError
        coupling not finite.
    TypeError
        What is no real number.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.ising_square_limit([1.0, 2.0, 3.0]).magnetization.round(6)
    array([0.999276, 0.911319, 0.      ])
    """
    return IsingState(*_core.ising_square_limit(temperatures, coupling))


def ising_critical_temperature(coupling: float = 1.0) -> float:
    """Return 2 |J| / ln(1 + sqrt 2), where C diverges and order begins.

    Raises
    ------
    ValueError
        coupling not finite.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.ising_critical_temperature()
    2.269185314213022
    """
    return _core.ising_critical_temperature(coupling)
