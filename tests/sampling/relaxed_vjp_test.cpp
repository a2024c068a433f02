// The derivatives of relaxed draws: by every parameter, against finite differences at fixed noise.

#include <gtest/gtest.h>

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
const double kNoLimit = std::numeric_limits<double>::infinity();

// A relaxation and a call of its derivative with every output.
struct Call {
  std::vector<double> x, log_g, v, y, grad, grad_log_g, grad_t, grad_tau, grad_alpha;
  std::int64_t rows, cols;
  double alpha, temperature, tau;
  bool log;

  Call(std::int64_t row_count, std::int64_t col_count, double of_alpha, double t, double of_tau,
       bool of_log = false)
      : x(normal_scores<double>(row_count * col_count, 1, 531)),
        log_g(normal_scores<double>(row_count * col_count, 0.5, 532)),
        v(normal_scores<double>(row_count * col_count, 1, 533)),
        y(x.size()),
        grad(x.size()),
        grad_log_g(x.size()),
        grad_t(static_cast<std::size_t>(row_count)),
        grad_tau(grad_t),
        grad_alpha(grad_t),
        rows(row_count),
        cols(col_count),
        alpha(of_alpha),
        temperature(t),
        tau(of_tau),
        log(of_log) {}

  Rows<const double> in(const std::vector<double>& from) const { return {from.data(), rows, cols}; }
  Rows<double> out(std::vector<double>& to) const { return {to.data(), rows, cols}; }

  void run() {
    if (log) {
      log_gumbel_softmax(
          in(x), out(y),
          {.seed = 21, .temperature = temperature, .tau = tau, .log_degeneracy = in(log_g)});
      log_gumbel_softmax_vjp(in(y), in(v), out(grad),
                             {.temperature = temperature,
                              .tau = tau,
                              .scores = in(x),
                              .grad_temperature = grad_t,
                              .grad_tau = grad_tau,
                              .grad_log_degeneracy = out(grad_log_g)});
      return;
    }
    gumbel_entmax(in(x), out(y),
                  {.seed = 21,
                   .alpha = alpha,
                   .temperature = temperature,
                   .tau = tau,
                   .log_degeneracy = in(log_g)});
    gumbel_entmax_vjp(in(y), in(v), out(grad),
                      {.alpha = alpha,
                       .temperature = temperature,
                       .tau = tau,
                       .scores = in(x),
                       .grad_temperature = grad_t,
                       .grad_tau = grad_tau,
                       .grad_log_degeneracy = out(grad_log_g),
                       .grad_alpha = grad_alpha});
  }

  // <v, y> of row 0 by the definition.
  Long value(const Problem& law, Long of_tau) const {
    const Solution y_of = solve(perturbed(law, {.seed = 21}, 0, 0, of_tau));
    Long sum = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(cols); ++i) {
      sum += v[i] * (log ? y_of.log_probabilities[i] : y_of.probabilities[i]);
    }
    return sum;
  }
  Problem law() const { return {widened(x), alpha, temperature, widened(log_g)}; }
};

void expect_finite_differences(Call& call) {
  call.run();
  const Problem law = call.law();
  const Gradient exact =
      gradient([&](const Problem& moved) { return call.value(moved, call.tau); }, law);
  for (std::size_t i = 0; i < call.x.size(); ++i) {
    EXPECT_TRUE(near(call.grad[i], exact.scores[i], 1e-9));
    EXPECT_TRUE(near(call.grad_log_g[i], exact.log_degeneracy[i], 1e-9));
  }
  EXPECT_TRUE(near(call.grad_t[0], exact.temperature, 1e-9));
  EXPECT_TRUE(near(call.grad_tau[0],
                   derivative([&](Long tau) { return call.value(law, tau); }, call.tau), 1e-9));
  EXPECT_TRUE(call.log || near(call.grad_alpha[0], exact.alpha, 1e-8));
}

TEST(RelaxedVjp, IsTheFiniteDifferenceAtFixedNoise) {
  on_every_target([] {
    for (const double alpha : {1.0, 1.5, 2.0}) {
      for (const double tau : {0.5, 2.0}) {
        const ::testing::ScopedTrace trace(
            __FILE__, __LINE__, "alpha " + std::to_string(alpha) + ", tau " + std::to_string(tau));
        Call call(1, 8, alpha, 1.5, tau);
        expect_finite_differences(call);
      }
    }
  });
}

TEST(RelaxedVjp, OfTheLogIsTheFiniteDifferenceAtFixedNoise) {
  for (const double tau : {0.5, 2.0}) {
    Call call(1, 8, 1, 1.5, tau, true);
    expect_finite_differences(call);
  }
}

// The share of probability that softmax_vjp moves, over T: nothing is written twice.
TEST(RelaxedVjp, IsTheDerivativeOfTheMapAtTemperatureTau) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> x = normal_scores<T>(60, 1, 534), v = normal_scores<T>(60, 1, 535);
    const auto y = relaxed<T>(Rows<const T>(x), {.seed = 22, .temperature = 2.0, .tau = 0.5});
    std::vector<T> grad(60), of_map(60);
    gumbel_softmax_vjp(y, v, grad, {.temperature = 2.0, .tau = 0.5});
    softmax_vjp(y, v, of_map, {.temperature = 1.0});
    EXPECT_TRUE(same_bits(grad, of_map));
    gumbel_sparsemax_vjp(y, v, grad, {.tau = 0.5});
    sparsemax_vjp(y, v, of_map, {.temperature = 0.5});
    EXPECT_TRUE(same_bits(grad, of_map));
  });
}

