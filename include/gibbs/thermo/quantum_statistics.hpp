#pragma once
// Occupations of levels by particles that cannot be told apart.

#include <cstdint>
#include <span>
#include <vector>

#include "gibbs/thermo/levels.hpp"

namespace gibbs::thermo {

// How many particles a state can hold: any number, one, or (the limit of both where states are far
// more than particles) any number of classical ones.
enum class Statistics { kBoseEinstein, kFermiDirac, kMaxwellBoltzmann };

// The mean number in one state: 1 / (e^x - 1), 1 / (e^x + 1), e^-x with x = beta (E - mu).
//
// accuracy  4 ulp, x near 0 and of any size too (expm1)
// edges     Bose-Einstein: x = 0: inf; x < 0: NaN
double mean_number(Statistics statistics, double x);

//   beta                as given
//   chemical_potential  mu: what N needs
//   log_fugacity        beta (mu - E_0), which keeps its digits where mu comes close to the lowest
//                       level E_0; finite at beta = 0 too, where mu is infinite
//   occupation          n_s = g_s / (exp(beta (E_s - mu)) -+ 1): all states of level s together
//   mean_energy         U = sum n_s E_s
//   entropy             S / k
//   residual            (sum n_s - N) / N
struct QuantumGas {
  double beta = 0;
  double chemical_potential = 0;
  double log_fugacity = 0;
  std::vector<double> occupation;
  double mean_energy = 0;
  double entropy = 0;
  bool converged = false;
  std::int64_t iterations = 0;
  double residual = 0;
};

// N particles (a number > 0, whole or not) in these levels at beta, from 0 to +inf: the chemical
// potential by a Newton iteration within bounds. Bosons: on the logarithm of what a state at E_0
// lacks to be full, so that a condensate of 1e23 is told like any other number. Fermions: on the
// ratio of particles above the Fermi level to holes below it.
//
// accuracy  1e-13 of each occupation and of log_fugacity (of beta (mu - E_F) for fermions, E_F the
//           level that is filled last), where beta (E_s - E_0) has no rounding; it adds that
// edges     beta = +inf (T = 0): bosons all in E_0; fermions from below, the last level by a share:
//           mu is its energy, or midway to the next one if it is full, +inf if all are. A tie of
//           energies is shared by g. E = +inf, g = 0: n = 0. Fermions as many as states: n = g
//           N ln N beyond a double: the entropy is infinite, with its sign
// cost      states times about 6 iterations
// throws    std::invalid_argument: N not positive and finite, more fermions than states; beta < 0
//           or NaN; no level that can be occupied; a degeneracy beyond the range of a double
// source    Bose 1924, Einstein 1925; Fermi 1926, Dirac 1926
QuantumGas quantum_gas(Statistics statistics, const Levels& levels, double particles, double beta);

}  // namespace gibbs::thermo
