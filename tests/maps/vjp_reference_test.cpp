// The closed forms of tests/support/vjp_reference.hpp against finite differences of the reference.

#include "support/vjp_reference.hpp"

#include <gtest/gtest.h>

#include "support/random.hpp"

namespace gibbs::testing {
namespace {

void expect_close(const Gradient& closed, const Gradient& numeric) {
  const auto expect_near = [](long double a, long double b, const char* what) {
    EXPECT_LE(std::abs(a - b), 1e-10L * std::max(1.0L, std::abs(b))) << what;
  };
  for (std::size_t i = 0; i < closed.scores.size(); ++i) {
    expect_near(closed.scores[i], numeric.scores[i], "score");
    expect_near(closed.log_degeneracy[i], numeric.log_degeneracy[i], "log g");
  }
  expect_near(closed.temperature, numeric.temperature, "temperature");
  expect_near(closed.alpha, numeric.alpha, "alpha");
}

Problem problem_at(double alpha, double temperature, bool with_g) {
  Problem problem;
  problem.scores = widened(normal_scores<float>(9, 0.2, 121));
  problem.scores[2] = -40;
  problem.alpha = alpha;
  problem.temperature = temperature;
  if (with_g) problem.log_degeneracy = widened(normal_scores<float>(9, 0.5, 122));
  if (with_g) problem.log_degeneracy[4] = -kInfinity;
  return problem;
}

// No state may be near the edge of the support: there is no derivative there.
TEST(VjpReference, ClosedFormsAreTheFiniteDifferences) {
  const auto v = widened(normal_scores<float>(9, 1, 123));
  for (const double alpha :
       {0.3, 0.5, 0.9, 0.999, 1.0, 1.001, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0}) {
    for (const double temperature : {0.7, 1.0, 3.0}) {
      for (const bool with_g : {false, true}) {
        const ::testing::ScopedTrace trace(__FILE__, __LINE__, "alpha " + std::to_string(alpha));
        const Problem problem = problem_at(alpha, temperature, with_g);
        const VjpProblem vjp{solve(problem).probabilities, v, alpha, temperature,
                             problem.log_degeneracy};
        expect_close(closed_vjp(vjp).value, numeric_vjp(problem, v));
      }
    }
  }
}

TEST(VjpReference, ClosedFormsOfTheLogarithmAreTheFiniteDifferences) {
  const auto v = widened(normal_scores<float>(9, 1, 124));
  for (const double temperature : {0.7, 1.0, 3.0}) {
    for (const bool with_g : {false, true}) {
      const Problem problem = problem_at(1, temperature, with_g);
      const VjpProblem vjp{solve(problem).log_probabilities, v, 1, temperature,
                           problem.log_degeneracy};
      Gradient numeric = numeric_log_vjp(problem, v);
      numeric.alpha = 0;  // log_softmax has none
      expect_close(closed_log_vjp(vjp).value, numeric);
    }
  }
}

}  // namespace
}  // namespace gibbs::testing
