// The density of the Concrete law, and its derivatives.

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
using Options = ConcreteDensityOptions<double>;
constexpr auto kSimplex = ConcreteMeasure::kSimplex;
constexpr auto kLog = ConcreteMeasure::kLog;
const double kNoLimit = std::numeric_limits<double>::infinity();
const double kNotANumber = std::numeric_limits<double>::quiet_NaN();

double density_of(const std::vector<double>& x, const std::vector<double>& log_y,
                  const Options& options) {
  double log_density = 0;
  concrete_log_density(x, log_y, {&log_density, 1}, options);
  return log_density;
}

// A point of the simplex by its log ratios to the last state.
std::vector<double> point_of(std::vector<double> ratios) {
  ratios.push_back(0);
  std::vector<double> log_y(ratios.size());
  log_softmax(ratios, log_y);
  return log_y;
}

// The definition: every sum as it is written.
Long exact_density(const Problem& law, const std::vector<Long>& log_y, Long tau,
                   ConcreteMeasure measure) {
  Long sum = 0, product = 0;
  const auto n = static_cast<Long>(log_y.size());
  for (std::size_t i = 0; i < log_y.size(); ++i) {
    const Long log_g = law.log_degeneracy.empty() ? 0 : law.log_degeneracy[i];
    const Long log_a = law.scores[i] / law.temperature + log_g;
    sum += std::exp(log_a - tau * log_y[i]);
    product += log_a - tau * log_y[i] - (measure == kSimplex ? log_y[i] : 0);
  }
  return std::lgamma(n) + (n - 1) * std::log(tau) + product - n * std::log(sum);
}

TEST(ConcreteDensity, IsItsFormula) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const std::int64_t n : {1, 2, 5, 40, 300}) {
      for (const auto measure : {kSimplex, kLog}) {
        const std::vector<T> x = normal_scores<T>(n, 2, 541);
        const std::vector<W> log_g = normal_scores<W>(n, 0.5, 542);
        const auto log_y = log_relaxed<T>(
            Rows<const T>(x), {.temperature = 1.5, .tau = 0.7, .log_degeneracy = log_g});
        double got = 0;
        concrete_log_density(
            x, log_y, {&got, 1},
            {.temperature = 1.5, .tau = 0.7, .log_degeneracy = log_g, .measure = measure});
        const Long exact = exact_density({widened(x), 1, 1.5L, widened(log_g)}, widened(log_y),
                                         static_cast<Long>(0.7), measure);
        EXPECT_TRUE(near(got, exact, 1e-14L * static_cast<Long>(n) * 20)) << n;
      }
    }
  });
}

TEST(ConcreteDensity, OfTwoEqualScoresAtTauOneIsUniform) {
  for (const double ratio : {-20.0, -1.0, 0.0, 3.0}) {
    EXPECT_NEAR(density_of({4, 4}, point_of({ratio}), {}), 0, 1e-13);
  }
}

TEST(ConcreteDensity, OfTwoStatesIntegratesToOne) {
  for (const double tau : {0.2, 1.0, 3.0}) {
    const std::vector<double> x{1.5, 0};
    double of_log = 0, of_y = 0;
    const double step = 0.01 / tau;
    for (double l = -40 / tau; l < 40 / tau; l += step) {
      const std::vector<double> log_y = point_of({l});
      of_log += step * std::exp(density_of(x, log_y, {.tau = tau, .measure = kLog}));
      of_y += step * std::exp(density_of(x, log_y, {.tau = tau}) + log_y[0] + log_y[1]);  // dy
    }
    EXPECT_NEAR(of_log, 1, 1e-10);
    EXPECT_NEAR(of_y, 1, 1e-10);
  }
  // And directly over y, where the density is smooth at the ends.
  double direct = 0;
  for (int i = 0; i < 20000; ++i) {
    const double y = (i + 0.5) / 20000;
    const std::vector<double> log_y{std::log(y), std::log1p(-y)};
    direct += std::exp(density_of({0.5, 0}, log_y, {.tau = 3.0})) / 20000;
  }
  EXPECT_NEAR(direct, 1, 1e-8);
}

