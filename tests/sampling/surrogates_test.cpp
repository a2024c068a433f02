// Straight-through and Gumbel-Rao: what they estimate, and their bias where f is not linear.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <vector>

#include "sampling/estimator_toys.hpp"

namespace gibbs::testing {
namespace {

constexpr std::int64_t kEstimates = 10000;

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

// The mean of the straight-through estimator by enumeration: sum_k p_k J grad f(e_k).
std::vector<double> mean_of_straight_through(const Toy& toy) {
  const std::vector<double> p = toy.probabilities();
  std::vector<double> mean(toy.size()), point(toy.size()), slope(toy.size()), part(toy.size());
  for (std::size_t k = 0; k < toy.size(); ++k) {
    std::fill(slope.begin(), slope.end(), 0.0);
    point.assign(toy.size(), 0);
    point[k] = 1;
    toy.f(point, slope);
    softmax_vjp(p, slope, part);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += p[k] * part[i];
  }
  return mean;
}

TEST(StraightThroughGradient, IsExactForLinearFAndBiasedByWhatEnumerationSays) {
  std::uint64_t seed = 601;
  for (const Toy& toy : toys()) {
    const auto got =
        straight_through_gradient(toy.scores, toy.f, {.seed = seed++, .estimates = kEstimates});
    const auto mean = mean_of_straight_through(toy), exact = toy.exact_gradient();
    expect_mean("straight-through, its own mean, " + toy.name, got, mean);
    std::printf("    bias %.3g of a gradient of length %.3g\n", distance(mean, exact),
                distance(exact, std::vector<double>(exact.size())));
    EXPECT_EQ(got.evaluations, kEstimates);
  }
  const Toy linear = categorical_toy();
  const auto got = straight_through_gradient(linear.scores, linear.f);
  EXPECT_LT(distance(got.gradient, linear.exact_gradient()), 1e-14);
  EXPECT_LT(got.total_variance(), 1e-25);
  const Toy curved = curved_toy();
  EXPECT_GT(distance(mean_of_straight_through(curved), curved.exact_gradient()), 0.1);
}

// Of two states E y = integral of sigmoid((x + L) / tau) over logistic L; its derivative in x is
// the mean for f = y_0.
double slope_of_mean(double x, double tau) {
  double sum = 0;
  const double step = 1e-3;
  for (double l = -50; l < 50; l += step) {
    const double density = 1 / ((1 + std::exp(-l)) * (1 + std::exp(l)));
    const double y = 1 / (1 + std::exp(-(x + l) / tau));
    sum += step * density * y * (1 - y) / tau;
  }
  return sum;
}

TEST(GumbelStraightThrough, OfLinearFIsTheGradientOfTheRelaxedMean) {
  const Toy toy{"y_0", {0.7, 0}, [](std::span<const double> y, std::span<double> gradient) {
                  if (!gradient.empty()) gradient[0] = 1;
                  return y[0];
                }};
  const double exact = toy.exact_gradient()[0];
  for (const double tau : {0.02, 0.2, 1.0, 3.0}) {
    const double slope = slope_of_mean(0.7, tau);
    const std::string name = ", tau " + std::to_string(tau).substr(0, 4) + ", " + toy.name;
    expect_mean("Gumbel straight-through" + name,
                gumbel_straight_through_gradient(toy.scores, toy.f, tau,
                                                 {.seed = 701, .estimates = kEstimates}),
                {slope, -slope});
    expect_mean(
        "Gumbel-Rao" + name,
        gumbel_rao_gradient(toy.scores, toy.f, tau, 4, {.seed = 702, .estimates = kEstimates}),
        {slope, -slope});
    std::printf("    bias of both %.3g of %.3g\n", slope - exact, exact);
  }
  EXPECT_NEAR(slope_of_mean(0.7, 0.02), exact, 1e-3 * exact);  // unbiased as tau -> 0
  EXPECT_GT(std::abs(slope_of_mean(0.7, 1)), 0);
  EXPECT_GT(std::abs(slope_of_mean(0.7, 1) - exact), 0.05 * exact);
}

TEST(GumbelRao, HasTheMeanOfGumbelStraightThroughAndLessVariance) {
  std::uint64_t seed = 801;
  for (const Toy& toy : toys()) {
    for (const double tau : {0.1, 1.0}) {
      const auto plain = gumbel_straight_through_gradient(
          toy.scores, toy.f, tau, {.seed = seed++, .estimates = kEstimates});
      const double before = plain.total_variance();
      for (const std::int64_t samples : {1, 10}) {
        const auto rao = gumbel_rao_gradient(toy.scores, toy.f, tau, samples,
                                             {.seed = seed++, .estimates = kEstimates});
        for (std::size_t i = 0; i < toy.size(); ++i) {
          const double unit = std::hypot(plain.standard_error(i), rao.standard_error(i));
          EXPECT_LT(std::abs(rao.gradient[i] - plain.gradient[i]) / unit, 4) << toy.name;
        }
        EXPECT_LT(rao.total_variance(), (samples == 1 ? 1.2 : 0.95) * before) << toy.name;
        std::printf("  tau %.1f, %2lld samples: variance %-8.3g straight-through %-8.3g %s\n", tau,
                    static_cast<long long>(samples), rao.total_variance(), plain.total_variance(),
                    toy.name.c_str());
      }
    }
  }
}

// One noise given the winner is as good as the noise that chose it.
TEST(GumbelRao, OfOneSampleIsGumbelStraightThroughInLaw) {
  const Toy toy = curved_toy();
  const auto one = gumbel_rao_gradient(toy.scores, toy.f, 0.5, 1, {.seed = 9, .estimates = 50000});
  const auto plain =
      gumbel_straight_through_gradient(toy.scores, toy.f, 0.5, {.seed = 10, .estimates = 50000});
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(one.variance[i] / plain.variance[i], 1, 0.1);
  }
}

TEST(Surrogates, EveryParameterCounts) {
  const Toy toy = curved_toy();
  const auto rao = gumbel_rao_gradient(toy.scores, toy.f, 1, 2);
  EXPECT_NE(gumbel_rao_gradient(toy.scores, toy.f, 2, 2).gradient, rao.gradient);
  EXPECT_NE(gumbel_rao_gradient(toy.scores, toy.f, 1, 3).gradient, rao.gradient);
  EXPECT_NE(gumbel_straight_through_gradient(toy.scores, toy.f, 2).gradient,
            gumbel_straight_through_gradient(toy.scores, toy.f, 1).gradient);
}

}  // namespace
}  // namespace gibbs::testing
