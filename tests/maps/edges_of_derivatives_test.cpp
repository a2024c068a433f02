// The contract for numbers at its edges, backward.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>

#include "support/random.hpp"
#include "support/targets.hpp"
#include "support/vjp_reference.hpp"

namespace gibbs::testing {
namespace {

constexpr std::int64_t kLengths[] = {3, 5, 16, 17, 100, 1000};

// Probabilities with a zero at every odd place but the last.
template <Score T>
VjpProblem half_zero(std::int64_t n, double alpha) {
  VjpProblem problem;
  problem.alpha = alpha;
  problem.upstream = widened(normal_scores<T>(n, 1, 111));
  for (std::int64_t i = 0; i < n; ++i) {
    problem.probabilities.push_back(i % 2 == 1 && i < n - 1 ? 0
                                                            : 2.0L / static_cast<long double>(n));
  }
  return problem;
}

void expect_all(const Gradient& gradient, bool nan) {
  const auto good = [nan](long double value) { return nan ? std::isnan(value) : value == 0; };
  for (const long double value : gradient.scores) EXPECT_TRUE(good(value)) << value;
  for (const long double value : gradient.log_degeneracy) EXPECT_TRUE(good(value)) << value;
  EXPECT_TRUE(good(gradient.temperature)) << gradient.temperature;
  EXPECT_TRUE(good(gradient.alpha)) << gradient.alpha;
}

void expect_same(const Gradient& a, const Gradient& b) {
  EXPECT_EQ(a.scores, b.scores);
  EXPECT_EQ(a.log_degeneracy, b.log_degeneracy);
  EXPECT_EQ(a.temperature, b.temperature);
  EXPECT_EQ(a.alpha, b.alpha);
}

TEST(EdgesOfDerivatives, WhereTheProbabilityIsZeroTheUpstreamDoesNotMatter) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const std::int64_t n : kLengths) {
        const VjpProblem plain = half_zero<T>(n, alpha);
        const Gradient expected = run_vjp<T>(plain);
        for (const long double harmless : {kNan, kInfinity, -kInfinity, 1e30L}) {
          VjpProblem spoilt = plain;
          for (std::size_t i = 1; i + 1 < plain.upstream.size(); i += 2)
            spoilt.upstream[i] = harmless;
          const Gradient got = run_vjp<T>(spoilt);
          expect_same(got, expected);
          EXPECT_EQ(got.scores[1], 0);
          EXPECT_EQ(got.log_degeneracy[1], 0);
          if (HasFailure()) FAIL() << "alpha " << alpha << " columns " << n;
        }
      }
    }
  });
}

TEST(EdgesOfDerivatives, ANanProbabilityMakesItsRowNan) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const std::int64_t n : kLengths) {
        for (const std::int64_t place : {std::int64_t{0}, n / 2, n - 1}) {
          VjpProblem problem = half_zero<T>(n, alpha);
          problem.probabilities[static_cast<std::size_t>(place)] = kNan;
          expect_all(run_vjp<T>(problem), true);
          if (HasFailure()) FAIL() << "alpha " << alpha << " columns " << n << " at " << place;
        }
      }
    }
  });
}

TEST(EdgesOfDerivatives, ANanUpstreamOnTheSupportMakesItsRowNan) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      if (std::isinf(alpha)) continue;
      for (const std::int64_t n : kLengths) {
        VjpProblem problem = half_zero<T>(n, alpha);
        problem.upstream[static_cast<std::size_t>(n - 1)] = kNan;
        const Gradient got = run_vjp<T>(problem);
        EXPECT_TRUE(std::isnan(got.scores[0])) << alpha << " " << n;
        EXPECT_TRUE(std::isnan(got.temperature)) << alpha << " " << n;
      }
    }
  });
}

TEST(EdgesOfDerivatives, ANanRowLeavesTheOtherRowsAlone) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      auto p = converted<T>(half_zero<T>(30, alpha).probabilities);
      p.insert(p.end(), p.begin(), p.end());
      auto v = normal_scores<T>(60, 1, 112);
      p[3] = from_double<T>(kNan);
      std::vector<T> together(60), alone(30);
      const EntmaxVjpOptions<T> options{.alpha = alpha};
      entmax_vjp(Rows<const T>(p.data(), 2, 30), Rows<const T>(v.data(), 2, 30),
                 Rows<T>(together.data(), 2, 30), options);
      entmax_vjp(Rows<const T>(p.data() + 30, 1, 30), Rows<const T>(v.data() + 30, 1, 30), alone,
                 options);
      for (std::size_t i = 0; i < 30; ++i) {
        EXPECT_EQ(to_double(together[30 + i]), to_double(alone[i])) << alpha;
        EXPECT_TRUE(std::isnan(to_double(together[i]))) << alpha;
      }
    }
  });
}

TEST(EdgesOfDerivatives, ARowWithoutAStateHasGradientZero) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const std::size_t n : {0, 1, 5, 100}) {
        expect_all(
            run_vjp<T>({std::vector<long double>(n, 0), std::vector<long double>(n, 3), alpha}),
            false);
      }
    }
  });
}

TEST(EdgesOfDerivatives, OneHotRowsHaveGradientZero) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const std::int64_t n : kLengths) {
        VjpProblem problem = half_zero<T>(n, alpha);
        std::fill(problem.probabilities.begin(), problem.probabilities.end(), 0);
        problem.probabilities[1] = 1;
        expect_all(run_vjp<T>(problem), false);
      }
    }
  });
}