// Cells of the plane of two log ratios, by the density and by draws.
TEST(ConcreteDensity, OfThreeStatesIsThatOfTheDraws) {
  const std::vector<double> x{0.5, -0.5, 0};
  const double tau = 0.8, step = 0.05;
  const auto cell = [](double l) -> std::size_t {
    return l < -1.5 ? 0 : l < 0 ? 1 : l < 1.5 ? 2 : 3;
  };
  std::vector<double> law(16);
  for (double a = -20 + step / 2; a < 20; a += step) {
    for (double b = -20 + step / 2; b < 20; b += step) {
      law[4 * cell(a) + cell(b)] +=
          step * step * std::exp(density_of(x, point_of({a, b}), {.tau = tau, .measure = kLog}));
    }
  }
  EXPECT_NEAR(std::accumulate(law.begin(), law.end(), 0.0), 1, 1e-5);
  std::vector<std::int64_t> counts(16);
  const auto log_y = log_relaxed<double>(repeated(x, 20000), {.seed = 61, .tau = tau});
  for (std::size_t i = 0; i < log_y.size(); i += 3) {
    const double a = log_y[i] - log_y[i + 2], b = log_y[i + 1] - log_y[i + 2];
    ++counts[4 * cell(a) + cell(b)];
  }
  EXPECT_TRUE(plausible(chi_square_test(counts, law)));
}

TEST(ConcreteDensity, IsFiniteWhereYItselfUnderflows) {
  const std::vector<double> x{700, 0, -700};
  for (const double tau : {1e-3, 1e-8, 1e-100}) {
    const auto log_y = log_relaxed<double>(Rows<const double>(x), {.tau = tau});
    EXPECT_LT(log_y[2], -1e5);
    for (const auto measure : {kSimplex, kLog}) {
      EXPECT_TRUE(std::isfinite(density_of(x, log_y, {.tau = tau, .measure = measure}))) << tau;
    }
  }
}

TEST(ConcreteDensity, AbsentStatesAreNoneOfTheStates) {
  const std::vector<double> x{1, -kNoLimit, 0, 2}, log_g{0, 0, 0, -kNoLimit};
  const std::vector<double> log_y{std::log(0.3), -kNoLimit, std::log(0.7), -kNoLimit};
  const double of_two = density_of({1, 0}, {log_y[0], log_y[2]}, {.tau = 0.5});
  EXPECT_NEAR(density_of(x, log_y, {.tau = 0.5, .log_degeneracy = log_g}), of_two, 1e-14);
  EXPECT_EQ(density_of(x, log_y, {.tau = 0.5}),
            -kNoLimit);  // the last is present, and has no share
  EXPECT_EQ(density_of({1, -kNoLimit}, {std::log(0.5), std::log(0.5)}, {}), -kNoLimit);
  EXPECT_EQ(density_of({1, -kNoLimit}, {0, -kNoLimit}, {}), 0);
  EXPECT_EQ(density_of({-kNoLimit, -kNoLimit}, {-kNoLimit, -kNoLimit}, {}), -kNoLimit);
  // T = 0 leaves the maxima, T = inf all alike.
  EXPECT_NEAR(density_of({1, 0, 1}, {log_y[0], -kNoLimit, log_y[2]}, {.temperature = 0.0}),
              density_of({0, 0}, {log_y[0], log_y[2]}, {}), 1e-14);
  EXPECT_NEAR(density_of({1, 0}, {log_y[0], log_y[2]}, {.temperature = kNoLimit}),
              density_of({0, 0}, {log_y[0], log_y[2]}, {}), 1e-14);
}

