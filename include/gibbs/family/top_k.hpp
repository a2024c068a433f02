#pragma once
// Maps of the k highest scores.

#include <cstdint>
#include <utility>

#include "gibbs/entmax.hpp"

namespace gibbs {

namespace detail {
template <Score T>
void top_k(const char* function, Rows<const T> scores, std::int64_t k, Rows<T> probabilities,
           const EntmaxOptions<T>& options);
}  // namespace detail

// entmax of the k states with the highest scores, 0 elsewhere. Of equal scores the one in the lower
// column comes first. Masked states and those with g = 0 do not count among the k.
//
// range     k >= 0; k >= cols is entmax
// edges     those of entmax, of the states kept. NaN: the row is NaN
// cost      two reads of a row in cache, a selection among some 1.4 k states, the map of the k
//           kept; no sort
// throws    std::invalid_argument, as entmax; k < 0
// derivative entmax_vjp of the probabilities: the states left out have none
// source    Kyrillidis, Becker, Cevher & Koch 2013 (alpha 2)
template <Batch In, BatchOut<score_t<In>> Out>
void top_k_entmax(const In& scores, std::int64_t k, Out&& probabilities,
                  const EntmaxOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::top_k<T>("top_k_entmax", Rows<const T>(scores), k,
                   Rows<T>(std::forward<Out>(probabilities)), options);
}

// top_k_entmax at alpha 1.
template <Batch In, BatchOut<score_t<In>> Out>
void top_k_softmax(const In& scores, std::int64_t k, Out&& probabilities,
                   const MapOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::top_k<T>("top_k_softmax", Rows<const T>(scores), k,
                   Rows<T>(std::forward<Out>(probabilities)), detail::with_alpha<T>(1, options));
}

// top_k_entmax at alpha 2: the projection on the probabilities with at most k states.
template <Batch In, BatchOut<score_t<In>> Out>
void top_k_sparsemax(const In& scores, std::int64_t k, Out&& probabilities,
                     const MapOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::top_k<T>("top_k_sparsemax", Rows<const T>(scores), k,
                   Rows<T>(std::forward<Out>(probabilities)), detail::with_alpha<T>(2, options));
}

}  // namespace gibbs
