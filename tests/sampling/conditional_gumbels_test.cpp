// Conditional Gumbels: the winner wins, and over winners they are plain Gumbels.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <numeric>
#include <vector>

#include "sampling/relaxed_calls.hpp"
#include "support/bits.hpp"
#include "support/near.hpp"
#include "support/numerics.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

using Long = long double;
using Winners = std::vector<std::int64_t>;
const double kNoLimit = std::numeric_limits<double>::infinity();

template <Score T>
std::vector<double> conditional(Rows<const T> scores, const Winners& winners,
                                const ConditionalGumbelOptions& options = {}) {
  std::vector<double> z(static_cast<std::size_t>(scores.rows * scores.cols));
  conditional_gumbels(scores, winners, Rows<double>(z.data(), scores.rows, scores.cols), options);
  return z;
}

template <Score T>
Winners drawn(Rows<const T> scores, std::uint64_t seed) {
  Winners winners(static_cast<std::size_t>(scores.rows));
  gumbel_max(scores, Rows<std::int64_t>(winners.data(), scores.rows, 1), {.seed = seed});
  return winners;
}

// P(Gumbel <= z).
double share_below(double z) { return std::exp(-std::exp(-z)); }

TEST(ConditionalGumbels, AreTheDefinition) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> x = normal_scores<T>(30, 3, 561);
    for (const std::int64_t k : {0, 17}) {
      const auto z =
          conditional<T>(Rows<const T>(x), {k},
                         {.seed = 1, .stream = 2, .first_row = 3, .first_category = 4, .draw = 5});
      const RowNoise noise({1, 2}, 3);
      Long total = 0;
      for (const T v : x) total += std::exp(static_cast<Long>(to_double(v)));
      for (std::size_t i = 0; i < 30; ++i) {
        const auto bits = [&](std::size_t j) { return noise.bits(4 + j, 5); };
        const Long maximum = std::log(total) + gumbel_noise(bits(static_cast<std::size_t>(k)));
        const Long e = exponential_noise(bits(i));
        const Long below =
            -std::log(std::exp(-maximum) + e * std::exp(-static_cast<Long>(to_double(x[i]))));
        const bool wins = i == static_cast<std::size_t>(k);
        EXPECT_TRUE(near(z[i], wins ? maximum : below, 1e-13)) << i;
      }
    }
  });
}

TEST(ConditionalGumbels, TheWinnerWinsStrictlyHoweverUnlikelyItIs) {
  const std::vector<double> x{1000, 0, -1000, 1000, -kNoLimit};
  const Rows<const double> rows = repeated(x, 2000);
  for (const std::int64_t k : {0, 1, 2, 3}) {
    const auto z = conditional<double>(rows, Winners(2000, k), {.seed = 3});
    for (std::size_t i = 0; i < z.size(); i += 5) {
      for (std::size_t j = 0; j < 5; ++j) {
        if (j == static_cast<std::size_t>(k)) continue;
        EXPECT_LT(z[i + j], z[i + static_cast<std::size_t>(k)]);
      }
      EXPECT_TRUE(std::isfinite(z[i]));
      EXPECT_EQ(z[i + 4], -kNoLimit);
    }
  }
}

TEST(ConditionalGumbels, OverDrawnWinnersArePlainGumbels) {
  const std::vector<double> x{1, 0, -1.5, 0.5};
  const Rows<const double> rows = repeated(x, 20000);
  const auto z = conditional<double>(rows, drawn(rows, 11), {.seed = 12});
  std::vector<std::vector<double>> u(4);
  for (std::size_t i = 0; i < z.size(); ++i) u[i % 4].push_back(share_below(z[i] - x[i % 4]));
  for (std::size_t a = 0; a < 4; ++a) {
    EXPECT_TRUE(plausible(uniformity_test(u[a]))) << a;
    for (std::size_t b = 0; b < a; ++b) {  // each pair of uniforms is uncorrelated
      double sum = 0;
      for (std::size_t i = 0; i < 20000; ++i) sum += 12 * (u[a][i] - 0.5) * (u[b][i] - 0.5);
      EXPECT_LT(std::abs(sum) / std::sqrt(20000.0), 3.5) << a << ", " << b;
    }
  }
}