TEST(ConcreteDensity, ANaNIsNaNInItsRowAlone) {
  const std::vector<double> x{1, 0, 1, kNotANumber, 1, 0};
  const std::vector<double> log_y{-1, -1, -1, -1, kNotANumber, -1};
  std::vector<double> density(3), grad(6), by_y(6), by_tau(3);
  const Rows<const double> scores(x.data(), 3, 2), points(log_y.data(), 3, 2);
  concrete_log_density(scores, points, density);
  concrete_log_density_vjp(
      scores, points, std::vector<double>{1, 1, 1}, Rows<double>(grad.data(), 3, 2),
      {.grad_log_relaxed = Rows<double>(by_y.data(), 3, 2), .grad_tau = by_tau});
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(std::isnan(density[i / 2]), i > 1);
    EXPECT_EQ(std::isnan(grad[i]), i > 1);
    EXPECT_EQ(std::isnan(by_y[i]), i > 1);
    EXPECT_EQ(std::isnan(by_tau[i / 2]), i > 1);
  }
}

// Every output of the derivative of a batch, with random upstream.
struct Call {
  std::vector<double> x, log_g, log_y, u, grad, by_y, by_g, by_t, by_tau;
  std::int64_t rows, cols;
  ConcreteMeasure measure;

  Call(std::int64_t row_count, std::int64_t col_count, ConcreteMeasure of)
      : x(normal_scores<double>(row_count * col_count, 1, 544)),
        log_g(normal_scores<double>(row_count * col_count, 0.5, 545)),
        u(normal_scores<double>(row_count, 1, 546)),
        grad(x.size()),
        by_y(x.size()),
        by_g(x.size()),
        by_t(u.size()),
        by_tau(u.size()),
        rows(row_count),
        cols(col_count),
        measure(of) {
    log_y = log_relaxed<double>(in(x), {.tau = 0.7});
  }
  Rows<const double> in(const std::vector<double>& from) const { return {from.data(), rows, cols}; }
  Rows<double> out(std::vector<double>& to) const { return {to.data(), rows, cols}; }
  void run() {
    concrete_log_density_vjp(in(x), in(log_y), u, out(grad),
                             {.temperature = 1.5,
                              .tau = 0.7,
                              .log_degeneracy = in(log_g),
                              .measure = measure,
                              .grad_log_relaxed = out(by_y),
                              .grad_temperature = by_t,
                              .grad_tau = by_tau,
                              .grad_log_degeneracy = out(by_g)});
  }
};

TEST(ConcreteDensityVjp, IsTheFiniteDifference) {
  on_every_target([] {
    for (const auto measure : {kSimplex, kLog}) {
      Call call(1, 7, measure);
      call.run();
      const Problem law{widened(call.x), 1, 1.5L, widened(call.log_g)};
      const std::vector<Long> log_y = widened(call.log_y);
      const Long tau = 0.7, u = call.u[0];
      const Gradient exact = gradient(
          [&](const Problem& moved) { return u * exact_density(moved, log_y, tau, measure); }, law);
      for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_TRUE(near(call.grad[i], exact.scores[i], 1e-9));
        EXPECT_TRUE(near(call.by_g[i], exact.log_degeneracy[i], 1e-9));
        const Long by_y = derivative(
            [&](Long at) {
              std::vector<Long> moved = log_y;
              moved[i] = at;
              return u * exact_density(law, moved, tau, measure);
            },
            log_y[i]);
        EXPECT_TRUE(near(call.by_y[i], by_y, 1e-9));
      }
      EXPECT_TRUE(near(call.by_t[0], exact.temperature, 1e-9));
      const Long by_tau =
          derivative([&](Long at) { return u * exact_density(law, log_y, at, measure); }, tau);
      EXPECT_TRUE(near(call.by_tau[0], by_tau, 1e-9));
    }
  });
}