TEST(RelaxedVjp, AtALimitNothingMovesButTheDegeneracy) {
  for (const double tau : {0.0, kNoLimit}) {
    Call call(1, 6, 1, 1, tau);
    call.run();
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(call.grad[i], 0);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(call.grad_log_g[i], 0);
    EXPECT_EQ(call.grad_tau[0], 0);
    EXPECT_EQ(call.grad_t[0], 0);
  }
  Call hot(1, 6, 1, kNoLimit, 0.5);
  hot.run();
  Call warm(1, 6, 1, 1e12, 0.5);
  warm.run();
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(hot.grad[i], 0);
    EXPECT_NEAR(hot.grad_log_g[i], warm.grad_log_g[i], 1e-9);
  }
  EXPECT_NEAR(hot.grad_tau[0], warm.grad_tau[0], 1e-9);
  EXPECT_NE(hot.grad_tau[0], 0);
  EXPECT_EQ(hot.grad_t[0], 0);
}

TEST(RelaxedVjp, AbsentStatesTakeNoPart) {
  Call call(1, 6, 1, 1.5, 0.5);
  call.x[2] = -kNoLimit;
  call.v[2] = std::nan("");
  call.run();
  EXPECT_EQ(call.grad[2], 0);
  EXPECT_TRUE(std::isfinite(call.grad_t[0]));
  EXPECT_NE(call.grad_t[0], 0);
  call.v[1] = std::nan("");
  call.run();
  EXPECT_TRUE(std::isnan(call.grad[0]));
  EXPECT_TRUE(std::isnan(call.grad_t[0]));
  EXPECT_TRUE(std::isnan(call.grad_tau[0]));
}

TEST(RelaxedVjp, OneNumberIsTheSumOfThoseOfTheRows) {
  Call call(40, 30, 1.5, 1.5, 0.5);
  call.run();
  std::vector<double> grad(call.grad.size()), t(1), tau(1), alpha(1), log_g(30);
  gumbel_entmax_vjp(call.in(call.y), call.in(call.v), call.out(grad),
                    {.alpha = 1.5,
                     .temperature = 1.5,
                     .tau = 0.5,
                     .scores = call.in(call.x),
                     .grad_temperature = t,
                     .grad_tau = tau,
                     .grad_log_degeneracy = log_g,
                     .grad_alpha = alpha});
  const auto sum = [](const std::vector<double>& all) {
    return std::accumulate(all.begin(), all.end(), 0.0);
  };
  EXPECT_NEAR(t[0], sum(call.grad_t), 1e-12);
  EXPECT_NEAR(tau[0], sum(call.grad_tau), 1e-12);
  EXPECT_NEAR(alpha[0], sum(call.grad_alpha), 1e-12);
  EXPECT_NEAR(sum(log_g), sum(call.grad_log_g), 1e-12);
  double first = 0;
  for (std::size_t i = 0; i < 40; ++i) first += call.grad_log_g[30 * i];
  EXPECT_NEAR(log_g[0], first, 1e-12);
  EXPECT_TRUE(same_bits(grad, call.grad));
}

TEST(RelaxedVjp, TheGradientMayBeWrittenOverAnInput) {
  Call call(5, 30, 1.5, 1.5, 0.5);
  call.run();
  std::vector<double> v = call.v, t(5);
  gumbel_entmax_vjp(
      call.in(call.y), call.in(v), call.out(v),
      {.temperature = 1.5, .tau = 0.5, .scores = call.in(call.x), .grad_temperature = t});
  EXPECT_TRUE(same_bits(v, call.grad));
  EXPECT_TRUE(same_bits(t, call.grad_t));
}

TEST(RelaxedVjp, WhatCannotBeDerivedIsRefused) {
  Call call(2, 3, 1, 1, 1);
  std::vector<double> three(3), t(1);
  const auto with = [&](const RelaxedVjpOptions<double>& options) {
    return refusal([&] {
      gumbel_softmax_vjp(call.in(call.y), call.in(call.v), call.out(call.grad), options);
    });
  };
  EXPECT_EQ(with({.tau = -1.0}), "gumbel_softmax_vjp: tau must not be negative, got -1");
  EXPECT_EQ(with({.grad_tau = three}),
            "gumbel_softmax_vjp: grad_tau must have 1 or 2 entries, got 3");
  EXPECT_EQ(with({.grad_temperature = t}),
            "gumbel_softmax_vjp: scores must have the shape of relaxed, 2 x 3, got 0 x 0");
  EXPECT_EQ(refusal([&] { gumbel_sparsemax_vjp(call.in(call.y), three, call.out(call.grad)); }),
            "gumbel_sparsemax_vjp: upstream must have the shape of relaxed, 2 x 3, got 1 x 3");
}

}  // namespace
}  // namespace gibbs::testing
