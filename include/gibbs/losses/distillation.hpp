#pragma once
// Distillation: how far a student's softmax is from its teacher's.

#include <concepts>
#include <span>

#include "gibbs/losses/targets.hpp"

namespace gibbs {

// Options of distillation_loss, each as in LossOptions; temperature, log_degeneracy and mask are
// those of both maps.
template <Score T>
struct DistillationOptions {
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
  std::span<const working_t<T>> sample_weights = {};
  Reduction reduction = Reduction::kMean;
  double scale = 1;
  Rows<T> grad_scores = {};
  std::span<working_t<T>> grad_temperature = {};
};

namespace detail {
template <Score T>
double distillation_loss(Rows<const T> scores, Rows<const T> teacher_scores,
                         const std::span<working_t<T>>* each,
                         const DistillationOptions<T>& options);
}  // namespace detail

// L(x, z) = T^2 KL(y | p) = T^2 sum_i y_i log(y_i / p_i), y = softmax(z / T) of the teacher and
// p = softmax(x / T) of the student: summed over the classes, so a mean is one over the rows. T^2
// keeps gradients of one size: they tend to those of |x - z|^2 as T grows. Never negative, and 0
// where x - z is the same for all classes. Returned: the loss of the batch (see Reduction).
//   dL/dx_i = T (p_i - y_i)
//   dL/dT   = 2 L / T - sum_i y_i (d_i - dbar) z_i / T + (p_i - y_i) x_i,  d = z - x,
//             dbar = sum_i y_i d_i
//
// range     any scores; T in [0, inf]; scores may be teacher_scores
// accuracy  double: 16 ulp of max(1, L), float: 8; also where x is close to z or T is large, since
//           KL = log(1 + sum_i y_i (exp(-c_i) - 1 + c_i)), c = (d - dbar) / T, has no cancellation
// edges     NaN in a row of either: NaN. -inf, masked or g = 0 for both: as without the state,
//           gradient 0; for the teacher alone y_i = 0; for the student alone gradient 0, and with
//           y_i > 0 L = inf. A score +inf: L = inf unless the student has +inf wherever the teacher
//           has mass. T = 0: L and its gradient are 0 where not inf. T = inf: half the variance of
//           d under g, gradient y_i (dbar - d_i), where both have the same states; else inf. T = 0
//           or inf, L = inf: derivative in T 0. A teacher without states: 0
// throws    std::invalid_argument: as cross_entropy; teacher_scores of another shape
// source    Hinton, Vinyals & Dean 2015
template <Batch In, Batch Teacher>
  requires std::same_as<score_t<In>, score_t<Teacher>>
double distillation_loss(const In& scores, const Teacher& teacher_scores,
                         const DistillationOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::distillation_loss<T>(Rows<const T>(scores), Rows<const T>(teacher_scores), nullptr,
                                      options);
}

// The same, one loss per row, and the derivatives of each.
template <Batch In, Batch Teacher>
  requires std::same_as<score_t<In>, score_t<Teacher>>
void distillation_loss(const In& scores, const Teacher& teacher_scores,
                       std::span<working_t<score_t<In>>> losses,
                       const DistillationOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::distillation_loss<T>(Rows<const T>(scores), Rows<const T>(teacher_scores), &losses,
                               options);
}

}  // namespace gibbs