TEST(ConcreteDensityVjp, OneNumberIsTheSumOfThoseOfTheRowsOnAnyThreads) {
  const auto at = [](int threads) {
    set_num_threads(threads);
    Call call(300, 200, kSimplex);
    call.run();
    std::vector<double> grad(call.grad.size()), g(200), t(1), tau(1);
    concrete_log_density_vjp(call.in(call.x), call.in(call.log_y), call.u, call.out(grad),
                             {.temperature = 1.5,
                              .tau = 0.7,
                              .log_degeneracy = call.in(call.log_g),
                              .grad_temperature = t,
                              .grad_tau = tau,
                              .grad_log_degeneracy = g});
    set_num_threads(0);
    EXPECT_TRUE(same_bits(grad, call.grad));
    const auto sum = [](const std::vector<double>& all) {
      return std::accumulate(all.begin(), all.end(), 0.0);
    };
    EXPECT_NEAR(t[0], sum(call.by_t), 1e-9);
    EXPECT_NEAR(tau[0], sum(call.by_tau), 1e-6);
    EXPECT_NEAR(sum(g), sum(call.by_g), 1e-9);
    grad.insert(grad.end(), g.begin(), g.end());
    grad.insert(grad.end(), {t[0], tau[0]});
    return grad;
  };
  EXPECT_TRUE(same_bits(at(1), at(2)));
}

TEST(ConcreteDensityVjp, WhereThereIsNoDensityNothingMoves) {
  std::vector<double> grad(2), by_y(2), tau(1);
  const std::vector<double> x{1, -kNoLimit}, u{1}, half{std::log(0.5), std::log(0.5)};
  concrete_log_density_vjp(x, half, u, grad, {.grad_log_relaxed = by_y, .grad_tau = tau});
  EXPECT_EQ(std::abs(grad[0]) + std::abs(by_y[0]) + std::abs(by_y[1]) + std::abs(tau[0]), 0);
  const std::vector<double> one{0, -kNoLimit};
  concrete_log_density_vjp(x, one, u, grad, {.grad_log_relaxed = by_y, .grad_tau = tau});
  EXPECT_EQ(std::abs(grad[0]) + std::abs(by_y[1]) + std::abs(tau[0]), 0);
}

TEST(ConcreteDensity, EveryParameterCounts) {
  const std::vector<double> x{1, 0, 0.5}, log_y = point_of({0.3, -1}), log_g{0, 1, 0};
  const double before = density_of(x, log_y, {});
  for (const Options& options : {Options{.temperature = 2.0}, Options{.tau = 2.0},
                                 Options{.log_degeneracy = log_g}, Options{.measure = kLog}}) {
    EXPECT_NE(density_of(x, log_y, options), before);
  }
}

TEST(ConcreteDensity, WhatHasNoneIsRefused) {
  const std::vector<double> x{1, 0}, log_y{-1, -1}, three(3);
  std::vector<double> grad(2), two(2);
  const auto with = [&](const Options& options) {
    return refusal([&] { density_of(x, log_y, options); });
  };
  EXPECT_EQ(with({.tau = 0.0}), "concrete_log_density: tau must be positive and finite, got 0");
  EXPECT_EQ(with({.tau = kNotANumber}),
            "concrete_log_density: tau must be positive and finite, got "
            "nan");
  EXPECT_EQ(with({.temperature = -1.0}),
            "concrete_log_density: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { density_of(x, three, {}); }),
            "concrete_log_density: log_relaxed must have the shape of scores, 1 x 2, got 1 x 3");
  EXPECT_EQ(refusal([&] { concrete_log_density(x, log_y, two); }),
            "concrete_log_density: log_density must have 1 entry, one per row, got 2");
  EXPECT_EQ(refusal([&] { concrete_log_density_vjp(x, log_y, two, grad); }),
            "concrete_log_density_vjp: upstream must have 1 entry, one per row, got 2");
}

}  // namespace
}  // namespace gibbs::testing
