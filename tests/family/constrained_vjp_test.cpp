#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "constrained_cases.hpp"
#include "support/near.hpp"
#include "support/numerics.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
using Reals = std::vector<long double>;

struct Gradients {
  std::vector<double> scores, log_g, lower, upper;
  double temperature[1], alpha[1], budget[1];
};

Gradients run_vjp(const ConstrainedProblem& problem, const std::vector<double>& p,
                  const std::vector<double>& v) {
  const auto lower = converted<double>(problem.lower), upper = converted<double>(problem.upper);
  const auto weights = converted<double>(problem.weights);
  const auto log_g = converted<double>(problem.log_degeneracy);
  const std::size_t n = p.size();
  Gradients of{std::vector<double>(n),
               std::vector<double>(n),
               std::vector<double>(n),
               std::vector<double>(n),
               {},
               {},
               {}};
  ConstrainedVjpOptions<double> options;
  options.temperature = static_cast<double>(problem.temperature);
  if (!lower.empty()) options.lower = lower;
  if (!upper.empty()) options.upper = upper;
  if (!weights.empty()) options.weights = weights;
  if (!log_g.empty()) options.log_degeneracy = log_g;
  options.grad_temperature = of.temperature;
  options.grad_alpha = of.alpha;
  options.grad_budget = of.budget;
  options.grad_log_degeneracy = of.log_g;
  options.grad_lower = of.lower;
  options.grad_upper = of.upper;
  constrained_vjp(p, v, of.scores, divergence_of(problem), options);
  return of;
}

// d sum v p / d one number of the problem, which `place` finds.
long double slope(const ConstrainedProblem& problem, const std::vector<double>& v,
                  const std::function<long double&(ConstrainedProblem&)>& place) {
  ConstrainedProblem moved = problem;
  long double& number = place(moved);
  const auto loss = [&](long double value) {
    number = value;
    const Reals p = solve(moved).probabilities;
    long double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) sum += v[i] * p[i];
    return sum;
  };
  return derivative(loss, number, 0x1p-18L);
}

TEST(ConstrainedVjp, IsTheDerivativeInEveryParameter) {
  const std::vector<double> v = normal_scores<double>(4, 1, 31);
  constexpr long double kBar = 1e-8L;
  for (const NamedProblem& each : constrained_problems(4)) {
    const std::string& name = each.name;
    const ConstrainedProblem& problem = each.problem;
    const auto p = run<double>(problem).probabilities;
    const Gradients of = run_vjp(problem, p, v);
    const auto expect = [&](double got, const char* what,
                            const std::function<long double&(ConstrainedProblem&)>& place) {
      EXPECT_TRUE(near(got, slope(problem, v, place), kBar)) << name << ", " << what;
    };
    for (std::size_t i = 0; i < 4; ++i) {
      expect(of.scores[i], "score", [i](auto& q) -> long double& { return q.scores[i]; });
      if (!problem.log_degeneracy.empty()) {
        expect(of.log_g[i], "log g", [i](auto& q) -> long double& { return q.log_degeneracy[i]; });
      }
      if (!problem.lower.empty()) {
        expect(of.lower[i], "lower", [i](auto& q) -> long double& { return q.lower[i]; });
      }
      if (!problem.upper.empty()) {
        expect(of.upper[i], "upper", [i](auto& q) -> long double& { return q.upper[i]; });
      }
    }
    expect(of.temperature[0], "T", [](auto& q) -> long double& { return q.temperature; });
    expect(of.budget[0], "budget", [](auto& q) -> long double& { return q.budget; });
    if (problem.kind == Divergence::kAlpha) {
      expect(of.alpha[0], "alpha", [](auto& q) -> long double& { return q.alpha; });
    }
  }
}

TEST(ConstrainedVjp, IsSymmetric) {
  const std::vector<double> v = normal_scores<double>(9, 1, 32),
                            w = normal_scores<double>(9, 1, 33);
  for (const auto& [name, problem] : constrained_problems(9)) {
    const auto p = run<double>(problem).probabilities;
    const auto jv = run_vjp(problem, p, v).scores, jw = run_vjp(problem, p, w).scores;
    double left = 0, right = 0;
    for (std::size_t i = 0; i < 9; ++i) {
      left += w[i] * jv[i];
      right += v[i] * jw[i];
    }
    EXPECT_NEAR(left, right, 1e-14) << name;
  }
}

