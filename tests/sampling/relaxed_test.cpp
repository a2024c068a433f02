// Relaxed draws: what they are, and the laws that they have.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "sampling/relaxed_calls.hpp"
#include "support/bits.hpp"
#include "support/near.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

const double kNoLimit = std::numeric_limits<double>::infinity();

TEST(Relaxed, IsTheMapOfScoresAndNoise) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const std::int64_t n : {1, 2, 5, 16, 33, 100, 257, 1000}) {
      for (const double alpha : {1.0, 1.5, 2.0}) {
        const std::vector<T> x = normal_scores<T>(n, 2, 501);
        const std::vector<W> log_g = normal_scores<W>(n, 0.5, 502);
        const Problem law{widened(x), alpha, 1.5L, widened(log_g)};
        const Problem z = perturbed(law, {.seed = 3, .stream = 4}, 7, 2, 0.5L);
        const Solution exact = solve(z);
        const std::vector<T> y = relaxed_entmax<T>(Rows<const T>(x), {.seed = 3,
                                                                      .stream = 4,
                                                                      .first_row = 7,
                                                                      .draw = 2,
                                                                      .alpha = alpha,
                                                                      .temperature = 1.5,
                                                                      .tau = 0.5,
                                                                      .log_degeneracy = log_g});
        // z is rounded some times at up to 16, and divided by tau.
        const long double shift = 8 * ulp_at<W>(16) / 0.5L;
        for (std::size_t i = 0; i < y.size(); ++i) {
          const long double p = exact.probabilities[i];
          const long double slope = alpha == 1 ? p : 1;
          const long double bar = slope * shift + 4e-7L * (sizeof(W) == 4) +
                                  (sizeof(T) == 2 ? ulp_at<T>(p) : 0) + 1e-15L;
          ASSERT_TRUE(near(to_double(y[i]), p, bar)) << n << ", alpha " << alpha << ", " << i;
        }
      }
    }
  });
}

TEST(Relaxed, TheLogIsTheLogarithmEvenWhereTheOtherUnderflows) {
  on_every_target_for<double, float>([]<Score T>() {
    const std::vector<T> x = normal_scores<T>(40, 2, 503);
    for (const double tau : {1.0, 0.01, 1e-4}) {
      const std::vector<T> y = relaxed<T>(Rows<const T>(x), {.seed = 5, .tau = tau});
      const std::vector<T> log_y = log_relaxed<T>(Rows<const T>(x), {.seed = 5, .tau = tau});
      const Problem z = perturbed({widened(x)}, {.seed = 5}, 0, 0, tau);
      const Solution exact = solve(z);
      int underflows = 0;
      for (std::size_t i = 0; i < y.size(); ++i) {
        const long double exact_log = exact.log_probabilities[i];
        const long double bar = 8 * ulp_at<T>(16) / tau + 8 * ulp_at<T>(exact_log);
        EXPECT_TRUE(near(log_y[i], exact_log, bar)) << tau;
        if (y[i] > T(1e-30)) {
          EXPECT_NEAR(std::log(y[i]), log_y[i], 2e-6 * std::abs(log_y[i]) + 1e-6);
        }
        underflows += y[i] == 0;
      }
      EXPECT_GE(underflows, tau == 1e-4 ? 31 : 0);
    }
  });
}

// The winner's law does not depend on tau, and is softmax(x / T + log g).
TEST(Relaxed, TheLargestIsDrawnFromSoftmaxForEveryTau) {
  const std::vector<float> x{0.5f, -1, 2, 0, 1, -3}, log_g{0, 1, -0.5f, 0.25f, 0, 2};
  std::vector<float> p(6);
  softmax(x, p, {.temperature = 2.0, .log_degeneracy = log_g});
  const std::int64_t draws = 20000;
  std::uint64_t seed = 11;
  for (const double alpha : {1.0, 1.5, 2.0}) {
    for (const double tau : {0.0, 1e-3, 0.3, 1.0, 5.0}) {
      const std::vector<float> y =
          relaxed_entmax<float>(repeated(x, draws), {.seed = seed++,
                                                     .alpha = alpha,
                                                     .temperature = 2.0,
                                                     .tau = tau,
                                                     .log_degeneracy = log_g});
      std::vector<std::int64_t> counts(6);
      for (std::int64_t i = 0; i < draws; ++i) {
        const auto row = y.begin() + 6 * i;
        ++counts[static_cast<std::size_t>(std::max_element(row, row + 6) - row)];
      }
      const auto fit = chi_square_test(counts, std::vector<double>(p.begin(), p.end()));
      EXPECT_TRUE(plausible(fit)) << "alpha " << alpha << ", tau " << tau;
    }
  }
}

// P(y_1 <= y) = sigmoid(tau logit(y) - (x_1 - x_2)).
TEST(Relaxed, OfTwoStatesTheShareHasItsClosedForm) {
  std::uint64_t seed = 23;
  for (const double tau : {0.1, 0.5, 1.0, 3.0}) {
    for (const double gap : {0.0, 1.5, -4.0}) {
      const std::vector<double> x{gap, 0};
      const std::vector<double> log_y =
          log_relaxed<double>(repeated(x, 10000), {.seed = seed++, .tau = tau});
      std::vector<double> u;
      for (std::size_t i = 0; i < log_y.size(); i += 2) {
        u.push_back(1 / (1 + std::exp(gap - tau * (log_y[i] - log_y[i + 1]))));
      }
      EXPECT_TRUE(plausible(uniformity_test(u))) << "tau " << tau << ", gap " << gap;
    }
  }
}

