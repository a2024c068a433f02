// Tempered softmax: the definition by exp_t, and that it is entmax at alpha 2 - t.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/family/tempered.hpp>
#include <limits>
#include <vector>

#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(Tempered, IsEntmaxAtTwoMinusT) {
  on_every_target_and_type([]<Score T>() {
    const auto x = normal_scores<T>(5 * 40, 2, 351);
    const Rows<const T> rows(x.data(), 5, 40);
    std::vector<T> p(x.size()), expected(x.size());
    std::vector<working_t<T>> log_z(5), expected_z(5);
    for (const double t : {-kInf, -1.0, 0.0, 0.5, 1.0, 1.25, 1.75}) {
      tempered_softmax(rows, t, Rows<T>(p.data(), 5, 40),
                       {.temperature = 2.0, .log_partition = log_z});
      entmax(rows, Rows<T>(expected.data(), 5, 40),
             {.alpha = 2 - t, .temperature = 2.0, .log_partition = expected_z});
      EXPECT_TRUE(same_bits(p, expected)) << t;
      EXPECT_TRUE(same_bits(log_z, expected_z)) << t;
    }
  });
}

// With the inverse log_t of exp_t: log_t(p / g) = x / T - lambda where p > 0, and where it is 0
// that is where exp_t is.
TEST(Tempered, IsTheTemperedExponentialOfTheScoresLessOneNumber) {
  const auto x = normal_scores<double>(20, 1, 352);
  const auto g = normal_scores<double>(20, 0.5, 353);
  for (const double t : {-0.5, 0.3, 0.9, 1.2, 1.6}) {
    std::vector<double> p(20);
    tempered_softmax(x, t, p, {.temperature = 0.7, .log_degeneracy = Rows<const double>(g)});
    const auto log_t = [&](std::size_t i) {
      return (std::pow(p[i] / std::exp(g[i]), 1 - t) - 1) / (1 - t);
    };
    const auto top = static_cast<std::size_t>(std::max_element(x.begin(), x.end()) - x.begin());
    const double lambda = x[top] / 0.7 - log_t(top);
    for (std::size_t i = 0; i < 20; ++i) {
      const double argument = x[i] / 0.7 - lambda;
      if (p[i] == 0) {
        EXPECT_LE(argument, -1 / (1 - t) + 1e-13) << t;
      } else {
        EXPECT_NEAR(log_t(i), argument, 1e-12 * std::abs(argument)) << t;
      }
    }
  }
}

TEST(Tempered, AboveOneTheTailsAreHeavierBelowItTheAnswerIsSparse) {
  const std::vector<double> x{0, -40, -1};
  std::vector<double> soft(3), heavy(3), sparse(3);
  tempered_softmax(x, 1, soft);
  tempered_softmax(x, 1.5, heavy);
  tempered_softmax(x, 0.5, sparse);
  EXPECT_GT(heavy[1], 1e5 * soft[1]);
  EXPECT_GT(soft[1], 0);
  EXPECT_EQ(sparse[1], 0);
}

TEST(Tempered, WhatCannotBeMappedIsRefused) {
  const std::vector<float> x{1, 2, 3};
  std::vector<float> p(3);
  EXPECT_EQ(refusal([&] { tempered_softmax(x, 2, p); }),
            "tempered_softmax: t must be less than 2, got 2");
  EXPECT_EQ(refusal([&] { tempered_softmax(x, 2.5, p); }),
            "tempered_softmax: t must be less than 2, got 2.5");
  EXPECT_EQ(refusal([&] { tempered_softmax(x, std::nan(""), p); }),
            "tempered_softmax: t must be less than 2, got nan");
  EXPECT_EQ(refusal([&] { tempered_softmax(x, 1, p, {.temperature = -1.0}); }),
            "tempered_softmax: temperature must not be negative, got -1");
}

}  // namespace
}  // namespace gibbs::testing
