#pragma once
// Levels as a gas sees them, and what it finds.

#include <cstddef>
#include <vector>

#include "gibbs/thermo/quantum_statistics.hpp"

namespace gibbs::thermo {

// The levels that can be occupied, from the lowest up.
struct GasLevels {
  std::vector<double> energies, degeneracies;
  std::vector<std::size_t> index;  // where each stands in the list

  std::size_t size() const { return energies.size(); }
  double states() const;
  // How many of the lowest levels have the energy of level s or less.
  std::size_t up_to(std::size_t s) const;
  // beta (E_s - origin), at most 1e300 on either side; 0 at beta = 0.
  std::vector<double> distances(double beta, double origin) const;
};

// What is found of one species: numbers per level, of these levels, and the rest of QuantumGas but
// for U and the residual.
struct Filling {
  std::vector<double> numbers;
  double chemical_potential = 0, log_fugacity = 0, entropy = 0;
  bool converged = true;
  std::int64_t iterations = 0;
};

Filling fill_bosons(const GasLevels& levels, double particles, double beta);
Filling fill_fermions(const GasLevels& levels, double particles, double beta);
Filling fill_classical(const GasLevels& levels, double particles, double beta);

// E_0 + x / beta: where beta (mu - E_0) = x. At beta = 0 the limit.
double chemical_potential(const GasLevels& levels, double origin, double x, double beta);

// S / k of one state, |x| = beta |E - mu| away from the chemical potential.
double boson_entropy(double x);
double fermion_entropy(double x);

}  // namespace gibbs::thermo
