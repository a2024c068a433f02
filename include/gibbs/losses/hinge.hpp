#pragma once
// The structured hinge loss: the perceptron's with a margin.

#include <span>

#include "gibbs/losses/targets.hpp"

namespace gibbs {

// Options of hinge_loss, each as in LossOptions, and
//   cost   c >= 0: what a prediction of another class costs
template <Score T>
struct HingeOptions {
  double cost = 1;
  Rows<const bool> mask = {};
  std::span<const working_t<T>> sample_weights = {};
  std::int64_t ignore_index = -100;
  Reduction reduction = Reduction::kMean;
  double scale = 1;
  Rows<T> grad_scores = {};
};

namespace detail {
template <Score T>
double hinge_loss(Rows<const T> scores, const Targets<T>& targets,
                  const std::span<working_t<T>>* each, const HingeOptions<T>& options);
}  // namespace detail

// L(x, y) = max_i (x_i + c (1 - y_i)) - <x, y>; for a label k max(0, c + max over others x_i -
// x_k): 0 once x_k is ahead of all others by c. At c = 0 it is perceptron_loss. Never negative.
// Returned: the loss of the batch (see Reduction).
//   dL/dx = q - y, where q shares its mass equally among the states of that maximum
//
// range     targets: as cross_entropy
// accuracy  float: 4 ulp of max(1, L)
// edges     NaN in a row, a target that is NaN or < 0: NaN. -inf, masked: as without the state,
//           gradient 0; with target mass L = inf. +inf: L = inf unless all target mass is on such
// throws    std::invalid_argument: as cross_entropy; cost < 0 or NaN
// source    Crammer & Singer 2001; Tsochantaridis, Joachims, Hofmann & Altun 2005
template <Batch In>
double hinge_loss(const In& scores, const Targets<score_t<In>>& targets,
                  const HingeOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::hinge_loss<T>(Rows<const T>(scores), targets, nullptr, options);
}

// The same, one loss per row, and the derivatives of each.
template <Batch In>
void hinge_loss(const In& scores, const Targets<score_t<In>>& targets,
                std::span<working_t<score_t<In>>> losses,
                const HingeOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::hinge_loss<T>(Rows<const T>(scores), targets, &losses, options);
}

}  // namespace gibbs
