#pragma once
// Problems whose gradient is known by enumeration, and whether an estimate agrees with it.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <string>
#include <vector>

namespace gibbs::testing {

struct Toy {
  std::string name;
  std::vector<double> scores;
  PointFunction f;  // inside the simplex too

  std::size_t size() const { return scores.size(); }
  double at(std::int64_t k) const {
    std::vector<double> point(size());
    point[static_cast<std::size_t>(k)] = 1;
    return f(point, {});
  }
  CategoryFunction of_category() const {
    return [this](std::int64_t k) { return at(k); };
  }
  std::vector<double> probabilities() const {
    std::vector<double> p(size());
    softmax(scores, p);
    return p;
  }
  // p_i (f_i - E f).
  std::vector<double> exact_gradient() const {
    std::vector<double> gradient = probabilities();
    double mean = 0;
    for (std::size_t i = 0; i < size(); ++i) mean += gradient[i] * at(static_cast<std::int64_t>(i));
    for (std::size_t i = 0; i < size(); ++i) gradient[i] *= at(static_cast<std::int64_t>(i)) - mean;
    return gradient;
  }
};

// (b - t)^2 of one bit, as two categories.
inline Toy bernoulli_toy(double t) {
  return {"(b - " + std::to_string(t).substr(0, 5) + ")^2",
          {0.4, 0},
          [t](std::span<const double> y, std::span<double> gradient) {
            if (!gradient.empty()) gradient[0] = 2 * (y[0] - t);
            return (y[0] - t) * (y[0] - t);
          }};
}

// p = {.95, .01 x 5}, f = 2.4 {1..6} + shift, linear inside.
inline Toy categorical_toy(double shift = 0) {
  std::vector<double> scores(6, std::log(0.01));
  scores[0] = std::log(0.95);
  return {"2.4 {1..6}", scores, [shift](std::span<const double> y, std::span<double> gradient) {
            double sum = shift;
            for (std::size_t i = 0; i < 6; ++i) {
              const double slope = 2.4 * static_cast<double>(i + 1);
              sum += slope * y[i];
              if (!gradient.empty()) gradient[i] = slope;
            }
            return sum;
          }};
}

// The square of a linear function, of four categories.
inline Toy curved_toy() {
  return {"(c y)^2", {0.5, 0, -1, 1}, [](std::span<const double> y, std::span<double> gradient) {
            const double c[] = {1, -2, 3, 0.5};
            double sum = 0;
            for (std::size_t i = 0; i < 4; ++i) sum += c[i] * y[i];
            for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = 2 * sum * c[i];
            return sum * sum;
          }};
}

inline std::vector<Toy> toys() {
  return {bernoulli_toy(0.45), bernoulli_toy(0.499), categorical_toy(), curved_toy()};
}

// The mean is within 4 standard errors of `exact` in every coordinate. The variance is printed and
// kept with the test's results.
inline void expect_mean(const std::string& name, const GradientEstimate& got,
                        const std::vector<double>& exact) {
  double worst = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double error = got.gradient[i] - exact[i], unit = got.standard_error(i);
    if (std::abs(error) < 1e-12) continue;  // no variance, and no bias
    worst = std::max(worst, std::abs(error) / unit);
    EXPECT_LT(std::abs(error) / unit, 4)
        << name << ", coordinate " << i << ": " << got.gradient[i] << " against " << exact[i];
  }
  std::printf("  %-44s |z| <= %.2f  variance %.3g\n", name.c_str(), worst, got.total_variance());
  ::testing::Test::RecordProperty("variance of " + name, std::to_string(got.total_variance()));
}

}  // namespace gibbs::testing
