#pragma once
// The occupation with the most arrangements, in whole numbers.

#include <cstdint>
#include <vector>

#include "gibbs/thermo/countable_levels.hpp"

namespace gibbs::thermo {

//   occupation        n_s; empty if the search found none within its steps
//   log_arrangements  ln W of it
//   certified         no other occupation has more arrangements, and none that has as many comes
//                     first in the order of ties
//   gap               how much ln W can at most be above that of `occupation`; 0 if certified
//   steps             nodes of the search tree
struct MostProbable {
  std::vector<std::int64_t> occupation;
  double log_arrangements = 0;
  bool certified = false;
  double gap = 0;
  std::int64_t steps = 0;
};

struct SearchOptions {
  std::int64_t max_steps = 1'000'000;  // some tenths of a microsecond each
};

// argmax W(n) over whole n_s >= 0 with sum n_s = N, sum n_s E_s = E (in quanta).
//
// Bound: with multipliers, ln W <= ln N! + a N + b E + sum_s max_n [n ln l_s - ln n!] with
// ln l_s = ln g_s - a - b E_s, the inner maximum at n = floor(l_s). What an occupation loses
// against that is a sum of one term >= 0 per level, so few numbers per level come into question. Of
// these the best is found by depth first search; then no exchange of two systems (i, j -> k, l at
// one energy) is better either. The winner is decided in integers.
//
// Ties: the occupation with more systems in the lowest level, if equal in the next, ...; levels at
// one energy in the order given.
//
// range     N up to 2^52, N times the largest |quanta| up to 2^61; millions of levels
// edges     max_steps reached: the best found, improved until no exchange of two systems helps (N
//           and E kept), with its gap: about 0 where very many occupations tie, large where quanta
//           are so fine that few occupations have the energy at all. Of more levels than
//           sqrt(2 max_steps), at least 256 and at most 1448, the fullest and likeliest exchange,
//           and no more than 16 pairs of them are tried for each step
// cost      at least a step for each level that one system can be in: with fewer, nothing is found.
//           About 2 microseconds and 200 bytes for each level beside the steps
// throws    std::invalid_argument: N < 0; an energy that N systems cannot have
// source    Everett 1963 (generalised multipliers)
MostProbable most_probable_occupation(const CountableLevels& levels, std::int64_t count,
                                      std::int64_t energy, const SearchOptions& options = {});

// argmax W(n) exp(-beta E(n)) with N alone fixed: the mode of N draws from p(beta). Rounding of N p
// until no system gains by a move to another level, which for a concave sum is the optimum; what is
// nearer than 1e-13 is a tie.
//
// range     beta from -inf to +inf
// throws    std::invalid_argument: N < 0, beta NaN
MostProbable most_probable_occupation_at(const CountableLevels& levels, std::int64_t count,
                                         double beta);

}  // namespace gibbs::thermo
