#pragma once
// Tempered softmax: entmax by the index of its exponential.

#include <utility>

#include "gibbs/entmax.hpp"

namespace gibbs {

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
  detail::entmax<T>("tempered_softmax", Rows<const T>(scores),
                    Rows<T>(std::forward<Out>(probabilities)),
                    detail::with_alpha<T>(2 - t, options));
}

}  // namespace gibbs
