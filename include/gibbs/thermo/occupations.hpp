#pragma once
// Occupation numbers: counted, most probable, on average; and how softmax comes out of them.

#include <cstdint>
#include <span>
#include <vector>

#include "gibbs/thermo/arrangements.hpp"
#include "gibbs/thermo/countable_levels.hpp"
#include "gibbs/thermo/microcanonical.hpp"
#include "gibbs/thermo/most_probable.hpp"
#include "gibbs/thermo/stirling.hpp"

namespace gibbs::thermo {

// N p_s with p_s ~ g_s exp(-beta E_s), beta such that the mean energy is E / N.
//   entropy  S / k of all N systems: N (ln Z + beta U), which is ln W by Stirling's leading terms
struct BoltzmannOccupation {
  double beta = 0;
  double entropy = 0;
  std::vector<double> occupation;
};

// edges     E the lowest or highest that N systems can have: beta = +inf, -inf
// accuracy  beta as maximum_entropy
// throws    std::invalid_argument: N < 1; an energy outside what N systems can have
BoltzmannOccupation boltzmann_occupation(const CountableLevels& levels, std::int64_t count,
                                         std::int64_t energy);

// The three occupations of N systems at one energy per system.
//   mean_distance           max_s |mean_s - N p_s| / N: falls as 1 / N
//   most_probable_distance  max_s |n_s - N p_s| / N: at most about 1 / N
// And of the entropies per system, ln Omega / N and ln W_max / N come to that of softmax, from
// below and as ln N / N.
struct Convergence {
  std::int64_t count = 0, energy = 0;
  Microcanonical exact;
  MostProbable most_probable;
  BoltzmannOccupation boltzmann;
  double mean_distance = 0, most_probable_distance = 0;
};

// The derivation of softmax as an experiment: N = multiple * count systems with multiple * energy
// quanta, for each multiple.
// throws    std::invalid_argument: as microcanonical and most_probable_occupation; a multiple < 1
std::vector<Convergence> convergence(const CountableLevels& levels, std::int64_t count,
                                     std::int64_t energy, std::span<const std::int64_t> multiples,
                                     const SearchOptions& options = {});

}  // namespace gibbs::thermo
