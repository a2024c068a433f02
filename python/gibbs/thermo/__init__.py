"""From levels and degeneracies to what follows from the partition function.

Energies may be in any unit; temperatures are in kelvin, or in units of the energies.
"""

from gibbs.thermo._arrangements import (
    Approximation,
    Stirling,
    arrangements,
    log_arrangements,
    log_factorial,
    stirling,
)
from gibbs.thermo._countable import CountableLevels
from gibbs.thermo._ensemble import Ensemble, multi_temperature_populations
from gibbs.thermo._ising_limit import (
    IsingState,
    ising_critical_temperature,
    ising_square_limit,
)
from gibbs.thermo._levels import Levels, product
from gibbs.thermo._maximum_entropy import MaximumEntropy, maximum_entropy
from gibbs.thermo._mbar import MBAR, Bootstrap, Differences, Expectation, NewStates
from gibbs.thermo._metropolis import (
    Autocorrelation,
    MetropolisRun,
    autocorrelation,
    metropolis,
)
from gibbs.thermo._microcanonical import Microcanonical, macrostates, microcanonical
from gibbs.thermo._models import (
    harmonic_oscillator,
    harmonic_oscillator_count,
    hydrogen_like,
    ising_chain,
    ising_square,
    particle_in_box,
    particle_in_box_count,
    rigid_rotor,
    rigid_rotor_count,
    two_level,
)
from gibbs.thermo._occupations import (
    BoltzmannOccupation,
    Convergence,
    MostProbable,
    boltzmann_occupation,
    convergence,
    most_probable_occupation,
    most_probable_occupation_at,
)
from gibbs.thermo._quantum import QuantumGas, Statistics, mean_number, quantum_gas
from gibbs.thermo._solution import SolveReport
from gibbs.thermo._state import State, TailBound, TemperatureSolution, combine, translation
from gibbs.thermo._two_states import BarResult, bar, exponential_average
from gibbs.thermo._units import Constants, EnergyUnit, boltzmann_constant
from gibbs.thermo._wham import WhamResult, umbrella_bias, wham

__all__ = [
    "MBAR",
    "Approximation",
    "Autocorrelation",
    "BarResult",
    "BoltzmannOccupation",
    "Bootstrap",
    "Constants",
    "Convergence",
    "CountableLevels",
    "Differences",
    "EnergyUnit",
    "Ensemble",
    "Expectation",
    "IsingState",
    "Levels",
    "MaximumEntropy",
    "MetropolisRun",
    "Microcanonical",
    "MostProbable",
    "NewStates",
    "QuantumGas",
    "SolveReport",
    "State",
    "Statistics",
    "Stirling",
    "TailBound",
    "TemperatureSolution",
    "WhamResult",
    "arrangements",
    "autocorrelation",
    "bar",
    "boltzmann_constant",
    "boltzmann_occupation",
    "combine",
    "convergence",
    "exponential_average",
    "harmonic_oscillator",
    "harmonic_oscillator_count",
    "hydrogen_like",
    "ising_chain",
    "ising_critical_temperature",
    "ising_square",
    "ising_square_limit",
    "log_arrangements",
    "log_factorial",
    "macrostates",
    "maximum_entropy",
    "mean_number",
    "metropolis",
    "microcanonical",
    "most_probable_occupation",
    "most_probable_occupation_at",
    "multi_temperature_populations",
    "particle_in_box",
    "particle_in_box_count",
    "product",
    "quantum_gas",
    "rigid_rotor",
    "rigid_rotor_count",
    "stirling",
    "translation",
    "two_level",
    "umbrella_bias",
    "wham",
]
