"""What an ensemble says: states, temperatures found, bounds; and states that add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gibbs import _core
from gibbs.thermo._units import Constants

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gibbs._types import Numbers


class State(NamedTuple):
    """The equilibrium at one temperature, or at each of an array of temperatures.

    E is in the unit of the levels, entropies and heat capacities are in units of k.

    Attributes
    ----------
    temperature
        T.
    beta
        1 / (k T), in 1 / E.
    log_partition
        ln Z = ln sum g exp(-beta E).
    mean_energy
        U = <E>.
    free_energy
        F = -k T ln Z.
    entropy
        S / k = ln Z + beta U.
    heat_capacity
        C_V / k = beta^2 Var E.
    mean_energy_slope
        dU/dT = k beta^2 Var E, in E / K.
    energy_variance
        <(E - U)^2>.
    energy_third
        <(E - U)^3>, the third cumulant.
    energy_fourth
        <(E - U)^4> - 3 Var^2, the fourth.
    skewness
        energy_third / Var^(3/2); NaN where Var is 0 or beyond a float.
    """

    temperature: NDArray[np.float64]
    beta: NDArray[np.float64]
    log_partition: NDArray[np.float64]
    mean_energy: NDArray[np.float64]
    free_energy: NDArray[np.float64]
    entropy: NDArray[np.float64]
    heat_capacity: NDArray[np.float64]
    mean_energy_slope: NDArray[np.float64]
    energy_variance: NDArray[np.float64]
    energy_third: NDArray[np.float64]
    energy_fourth: NDArray[np.float64]
    skewness: NDArray[np.float64]


class TemperatureSolution(NamedTuple):
    """The temperature at which <E> = U, and how well it was found.

    Attributes
    ----------
    temperature
        T.
    beta
        1 / (k T).
    converged
        Whether the last step was lost in rounding.
    iterations
        How many steps were taken.
    residual
        <E> - U at beta, in units of E.
    """

    temperature: NDArray[np.float64]
    beta: NDArray[np.float64]
    converged: NDArray[np.bool_]
    iterations: NDArray[np.int64]
    residual: NDArray[np.float64]


class TailBound(NamedTuple):
    """Upper bounds of what missing levels add; inf where nothing bounds it.

    Attributes
    ----------
    log_partition, mean_energy, entropy
        Added to ln Z, U and S / k: from 0 to this.
    heat_capacity
        How far C_V / k is from that of all levels, either way.
    """

    log_partition: NDArray[np.float64]
    mean_energy: NDArray[np.float64]
    entropy: NDArray[np.float64]
    heat_capacity: NDArray[np.float64]


def _stacked(argument: str, state: object) -> NDArray[Any]:
    if isinstance(state, State):
        return np.stack(state)
    raise TypeError(f"combine: {argument} must be a State, got {type(state).__name__}")


def combine(a: State, b: State) -> State:
    """Return what two independent systems at the same temperatures have together.

    Every extensive quantity adds: vibration and rotation, or the levels of a molecule and its
    translation, in the same unit of energy. Shapes broadcast.

    Raises
    ------
    ValueError
        Two temperatures that differ, as 0 and -0.0 do; shapes that do not broadcast.

    Examples
    --------
    >>> import gibbs
    >>> spin = gibbs.thermo.Ensemble([-1, 1]).at(2.0)
    >>> float(gibbs.thermo.combine(spin, spin).entropy / spin.entropy)
    2.0
    """
    one, other = _stacked("a", a), _stacked("b", b)
    try:
        first, second = np.broadcast_arrays(one, other)
    except ValueError:
        raise ValueError(
            f"combine: b of shape {other.shape[1:]} does not broadcast with a, {one.shape[1:]}"
        ) from None
    return State(*_core.combined_states(first, second))


def translation(
    mass: float,
    volume: float,
    temperature: Numbers,
    count: int = 1,
    *,
    constants: Constants | None = None,
) -> State:
    """Return the state of an ideal gas without inner structure, energies in joules.

    ln Z = N ln(V / L^3) - ln N! with L = h / sqrt(2 pi m k T).

    Parameters
    ----------
    mass
        m of a particle, in kg.
    volume
        V, in m^3.
    temperature
        T, in K, of any shape.
    count
        N.
    constants
        k and h; those of CODATA if not given.

    Raises
    ------
    ValueError
        m, V or T not positive and finite; count < 1.
    TypeError
        What is no real number.

    Examples
    --------
    >>> import gibbs
    >>> gas = gibbs.thermo.translation(6.6335e-26, 0.0224, 273.15)  # one atom of argon
    >>> round(float(gas.entropy), 3)
    72.146
    """
    values = Constants() if constants is None else constants
    return State(
        *_core.translation_of(mass, volume, temperature, count, values.boltzmann, values.planck)
    )
