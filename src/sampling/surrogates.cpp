#include "gibbs/sampling/surrogates.hpp"

#include <algorithm>

#include "sampling/estimator_run.hpp"
#include "sampling/relaxed_function.hpp"

namespace gibbs {
namespace {

using sampling::Vector;

// The mean over estimates of `pull(one_hot.gradient(), k, z, out)`: f at the winner k of z, and
// what its gradient there makes in the scores.
template <class Pull>
GradientEstimate surrogate(const char* function, std::span<const double> scores,
                           const PointFunction& f, const EstimatorOptions& options,
                           const Pull& pull) {
  sampling::EstimatorRow row(function, scores, options);
  sampling::MeanOfGradients mean(row.size());
  sampling::OneHot one_hot(row.size());
  Vector z(row.size()), gradient(row.size());
  for (std::int64_t e = 0; e < options.estimates; ++e) {
    row.perturb(z);
    const std::int64_t k = sampling::EstimatorRow::highest(z);
    mean.add_value(one_hot.value_and_gradient(f, k));
    pull(row, one_hot.gradient(), k, z, gradient);
    mean.add(gradient);
  }
  return mean.result(options.estimates, row.draws());
}

}  // namespace

GradientEstimate straight_through_gradient(std::span<const double> scores, const PointFunction& f,
                                           const EstimatorOptions& options) {
  return surrogate(
      "straight_through_gradient", scores, f, options,
      [](const sampling::EstimatorRow& row, const Vector& by_y, std::int64_t, const Vector&,
         Vector& gradient) { softmax_vjp(row.probabilities(), by_y, gradient); });
}

GradientEstimate gumbel_straight_through_gradient(std::span<const double> scores,
                                                  const PointFunction& f, double tau,
                                                  const EstimatorOptions& options) {
  constexpr const char* kFunction = "gumbel_straight_through_gradient";
  sampling::check_relaxation(kFunction, tau);
  sampling::Relaxation relaxation(scores.size(), tau);
  return surrogate(
      kFunction, scores, f, options,
      [&](const sampling::EstimatorRow&, const Vector& by_y, std::int64_t, const Vector& z,
          Vector& gradient) { relaxation.pull_back(z, by_y, gradient); });
}

GradientEstimate gumbel_rao_gradient(std::span<const double> scores, const PointFunction& f,
                                     double tau, std::int64_t samples,
                                     const EstimatorOptions& options) {
  constexpr const char* kFunction = "gumbel_rao_gradient";
  sampling::check_relaxation(kFunction, tau);
  sampling::check_samples(kFunction, samples);
  sampling::Relaxation relaxation(scores.size(), tau);
  Vector again(scores.size()), part(scores.size());
  return surrogate(kFunction, scores, f, options,
                   [&](sampling::EstimatorRow& row, const Vector& by_y, std::int64_t k,
                       const Vector&, Vector& gradient) {
                     std::fill(gradient.begin(), gradient.end(), 0.0);
                     for (std::int64_t s = 0; s < samples; ++s) {
                       row.perturb_given(k, again);
                       relaxation.pull_back(again, by_y, part);
                       for (std::size_t i = 0; i < part.size(); ++i) {
                         gradient[i] += part[i] / static_cast<double>(samples);
                       }
                     }
                   });
}

}  // namespace gibbs
