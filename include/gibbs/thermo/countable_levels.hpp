#pragma once
// Levels that can be counted: energies in whole quanta, whole degeneracies.

#include <cstdint>
#include <span>
#include <vector>

#include "gibbs/thermo/levels.hpp"

namespace gibbs::thermo {

// E_s = quanta_s quantum, with g_s states. Counting knows energies as quanta alone; beta is per
// unit of E. A level with g = 0 is kept in its place and never occupied.
//
// range     quanta: 2^52 on either side of 0; g: from 0 to 2^53
class CountableLevels {
 public:
  // degeneracies empty: 1 each.
  // throws    std::invalid_argument: no level that can be occupied; another number of degeneracies
  //           than energies; a number out of range; a quantum that is not positive and finite
  explicit CountableLevels(std::vector<std::int64_t> quanta,
                           std::vector<std::int64_t> degeneracies = {}, double quantum = 1);

  // A level at E = +inf has g = 0 here.
  // throws    as above; an energy further than 1e-9 (of a quantum, and of itself) from a whole
  //           number of quanta; a degeneracy that is no whole number
  static CountableLevels of(const Levels& levels, double quantum = 1);

  std::int64_t size() const { return static_cast<std::int64_t>(quanta_.size()); }
  std::span<const std::int64_t> quanta() const { return quanta_; }
  std::span<const std::int64_t> degeneracies() const { return degeneracies_; }
  double quantum() const { return quantum_; }

  // A total energy in quanta, with the same tolerance.
  // throws    std::invalid_argument: no whole number of them
  std::int64_t quanta_of(double energy) const;

  // The probability of each level at beta, from -inf to +inf: p_s ~ g_s exp(-beta E_s).
  // accuracy  4 ulp of p and (1 + |beta (E - E_ref)|) 2^-53, E_ref the likeliest energy
  // throws    std::invalid_argument: beta NaN
  std::vector<double> probabilities(double beta) const;

 private:
  std::vector<std::int64_t> quanta_;
  std::vector<std::int64_t> degeneracies_;
  double quantum_;
};

}  // namespace gibbs::thermo
