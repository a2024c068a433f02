#pragma once
// softmax and its derivative.

#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

namespace detail {
template <Score T>
void softmax(Rows<const T> scores, Rows<T> probabilities, const MapOptions<T>& options);
template <Score T>
void softmax_vjp(Rows<const T> probabilities, Rows<const T> upstream, Rows<T> grad_scores,
                 const VjpOptions<T>& options);
}  // namespace detail

// p_i = g_i exp(x_i / T) / Z,  Z = sum_j g_j exp(x_j / T), for every row.
//
// range     any scores; T in [0, inf]; any strides; the output may be the input
// accuracy  float 2 ulp, double 4 ulp of the exact p wherever p is normal (twice that without FMA)
// edges     NaN: the row is NaN. -inf, masked, g = 0: p = 0. No state: p = 0, log Z = -inf.
//           +inf: the mass is shared among those by g. T = 0: among the maxima by g. T = inf: by g.
// cost      one read and one write of memory per element up to rows that fit in cache
// throws    std::invalid_argument: shapes differ, T < 0 or NaN, a side output of the wrong length
template <Batch In, BatchOut<score_t<In>> Out>
void softmax(const In& scores, Out&& probabilities, const MapOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::softmax<T>(Rows<const T>(scores), Rows<T>(std::forward<Out>(probabilities)), options);
}

// Given p = softmax(x) and upstream v:  grad_x_i = p_i (v_i - vbar) / T,  vbar = sum_j p_j v_j;
// grad_log_g_i = p_i (v_i - vbar);  grad_T = -(1/T) sum_i p_i (v_i - vbar) log(p_i / g_i).
// The Jacobian is symmetric: the same call gives the forward derivative along v.
//
// range     as softmax; grad_scores may be either input
// edges     p_i = 0: gradient 0, whatever v_i is. A row with NaN in p, or in v where p > 0: NaN.
//           T = 0 or inf: grad_x and grad_T are 0.
// throws    std::invalid_argument, as softmax
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void softmax_vjp(const In& probabilities, const Up& upstream, Out&& grad_scores,
                 const VjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::softmax_vjp<T>(Rows<const T>(probabilities), Rows<const T>(upstream),
                         Rows<T>(std::forward<Out>(grad_scores)), options);
}

}  // namespace gibbs
