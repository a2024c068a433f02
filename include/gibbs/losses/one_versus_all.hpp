#pragma once
// The logistic loss of every class against all others.

#include <span>

#include "gibbs/losses/targets.hpp"

namespace gibbs {

// Options of one_versus_all_loss, each as in LossOptions.
template <Score T>
struct OneVersusAllOptions {
  PerRow temperature = 1.0;
  Rows<const bool> mask = {};
  std::span<const working_t<T>> sample_weights = {};
  std::int64_t ignore_index = -100;
  Reduction reduction = Reduction::kMean;
  double scale = 1;
  Rows<T> grad_scores = {};
  std::span<working_t<T>> grad_temperature = {};
};

namespace detail {
template <Score T>
double one_versus_all_loss(Rows<const T> scores, const Targets<T>& targets,
                           const std::span<working_t<T>>* each,
                           const OneVersusAllOptions<T>& options);
}  // namespace detail

// L(x, y) = sum_i T log(1 + exp(x_i / T)) - y_i x_i - T h(y_i), where h is the entropy of one yes
// or no, h(p) = -p log p - (1 - p) log(1 - p). For a label k at T = 1: log(1 + exp(-x_k)) and log(1
// + exp(x_i)) for all others. It is the Fenchel-Young loss of p_i = 1 / (1 + exp(-x_i / T)), so it
// is never negative, and 0 where p is y. Returned: the loss of the batch (see Reduction).
//   dL/dx_i = p_i - y_i,  dL/dT = sum_i h(p_i) - h(y_i)
// Degeneracies would add T log g_i to x_i.
//
// range     targets: labels, or one number in [0, 1] per class, of any sum (several classes apply)
// accuracy  float: 4 ulp of max(1, L) where T is at most 1
// edges     NaN in a row, a target outside [0, 1]: NaN. -inf, masked: as without the state,
// gradient
//           0; with target mass L = inf. +inf: 0 where y = 1, else inf. T = 0: max(x, 0) - y x.
//           T = inf: L = inf unless y is p, 1/2. T = 0 or inf: derivative in T 0
// throws    std::invalid_argument: as cross_entropy
template <Batch In>
double one_versus_all_loss(const In& scores, const Targets<score_t<In>>& targets,
                           const OneVersusAllOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::one_versus_all_loss<T>(Rows<const T>(scores), targets, nullptr, options);
}

// The same, one loss per row, and the derivatives of each.
template <Batch In>
void one_versus_all_loss(const In& scores, const Targets<score_t<In>>& targets,
                         std::span<working_t<score_t<In>>> losses,
                         const OneVersusAllOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::one_versus_all_loss<T>(Rows<const T>(scores), targets, &losses, options);
}

}  // namespace gibbs