// There p is g / sum g over some states: only log g moves it.
TEST(EdgesOfDerivatives, AtTheLimitsOfTemperatureAndAlphaOnlyTheDegeneracyCounts) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const long double t : {0.0L, 1.0L, kInfinity}) {
        if (t == 1 && !std::isinf(alpha)) continue;
        VjpProblem problem = half_zero<T>(20, alpha);
        problem.temperature = t;
        const Gradient got = run_vjp<T>(problem);
        const ScaledGradient exact = closed_vjp(rounded_to<T>(problem));
        for (std::size_t i = 0; i < 20; ++i) {
          EXPECT_EQ(got.scores[i], 0);
          EXPECT_LE(std::abs(got.log_degeneracy[i] - exact.value.log_degeneracy[i]),
                    16 * ulp_at<working_t<T>>(1) * exact.scale.log_degeneracy[i]);
        }
        EXPECT_EQ(got.temperature, 0);
        EXPECT_EQ(got.alpha, 0);
        problem.probabilities[4] = kNan;
        expect_all(run_vjp<T>(problem), true);
      }
    }
  });
}

TEST(EdgesOfDerivatives, OfArgmaxIsZeroAndNanWhereTheProbabilitiesAre) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> v = normal_scores<T>(4, 1, 113);
    const auto p = converted<T>(std::vector<long double>{0, 0.5L, 0, 0.5L});
    const auto bad = converted<T>(std::vector<long double>{0, 0.5L, kNan, 0.5L});
    std::vector<T> grad(4);
    argmax_vjp(p, v, grad);
    for (const T value : grad) EXPECT_EQ(to_double(value), 0);
    argmax_vjp(bad, v, grad);
    for (const T value : grad) EXPECT_TRUE(std::isnan(to_double(value)));
  });
}

TEST(EdgesOfDerivatives, OfLogSoftmaxAStateWithoutProbabilityHasGradientZero) {
  on_every_target_and_type([]<Score T>() {
    const auto log_half = static_cast<long double>(std::log(0.5));
    const auto log_p = converted<T>(std::vector<long double>{log_half, -kInfinity, log_half});
    for (const long double harmless : {0.0L, kNan, kInfinity}) {
      const auto v = converted<T>(std::vector<long double>{1, harmless, 0});
      std::vector<T> grad(3);
      std::vector<working_t<T>> grad_t(1), grad_log_g(3);
      VjpOptions<T> options{.grad_temperature = grad_t, .grad_log_degeneracy = grad_log_g};
      log_softmax_vjp(log_p, v, grad, options);
      EXPECT_EQ(to_double(grad[1]), 0);
      EXPECT_EQ(grad_log_g[1], 0);
      EXPECT_NEAR(to_double(grad[0]), 0.5, 0.01);
      EXPECT_TRUE(std::isfinite(grad_t[0]));
    }
  });
}

TEST(EdgesOfDerivatives, OfLogSumExpAnAbsentStateHasGradientZero) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const auto x = converted<T>(std::vector<long double>{0, -kInfinity, 0, 0});
    const std::vector<W> log_g{0, 0, -static_cast<W>(kInfinity), 0};
    const std::vector<W> upstream{2};
    std::vector<T> grad(4);
    VjpOptions<T> options;
    options.log_degeneracy = log_g;
    log_sum_exp_vjp(x, std::span<const W>(upstream), grad, options);
    EXPECT_EQ(to_double(grad[0]), 1);
    EXPECT_EQ(to_double(grad[1]), 0);
    EXPECT_EQ(to_double(grad[2]), 0);
  });
}

TEST(EdgesOfDerivatives, OfLogSumExpANanInAnyInputMakesTheRowNan) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const bool in_scores : {false, true}) {
      const auto x = converted<T>({0, in_scores ? kNan : 1, 2});
      const std::vector<W> upstream{in_scores ? W{1} : std::numeric_limits<W>::quiet_NaN()};
      std::vector<T> grad(3);
      log_sum_exp_vjp(x, std::span<const W>(upstream), grad);
      for (const T value : grad) EXPECT_TRUE(std::isnan(to_double(value))) << in_scores;
    }
  });
}

TEST(EdgesOfDerivatives, OfLogSumExpAtTheLimitsOnlyTheDegeneracyCounts) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const auto x = converted<T>({3, 1, 3, -kInfinity});
    const std::vector<W> upstream{6};
    for (const double t : {0.0, std::numeric_limits<double>::infinity()}) {
      std::vector<T> grad(4);
      std::vector<W> grad_t(1), grad_log_g(4);
      const VjpOptions<T> options{
          .temperature = t, .grad_temperature = grad_t, .grad_log_degeneracy = grad_log_g};
      log_sum_exp_vjp(x, std::span<const W>(upstream), grad, options);
      for (const T value : grad) EXPECT_EQ(to_double(value), 0) << t;
      EXPECT_EQ(grad_t[0], 0) << t;
      const std::vector<W> shares =
          t == 0 ? std::vector<W>{3, 0, 3, 0} : std::vector<W>{2, 2, 2, 0};
      EXPECT_EQ(grad_log_g, shares) << t;
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
