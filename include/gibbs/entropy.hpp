#pragma once
// The Tsallis entropy of given probabilities.

#include <span>

#include "gibbs/options.hpp"

namespace gibbs {

// Options of entropy: alpha in (0, inf]; log_degeneracy as in MapOptions.
template <Score T>
struct EntropyOptions {
  PerRow alpha = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
};

namespace detail {
template <Score T>
void entropy(Rows<const T> probabilities, std::span<working_t<T>> out,
             const EntropyOptions<T>& options);
template <Score T>
double entropy_of_one_row(Rows<const T> probabilities, const EntropyOptions<T>& options);
}  // namespace detail

// H_alpha(p; g) = sum_i (p_i - p_i^alpha g_i^(1 - alpha)) / (alpha (alpha - 1)), one per row;
// alpha 1: -sum p log(p / g) (Shannon, Gibbs), alpha 2: (1 - sum p^2 / g) / 2 (Gini), inf: 0.
//
// range     p >= 0; p is not normalised here
// edges     p_i = 0 adds 0; p_i > 0 where g_i = 0: -inf for alpha >= 1; p < 0 or NaN: NaN
// throws    std::invalid_argument: alpha <= 0 or NaN, shapes
template <Batch In>
void entropy(const In& probabilities, std::span<working_t<score_t<In>>> out,
             const EntropyOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::entropy<T>(Rows<const T>(probabilities), out, options);
}

// The same for exactly one row, returned.
template <Batch In>
double entropy(const In& probabilities, const EntropyOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::entropy_of_one_row<T>(Rows<const T>(probabilities), options);
}

}  // namespace gibbs
