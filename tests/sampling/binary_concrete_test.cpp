// Relaxed draws of yes-or-no states: their law, density, derivatives and edges.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <numeric>
#include <vector>

#include "sampling/relaxed_calls.hpp"
#include "support/batches.hpp"
#include "support/bits.hpp"
#include "support/near.hpp"
#include "support/numerics.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

using Long = long double;
constexpr auto kLog = ConcreteMeasure::kLog;
const double kNoLimit = std::numeric_limits<double>::infinity();

// y, or the logits of y.
template <Score T>
std::vector<T> binary(Rows<const T> scores, BinaryConcreteOptions<T> options, bool logits = false) {
  std::vector<T> y(static_cast<std::size_t>(scores.rows * scores.cols)), l(y.size());
  options.logits = Rows<T>(l.data(), scores.rows, scores.cols);
  binary_concrete(scores, Rows<T>(y.data(), scores.rows, scores.cols), options);
  return logits ? l : y;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST(BinaryConcrete, FollowsItsClosedForm) {
  std::uint64_t seed = 71;
  for (const double tau : {0.1, 1.0, 3.0}) {
    for (const double x : {0.0, 2.0, -30.0}) {
      const std::vector<double> scores(20000, x);
      std::vector<double> u = binary<double>(
          Rows<const double>(scores), {.seed = seed++, .temperature = 2.0, .tau = tau}, true);
      for (double& l : u) l = sigmoid(tau * l - x / 2);
      EXPECT_TRUE(plausible(uniformity_test(u))) << "tau " << tau << ", x " << x;
    }
  }
}

TEST(BinaryConcrete, TheTailsOfTheNoiseAreExact) {
  const std::vector<float> scores(4000000, 0.0f);
  const auto l = binary<float>(Rows<const float>(scores), {.seed = 73}, true);
  for (const double sign : {-1.0, 1.0}) {
    const auto hits = std::count_if(l.begin(), l.end(), [&](float v) { return sign * v > 10; });
    const double expected = 4e6 * sigmoid(-10);
    EXPECT_LT(std::abs(static_cast<double>(hits) - expected) / std::sqrt(expected), 3.5);
  }
}

TEST(BinaryConcrete, IsWhatTheLogitsSay) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> x = normal_scores<T>(700, 3, 551);
    const BinaryConcreteOptions<T> options{.seed = 5, .tau = 0.5};
    const auto y = binary<T>(Rows<const T>(x), options);
    const auto l = binary<T>(Rows<const T>(x), options, true);
    for (std::size_t i = 0; i < 700; ++i) {
      const double bar = sizeof(T) == 2 ? 0.02 : sizeof(T) == 4 ? 1e-6 : 1e-14;
      EXPECT_NEAR(to_double(y[i]), sigmoid(to_double(l[i])), bar);
      const RowNoise noise({.seed = 5}, 0);
      const std::uint64_t bits = noise.bits(i);
      const double exact =
          (to_double(x[i]) + exponential_noise(bits) - exponential_noise(~bits)) / 0.5;
      EXPECT_NEAR(to_double(l[i]), exact, std::abs(exact) * bar + 1e-13);
    }
  });
}

TEST(BinaryConcrete, TheSameBitsOnEveryTarget) {
  const std::vector<double> x = normal_scores<double>(999, 3, 552);
  std::vector<std::vector<double>> all;
  on_every_target(
      [&] { all.push_back(binary<double>(Rows<const double>(x), {.seed = 6, .tau = 0.5})); });
  for (const auto& y : all) EXPECT_TRUE(same_bits(y, all[0]));
}

TEST(BinaryConcrete, NoTauMakesANaNAndTheLimitsAreExact) {
  on_every_target_and_type([]<Score T>() {
    std::vector<T> x = normal_scores<T>(60, 3, 553);
    x[3] = from_double<T>(-kNoLimit);
    x[4] = from_double<T>(kNoLimit);
    std::vector<bool> on(60, true);
    on[5] = false;
    const Mask mask(on);
    for (const double tau : {0.0, 5e-324, 1e-30, 0.1, 1.0, 1e30, kNoLimit}) {
      for (const double t : {0.0, 5e-324, 1.0, 1e30, kNoLimit}) {
        const auto y = binary<T>(Rows<const T>(x),
                                 {.seed = 7, .temperature = t, .tau = tau, .mask = mask.view()});
        for (std::size_t i = 0; i < 60; ++i) {
          const double share = to_double(y[i]);
          EXPECT_TRUE(share >= 0 && share <= 1);
          EXPECT_TRUE(tau > 0 || share == 0 || share == 1);
        }
        EXPECT_EQ(to_double(y[3]), 0);
        EXPECT_EQ(to_double(y[4]), 1);
        EXPECT_EQ(to_double(y[5]), 0);
        EXPECT_TRUE(tau < kNoLimit || t < 1 || to_double(y[0]) == 0.5);
      }
    }
    x[7] = from_double<T>(std::nan(""));
    const auto y = binary<T>(Rows<const T>(x), {.tau = 0.0});
    for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(std::isnan(to_double(y[i])), i == 7);
  });
}

