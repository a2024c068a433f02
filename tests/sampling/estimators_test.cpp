// Estimators of gradients: no bias where none is promised, and less variance where that is.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "sampling/estimator_toys.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

constexpr std::int64_t kEstimates = 20000;

TEST(ScoreFunction, IsUnbiased) {
  std::uint64_t seed = 101;
  for (const Toy& toy : toys()) {
    for (const std::int64_t samples : {1, 2, 8}) {
      expect_mean("score function, " + std::to_string(samples) + " samples, " + toy.name,
                  score_function_gradient(toy.scores, toy.of_category(), samples,
                                          {.seed = seed++, .estimates = kEstimates}),
                  toy.exact_gradient());
    }
  }
}

TEST(ScoreFunction, LeavingOneOutForgetsAConstant) {
  const Toy near_zero = categorical_toy(), far = categorical_toy(100);
  const auto a = score_function_gradient(near_zero.scores, near_zero.of_category(), 4);
  const auto b = score_function_gradient(far.scores, far.of_category(), 4);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(a.gradient[i], b.gradient[i], 1e-10);
  EXPECT_NEAR(b.value - a.value, 100, 1e-9);
  const auto without = score_function_gradient(far.scores, far.of_category(), 1);
  EXPECT_GT(without.total_variance(), 50 * b.total_variance());
}

TEST(ScoreFunction, AbsentCategoriesAreNeverEvaluated) {
  const std::vector<double> scores{0, -std::numeric_limits<double>::infinity(), 1};
  const auto got = score_function_gradient(scores, [](std::int64_t k) {
    EXPECT_NE(k, 1);
    return static_cast<double>(k);
  });
  EXPECT_EQ(got.gradient[1], 0);
  EXPECT_EQ(got.variance[1], 0);
}

TEST(Rebar, IsUnbiasedAtEveryTauAndEta) {
  std::uint64_t seed = 201;
  for (const Toy& toy : toys()) {
    for (const double tau : {0.1, 0.5, 2.0}) {
      for (const double eta : {0.5, 1.0}) {
        expect_mean(
            "REBAR, tau " + std::to_string(tau).substr(0, 3) + ", eta " +
                std::to_string(eta).substr(0, 3) + ", " + toy.name,
            rebar_gradient(toy.scores, toy.f, tau, eta, {.seed = seed++, .estimates = kEstimates}),
            toy.exact_gradient());
      }
    }
  }
}

TEST(Rebar, AtEtaZeroIsTheScoreFunctionOfItsDraws) {
  const Toy toy = curved_toy();
  const auto rebar = rebar_gradient(toy.scores, toy.f, 0.5, 0, {.estimates = 2000});
  const auto plain = score_function_gradient(toy.scores, toy.of_category(), 1, {.estimates = 2000});
  EXPECT_NEAR(rebar.total_variance() / plain.total_variance(), 1, 0.2);
  expect_mean("REBAR without its control variate", rebar, toy.exact_gradient());
}

TEST(Rebar, TheFittedEtaHasNoMoreVarianceThanNoneOrOne) {
  for (const Toy& toy : toys()) {
    const EstimatorOptions pilot{.seed = 301, .estimates = 4000};
    const double eta = rebar_eta(toy.scores, toy.f, 0.5, pilot);
    const auto variance = [&](double at) {
      return rebar_gradient(toy.scores, toy.f, 0.5, at, {.seed = 302, .estimates = kEstimates})
          .total_variance();
    };
    EXPECT_LT(variance(eta), 1.01 * variance(0)) << toy.name;
    EXPECT_LT(variance(eta), 1.01 * variance(1)) << toy.name;
    EXPECT_TRUE(toy.name != categorical_toy().name || variance(eta) < variance(0) / 3);
    std::printf("  eta %.3f: variance %.3g, none %.3g, one %.3g: %s\n", eta, variance(eta),
                variance(0), variance(1), toy.name.c_str());
  }
}

// c(z) is any differentiable function of the perturbed scores.
TEST(Relax, IsUnbiasedForAnyControlVariate) {
  const PointFunction controls[] = {[](std::span<const double>, std::span<double>) { return 0.0; },
                                    [](std::span<const double> z, std::span<double> gradient) {
                                      double sum = 0;
                                      for (std::size_t i = 0; i < z.size(); ++i) {
                                        sum += std::sin(z[i]);
                                        gradient[i] = std::cos(z[i]);
                                      }
                                      return sum;
                                    },
                                    [](std::span<const double> z, std::span<double> gradient) {
                                      gradient[0] = z[1];
                                      gradient[1] = z[0];
                                      return z[0] * z[1];
                                    }};
  std::uint64_t seed = 401;
  for (const Toy& toy : toys()) {
    for (const PointFunction& control : controls) {
      expect_mean("RELAX, control variate " + std::to_string(&control - controls) + ", " + toy.name,
                  relax_gradient(toy.scores, toy.of_category(), control,
                                 {.seed = seed++, .estimates = kEstimates}),
                  toy.exact_gradient());
    }
  }
}

