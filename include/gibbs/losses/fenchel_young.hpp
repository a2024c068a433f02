#pragma once
// Fenchel-Young losses: how far scores are from a target, for every alpha, with derivatives.

#include <limits>
#include <span>

#include "gibbs/losses/targets.hpp"

namespace gibbs {

namespace detail {

// kCrossEntropy: T times the entropy of the targets more.
enum class LossOf { kFenchelYoung, kCrossEntropy };
template <Score T>
double loss(const char* function, LossOf of, Rows<const T> scores, const Targets<T>& targets,
            const PerRow& alpha, const LossOptions<T>& options);
template <Score T>
void losses(const char* function, LossOf of, Rows<const T> scores, const Targets<T>& targets,
            const PerRow& alpha, std::span<working_t<T>> out, const LossOptions<T>& options);
template <Score T>
double loss_weight(Rows<const T> scores, const Targets<T>& targets, const LossOptions<T>& options);

// The family: a loss that is given its alpha.
struct LossOfAlpha {
  const char* name;

  // The loss of the batch.
  template <Batch In>
  double operator()(const In& scores, const Targets<score_t<In>>& targets,
                    const PerRow& alpha = 1.5, const LossOptions<score_t<In>>& options = {}) const {
    using T = score_t<In>;
    return loss<T>(name, LossOf::kFenchelYoung, Rows<const T>(scores), targets, alpha, options);
  }
  // One loss per row, and the derivatives of each.
  template <Batch In>
  void operator()(const In& scores, const Targets<score_t<In>>& targets, const PerRow& alpha,
                  std::span<working_t<score_t<In>>> each,
                  const LossOptions<score_t<In>>& options = {}) const {
    using T = score_t<In>;
    losses<T>(name, LossOf::kFenchelYoung, Rows<const T>(scores), targets, alpha, each, options);
  }
};

// A member of the family: a loss whose alpha is fixed.
struct NamedLoss {
  const char* name;
  LossOf of;
  double alpha;

  // The loss of the batch.
  template <Batch In>
  double operator()(const In& scores, const Targets<score_t<In>>& targets,
                    const LossOptions<score_t<In>>& options = {}) const {
    using T = score_t<In>;
    return loss<T>(name, of, Rows<const T>(scores), targets, alpha, options);
  }
  // One loss per row, and the derivatives of each.
  template <Batch In>
  void operator()(const In& scores, const Targets<score_t<In>>& targets,
                  std::span<working_t<score_t<In>>> each,
                  const LossOptions<score_t<In>>& options = {}) const {
    using T = score_t<In>;
    losses<T>(name, of, Rows<const T>(scores), targets, alpha, each, options);
  }
};

}  // namespace detail

// L(x, y) = max over p of (<p, x> + T H(p; g)) - <y, x> - T H(y; g): the optimal value less the
// value at the target, with H = H_alpha of entropy.hpp. Never negative, and 0 where entmax(x) is y.
// alpha 1: T KL(y | p), for a label -T log p_y. T = 0 or alpha = inf: max x - <y, x>, the
// perceptron's loss. Returned: the loss of the batch (see Reduction).
//   dL/dx_i = p_i - y_i,  dL/dT = H(p) - H(y),  dL/dalpha = T (H'(p) - H'(y)), H' at fixed p,
//   dL/dlog g_i = T (p_i^alpha - y_i^alpha) g_i^(1 - alpha) / alpha
//
// range     as entmax; targets: see there
// accuracy  float: 4 ulp of max(1, L) where T is at most 1; the gradient as accurate as p
// edges     NaN in a row, a target that is NaN or < 0: NaN. A state that is absent (-inf, masked,
//           g = 0): its gradient is 0; with target mass, L = inf. A score +inf: L = inf unless all
//           target mass is on such. T = inf: L = inf unless y is p. T = 0 or inf, alpha = inf: no
//           derivative in T, log g and alpha: 0.
// cost      labels without other weights: the passes of the map, which write the gradient; without
//           one, nothing is written. Else the gradient is written twice in cache, and without one
//           memory for some rows at a time, up to 65536 elements or one row
// throws    std::invalid_argument: as entmax; a label that is no class; a weight or z_loss < 0 or
//           NaN; label_smoothing outside [0, 1]
// source    Blondel, Martins & Niculae 2020
//
// Called with (scores, targets, alpha, options), or with (scores, targets, alpha, losses, options)
// for one loss per row; alpha is 1.5 where it is not given. entmax_loss is another name of it.
//
// NOLINTBEGIN(readability-identifier-naming): they are used as functions are.
inline constexpr detail::LossOfAlpha fenchel_young_loss{"fenchel_young_loss"};
inline constexpr detail::LossOfAlpha entmax_loss{"entmax_loss"};

// Its members. Each is called like a function: with (scores, targets, options), or with (scores,
// targets, losses, options) for one loss per row.
//
// -T sum_k y_k log p_k with p = softmax(x): alpha 1 and, where targets are probabilities or
// smoothed, T times their entropy -sum y log y more, as is usual.
inline constexpr detail::NamedLoss cross_entropy{"cross_entropy", detail::LossOf::kCrossEntropy, 1};
// alpha 1.5.
inline constexpr detail::NamedLoss entmax15_loss{"entmax15_loss", detail::LossOf::kFenchelYoung,
                                                 1.5};
// alpha 2: |y - x|^2 / 2 - |p - x|^2 / 2 at T = 1, g = 1.
inline constexpr detail::NamedLoss sparsemax_loss{"sparsemax_loss", detail::LossOf::kFenchelYoung,
                                                  2};
// alpha infinity: max x - <y, x>, whatever T is. Its gradient is argmax(x) - y.
inline constexpr detail::NamedLoss perceptron_loss{"perceptron_loss", detail::LossOf::kFenchelYoung,
                                                   std::numeric_limits<double>::infinity()};
// NOLINTEND(readability-identifier-naming)

// The weight that counts in a mean (see Reduction); of the scores only the size is read. The mean
// over several batches: their losses by kSum at scale = 1 / the sum of their weights, added up.
//
// throws    std::invalid_argument: a label that is no class, a weight < 0 or NaN
template <Batch In>
double loss_weight(const In& scores, const Targets<score_t<In>>& targets,
                   const LossOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::loss_weight<T>(Rows<const T>(scores), targets, options);
}

}  // namespace gibbs
