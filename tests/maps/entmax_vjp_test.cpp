// The derivatives of every map of the family: entmax_vjp, and its named members.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>
#include <numeric>

#include "support/bits.hpp"
#include "support/closeness.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"
#include "support/vjp_reference.hpp"

namespace gibbs::testing {
namespace {

constexpr double kSmoothAlphas[] = {0.5,  0.99, 0.999999, 1, 1.000001, 1.01,
                                    1.25, 1.5,  1.75,     2, 2.5,      3};

Problem problem_of(std::int64_t n, double alpha, double temperature, bool with_g) {
  Problem problem;
  problem.scores = widened(normal_scores<float>(n, 0.6, 131));
  problem.alpha = alpha;
  problem.temperature = temperature;
  if (with_g) {
    problem.log_degeneracy = widened(normal_scores<float>(n, 0.7, 132));
    problem.log_degeneracy[static_cast<std::size_t>(n / 2)] = -kInfinity;
  }
  return problem;
}

VjpProblem vjp_of(const Problem& problem, const std::vector<long double>& upstream) {
  return {solve(problem).probabilities, upstream, problem.alpha, problem.temperature,
          problem.log_degeneracy};
}

std::vector<long double> upstream_of(std::int64_t n) {
  return widened(normal_scores<float>(n, 1, 133));
}

// 16 ulp of the size of the terms, and a rounding to the short types.
template <Score T>
void expect_close(const Gradient& got, const ScaledGradient& exact) {
  using W = working_t<T>;
  const long double unit = 16 * ulp_at<W>(1) * fma_factor();
  const auto expect_near = [&](const char* what, long double value, long double wanted,
                               long double scale, long double rounding) {
    const long double bar = unit * scale + rounding + ulp_at<W>(0);
    EXPECT_LE(std::abs(value - wanted), bar) << what << " " << value << ", exact " << wanted;
  };
  for (std::size_t i = 0; i < got.scores.size(); ++i) {
    const long double wanted = exact.value.scores[i];
    const long double rounding = sizeof(T) == 2 ? ulp_at<T>(wanted) : 0;
    expect_near("score", got.scores[i], wanted, exact.scale.scores[i], rounding);
    expect_near("log g", got.log_degeneracy[i], exact.value.log_degeneracy[i],
                exact.scale.log_degeneracy[i], 0);
  }
  expect_near("temperature", got.temperature, exact.value.temperature, exact.scale.temperature, 0);
  expect_near("alpha", got.alpha, exact.value.alpha, exact.scale.alpha, 0);
}

TEST(EntmaxVjp, IsTheFiniteDifferenceOfTheReference) {
  on_every_target([] {
    const auto v = upstream_of(11);
    for (const double alpha : kSmoothAlphas) {
      for (const bool with_g : {false, true}) {
        const Problem problem = problem_of(11, alpha, 0.8, with_g);
        const Gradient numeric = numeric_vjp(problem, v);
        const Gradient got = run_vjp<double>(vjp_of(problem, v));
        for (std::size_t i = 0; i < 11; ++i) {
          EXPECT_TRUE(near(got.scores[i], numeric.scores[i], 1e-10)) << alpha;
          EXPECT_TRUE(near(got.log_degeneracy[i], numeric.log_degeneracy[i], 1e-10)) << alpha;
        }
        EXPECT_TRUE(near(got.temperature, numeric.temperature, 1e-10)) << alpha;
        EXPECT_TRUE(near(got.alpha, numeric.alpha, 1e-10)) << alpha;
      }
    }
  });
}

TEST(EntmaxVjp, IsTheClosedFormToRoundingAtEveryLength) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kSmoothAlphas) {
      for (const std::int64_t n : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100, 257}) {
        const ::testing::ScopedTrace trace(
            __FILE__, __LINE__, "alpha " + std::to_string(alpha) + " n " + std::to_string(n));
        for (const bool with_g : {false, true}) {
          const auto vjp = rounded_to<T>(vjp_of(problem_of(n, alpha, 1.3, with_g), upstream_of(n)));
          expect_close<T>(run_vjp<T>(vjp), closed_vjp(vjp));
        }
        if (HasFailure()) return;
      }
    }
  });
}

template <Score T>
void expect_close_on_every_target(const Problem& problem) {
  const auto n = static_cast<std::int64_t>(problem.scores.size());
  const auto vjp = rounded_to<T>(vjp_of(problem, upstream_of(n)));
  const ScaledGradient exact = closed_vjp(vjp);
  on_every_target([&] { expect_close<T>(run_vjp<T>(vjp), exact); });
}

TEST(EntmaxVjp, IsTheClosedFormToRoundingOnPeakedAndLongRows) {
  for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0}) {
    for (const Problem& problem :
         {problem_of(50, alpha, 0.05, true), problem_of(9000, alpha, 1, false)}) {
      expect_close_on_every_target<double>(problem);
      expect_close_on_every_target<float>(problem);
    }
  }
}

