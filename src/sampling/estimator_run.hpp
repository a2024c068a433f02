#pragma once
// What estimators of gradients share: a checked row, its noise, and the mean of what they find.

#include <cstdint>
#include <span>
#include <vector>

#include "gibbs/sampling/gradient_estimate.hpp"
#include "gibbs/sampling/noise.hpp"

namespace gibbs::sampling {

using Vector = std::vector<double>;

// Throws std::invalid_argument in the name of `function`.
void check_estimates(const char* function, const EstimatorOptions& options);
void check_samples(const char* function, std::int64_t samples);

// A row of scores and the draws that an estimator makes of it.
class EstimatorRow {
 public:
  // Throws std::invalid_argument in the name of `function`.
  EstimatorRow(const char* function, std::span<const double> scores,
               const EstimatorOptions& options);

  std::size_t size() const { return scores_.size(); }
  const Vector& probabilities() const { return probabilities_; }

  // scores + Gumbel noise of a draw; the next draw, of each call.
  void perturb(Vector& z);
  // The same given that k is the highest.
  void perturb_given(std::int64_t k, Vector& z);
  // Moves a gradient in those conditional scores to one in the scores.
  void pull_back(std::int64_t k, const Vector& z, const Vector& by_z, Vector& by_scores);
  // The category drawn by the next draw.
  std::int64_t draw();
  static std::int64_t highest(const Vector& z);

  std::uint64_t draws() const { return next_ - first_; }

 private:
  void fill_noise(Vector& noise);

  std::span<const double> scores_;
  RowNoise noise_;
  std::uint64_t first_, next_;
  double log_partition_;
  Vector probabilities_, z_, work_;
};

// Mean and variance of vectors, one pass (Welford 1962).
class MeanOfGradients {
 public:
  explicit MeanOfGradients(std::size_t n) : mean_(n), squares_(n) {}

  void add(const Vector& gradient);
  // f was found to be `value`.
  void add_value(double value) {
    ++values_;
    value_ += (value - value_) / static_cast<double>(values_);
  }
  GradientEstimate result(std::int64_t evaluations, std::uint64_t draws) const;

 private:
  std::int64_t count_ = 0, values_ = 0;
  double value_ = 0;
  Vector mean_, squares_;
};

}  // namespace gibbs::sampling
