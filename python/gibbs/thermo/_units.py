"""What turns energies into temperatures."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Literal, TypeAlias

from gibbs import _core

EnergyUnit: TypeAlias = Literal["reduced", "J", "eV", "cm-1", "K", "kJ/mol", "kcal/mol", "hartree"]

_CODATA = _core.default_constants()


@dataclass(frozen=True)
class Constants:
    """The constants behind the units of energy: CODATA 2018 unless told otherwise.

    All of those are exact but the hartree, 4.3597447222071(85)e-18 J. A constant that is changed
    reproduces the numbers of who used another one. As text: a line for each, then k in each unit.

    Attributes
    ----------
    boltzmann
        k, in J / K.
    planck
        h, in J s.
    light_speed
        c, in m / s.
    avogadro
        N_A, in 1 / mol.
    elementary_charge
        e, in C.
    hartree
        E_h, in J.
    calorie
        The thermochemical one, in J.

    Examples
    --------
    >>> import gibbs
    >>> print(gibbs.thermo.Constants())
    k    1.380649e-23 J/K
    h    6.62607015e-34 J s
    c    299792458 m/s
    N_A  6.02214076e+23 1/mol
    e    1.602176634e-19 C
    E_h  4.3597447222071e-18 J
    cal  4.184 J
    k    8.617333262145177e-05 eV/K
    k    0.6950348004861274 cm-1/K
    k    0.00831446261815324 kJ/mol/K
    k    0.0019872042586408316 kcal/mol/K
    k    3.1668115634556076e-06 hartree/K
    """

    boltzmann: float = _CODATA[0]
    planck: float = _CODATA[1]
    light_speed: float = _CODATA[2]
    avogadro: float = _CODATA[3]
    elementary_charge: float = _CODATA[4]
    hartree: float = _CODATA[5]
    calorie: float = _CODATA[6]

    def __str__(self) -> str:
        """Return the constants as text."""
        return _core.constants_text(values_of(self)).removesuffix("\n")


def values_of(constants: Constants | None) -> list[float]:
    """Return constants in their order; none: those of CODATA."""
    return list(astuple(constants)) if constants is not None else []


def boltzmann_constant(unit: EnergyUnit, constants: Constants | None = None) -> float:
    """Return k in `unit` per kelvin: the exact quotient of the constants, rounded once.

    1 for "reduced", where temperatures are in units of the energies, and for "K", energies E / k.

    Raises
    ------
    ValueError
        Another unit; a constant that is not positive and finite.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.boltzmann_constant("cm-1")
    0.6950348004861274
    """
    return _core.boltzmann_constant(unit, values_of(constants))
