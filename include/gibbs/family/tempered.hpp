#pragma once
// Tempered softmax: entmax by the index of its exponential.

#include <utility>

#include "gibbs/entmax.hpp"

namespace gibbs {

namespace detail {
template <Score T>
void tempered_softmax(Rows<const T> scores, double t, Rows<T> probabilities,
                      const MapOptions<T>& options);
}  // namespace detail

// p_i = g_i exp_t(x_i / T - lambda) with exp_t(u) = (1 + (1 - t) u)_+^(1 / (1 - t)): entmax at
// alpha 2 - t. t = 1 is softmax; t > 1 has heavy tails, t < 1 is sparse.
//
// range     t < 2
// throws    std::invalid_argument, as entmax; t >= 2 or NaN
// derivative entmax_vjp at alpha 2 - t
// source    Amid, Warmuth, Anil & Koren 2019
template <Batch In, BatchOut<score_t<In>> Out>
void tempered_softmax(const In& scores, double t, Out&& probabilities,
                      const MapOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::tempered_softmax<T>(Rows<const T>(scores), t, Rows<T>(std::forward<Out>(probabilities)),
                              options);
}

}  // namespace gibbs