TEST(ConstrainedVjp, OnlyStatesBetweenTheirBoundsMoveWithTheScores) {
  const std::vector<double> p{0.4, 0, 0.35, 0.25}, v{1, 2, 3, 5}, upper(4, 0.4);
  std::vector<double> grad(4), of_upper(4);
  capped_softmax_vjp(p, v, grad, {.upper = upper, .grad_upper = of_upper});
  EXPECT_EQ(grad[0], 0);
  EXPECT_EQ(grad[1], 0);
  EXPECT_NEAR(grad[2] + grad[3], 0, 1e-16);
  EXPECT_NE(grad[2], 0);
  EXPECT_NE(of_upper[0], 0);
  EXPECT_EQ(of_upper[2], 0);
}

TEST(ConstrainedVjp, MembersDifferByTheirDivergence) {
  const std::vector<double> p{0.5, 0.3, 0.2}, v{1, 0, 0};
  std::vector<double> softly(3), flatly(3), fermi(3);
  capped_softmax_vjp(p, v, softly);
  capped_sparsemax_vjp(p, v, flatly);
  fermi_dirac_vjp(p, v, fermi);
  EXPECT_NEAR(softly[0], 0.25, 1e-15);
  EXPECT_NEAR(flatly[0], 2. / 3, 1e-15);
  EXPECT_NEAR(fermi[0], 0.25 - 0.0625 / 0.62, 1e-15);
  const std::vector<double> full{1, 0.5, 0.5};
  budget_vjp(full, v, flatly);
  EXPECT_EQ(flatly, (std::vector<double>{0, 0, 0}));
  box_section_vjp(full, v, flatly);
  EXPECT_NE(flatly[0], 0);
}

TEST(ConstrainedVjp, SumsOverRowsWhereOneRowIsGiven) {
  const std::vector<double> p{0.5, 0.3, 0.2, 0.1, 0.1, 0.8}, v{1, 2, 3, 4, 5, 6};
  const std::vector<double> upper{0.5, 1, 1}, log_g{0, 0.1, 0};
  std::vector<double> grad(6), each_upper(6), sum_upper(3), each_g(6), sum_g(3), each_k(2),
      sum_k(1);
  const Rows<const double> rows(p.data(), 2, 3), upstream(v.data(), 2, 3);
  const Rows<double> out(grad.data(), 2, 3);
  capped_softmax_vjp(rows, upstream, out,
                     {.upper = upper,
                      .log_degeneracy = log_g,
                      .grad_budget = each_k,
                      .grad_log_degeneracy = Rows<double>(each_g.data(), 2, 3),
                      .grad_upper = Rows<double>(each_upper.data(), 2, 3)});
  capped_softmax_vjp(rows, upstream, out,
                     {.upper = upper,
                      .log_degeneracy = log_g,
                      .grad_budget = sum_k,
                      .grad_log_degeneracy = sum_g,
                      .grad_upper = sum_upper});
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(sum_upper[j], each_upper[j] + each_upper[j + 3], 1e-15);
    EXPECT_NEAR(sum_g[j], each_g[j] + each_g[j + 3], 1e-15);
  }
  EXPECT_NEAR(sum_k[0], each_k[0] + each_k[1], 1e-15);
}

TEST(ConstrainedVjp, EveryTypeAgreesWithDouble) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> p = converted<T>({0.5L, 0.25L, 0.125L, 0.125L});
    const std::vector<T> v = converted<T>({1, -2, 0.5L, 3});
    std::vector<T> grad(4);
    std::vector<double> exact(4);
    fermi_dirac_vjp(p, v, grad);
    fermi_dirac_vjp(std::vector<double>{0.5, 0.25, 0.125, 0.125},
                    std::vector<double>{1, -2, 0.5, 3}, exact);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_LE(ulps(grad[i], exact[i]), 1) << i;
  });
}