// p^(2 - alpha) is as exact there as elsewhere, though its logarithm is large.
TEST(EntmaxVjp, IsTheClosedFormToRoundingWhereProbabilitiesAreSmall) {
  std::vector<long double> p;
  for (int i = 0; i < 90; ++i) p.push_back(std::pow(10.0L, -i / 3.0L));
  const long double sum = std::accumulate(p.begin(), p.end(), 0.0L);
  for (long double& each : p) each /= sum;
  for (const double alpha : {1.1, 1.25, 1.4, 1.6}) {
    const VjpProblem vjp{p, upstream_of(90), alpha, 1, {}};
    const auto of_doubles = rounded_to<double>(vjp);
    const auto of_floats = rounded_to<float>(vjp);
    const ScaledGradient in_double = closed_vjp(of_doubles), in_float = closed_vjp(of_floats);
    on_every_target([&] {
      expect_close<double>(run_vjp<double>(of_doubles), in_double);
      expect_close<float>(run_vjp<float>(of_floats), in_float);
    });
  }
}

TEST(EntmaxVjp, TheDerivativeInAlphaIsContinuousThroughOne) {
  on_every_target([] {
    const auto v = upstream_of(20);
    const auto at = [&](double alpha) {
      return run_vjp<double>(vjp_of(problem_of(20, alpha, 1, true), v));
    };
    const Gradient one = at(1);
    EXPECT_GT(std::abs(one.alpha), 1e-3L);
    for (int k = 2; k <= 16; ++k) {
      const double b = std::pow(10.0, -k);
      for (const Gradient& got : {at(1 + b), at(1 - b)}) {
        EXPECT_TRUE(near(got.alpha, one.alpha, 10 * b + 1e-14)) << "b " << b;
        EXPECT_TRUE(near(got.temperature, one.temperature, 10 * b + 1e-14)) << "b " << b;
        EXPECT_TRUE(near(got.scores[3], one.scores[3], 10 * b + 1e-14)) << "b " << b;
      }
    }
  });
}

// w' J v = v' J w.
TEST(EntmaxVjp, TheJacobianIsSymmetric) {
  on_every_target([] {
    for (const double alpha : kSmoothAlphas) {
      const Problem problem = problem_of(40, alpha, 0.7, true);
      const auto v = upstream_of(40);
      const auto w = widened(normal_scores<float>(40, 1, 134));
      const auto along_v = run_vjp<double>(vjp_of(problem, v)).scores;
      const auto along_w = run_vjp<double>(vjp_of(problem, w)).scores;
      long double wjv = 0, vjw = 0;
      for (std::size_t i = 0; i < 40; ++i) wjv += w[i] * along_v[i], vjw += v[i] * along_w[i];
      EXPECT_TRUE(near(wjv, vjw, 1e-13)) << alpha;
    }
  });
}

TEST(EntmaxVjp, AConstantUpstreamHasGradientZero) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const double alpha : kSmoothAlphas) {
      const Problem problem = problem_of(30, alpha, 1, false);
      const Gradient got = run_vjp<T>(vjp_of(problem, std::vector<long double>(30, 1)));
      const auto small = 64 * static_cast<double>(ulp_at<T>(1));
      for (const long double g : got.scores) EXPECT_TRUE(near(g, 0, small)) << alpha;
      EXPECT_TRUE(near(got.temperature, 0, small)) << alpha;
      EXPECT_TRUE(near(got.alpha, 0, small)) << alpha;
    }
  });
}

TEST(EntmaxVjp, TiesInsideTheSupportShareTheGradient) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const double alpha : kSmoothAlphas) {
      const std::vector<long double> half{0.5L, 0.5L, 0};
      const Gradient got = run_vjp<T>({half, {1, 0, 5}, alpha, 1, {}});
      const double expected =
          0.25 * std::pow(2.0, alpha - 1) * 1;  // s (v - vbar), s = p^(2 - alpha)
      EXPECT_TRUE(near(got.scores[0], expected, 1e-6)) << alpha;
      EXPECT_EQ(got.scores[0], -got.scores[1]) << alpha;
      EXPECT_EQ(got.scores[2], 0) << alpha;
    }
  });
}

TEST(EntmaxVjp, TheNamedMembersAreEntmaxVjpAtTheirAlpha) {
  on_every_target_and_type([]<Score T>() {
    const auto p = converted<T>(solve(problem_of(50, 2, 1, false)).probabilities);
    const auto v = converted<T>(upstream_of(50));
    const auto at = [&](double alpha) {
      std::vector<T> grad(50);
      entmax_vjp(p, v, grad, {.alpha = alpha});
      return grad;
    };
    std::vector<T> grad(50);
    softmax_vjp(p, v, grad);
    EXPECT_TRUE(same_bits(grad, at(1)));
    sparsemax_vjp(p, v, grad);
    EXPECT_TRUE(same_bits(grad, at(2)));
    argmax_vjp(p, v, grad);
    EXPECT_TRUE(same_bits(grad, at(std::numeric_limits<double>::infinity())));
    entmax_vjp(p, v, grad);
    EXPECT_TRUE(same_bits(grad, at(1.5)));
  });
}

}  // namespace
}  // namespace gibbs::testing
