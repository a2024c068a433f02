#pragma once
// The logarithm of softmax and its derivative.

#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

namespace detail {
template <Score T>
void log_softmax(Rows<const T> scores, Rows<T> log_probabilities, const MapOptions<T>& options);
template <Score T>
void log_softmax_vjp(Rows<const T> log_probabilities, Rows<const T> upstream, Rows<T> grad_scores,
                     const VjpOptions<T>& options);
}  // namespace detail

// log p_i = x_i / T + log g_i - log Z, for every row; see softmax.hpp.
//
// accuracy  float 2 ulp, double 4 ulp of max(1, |log p|) (twice that without FMA)
// edges     as softmax, with log 0 = -inf; no state: every entry -inf
// throws    std::invalid_argument, as softmax
template <Batch In, BatchOut<score_t<In>> Out>
void log_softmax(const In& scores, Out&& log_probabilities,
                 const MapOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::log_softmax<T>(Rows<const T>(scores), Rows<T>(std::forward<Out>(log_probabilities)),
                         options);
}

// Given log p and upstream v:  grad_x_i = (v_i - p_i sum_j v_j) / T;  grad_log_g = T grad_x;
// grad_T = -(1/T) sum_i (v_i - p_i sum_j v_j) log(p_i / g_i). Sums run over states with p > 0.
//
// edges     log p_i = -inf: gradient 0, whatever v_i is; else as softmax_vjp
// throws    std::invalid_argument, as softmax
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void log_softmax_vjp(const In& log_probabilities, const Up& upstream, Out&& grad_scores,
                     const VjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::log_softmax_vjp<T>(Rows<const T>(log_probabilities), Rows<const T>(upstream),
                             Rows<T>(std::forward<Out>(grad_scores)), options);
}

}  // namespace gibbs
