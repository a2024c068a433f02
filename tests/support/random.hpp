#pragma once
// Scores for tests: the same numbers on every machine.

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

#include "support/ulp.hpp"

namespace gibbs::testing {

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  double uniform(double low, double high) {
    return low + (high - low) * std::ldexp(static_cast<double>(bits_() >> 11), -53);
  }
  // Box-Muller; std::normal_distribution differs between standard libraries.
  double normal(double sigma = 1) {
    const double radius = std::sqrt(-2 * std::log(1 - uniform(0, 1)));
    return sigma * radius * std::cos(2 * std::numbers::pi * uniform(0, 1));
  }
  std::int64_t below(std::int64_t count) {
    return static_cast<std::int64_t>(uniform(0, static_cast<double>(count)));
  }

 private:
  std::mt19937_64 bits_;
};

template <Score T>
std::vector<T> normal_scores(std::int64_t count, double sigma, std::uint64_t seed) {
  Random random(seed);
  std::vector<T> scores;
  for (std::int64_t i = 0; i < count; ++i) scores.push_back(from_double<T>(random.normal(sigma)));
  return scores;
}

template <Score T>
std::vector<T> uniform_scores(std::int64_t count, double half_width, std::uint64_t seed) {
  Random random(seed);
  std::vector<T> scores;
  for (std::int64_t i = 0; i < count; ++i) {
    scores.push_back(from_double<T>(random.uniform(-half_width, half_width)));
  }
  return scores;
}

}  // namespace gibbs::testing
