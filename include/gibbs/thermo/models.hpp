#pragma once
// Levels of the systems that every textbook has.

#include <cstdint>

#include "gibbs/thermo/levels.hpp"

namespace gibbs::thermo {

// Each takes the energy that is its unit, in whatever unit the caller likes, and how many levels to
// make. A model with infinitely many says in `Ensemble::tail` what is lost by the cut.
// throws    std::invalid_argument: a unit of energy that is not positive and finite (of the Ising
//           models, whose J may have either sign: not finite), a weight that is negative or not
//           finite, a count < 1, energies beyond the range of a double
// source    Schroedinger 1926 (oscillator, rotor, box and atom as eigenvalue problems)

// E = 0 and gap.
Levels two_level(double gap, double ground_degeneracy = 1, double excited_degeneracy = 1);

// E_n = (n + 1/2) quantum, n = 0 ... count - 1, g = 1; without the 1/2 if zero_point is false.
Levels harmonic_oscillator(double quantum, std::int64_t count, bool zero_point = true);

// E_J = constant J (J + 1), g = (2 J + 1) w with w even_weight or odd_weight as J is: 1 and 3 for
// para- and orthohydrogen; 1 and 0 for a homonuclear molecule of nuclei without spin. J < count.
Levels rigid_rotor(double constant, std::int64_t count, double even_weight = 1,
                   double odd_weight = 1);

// E_n = n^2 unit, n = 1 ... count, with unit = h^2 / (8 m L^2): a particle in a box.
Levels particle_in_box(double unit, std::int64_t count);

// E = -J s_i s_{i+1} - field s_i over a ring of `spins`: the exact number of states of each energy
// (sum 2^spins; integers of any length). field 0: g = 2 C(N, k) for k broken bonds, k even. Else a
// level for each number of spins against the field and of broken bonds: N^2 / 4 of them.
//
// range     spins up to 100000; in a field up to 3000
// cost      10^5 spins about a second; in a field 1000 spins 0.3 s, 3000 three seconds
// throws    std::invalid_argument: as above; spins beyond the range
// source    Ising 1925
Levels ising_chain(std::int64_t spins, double coupling = 1, double field = 0);

// E = -J s_i s_j over the bonds of a periodic length x length square lattice, without a field: the
// exact number of states of each energy, by a transfer matrix over integers. length 2 counts each
// bond twice, as the periodic boundary does.
//
// range     2 <= length <= 8
// accuracy  g exact up to 2^53; the larger ones, which only length 8 has, rounded once to 53 bits
// cost      length 8: 50 ms
// source    Kramers & Wannier 1941 (the transfer matrix); Kaufman 1949 (the sum it is held against)
Levels ising_square(std::int64_t length, double coupling = 1);

// E_n = -rydberg / n^2, g = 2 n^2, n = 1 ... last: a hydrogen-like atom. Its sum over all n
// diverges: the cut is the caller's physics (pressure, field).
Levels hydrogen_like(double rydberg, std::int64_t last);

// How many levels of an infinite ladder to make so that, at T > 0, what is left out changes none of
// Z, U - E_0, S and C_V by more than `tail` of itself. thermal_energy: k T, in the unit of the
// energy that is the model's own; at any lower temperature, less is left out.
// cost      the oscillator needs 48 k T / quantum levels, the others sqrt(48 k T / unit)
// throws    std::invalid_argument: an energy that is not positive and finite (k T may be 0);
//           a tail not between 0 and 1; a count beyond 2^53
std::int64_t harmonic_oscillator_count(double quantum, double thermal_energy, double tail = 1e-15);
std::int64_t rigid_rotor_count(double constant, double thermal_energy, double tail = 1e-15);
std::int64_t particle_in_box_count(double unit, double thermal_energy, double tail = 1e-15);

}  // namespace gibbs::thermo