TEST(BinaryConcrete, NeitherBatchNorLayoutNorThreadsChangeABit) {
  on_every_target_and_type([]<Score T>() {
    const std::int64_t rows = 40, cols = 300;
    const std::vector<T> x = normal_scores<T>(rows * cols, 2, 554);
    const BinaryConcreteOptions<T> options{.seed = 8, .tau = 0.5};
    const auto y = binary<T>(Rows<const T>(x.data(), rows, cols), options);
    const auto alone = binary<T>(Rows<const T>(x.data() + 17 * cols, 1, cols),
                                 {.seed = 8, .first_row = 17, .tau = 0.5});
    EXPECT_TRUE(same_bits(alone, std::vector<T>(y.begin() + 17 * cols, y.begin() + 18 * cols)));
    for (const Layout& layout : kLayouts) {
      Batch<T> in(rows, cols, layout);
      fill(in, x);
      binary_concrete(in.input(), in.view(), options);
      ASSERT_TRUE(same_bits(values_of(in), y)) << layout.name;
      EXPECT_EQ(in.guards_touched(), 0);
    }
    set_num_threads(2);
    const std::vector<T> many(200000, from_double<T>(1));
    const auto two = binary<T>(Rows<const T>(many.data(), 1000, 200), options);
    set_num_threads(1);
    EXPECT_TRUE(same_bits(two, binary<T>(Rows<const T>(many.data(), 1000, 200), options)));
    set_num_threads(0);
  });
}

TEST(BinaryConcrete, EveryParameterCounts) {
  const std::vector<double> x{1, 0, 0.5};
  const std::vector<std::uint64_t> ids{4};
  const Mask mask({true, false, true});
  using Options = BinaryConcreteOptions<double>;
  const auto before = binary<double>(Rows<const double>(x), {});
  for (const Options& options :
       {Options{.seed = 1}, Options{.stream = 1}, Options{.first_row = 1}, Options{.row_ids = ids},
        Options{.first_category = 1}, Options{.draw = 1}, Options{.temperature = 2.0},
        Options{.tau = 2.0}, Options{.mask = mask.view()}}) {
    EXPECT_NE(binary<double>(Rows<const double>(x), options), before);
  }
  EXPECT_EQ(binary<double>(Rows<const double>(x), {.first_row = 4}),
            binary<double>(Rows<const double>(x), {.row_ids = ids}));
}

TEST(BinaryConcreteVjp, IsTheFiniteDifferenceAtFixedNoise) {
  const std::vector<double> x = normal_scores<double>(9, 1, 555),
                            v = normal_scores<double>(9, 1, 556);
  const auto l = binary<double>(Rows<const double>(x), {.temperature = 1.5, .tau = 0.7}, true);
  std::vector<double> grad(9), by_t(1), by_tau(1);
  binary_concrete_vjp(
      l, v, grad,
      {.temperature = 1.5, .tau = 0.7, .scores = x, .grad_temperature = by_t, .grad_tau = by_tau});
  Long sum_t = 0, sum_tau = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    const Long noise = l[i] * static_cast<Long>(0.7) - x[i] / 1.5L;
    const auto value = [&](Long at, Long t, Long tau) {
      return v[i] / (1 + std::exp(-(at / t + noise) / tau));
    };
    const Long exact = derivative([&](Long at) { return value(at, 1.5L, 0.7); }, x[i]);
    EXPECT_TRUE(near(grad[i], exact, 1e-10));
    sum_t += derivative([&](Long t) { return value(x[i], t, 0.7); }, 1.5L);
    sum_tau += derivative([&](Long tau) { return value(x[i], 1.5L, tau); }, 0.7);
  }
  EXPECT_TRUE(near(by_t[0], sum_t, 1e-10));
  EXPECT_TRUE(near(by_tau[0], sum_tau, 1e-10));
}

TEST(BinaryConcreteVjp, WhereNothingMovesIsZero) {
  const std::vector<double> l{kNoLimit, -kNoLimit, 0.5}, v{1, std::nan(""), 1}, x{kNoLimit, 1, 1};
  std::vector<double> grad(3), by_t(1), by_tau(1);
  binary_concrete_vjp(l, v, grad, {.scores = x, .grad_temperature = by_t, .grad_tau = by_tau});
  EXPECT_EQ(grad[0], 0);
  EXPECT_EQ(grad[1], 0);
  EXPECT_GT(grad[2], 0);
  EXPECT_TRUE(std::isfinite(by_t[0]) && std::isfinite(by_tau[0]));
  for (const double tau : {0.0, kNoLimit}) {
    binary_concrete_vjp(l, v, grad, {.tau = tau, .grad_tau = by_tau});
    EXPECT_EQ(std::abs(grad[2]) + std::abs(by_tau[0]), 0);
  }
}

Long exact_density(Long x, Long t, Long l, Long tau, ConcreteMeasure measure) {
  const Long a = std::exp(x / t), y = 1 / (1 + std::exp(-l));
  const Long sum = a * std::pow(y, -tau) + std::pow(1 - y, -tau);
  const Long of_y = std::log(tau * a) - (tau + 1) * std::log(y * (1 - y)) - 2 * std::log(sum);
  return of_y + (measure == kLog ? std::log(y * (1 - y)) : 0);
}

