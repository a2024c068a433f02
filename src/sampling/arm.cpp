#include "gibbs/sampling/arm.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/check.hpp"
#include "kernels/noise.hpp"
#include "sampling/estimator_run.hpp"
#include "sampling/logistic.hpp"

namespace gibbs {
namespace {

using sampling::Vector;

void check_scores(std::span<const double> scores) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!std::isnan(scores[i])) continue;
    base::refuse_value("arm_gradient", "scores[" + std::to_string(i) + "] must not be NaN",
                       scores[i]);
  }
}

// u and log(u / (1 - u)) of a draw.
class Uniforms {
 public:
  Uniforms(std::size_t n, const EstimatorOptions& options)
      : noise_({options.seed, options.stream}, options.row), u_(n), logit_(n) {}

  void fill(std::uint64_t draw) {
    const auto n = static_cast<std::int64_t>(u_.size());
    kernels::fill_noise(
        kernels::NoiseRow<double>{noise_, draw, 0, detail::Noise::kUniform, n, u_.data()});
    for (std::int64_t from = 0; from < n; from += sampling::kLogisticPart) {
      sampling::fill_logistic(noise_, draw, static_cast<std::uint64_t>(from),
                              std::min(sampling::kLogisticPart, n - from), logit_.data() + from);
    }
  }
  double u(std::size_t i) const { return u_[i]; }
  double logit(std::size_t i) const { return logit_[i]; }

 private:
  RowNoise noise_;
  Vector u_, logit_;
};

}  // namespace

GradientEstimate arm_gradient(std::span<const double> scores, const BitsFunction& f,
                              const EstimatorOptions& options) {
  check_scores(scores);
  sampling::check_estimates("arm_gradient", options);
  sampling::MeanOfGradients mean(scores.size());
  Uniforms noise(scores.size(), options);
  Vector above(scores.size()), below(scores.size()), gradient(scores.size());
  std::int64_t evaluations = 0;
  for (std::int64_t e = 0; e < options.estimates; ++e) {
    noise.fill(options.first_draw + static_cast<std::uint64_t>(e));
    for (std::size_t i = 0; i < scores.size(); ++i) {
      above[i] = scores[i] + noise.logit(i) > 0 ? 1 : 0;  // u > sigmoid(-x)
      below[i] = noise.logit(i) < scores[i] ? 1 : 0;      // u < sigmoid(x)
    }
    const bool same = above == below;
    const double value = f(above), other = same ? value : f(below);
    evaluations += same ? 1 : 2;
    mean.add_value(value);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      gradient[i] = std::isinf(scores[i]) ? 0 : (value - other) * (noise.u(i) - 0.5);
    }
    mean.add(gradient);
  }
  return mean.result(evaluations, static_cast<std::uint64_t>(options.estimates));
}

}  // namespace gibbs