TEST(Relaxed, AtTauOneAndEqualScoresAShareOfTwoIsUniform) {
  const std::vector<double> x{3, 3};
  const std::vector<double> y = relaxed<double>(repeated(x, 10000), {.seed = 31});
  std::vector<double> first;
  for (std::size_t i = 0; i < y.size(); i += 2) first.push_back(y[i]);
  EXPECT_TRUE(plausible(uniformity_test(first)));
}

TEST(Relaxed, TheNoiseOfHalfTypesIsAsFineAsThatOfFloat) {
  const std::vector<bfloat16> x(2, bfloat16(1.0f));
  const std::vector<bfloat16> log_y =
      log_relaxed<bfloat16>(repeated(x, 100), {.seed = 37, .draw = 3, .tau = 1e-3});
  const std::vector<float> wide(2, 1.0f);
  const std::vector<float> log_wide =
      log_relaxed<float>(repeated(wide, 100), {.seed = 37, .draw = 3, .tau = 1e-3});
  for (std::size_t i = 0; i < log_y.size(); ++i) {
    EXPECT_EQ(log_y[i].bits, bfloat16(log_wide[i]).bits);
  }
}

TEST(Relaxed, AddingAConstantToEveryScoreChangesNothing) {
  on_every_target_and_type([]<Score T>() {
    std::vector<T> x, shifted;
    for (int i = 0; i < 50; ++i) {
      x.push_back(from_double<T>(i % 7));
      shifted.push_back(from_double<T>(i % 7 + 64));
    }
    const auto y = relaxed<T>(Rows<const T>(x), {.seed = 41, .tau = 0.1});
    const auto other = relaxed<T>(Rows<const T>(shifted), {.seed = 41, .tau = 0.1});
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_EQ(to_double(y[i]), to_double(other[i]));
  });
}

TEST(StraightThrough, IsExactlyOneHotWhereTheRelaxationIsLargest) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> x = normal_scores<T>(300 * 37, 1, 504);
    std::vector<T> hot(x.size()), soft(x.size());
    const Rows<const T> scores(x.data(), 300, 37);
    straight_through(scores, Rows<T>(hot.data(), 300, 37), Rows<T>(soft.data(), 300, 37),
                     {.seed = 43, .tau = 0.7});
    EXPECT_TRUE(same_bits(soft, relaxed<T>(scores, {.seed = 43, .tau = 0.7})));
    for (std::size_t i = 0; i < 300; ++i) {
      int ones = 0, zeros = 0;
      double largest = 0, winner = 0;
      for (std::size_t j = 37 * i; j < 37 * (i + 1); ++j) {
        ones += to_double(hot[j]) == 1;
        zeros += to_double(hot[j]) == 0;
        largest = std::max(largest, to_double(soft[j]));
        if (to_double(hot[j]) == 1) winner = to_double(soft[j]);
      }
      EXPECT_EQ(ones, 1);
      EXPECT_EQ(zeros, 36);
      EXPECT_EQ(winner, largest);
    }
  });
}

TEST(StraightThrough, IsTheDrawOfGumbelMax) {
  const std::vector<double> x = normal_scores<double>(5000 * 20, 1, 507);
  const Rows<const double> scores(x.data(), 5000, 20);
  std::vector<double> hot(x.size());
  std::vector<std::int64_t> tokens(5000);
  straight_through(scores, Rows<double>(hot.data(), 5000, 20), {.seed = 3, .temperature = 0.7});
  gumbel_max(scores, Rows<std::int64_t>(tokens.data(), 5000, 1), {.seed = 3, .temperature = 0.7});
  for (std::size_t i = 0; i < 5000; ++i) {
    EXPECT_EQ(hot[20 * i + static_cast<std::size_t>(tokens[i])], 1);
  }
}

TEST(StraightThrough, IsTheRelaxationAtTauZero) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> x(64 * 20, from_double<T>(0.5));  // all alike: the noise alone decides
    std::vector<T> hot(x.size()), alone(x.size());
    const Rows<const T> scores(x.data(), 64, 20);
    const Rows<T> out(hot.data(), 64, 20);
    straight_through(scores, out, {.seed = 47, .tau = 3.0});
    EXPECT_TRUE(same_bits(hot, relaxed<T>(scores, {.seed = 47, .tau = 0.0})));
    const auto log_y = log_relaxed<T>(scores, {.seed = 47, .tau = 0.0});
    for (std::size_t i = 0; i < hot.size(); ++i) {
      EXPECT_EQ(to_double(log_y[i]), to_double(hot[i]) == 1 ? 0 : -kNoLimit);
    }
  });
}

TEST(GumbelSparsemax, IsGumbelEntmaxAtTwoAndHasZeros) {
  const std::vector<double> x = normal_scores<double>(50, 2, 505);
  std::vector<double> y(50);
  gumbel_sparsemax(x, y, {.seed = 53, .tau = 0.5});
  EXPECT_EQ(y,
            relaxed_entmax<double>(Rows<const double>(x), {.seed = 53, .alpha = 2.0, .tau = 0.5}));
  EXPECT_GT(std::count(y.begin(), y.end(), 0.0), 30);
}

TEST(GumbelEntmax, AtAlphaOneIsGumbelSoftmax) {
  const std::vector<float> x = normal_scores<float>(50, 2, 506);
  EXPECT_TRUE(same_bits(relaxed_entmax<float>(Rows<const float>(x), {.seed = 59, .alpha = 1.0}),
                        relaxed<float>(Rows<const float>(x), {.seed = 59})));
}

}  // namespace
}  // namespace gibbs::testing