TEST(Relax, IsRebarForItsControlVariate) {
  const Toy toy = curved_toy();
  const double tau = 0.7;
  const PointFunction control = [&](std::span<const double> z, std::span<double> gradient) {
    std::vector<double> y(4), by_y(4);
    softmax(z, y, {.temperature = tau});
    const double value = toy.f(y, by_y);
    softmax_vjp(y, by_y, gradient, {.temperature = tau});
    return value;
  };
  const auto relax = relax_gradient(toy.scores, toy.of_category(), control, {.seed = 5});
  const auto rebar = rebar_gradient(toy.scores, toy.f, tau, 1, {.seed = 5});
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(relax.gradient[i], rebar.gradient[i], 1e-12);
    EXPECT_NEAR(relax.variance[i], rebar.variance[i], 1e-11);
  }
  EXPECT_EQ(relax.evaluations, 1000);
  EXPECT_EQ(rebar.evaluations, 2000);
}

// Functions of bits, by all 2^n of them: d/dx_j E f = p_j (1 - p_j) E[f(b_j = 1) - f(b_j = 0)].
std::vector<double> exact_bits_gradient(const std::vector<double>& scores, const BitsFunction& f) {
  const std::size_t n = scores.size();
  std::vector<double> gradient(n), bits(n);
  for (std::size_t code = 0; code < (std::size_t{1} << n); ++code) {
    double p = 1;
    for (std::size_t j = 0; j < n; ++j) {
      bits[j] = static_cast<double>(code >> j & 1);
      p *= 1 / (1 + std::exp(bits[j] == 1 ? -scores[j] : scores[j]));
    }
    for (std::size_t j = 0; j < n; ++j) {
      gradient[j] += p * f(bits) * (bits[j] - 1 / (1 + std::exp(-scores[j])));
    }
  }
  return gradient;
}

TEST(Arm, IsUnbiased) {
  std::uint64_t seed = 501;
  for (const double t : {0.45, 0.499}) {
    const BitsFunction f = [t](std::span<const double> b) {
      double sum = 0;
      for (const double bit : b) sum += (bit - t) * (bit - t);
      return sum;
    };
    for (const std::vector<double>& scores :
         {std::vector<double>{0.4}, std::vector<double>{0.4, -2, 1, 0, 3}}) {
      expect_mean("ARM, (b - " + std::to_string(t).substr(0, 5) + ")^2, " +
                      std::to_string(scores.size()) + " bits",
                  arm_gradient(scores, f, {.seed = seed++, .estimates = kEstimates}),
                  exact_bits_gradient(scores, f));
    }
  }
  const BitsFunction parity = [](std::span<const double> b) {
    double product = 1;
    for (const double bit : b) product *= 1 - 2 * bit;
    return product + b[0] * b[1];
  };
  const std::vector<double> scores{0.5, -1, 2};
  expect_mean("ARM, parity of 3 bits", arm_gradient(scores, parity, {.estimates = kEstimates}),
              exact_bits_gradient(scores, parity));
}

TEST(Arm, WhereBothDrawsAreAlikeOneEvaluationIsEnough) {
  std::int64_t calls = 0;
  const auto got = arm_gradient(std::vector<double>{4, -4}, [&](std::span<const double>) {
    ++calls;
    return 1.0;
  });
  EXPECT_EQ(got.evaluations, calls);
  EXPECT_GT(calls, 1000);
  EXPECT_LT(calls, 1300);
  EXPECT_EQ(got.total_variance(), 0);
  EXPECT_EQ(got.value, 1);
}

TEST(Arm, CertainBitsDoNotMove) {
  const double infinite = std::numeric_limits<double>::infinity();
  const auto got =
      arm_gradient(std::vector<double>{infinite, 0, -infinite}, [](std::span<const double> b) {
        EXPECT_EQ(b[0], 1);
        EXPECT_EQ(b[2], 0);
        return b[1];
      });
  EXPECT_EQ(got.gradient[0], 0);
  EXPECT_NEAR(got.gradient[1], 0.25, 0.05);
  EXPECT_EQ(got.gradient[2], 0);
}

// Over many runs the errors are as large as the standard error says, no more and no less.
TEST(Estimators, TheStandardErrorIsTheSpreadOfTheMeans) {
  const Toy toy = curved_toy();
  const auto exact = toy.exact_gradient();
  const std::function<GradientEstimate(std::uint64_t)> runs[] = {
      [&](std::uint64_t seed) {
        return score_function_gradient(toy.scores, toy.of_category(), 2,
                                       {.seed = seed, .estimates = 1000});
      },
      [&](std::uint64_t seed) {
        return rebar_gradient(toy.scores, toy.f, 0.5, 1, {.seed = seed, .estimates = 1000});
      }};
  for (const auto& run : runs) {
    std::vector<double> squares(4);
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      const auto got = run(seed);
      for (std::size_t i = 0; i < 4; ++i) {
        squares[i] += std::pow((got.gradient[i] - exact[i]) / got.standard_error(i), 2) / 300;
      }
    }
    for (const double mean_square : squares) {  // 300 squares of z: 1 with standard error 0.08
      EXPECT_GT(mean_square, 0.75);
      EXPECT_LT(mean_square, 1.3);
    }
  }
}

