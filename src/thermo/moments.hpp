#pragma once
// Weight and central moments of some levels: the monoid in which blocks of levels are merged.

#include <cstdint>

#include "kernels/level_sums.hpp"

namespace gibbs::thermo {

// A total weight, weight 2^exponent, and of the law in proportion to the weights the mean and the
// central moments. In long double: they are in units of energy, and fourth powers of energies span
// more than the range of a double.
struct Moments {
  std::int64_t exponent = 0;
  long double weight = 0;  // 0: no level
  long double mean = 0, second = 0, third = 0, fourth = 0;

  bool empty() const { return weight == 0; }
  // of the total weight; -inf for no level
  long double log_weight() const;
};

// Of both together (Chan, Golub, LeVeque 1979; Pebay 2008).
Moments merge(const Moments& a, const Moments& b);

// log(a + b) of the total weights, exact where one is small against the other.
long double log_total(const Moments& a, const Moments& b);

// What the kernel found in a block.
Moments moments_of(const kernels::LevelSums& sums);

}  // namespace gibbs::thermo
