"""Levels of the systems that every textbook has.

Each takes the energy that is its unit, in whatever unit the caller likes, and how many levels to
make. All raise ValueError for a unit that is not positive and finite (for the Ising models, whose
J may have either sign: not finite), a weight that is negative or not finite, a count below 1,
energies beyond the range of a float; TypeError for what is no number.
"""

from __future__ import annotations

from gibbs import _core
from gibbs._flags import flag
from gibbs.thermo._levels import Levels, of_core


def two_level(
    gap: float, ground_degeneracy: float = 1.0, excited_degeneracy: float = 1.0
) -> Levels:
    """Return E = 0 and gap.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.two_level(2.5)
    Levels(2 levels from 0.0 to 2.5)
    """
    return of_core(_core.two_level(gap, ground_degeneracy, excited_degeneracy))


def harmonic_oscillator(quantum: float, count: int, *, zero_point: bool = True) -> Levels:
    """Return E_n = (n + 1/2) quantum, n < count; without the 1/2 if zero_point is False.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.harmonic_oscillator(2.0, 3).energies
    array([1., 3., 5.])
    """
    return of_core(
        _core.harmonic_oscillator(
            quantum, count, flag("harmonic_oscillator", "zero_point", zero_point)
        )
    )


def rigid_rotor(
    constant: float, count: int, *, even_weight: float = 1.0, odd_weight: float = 1.0
) -> Levels:
    """Return E_J = constant J (J + 1), g = (2 J + 1) w, J < count, w by whether J is even or odd.

    1 and 3 are the weights of para- and orthohydrogen together; 1 and 0 those of a homonuclear
    molecule of nuclei without spin.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.rigid_rotor(85.4, 4, odd_weight=3).degeneracies
    array([ 1.,  9.,  5., 21.])
    """
    return of_core(_core.rigid_rotor(constant, count, even_weight, odd_weight))


def particle_in_box(unit: float, count: int) -> Levels:
    """Return E_n = n^2 unit, n = 1 ... count, with unit = h^2 / (8 m L^2).

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.particle_in_box(0.5, 3).energies
    array([0.5, 2. , 4.5])
    """
    return of_core(_core.particle_in_box(unit, count))


def ising_chain(spins: int, coupling: float = 1.0, field: float = 0.0) -> Levels:
    """Return E = -J s_i s_(i+1) - field s_i over a ring: the exact number of states of each energy.

    In a field there is a level for each number of spins against it and of broken bonds. Up to
    100000 spins; 3000 in a field. Either takes seconds.

    Examples
    --------
    >>> import gibbs
    >>> chain = gibbs.thermo.ising_chain(4)
    >>> chain.energies, chain.degeneracies
    (array([-4.,  0.,  4.]), array([ 2., 12.,  2.]))
    """
    return of_core(_core.ising_chain(spins, coupling, field))


def ising_square(length: int, coupling: float = 1.0) -> Levels:
    """Return E = -J s_i s_j over the bonds of a periodic square lattice of 2 to 8 spins a side.

    The number of states of each energy is exact up to 2^53, and rounded beyond. Length 2 counts
    each bond twice, as the periodic boundary does.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.ising_square(4).degeneracies[:4]
    array([  2.,  32.,  64., 424.])
    """
    return of_core(_core.ising_square(length, coupling))


def hydrogen_like(rydberg: float, last: int) -> Levels:
    """Return E_n = -rydberg / n^2, g = 2 n^2, n = 1 ... last.

    The sum over all n diverges: where to cut is the caller's physics (pressure, field).

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.hydrogen_like(16.0, 3).degeneracies
    array([ 2.,  8., 18.])
    """
    return of_core(_core.hydrogen_like(rydberg, last))


def harmonic_oscillator_count(quantum: float, thermal_energy: float, tail: float = 1e-15) -> int:
    """Return how many levels lose no more than `tail` of Z, U - E_0, S and C_V at k T or below.

    Raises
    ------
    ValueError
        k T negative or not finite; tail not between 0 and 1; a count beyond 2^53.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.harmonic_oscillator_count(2143.0, 208.5)
    7
    """
    return _core.model_count("harmonic_oscillator", quantum, thermal_energy, tail)


def rigid_rotor_count(constant: float, thermal_energy: float, tail: float = 1e-15) -> int:
    """Return how many levels lose no more than `tail`, as `harmonic_oscillator_count`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.rigid_rotor_count(1.93, 208.5)
    72
    """
    return _core.model_count("rigid_rotor", constant, thermal_energy, tail)


def particle_in_box_count(unit: float, thermal_energy: float, tail: float = 1e-15) -> int:
    """Return how many levels lose no more than `tail`, as `harmonic_oscillator_count`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.particle_in_box_count(1.0, 1000.0)
    216
    """
    return _core.model_count("particle_in_box", unit, thermal_energy, tail)
