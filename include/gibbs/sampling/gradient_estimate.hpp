#pragma once
// What every estimator of a gradient is told, and what it says.

#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace gibbs {

// What is averaged: f(k) of a category.
using CategoryFunction = std::function<double(std::int64_t category)>;
// A function of n numbers that writes its gradient where `gradient` is not empty (n numbers, 0
// before the call).
using PointFunction =
    std::function<double(std::span<const double> point, std::span<double> gradient)>;

// Whose noise (noise.hpp), and how many independent estimates are averaged.
//   first_draw     the number of the first draw; an estimator says in `draws` how many it has used,
//                  and a call that goes on from there has other noise
//   estimates      at least 2, for there to be a variance
struct EstimatorOptions {
  std::uint64_t seed = 0, stream = 0, row = 0;
  std::uint64_t first_draw = 0;
  std::int64_t estimates = 1000;
};

// The mean of some independent estimates of a gradient.
struct GradientEstimate {
  std::vector<double> gradient;
  std::vector<double> variance;  // of one estimate, by coordinate (unbiased)
  double value = 0;              // the mean of f over its draws
  std::int64_t estimates = 0;
  std::int64_t evaluations = 0;  // calls of f
  std::uint64_t draws = 0;       // of noise, from first_draw on

  // Of `gradient`, by coordinate.
  double standard_error(std::size_t i) const {
    return std::sqrt(variance[i] / static_cast<double>(estimates));
  }
  // The sum over the coordinates: what one estimate costs in noise.
  double total_variance() const {
    double sum = 0;
    for (const double v : variance) sum += v;
    return sum;
  }
};

}  // namespace gibbs
