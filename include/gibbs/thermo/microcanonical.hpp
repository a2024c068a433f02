#pragma once
// N systems that share one energy: the exact count of their states, and the exact mean.

#include <cstdint>
#include <string>
#include <vector>

#include "gibbs/thermo/countable_levels.hpp"

namespace gibbs::thermo {

//   arrangements      Omega(N, E), as decimal text: the sum of W(n) over all occupations n of N
//                     systems with energy E
//   log_arrangements  ln Omega: the entropy S / k of all N
//   mean_occupation   sum_n W(n) n_s / Omega, of each level
struct Microcanonical {
  std::string arrangements;
  double log_arrangements = 0;
  std::vector<double> mean_occupation;
};

// All arrangements equally likely. Omega is the coefficient of x^E in (sum_s g_s x^E_s)^N, and the
// mean N g_s [x^(E - E_s)] (sum ...)^(N - 1) / Omega, in integers of any length.
//
// accuracy  exact; the doubles are rounded once (ln Omega: 1e-15 of itself)
// cost      E, counted from the nearer end, times different energies, times the length of Omega in
//           words of 64 bits: N = E = 1000 a millisecond, N = E = 10000 about a second. And that
//           length for each kind of level (energy and g). In memory one such integer for each
//           quantum up to the highest level or E
// throws    std::invalid_argument: N < 1; an energy that N systems cannot have; more than 1e11
//           steps or 2^28 words of memory
// source    Darwin & Fowler 1922 (the coefficient); Euler 1748 (powers of a series, by recurrence)
Microcanonical microcanonical(const CountableLevels& levels, std::int64_t count,
                              std::int64_t energy);

}  // namespace gibbs::thermo