TEST(ConditionalGumbels, TheMaximumIsGumbelAtLogZWhoeverWins) {
  const std::vector<double> x{1, 0, -1.5, 0.5};
  const double log_z = log_sum_exp(x);
  for (const std::int64_t k : {0, 2}) {
    const auto z = conditional<double>(repeated(x, 20000), Winners(20000, k), {.seed = 13});
    std::vector<double> u;
    for (std::size_t i = 0; i < z.size(); i += 4) {
      u.push_back(share_below(z[i + static_cast<std::size_t>(k)] - log_z));
    }
    EXPECT_TRUE(plausible(uniformity_test(u))) << k;
  }
}

// P(z_i <= z | M) = exp(-exp(x_i - z) + exp(x_i - M)).
TEST(ConditionalGumbels, BelowAGivenMaximumAreTruncatedGumbels) {
  const std::vector<double> x{1, 0, -1.5};
  const std::vector<double> maxima(20000, 0.3);
  const auto z =
      conditional<double>(repeated(x, 20000), Winners(20000, 1), {.seed = 14, .maximum = maxima});
  std::vector<double> u[2];
  for (std::size_t i = 0; i < z.size(); i += 3) {
    EXPECT_EQ(z[i + 1], 0.3);
    for (const std::size_t j : {0, 2}) {
      u[j / 2].push_back(std::exp(-std::exp(x[j] - z[i + j]) + std::exp(x[j] - 0.3)));
    }
  }
  EXPECT_TRUE(plausible(uniformity_test(u[0])));
  EXPECT_TRUE(plausible(uniformity_test(u[1])));
}

TEST(ConditionalGumbels, NeitherTargetNorBatchNorThreadsChangeABit) {
  const std::vector<float> x = normal_scores<float>(500 * 100, 3, 562);
  const Rows<const float> rows(x.data(), 500, 100);
  const Winners winners = drawn(rows, 15);
  const auto first = conditional<float>(rows, winners, {.seed = 16});
  on_every_target(
      [&] { EXPECT_TRUE(same_bits(conditional<float>(rows, winners, {.seed = 16}), first)); });
  set_num_threads(1);
  EXPECT_TRUE(same_bits(conditional<float>(rows, winners, {.seed = 16}), first));
  set_num_threads(0);
  const auto alone = conditional<float>(Rows<const float>(x.data() + 700, 1, 100), {winners[7]},
                                        {.seed = 16, .first_row = 7});
  EXPECT_TRUE(same_bits(alone, std::vector<double>(first.begin() + 700, first.begin() + 800)));
}

TEST(ConditionalGumbels, RowsThatNoneCanWinSaySo) {
  const std::vector<double> x{1, 0, 1, std::nan(""), 1, -kNoLimit, 1, kNoLimit, 1, 0};
  const Winners winners{0, 0, 1, 0, kNoToken};
  const Rows<const double> rows(x.data(), 5, 2);
  const auto z = conditional<double>(rows, winners);
  EXPECT_TRUE(std::isfinite(z[0]));
  for (std::size_t i = 2; i < 8; ++i) EXPECT_TRUE(std::isnan(z[i])) << i;
  EXPECT_EQ(z[8], -kNoLimit);
  const std::vector<double> v(10, 1.0);
  std::vector<double> grad(10);
  conditional_gumbels_vjp(rows, winners, Rows<const double>(z.data(), 5, 2),
                          Rows<const double>(v.data(), 5, 2), Rows<double>(grad.data(), 5, 2));
  EXPECT_TRUE(std::isfinite(grad[0]) && std::isfinite(grad[1]));
  for (std::size_t i = 2; i < 8; ++i) EXPECT_TRUE(std::isnan(grad[i])) << i;
  EXPECT_EQ(std::abs(grad[8]) + std::abs(grad[9]), 0);
}

