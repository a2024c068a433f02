#pragma once
// Perturbed scores, given which of them is the highest: top-down Gumbels.

#include <cstdint>
#include <span>
#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

// Options of conditional_gumbels; the noise as RelaxedOptions (relaxed.hpp).
//   maximum          the highest perturbed score, one per row; not given: drawn, log Z + G with the
//                    noise of the winner
struct ConditionalGumbelOptions {
  std::uint64_t seed = 0, stream = 0;
  std::uint64_t first_row = 0;
  std::span<const std::uint64_t> row_ids = {};
  std::uint64_t first_category = 0;
  std::uint64_t draw = 0;
  std::span<const double> maximum = {};
};

// Options of its derivative.
//   grad_maximum     where the maximum was given: its gradient, one per row, and the scores do not
//                    move it; empty: it was drawn, and they do
struct ConditionalGumbelVjpOptions {
  std::span<double> grad_maximum = {};
};

namespace detail {
template <Score T>
void conditional_gumbels(Rows<const T> scores, std::span<const std::int64_t> winners,
                         Rows<double> perturbed, const ConditionalGumbelOptions& options);
template <Score T>
void conditional_gumbels_vjp(Rows<const T> scores, std::span<const std::int64_t> winners,
                             Rows<const double> perturbed, Rows<const double> upstream,
                             Rows<double> grad_scores, const ConditionalGumbelVjpOptions& options);
}  // namespace detail

// Draws z_i = x_i + G_i, the G_i Gumbel noise, given that z_k is the highest, k = winners[row]:
//   z_k = M;  z_i = -log(exp(-M) + E_i exp(-x_i)) for the others,
// E_i exponential noise: the soft minimum of M and of x_i - log E_i. If k is drawn from softmax(x),
// the G_i are plain Gumbels again.
//
// range     any scores but +inf; winners a column, or kNoToken for a row that has none
// accuracy  in double; the same bits on every target and machine
// edges     z_i < z_k strictly. x_i = -inf: z_i = -inf. A row with NaN or +inf, or a winner whose
//           score is -inf: NaN. kNoToken: -inf everywhere.
// throws    std::invalid_argument: shapes differ; a winner that is no column; a wrong number of
//           winners, maxima or row_ids
// source    Maddison, Tarlow & Minka 2014; Kool, van Hoof & Welling 2019, appendix B
template <Batch In>
void conditional_gumbels(const In& scores, std::span<const std::int64_t> winners,
                         Rows<double> perturbed, const ConditionalGumbelOptions& options = {}) {
  using T = score_t<In>;
  detail::conditional_gumbels<T>(Rows<const T>(scores), winners, perturbed, options);
}

// Given z and upstream v, at fixed noise, with w_i = exp(z_i - M) and m = sum_i v_i w_i:
//   grad_x_i = v_i (1 - w_i) [+ softmax(x)_i m: the maximum was drawn];  grad_M = m.
//
// edges     x_i = -inf: 0. A row with NaN: NaN.
// throws    std::invalid_argument, as conditional_gumbels
template <Batch In>
void conditional_gumbels_vjp(const In& scores, std::span<const std::int64_t> winners,
                             Rows<const double> perturbed, Rows<const double> upstream,
                             Rows<double> grad_scores,
                             const ConditionalGumbelVjpOptions& options = {}) {
  using T = score_t<In>;
  detail::conditional_gumbels_vjp<T>(Rows<const T>(scores), winners, perturbed, upstream,
                                     grad_scores, options);
}

}  // namespace gibbs
