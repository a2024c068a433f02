#pragma once
// log Z, the logarithm of a sum of exponentials, and its derivative.

#include <span>
#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

namespace detail {
template <Score T>
void log_sum_exp(Rows<const T> scores, std::span<working_t<T>> log_partition,
                 const MapOptions<T>& options);
template <Score T>
double log_sum_exp_of_one_row(Rows<const T> scores, const MapOptions<T>& options);
template <Score T>
void log_sum_exp_vjp(Rows<const T> scores, std::span<const working_t<T>> upstream,
                     Rows<T> grad_scores, const VjpOptions<T>& options);
}  // namespace detail

// log Z = log sum_j g_j exp(x_j / T), one number per row. The free energy is -T log Z.
//
// range     any scores; T in [0, inf]; any strides
// accuracy  float 2 ulp, double 4 ulp of max(1, |log Z|) (twice that without FMA); of |log Z|
//           itself for double rows of up to 32768 scores, no log g, whose largest score is 0
// edges     NaN: NaN. No state: -inf. A score +inf: +inf. T = 0: the limit, sign(max x) inf, or
//           log sum of g over the maxima where max x = 0. T = inf: log sum g.
// cost      one read of memory per element
// throws    std::invalid_argument, as softmax; a wrong number of outputs
template <Batch In>
void log_sum_exp(const In& scores, std::span<working_t<score_t<In>>> log_partition,
                 const MapOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::log_sum_exp<T>(Rows<const T>(scores), log_partition, options);
}

// The same for exactly one row, returned.
template <Batch In>
double log_sum_exp(const In& scores, const MapOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::log_sum_exp_of_one_row<T>(Rows<const T>(scores), options);
}

// Given the scores and one upstream number v per row:
//   grad_x_i = v p_i / T,  grad_log_g_i = v p_i,  grad_T = -(v / T^2) sum_i p_i x_i,
// with p = softmax(x), which is computed again: log Z rounded to a lane is too coarse for it.
//
// edges     p_i = 0: gradient 0. NaN in a row or its v: the row is NaN. T = 0 or inf: grad_x and
//           grad_T are 0. A masked state needs a score or log g of -inf here.
// throws    std::invalid_argument, as softmax
template <Batch In, BatchOut<score_t<In>> Out>
void log_sum_exp_vjp(const In& scores, std::span<const working_t<score_t<In>>> upstream,
                     Out&& grad_scores, const VjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::log_sum_exp_vjp<T>(Rows<const T>(scores), upstream,
                             Rows<T>(std::forward<Out>(grad_scores)), options);
}

}  // namespace gibbs