TEST(ConditionalGumbels, EveryParameterCounts) {
  const std::vector<double> x{1, 0, 0.5}, maximum{2.0};
  const std::vector<std::uint64_t> ids{4};
  const Rows<const double> rows(x);
  const auto before = conditional<double>(rows, {1});
  using Options = ConditionalGumbelOptions;
  for (const Options& options :
       {Options{.seed = 1}, Options{.stream = 1}, Options{.first_row = 1}, Options{.row_ids = ids},
        Options{.first_category = 1}, Options{.draw = 1}, Options{.maximum = maximum}}) {
    EXPECT_NE(conditional<double>(rows, {1}, options), before);
  }
  EXPECT_NE(conditional<double>(rows, {2}), before);
}

// z at fixed noise as a function of the scores and the maximum, the noise read off from a draw.
TEST(ConditionalGumbelsVjp, IsTheFiniteDifferenceAtFixedNoise) {
  const std::vector<double> x = normal_scores<double>(6, 1, 563),
                            v = normal_scores<double>(6, 1, 564);
  const std::size_t k = 2;
  const auto z = conditional<double>(Rows<const double>(x), {2}, {.seed = 17});
  const Long log_z = log_sum_exp(x), of_winner = z[k] - log_z;
  std::vector<Long> e;
  for (std::size_t i = 0; i < 6; ++i) {
    e.push_back((std::exp(-static_cast<Long>(z[i])) - std::exp(-static_cast<Long>(z[k]))) *
                std::exp(static_cast<Long>(x[i])));
  }
  const auto value = [&](const std::vector<Long>& at, Long maximum) {
    Long sum = v[k] * maximum;
    for (std::size_t i = 0; i < 6; ++i) {
      if (i != k) sum -= v[i] * std::log(std::exp(-maximum) + e[i] * std::exp(-at[i]));
    }
    return sum;
  };
  const auto drawn_maximum = [&](const std::vector<Long>& at) {
    Long total = 0;
    for (const Long score : at) total += std::exp(score);
    return std::log(total) + of_winner;
  };
  std::vector<double> grad(6), at_given(6), by_maximum(1);
  conditional_gumbels_vjp(x, Winners{2}, z, v, grad);
  conditional_gumbels_vjp(x, Winners{2}, z, v, at_given, {.grad_maximum = by_maximum});
  for (std::size_t i = 0; i < 6; ++i) {
    const auto moved = [&](Long to) {
      std::vector<Long> all = widened(x);
      all[i] = to;
      return all;
    };
    const Long of_both =
        derivative([&](Long to) { return value(moved(to), drawn_maximum(moved(to))); }, x[i]);
    const Long of_scores = derivative([&](Long to) { return value(moved(to), z[k]); }, x[i]);
    EXPECT_TRUE(near(grad[i], of_both, 1e-10)) << i;
    EXPECT_TRUE(near(at_given[i], of_scores, 1e-10)) << i;
  }
  const Long exact = derivative([&](Long m) { return value(widened(x), m); }, z[k]);
  EXPECT_TRUE(near(by_maximum[0], exact, 1e-10));
}

TEST(ConditionalGumbels, WhatCannotBeConditionedOnIsRefused) {
  const std::vector<double> x{1, 0};
  std::vector<double> z(2), three(3);
  EXPECT_EQ(refusal([&] { conditional_gumbels(x, Winners{2}, z); }),
            "conditional_gumbels: winners[0] must be a column from 0 to 1 or -1 for none, got 2");
  EXPECT_EQ(refusal([&] {
              conditional_gumbels(x, Winners{0, 1}, z);
            }),
            "conditional_gumbels: winners must have 1 entry, one per row, got 2");
  EXPECT_EQ(refusal([&] { conditional_gumbels(x, Winners{0}, three); }),
            "conditional_gumbels: perturbed must have the shape of scores, 1 x 2, got 1 x 3");
  EXPECT_EQ(refusal([&] { conditional_gumbels(x, Winners{0}, z, {.maximum = three}); }),
            "conditional_gumbels: maximum must have 1 entry, one per row, got 3");
  EXPECT_EQ(refusal([&] { conditional_gumbels_vjp(x, Winners{0}, z, three, z); }),
            "conditional_gumbels_vjp: upstream must have the shape of scores, 1 x 2, got 1 x 3");
}

}  // namespace
}  // namespace gibbs::testing
