#pragma once
// The highest of a row's perturbed scores: Gumbel-max and Gumbel top-k.

#include <cstdint>

#include "gibbs/sampling/noise.hpp"

namespace gibbs::kernels {

// x_i / T + G_i with the Gumbel noise of category first_category + i: the quotient rounded to
// double, the sum exact, so that of equal scores, however high, each wins as often.
template <class W>
struct PerturbedRow {
  const W* x = nullptr;  // no NaN, no +inf; -inf: no state
  std::int64_t n = 0;
  W max = 0;               // the highest x, finite, as is max / T
  double temperature = 1;  // has_scale<W>
  RowNoise noise;
  std::uint64_t draw = 0, first_category = 0;
};

struct Perturbed {
  double value, low;  // the sum rounded, and what that left out
  std::int64_t index;
};
// Whether a comes before b: the higher, of equal ones the lower column.
inline bool comes_before(const Perturbed& a, const Perturbed& b) {
  if (a.value != b.value) return a.value > b.value;
  return a.low > b.low || (a.low == b.low && a.index < b.index);
}

// The k highest in order, at most as many as there are states; how many. k >= 1.
std::int64_t highest_perturbed(const PerturbedRow<float>& row, std::int64_t k, Perturbed* out);
std::int64_t highest_perturbed(const PerturbedRow<double>& row, std::int64_t k, Perturbed* out);

}  // namespace gibbs::kernels