TEST(BinaryConcreteDensity, IsItsFormulaAndItsDerivativeTheFiniteDifference) {
  for (const auto measure : {ConcreteMeasure::kSimplex, kLog}) {
    const std::vector<double> x = normal_scores<double>(9, 1, 557),
                              u = normal_scores<double>(9, 1, 558);
    const auto l = binary<double>(Rows<const double>(x), {.tau = 0.7}, true);
    std::vector<double> density(9), grad(9), by_l(9), by_t(1), by_tau(1);
    binary_concrete_log_density(x, l, density,
                                {.temperature = 1.5, .tau = 0.7, .measure = measure});
    binary_concrete_log_density_vjp(x, l, u, grad,
                                    {.temperature = 1.5,
                                     .tau = 0.7,
                                     .measure = measure,
                                     .grad_logits = by_l,
                                     .grad_temperature = by_t,
                                     .grad_tau = by_tau});
    Long sum_t = 0, sum_tau = 0;
    for (std::size_t i = 0; i < 9; ++i) {
      const auto value = [&](Long at, Long t, Long logit, Long tau) {
        return exact_density(at, t, logit, tau, measure);
      };
      const Long tau = 0.7;
      EXPECT_TRUE(near(density[i], value(x[i], 1.5L, l[i], tau), 1e-13));
      const Long by_x = derivative([&](Long at) { return value(at, 1.5L, l[i], tau); }, x[i]);
      const Long by_logit = derivative([&](Long at) { return value(x[i], 1.5L, at, tau); }, l[i]);
      EXPECT_TRUE(near(grad[i], u[i] * by_x, 1e-10));
      EXPECT_TRUE(near(by_l[i], u[i] * by_logit, 1e-10));
      sum_t += u[i] * derivative([&](Long t) { return value(x[i], t, l[i], tau); }, 1.5L);
      sum_tau += u[i] * derivative([&](Long at) { return value(x[i], 1.5L, l[i], at); }, tau);
    }
    EXPECT_TRUE(near(by_t[0], sum_t, 1e-10));
    EXPECT_TRUE(near(by_tau[0], sum_tau, 1e-10));
  }
}

TEST(BinaryConcreteDensity, IsThatOfTheConcreteLawOfTwoStates) {
  for (const double tau : {0.3, 2.0}) {
    for (const double l : {-3.0, 0.2, 5.0}) {
      const std::vector<double> two{1.3, 0}, ratio{l, 0}, x{1.3}, logit{l};
      std::vector<double> log_y(2), of_two(1), of_one(1);
      log_softmax(ratio, log_y);
      for (const auto measure : {ConcreteMeasure::kSimplex, kLog}) {
        concrete_log_density(two, log_y, of_two, {.tau = tau, .measure = measure});
        binary_concrete_log_density(x, logit, of_one, {.tau = tau, .measure = measure});
        EXPECT_NEAR(of_two[0], of_one[0], 1e-13);
      }
    }
  }
}

TEST(BinaryConcreteDensity, IsFiniteForEveryFiniteLogit) {
  const std::vector<double> x{1e300, -1e300, 0, kNoLimit, kNoLimit, 0, std::nan("")};
  const std::vector<double> l{-1e300, 1e300, 1e5, kNoLimit, 1, kNoLimit, 0};
  std::vector<double> density(7), grad(7), u(7, 1.0);
  binary_concrete_log_density(x, l, density, {.tau = 0.5});
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(std::isfinite(density[i]));
  EXPECT_EQ(density[3], 0);
  EXPECT_EQ(density[4], -kNoLimit);
  EXPECT_EQ(density[5], -kNoLimit);
  EXPECT_TRUE(std::isnan(density[6]));
  binary_concrete_log_density_vjp(x, l, u, grad, {.tau = 0.5});
  for (std::size_t i = 3; i < 6; ++i) EXPECT_EQ(grad[i], 0);
}

TEST(BinaryConcrete, WhatCannotBeDrawnIsRefused) {
  const std::vector<double> x(4), two(2);
  std::vector<double> y(4), density(4);
  EXPECT_EQ(refusal([&] { binary_concrete(x, y, {.tau = -1.0}); }),
            "binary_concrete: tau must not be negative, got -1");
  EXPECT_EQ(refusal([&] { binary_concrete(x, y, {.temperature = std::nan("")}); }),
            "binary_concrete: temperature must not be NaN, got nan");
  EXPECT_EQ(refusal([&] { binary_concrete(two, y); }),
            "binary_concrete: relaxed must have the shape of scores, 1 x 2, got 1 x 4");
  EXPECT_EQ(refusal([&] { binary_concrete_vjp(x, x, y, {.grad_temperature = density}); }),
            "binary_concrete_vjp: grad_temperature must have 1 or 1 entries, got 4");
  EXPECT_EQ(refusal([&] { binary_concrete_log_density(x, x, density, {.tau = kNoLimit}); }),
            "binary_concrete_log_density: tau must be positive and finite, got inf");
}

}  // namespace
}  // namespace gibbs::testing
