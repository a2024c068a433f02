"""Levels at equilibrium with a bath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from gibbs import _core
from gibbs._flags import flag
from gibbs.thermo._levels import Levels, core_of, of_core, text_of
from gibbs.thermo._state import State, TailBound, TemperatureSolution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gibbs._types import Numbers
    from gibbs.thermo._levels import Degeneracies
    from gibbs.thermo._units import EnergyUnit


def _levels_from(
    energies: Numbers | Levels,
    degeneracies: Degeneracies | None,
    log_degeneracies: Numbers | None,
) -> Levels:
    if isinstance(energies, Levels):
        if degeneracies is not None or log_degeneracies is not None:
            raise TypeError("Ensemble: Levels come with their degeneracies")
        return energies
    if log_degeneracies is None:
        return Levels(energies, degeneracies)
    if degeneracies is not None:
        raise TypeError("Ensemble: give degeneracies or log_degeneracies, not both")
    return Levels.of_log_degeneracies(energies, log_degeneracies)


class Ensemble:
    """The canonical ensemble of a list of levels.

    Temperatures may have any shape, and what is returned has that shape. T = inf is where all
    states are alike, T = 0 the limit from above (the lowest level), T < 0 inverts a bounded
    spectrum, T = -0.0 is the limit from below (the highest level). A T that is NaN gives NaN.

    Weights are relative to the ground state and moments are taken about the mean, so that nothing
    overflows. C_V and the variance keep 13 digits, at T far below the first gap too; U, F, S and
    ln Z keep 13 digits of the larger of the ground state's part and what the others add.

    All quantities come from one pass over the levels, about 2 ns for each level and temperature:
    `sweep` costs no more than one of them.

    Parameters
    ----------
    energies
        E of each level, or `Levels`.
    degeneracies
        The number of states of each, 1 if not given: numbers, integers of any size or decimal text.
    unit
        Of the energies; T is then in kelvin. "reduced": T in units of the energies.
    boltzmann
        k in units of E per unit of T, instead of that of the unit.
    log_degeneracies
        ln g instead of g.

    Raises
    ------
    ValueError
        As for `Levels`; a unit that is none; boltzmann not positive and finite.
    TypeError
        As for `Levels`; degeneracies given twice.

    Examples
    --------
    >>> import gibbs
    >>> oxygen = gibbs.thermo.Ensemble([0.0, 158.27, 226.98], [5, 3, 1], unit="cm-1")
    >>> oxygen
    Ensemble(3 levels from 0.0 to 226.98 cm-1)
    >>> oxygen.log_partition([0, 100, 300])
    array([1.60943791, 1.67632927, 1.90821221])
    """

    def __init__(
        self,
        energies: Numbers | Levels,
        degeneracies: Degeneracies | None = None,
        *,
        unit: EnergyUnit = "reduced",
        boltzmann: float | None = None,
        log_degeneracies: Numbers | None = None,
    ) -> None:
        levels = _levels_from(energies, degeneracies, log_degeneracies)
        self._ensemble = _core.ensemble_of(core_of("Ensemble", levels), unit, boltzmann)
        self._unit: EnergyUnit = unit

    def __repr__(self) -> str:
        """Return the levels and their unit."""
        unit = "" if self._unit == "reduced" else f" {self._unit}"
        return f"Ensemble({repr(self.levels)[len('Levels(') : -1]}{unit})"

    @property
    def levels(self) -> Levels:
        """The levels."""
        return of_core(_core.levels_of(self._ensemble))

    @property
    def unit(self) -> EnergyUnit:
        """The unit of the energies."""
        return self._unit

    @property
    def boltzmann(self) -> float:
        """The constant k, in units of E per unit of T."""
        return self._ensemble.boltzmann()

    def _states(self, function: str, temperatures: Numbers, inverse: bool = False) -> State:
        return State(*_core.states_of(self._ensemble, function, temperatures, inverse))

    def sweep(self, temperatures: Numbers) -> State:
        """Return everything at each temperature.

        Raises
        ------
        TypeError
            Temperatures that are no real numbers, here and below.

        Examples
        --------
        >>> import gibbs
        >>> state = gibbs.thermo.Ensemble([0, 1]).sweep([0.1, 1.0, -1.0])
        >>> state.mean_energy
        array([4.53978687e-05, 2.68941421e-01, 7.31058579e-01])
        >>> state.entropy[1] == state.entropy[2]
        np.True_
        """
        return self._states("sweep", temperatures)

    def sweep_beta(self, betas: Numbers) -> State:
        """Return everything at each beta = 1 / (k T), from -inf to inf."""
        return self._states("sweep_beta", betas, inverse=True)

    def at(self, temperature: float) -> State:
        """Return everything at one temperature."""
        return self._states("at", temperature)

    def log_partition(self, temperatures: Numbers) -> NDArray[np.float64]:
        """Return ln Z; at T = 0 +-inf by the sign of -E_0, or ln g_0 where E_0 = 0."""
        return self._states("log_partition", temperatures).log_partition

    def mean_energy(self, temperatures: Numbers) -> NDArray[np.float64]:
        """Return U = <E>."""
        return self._states("mean_energy", temperatures).mean_energy

    def free_energy(self, temperatures: Numbers) -> NDArray[np.float64]:
        """Return F = -k T ln Z."""
        return self._states("free_energy", temperatures).free_energy

    def entropy(self, temperatures: Numbers) -> NDArray[np.float64]:
        """Return S / k; ln g_0 at T = 0."""
        return self._states("entropy", temperatures).entropy

    def heat_capacity(self, temperatures: Numbers) -> NDArray[np.float64]:
        """Return C_V / k = Var E / (k T)^2.

        Examples
        --------
        >>> import gibbs
        >>> gibbs.thermo.Ensemble([0, 1]).heat_capacity([0.1, 0.4167782798004823])
        array([0.00453958, 0.43922884])
        """
        return self._states("heat_capacity", temperatures).heat_capacity

    def energy_variance(self, temperatures: Numbers) -> NDArray[np.float64]:
        """Return <(E - U)^2>."""
        return self._states("energy_variance", temperatures).energy_variance

    def populations(self, temperatures: Numbers) -> NDArray[np.float64]:
        """Return p = g exp(-beta E) / Z of each level along a last axis.

        Examples
        --------
        >>> import gibbs
        >>> gibbs.thermo.Ensemble([0, 1], [1, 3]).populations([0, 1, float("inf")])
        array([[1.        , 0.        ],
               [0.47536689, 0.52463311],
               [0.25      , 0.75      ]])
        """
        return _core.populations_of(self._ensemble, temperatures)

    def most_probable_occupations(self, temperatures: Numbers, systems: int) -> NDArray[np.int64]:
        """Return the most probable numbers of systems at each level along a last axis.

        Whole numbers that add up to `systems`: the mode of as many draws from the populations.
        Ties, up to 1e-13 of p: more systems at the lower energy, at one energy in the earlier
        level. -1 where T is NaN or no level can be occupied.

        Raises
        ------
        ValueError
            systems not from 0 to 2^52.
        TypeError
            What is no real number, systems that are no whole one.

        Examples
        --------
        >>> import gibbs
        >>> gibbs.thermo.Ensemble([0, 1, 2]).most_probable_occupations([0, 1, float("inf")], 10)
        array([[10,  0,  0],
               [ 7,  2,  1],
               [ 4,  3,  3]])
        """
        return _core.most_probable_occupations(self._ensemble, temperatures, systems)

    def temperature_of(self, mean_energy: Numbers) -> TemperatureSolution:
        """Return the temperature at which <E> is this: from 0 through inf to -0.0.

        Newton's method in the logarithm of the distance to the nearer end of the spectrum, where
        beta keeps 13 digits as close to it as the difference can be told. The lowest energy is at
        T = 0, the highest at -0.0.

        Raises
        ------
        ValueError
            An energy outside of the spectrum, or NaN; no level that can be occupied.
        TypeError
            Energies that are no real numbers.

        Examples
        --------
        >>> import gibbs
        >>> dice = gibbs.thermo.Ensemble([1, 2, 3, 4, 5, 6])
        >>> float(dice.temperature_of(4.5).beta)
        -0.37104893808103334
        """
        t, beta, converged, steps, residual = _core.temperatures_of(self._ensemble, mean_energy)
        return TemperatureSolution(t, beta, converged == 1, steps.astype(np.int64), residual)

    def tail(
        self,
        temperatures: Numbers,
        cut: float,
        *,
        growth: float = 1.0,
        states: int | str | float | None = None,
    ) -> TailBound:
        """Return bounds of what the levels lose that are missing from the list.

        Parameters
        ----------
        temperatures
            T >= 0; below, nothing is bounded.
        cut
            All missing levels lie here or above.
        growth
            The number of states up to E is at most N ((E - E_0) / (E_N - E_0))^growth, where N is
            that of the list and E_N its last level: 1 for a rotor, 1/2 for a box, f for f
            oscillators.
        states
            Or: at most so many states are missing in all.

        Raises
        ------
        ValueError
            A cut below a level; growth < 0 or NaN; states < 0; no level that can be occupied.

        Examples
        --------
        >>> import gibbs
        >>> rotor = gibbs.thermo.Ensemble(gibbs.thermo.rigid_rotor(1.0, 11))
        >>> round(1e6 * float(rotor.tail(10.0, cut=132.0).log_partition), 3)
        6.3
        """
        missing = "" if states is None else text_of(states)
        return TailBound(*_core.tails_of(self._ensemble, temperatures, cut, growth, missing))

    def heat_capacity_peak(self, low: float, high: float) -> State:
        """Return the state where C_V is largest between two temperatures.

        The peak at dC_V/dT = 0, or an end. Of several peaks that of the highest among 65
        temperatures in equal ratios.

        Raises
        ------
        ValueError
            Not 0 < low < high < inf.

        Examples
        --------
        >>> import gibbs
        >>> peak = gibbs.thermo.Ensemble([0, 1]).heat_capacity_peak(0.1, 10)
        >>> round(float(peak.temperature), 12), round(float(peak.heat_capacity), 12)
        (0.4167782798, 0.439228839891)
        """
        return State(*_core.peak_of(self._ensemble, low, high))

    @overload
    def sample(
        self, temperatures: Numbers, draws: int | None = None, *,
        return_log_probability: Literal[False] = False,
        seed: int = 0, stream: int = 0, first_row: int = 0, first_draw: int = 0,
    ) -> NDArray[np.int64]: ...  # fmt: skip
    @overload
    def sample(
        self, temperatures: Numbers, draws: int | None = None, *,
        return_log_probability: Literal[True],
        seed: int = 0, stream: int = 0, first_row: int = 0, first_draw: int = 0,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]: ...  # fmt: skip
    def sample(
        self,
        temperatures: Numbers,
        draws: int | None = None,
        *,
        return_log_probability: bool = False,
        seed: int = 0,
        stream: int = 0,
        first_row: int = 0,
        first_draw: int = 0,
    ) -> Any:
        """Return levels of microstates, drawn at each temperature.

        Their energies are ensemble.levels.energies[these]. As `gibbs.sample`: a draw depends on
        (seed, stream, first_row + the place of the temperature, its number) alone.

        Parameters
        ----------
        temperatures
            T of each row.
        draws
            How many at each, along a last axis; None: one, without that axis.
        return_log_probability
            Also return log p of each level drawn.
        seed, stream, first_row, first_draw
            Whose noise, as in `gibbs.sample`.

        Returns
        -------
        Places in the list of levels, -1 where there is none or T is NaN.

        Raises
        ------
        ValueError
            draws < 0; a seed, stream or id that is no number of 64 bits.
        TypeError
            What is no real number.

        Examples
        --------
        >>> import gibbs
        >>> gibbs.thermo.Ensemble([0, 1, 2]).sample(0.5, 10, seed=1)
        array([1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        """
        both = flag("sample", "return_log_probability", return_log_probability)
        drawn, log_probability = _core.levels_drawn(
            self._ensemble, temperatures, draws, seed, stream, first_row, first_draw
        )
        return (drawn[()], log_probability[()]) if both else drawn[()]


def multi_temperature_populations(
    parts: Numbers,
    temperatures: Numbers,
    degeneracies: Degeneracies | None = None,
    *,
    unit: EnergyUnit = "reduced",
    boltzmann: float | None = None,
) -> NDArray[np.float64]:
    """Return p ~ g exp(-sum_c E_c / (k T_c)): each part of the energy at a temperature of its own.

    Parameters
    ----------
    parts
        E_c of each level, parts x levels: a row of vibrational, a row of rotational energies.
    temperatures
        T_c >= 0, one per part. inf: the part does not count. 0: only the levels with the lowest sum
        of such parts are left.
    degeneracies
        As in `Ensemble`.
    unit, boltzmann
        As in `Ensemble`.

    Raises
    ------
    ValueError
        Shapes that do not fit; T < 0 or NaN; an energy that is NaN or -inf; as `Ensemble`.
    TypeError
        What is no real number.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.multi_temperature_populations(
    ...     [[0, 0, 10, 10], [0, 1, 0, 1]], [30, 0.5], [1, 3, 1, 3]
    ... )
    array([0.41434408, 0.16822612, 0.29689051, 0.12053928])
    """
    energies = np.asarray(parts, dtype=np.float64)
    count = energies.shape[-1] if energies.ndim else 0
    states = Levels(np.zeros(count), degeneracies)
    return _core.multi_temperature_populations(
        energies, temperatures, core_of("multi_temperature_populations", states), unit, boltzmann
    )
