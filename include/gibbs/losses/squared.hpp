#pragma once
// The squared loss of scores that are to be their targets.

#include <span>

#include "gibbs/losses/targets.hpp"

namespace gibbs {

// Options of squared_loss, each as in LossOptions.
template <Score T>
struct SquaredOptions {
  Rows<const bool> mask = {};
  std::span<const working_t<T>> sample_weights = {};
  std::int64_t ignore_index = -100;
  Reduction reduction = Reduction::kMean;
  double scale = 1;
  Rows<T> grad_scores = {};
};

namespace detail {
template <Score T>
double squared_loss(Rows<const T> scores, const Targets<T>& targets,
                    const std::span<working_t<T>>* each, const SquaredOptions<T>& options);
}  // namespace detail

// L(x, y) = |x - y|^2 / 2, the sum over the classes (for probabilities p in the place of x: half
// the Brier score). It is the Fenchel-Young loss of the map x -> x. Returned: the loss of the batch
// (see Reduction).
//   dL/dx = x - y
//
// range     targets: labels, or any numbers
// accuracy  float: 4 ulp of max(1, L)
// edges     NaN in a row or its targets: NaN. -inf, masked: as without the state, gradient 0; where
//           its target is not 0 L = inf. +inf: L = inf, gradient inf
// throws    std::invalid_argument: as cross_entropy
template <Batch In>
double squared_loss(const In& scores, const Targets<score_t<In>>& targets,
                    const SquaredOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::squared_loss<T>(Rows<const T>(scores), targets, nullptr, options);
}

// The same, one loss per row, and the derivatives of each.
template <Batch In>
void squared_loss(const In& scores, const Targets<score_t<In>>& targets,
                  std::span<working_t<score_t<In>>> losses,
                  const SquaredOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::squared_loss<T>(Rows<const T>(scores), targets, &losses, options);
}

}  // namespace gibbs
