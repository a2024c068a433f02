#include "sampling/estimator_run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/check.hpp"
#include "gibbs/softmax.hpp"
#include "kernels/add_scores.hpp"
#include "kernels/noise.hpp"
#include "sampling/conditional_row.hpp"

namespace gibbs::sampling {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::int64_t signed_size(const Vector& v) { return static_cast<std::int64_t>(v.size()); }

void check_scores(const char* function, std::span<const double> scores) {
  bool any = false;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i]) || scores[i] == kInfinity) {
      base::refuse_value(function, "scores[" + std::to_string(i) + "] must be finite or -inf",
                         scores[i]);
    }
    any = any || scores[i] > -kInfinity;
  }
  if (!any) base::refuse(function, "scores must have a state, a score above -inf, got none");
}

}  // namespace

void check_estimates(const char* function, const EstimatorOptions& options) {
  if (options.estimates >= 2) return;
  base::refuse(function, "estimates must be at least 2, got " + std::to_string(options.estimates));
}

void check_samples(const char* function, std::int64_t samples) {
  if (samples >= 1) return;
  base::refuse(function, "samples must be at least 1, got " + std::to_string(samples));
}

EstimatorRow::EstimatorRow(const char* function, std::span<const double> scores,
                           const EstimatorOptions& options)
    : scores_(scores),
      noise_({options.seed, options.stream}, options.row),
      first_(options.first_draw),
      next_(options.first_draw),
      probabilities_(scores.size()),
      z_(scores.size()),
      work_(2 * scores.size()) {
  check_scores(function, scores);
  check_estimates(function, options);
  softmax(scores, probabilities_);
  log_partition_ =
      portable_log_sum_exp(scores.data(), static_cast<std::int64_t>(scores.size()), work_.data());
}

void EstimatorRow::fill_noise(Vector& noise) {
  kernels::fill_noise(kernels::NoiseRow<double>{noise_, next_++, 0, detail::Noise::kGumbel,
                                                signed_size(noise), noise.data()});
}

void EstimatorRow::perturb(Vector& z) {
  fill_noise(z);
  for (std::size_t i = 0; i < z.size(); ++i) z[i] += scores_[i];
}

void EstimatorRow::perturb_given(std::int64_t k, Vector& z) {
  fill_noise(z);
  const double maximum = log_partition_ + z[static_cast<std::size_t>(k)];
  condition_row(scores_.data(), signed_size(z), k, maximum, z.data(), work_.data());
}

void EstimatorRow::pull_back(std::int64_t k, const Vector& z, const Vector& by_z,
                             Vector& by_scores) {
  const double by_maximum = conditional_row_vjp(scores_.data(), z.data(), by_z.data(),
                                                signed_size(z), k, by_scores.data());
  for (std::size_t i = 0; i < z.size(); ++i) by_scores[i] += probabilities_[i] * by_maximum;
}

std::int64_t EstimatorRow::draw() {
  perturb(z_);
  return highest(z_);
}

std::int64_t EstimatorRow::highest(const Vector& z) {
  return kernels::winner_of(z.data(), signed_size(z));
}

void MeanOfGradients::add(const Vector& gradient) {
  ++count_;
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const double above = gradient[i] - mean_[i];
    mean_[i] += above / static_cast<double>(count_);
    squares_[i] += above * (gradient[i] - mean_[i]);
  }
}

GradientEstimate MeanOfGradients::result(std::int64_t evaluations, std::uint64_t draws) const {
  GradientEstimate estimate{mean_, squares_, value_, count_, evaluations, draws};
  for (double& v : estimate.variance) v /= static_cast<double>(count_ - 1);
  return estimate;
}

}  // namespace gibbs::sampling