TEST(ConstrainedVjp, LimitsAndNanAreThoseOfTheContract) {
  const std::vector<double> p{0.5, 0.5, 0}, v{1, 2, std::nan("")};
  std::vector<double> grad(3), of_t(1), of_k(1);
  for (const double temperature : {0.0, kInf}) {
    capped_softmax_vjp(p, v, grad,
                       {.temperature = temperature, .grad_temperature = of_t, .grad_budget = of_k});
    EXPECT_EQ(grad, (std::vector<double>{0, 0, 0}));
    EXPECT_EQ(of_t[0], 0);
    EXPECT_EQ(of_k[0], 1.5);  // the ties share
  }
  capped_softmax_vjp(p, v, grad);
  EXPECT_EQ(grad[2], 0);
  EXPECT_EQ(grad[0], -0.25);
  capped_softmax_vjp(p, std::vector<double>{1, std::nan(""), 0}, grad);
  EXPECT_TRUE(std::isnan(grad[0]) && std::isnan(grad[2]));
  capped_softmax_vjp(std::vector<double>{0.5, std::nan(""), 0}, v, grad);
  EXPECT_TRUE(std::isnan(grad[0]) && std::isnan(grad[2]));
}

TEST(ConstrainedVjp, AbsentStatesHaveNoGradientOfTheirBounds) {
  const std::vector<double> p{0, 0.4, 0.6}, v{1, 2, 3}, lower{0, 0.4, 0};
  const Mask mask({false, true, true});
  std::vector<double> grad(3), of_lower(3);
  capped_sparsemax_vjp(p, v, grad, {.lower = lower, .mask = mask.view(), .grad_lower = of_lower});
  EXPECT_EQ(of_lower, (std::vector<double>{0, -1, 0}));
}

TEST(Constrained, RefusesInASentence) {
  const std::vector<double> x{1, 2, 3};
  std::vector<double> p(3), out(3);
  const std::vector<double> low(3, 0.2), high(3, 0.1), minus{0.1, -0.5, 0.1}, nan(3, std::nan(""));
  const std::vector<double> zero{1, 0, 1};
  const auto expect = [&](const std::string& sentence, const std::function<void()>& call) {
    EXPECT_EQ(refusal(call), sentence);
  };
  expect(
      "capped_softmax: the upper bounds of row 0 hold 0.30000000000000004, less than the budget 1",
      [&] { capped_softmax(x, p, {.upper = high}); });
  expect("budget: the upper bounds of row 0 hold 3, less than the budget 4",
         [&] { budget(x, p, {.budget = 4}); });
  expect("fermi_dirac: the upper bounds of row 0 hold 3, less than the budget 3.5",
         [&] { fermi_dirac(x, p, {.budget = 3.5}); });
  expect(
      "capped_sparsemax: the lower bounds of row 0 hold 0.6000000000000001, more than the budget "
      "0.5",
      [&] { capped_sparsemax(x, p, {.budget = 0.5, .lower = low}); });
  expect("capped_sparsemax: lower[0, 0] must not be above upper, got 0.2",
         [&] { capped_sparsemax(x, p, {.lower = low, .upper = high}); });
  expect("capped_sparsemax: lower[0, 1] must be a number from 0, got -0.5",
         [&] { capped_sparsemax(x, p, {.lower = minus}); });
  expect("capped_softmax: upper[0, 0] must not be negative or NaN, got nan",
         [&] { capped_softmax(x, p, {.upper = nan}); });
  expect("box_section: weights[0, 1] must be positive and finite, got 0",
         [&] { box_section(x, p, {.weights = zero}); });
  expect("budget: budget must be a number from 0, got -1", [&] { budget(x, p, {.budget = -1}); });
  expect("constrained: alpha must be at most 2 with bounds, weights or a budget, got 3", [&] {
    constrained(x, p, {Divergence::kAlpha, 3.0}, {.budget = 2});
  });
  expect("constrained: temperature must not be negative, got -1",
         [&] { constrained(x, p, Divergence::kEuclidean, {.temperature = -1}); });
  expect("budget_vjp: grad_scores must have the shape of probabilities, 1 x 3, got 1 x 2",
         [&] { budget_vjp(x, p, std::vector<double>(2)); });
  expect("budget_vjp: grad_budget must have 1 or 1 entries, got 2", [&] {
    std::vector<double> two(2);
    budget_vjp(x, p, out, {.grad_budget = two});
  });
}

}  // namespace
}  // namespace gibbs::testing