using Estimator = std::function<GradientEstimate(const EstimatorOptions&)>;

std::vector<Estimator> all_estimators(const Toy& toy) {
  return {
      [&](const auto& o) { return score_function_gradient(toy.scores, toy.of_category(), 2, o); },
      [&](const auto& o) { return straight_through_gradient(toy.scores, toy.f, o); },
      [&](const auto& o) { return gumbel_straight_through_gradient(toy.scores, toy.f, 1, o); },
      [&](const auto& o) { return gumbel_rao_gradient(toy.scores, toy.f, 1, 3, o); },
      [&](const auto& o) { return rebar_gradient(toy.scores, toy.f, 0.5, 1, o); },
      [&](const auto& o) {
        return relax_gradient(
            toy.scores, toy.of_category(),
            [](std::span<const double>, std::span<double>) { return 0.0; }, o);
      },
      [&](const auto& o) {
        return arm_gradient(
            toy.scores, [](std::span<const double> b) { return b[0] * b[1] + b[2]; }, o);
      }};
}

TEST(Estimators, AreFunctionsOfTheirNoiseAndEveryParameterOfItCounts) {
  const Toy toy = curved_toy();
  for (const Estimator& run : all_estimators(toy)) {
    const auto first = run({.seed = 7});
    EXPECT_EQ(first.gradient, run({.seed = 7}).gradient);
    EXPECT_EQ(first.variance, run({.seed = 7}).variance);
    const EstimatorOptions changed[] = {{.seed = 8},
                                        {.seed = 7, .stream = 1},
                                        {.seed = 7, .row = 1},
                                        {.seed = 7, .first_draw = 1},
                                        {.seed = 7, .estimates = 999}};
    for (const EstimatorOptions& options : changed) {
      EXPECT_NE(run(options).gradient, first.gradient);
    }
  }
}

// A call that goes on from `draws` is the second half of a call of twice the estimates.
TEST(Estimators, DrawsSayWhereTheNextCallGoesOn) {
  const Toy toy = curved_toy();
  for (const Estimator& run : all_estimators(toy)) {
    const auto both = run({.seed = 9, .estimates = 200});
    const auto one = run({.seed = 9, .estimates = 100});
    const auto two = run({.seed = 9, .first_draw = one.draws, .estimates = 100});
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR((one.gradient[i] + two.gradient[i]) / 2, both.gradient[i], 1e-12);
    }
    EXPECT_EQ(both.draws, 2 * one.draws);
    EXPECT_EQ(both.estimates, 200);
    EXPECT_NEAR(both.value, (one.value + two.value) / 2, 1e-12);
  }
}

TEST(Estimators, WhatCannotBeEstimatedIsRefused) {
  const Toy toy = curved_toy();
  const auto of = [&](const std::vector<double>& scores) {
    return refusal([&] { straight_through_gradient(scores, toy.f); });
  };
  EXPECT_EQ(of({0, std::nan("")}),
            "straight_through_gradient: scores[1] must be finite or -inf, got nan");
  EXPECT_EQ(of({}),
            "straight_through_gradient: scores must have a state, a score above -inf, got none");
  EXPECT_EQ(refusal([&] { straight_through_gradient(toy.scores, toy.f, {.estimates = 1}); }),
            "straight_through_gradient: estimates must be at least 2, got 1");
  EXPECT_EQ(refusal([&] { score_function_gradient(toy.scores, toy.of_category(), 0); }),
            "score_function_gradient: samples must be at least 1, got 0");
  EXPECT_EQ(refusal([&] { gumbel_rao_gradient(toy.scores, toy.f, 1, 0); }),
            "gumbel_rao_gradient: samples must be at least 1, got 0");
  EXPECT_EQ(refusal([&] { gumbel_straight_through_gradient(toy.scores, toy.f, 0); }),
            "gumbel_straight_through_gradient: tau must be positive and finite, got 0");
  EXPECT_EQ(refusal([&] { rebar_gradient(toy.scores, toy.f, -1); }),
            "rebar_gradient: tau must be positive and finite, got -1");
  EXPECT_EQ(refusal([&] { rebar_gradient(toy.scores, toy.f, 1, std::nan("")); }),
            "rebar_gradient: eta must be finite, got nan");
  EXPECT_EQ(refusal([&] { arm_gradient(std::vector<double>{std::nan("")}, {}); }),
            "arm_gradient: scores[0] must not be NaN, got nan");
}

}  // namespace
}  // namespace gibbs::testing
