#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/family/normmax.hpp>

#include "support/bits.hpp"
#include "support/constrained_reference.hpp"
#include "support/near.hpp"
#include "support/numerics.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNormAlphas[] = {1.1, 1.5, 2, 3, 5, kInf};

TEST(Normmax, IsExactAtEveryAlphaAndTemperature) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const double alpha : kNormAlphas) {
      for (const double temperature : {0.3, 1.0, 8.0}) {
        for (const std::int64_t n : {1, 2, 9, 65, 300}) {
          const std::vector<T> scores = normal_scores<T>(n, 2, 21);
          std::vector<T> p(scores.size());
          working_t<T> value[1], threshold[1];
          std::int64_t support[1];
          normmax(scores, p,
                  {.alpha = alpha,
                   .temperature = temperature,
                   .value = value,
                   .support = support,
                   .threshold = threshold});
          const auto exact = solve_normmax(widened(scores), alpha, temperature);
          std::int64_t positive = 0;
          for (std::size_t i = 0; i < p.size(); ++i) {
            positive += exact.probabilities[i] > 0;
            ASSERT_TRUE(
                near(p[i], exact.probabilities[i], (std::same_as<T, double>) ? 1e-14L : 2e-7L))
                << alpha << ' ' << temperature << ' ' << n;
          }
          const long double bar = std::same_as<T, double> ? 1e-14L : 1e-6L;
          EXPECT_EQ(support[0], positive);
          EXPECT_TRUE(near(value[0], exact.value, bar * (1 + temperature)));
          EXPECT_TRUE(near(threshold[0], exact.multiplier, bar * (1 + temperature)));
        }
      }
    }
  });
}

TEST(Normmax, LimitsAreThoseOfItsDefinition) {
  std::vector<double> p(4), value(1);
  const std::vector<double> scores{1, 3, -kInf, 3};
  normmax(scores, p, {.temperature = 0, .value = value});
  EXPECT_EQ(p, (std::vector<double>{0, 0.5, 0, 0.5}));
  EXPECT_EQ(value[0], 3);
  normmax(scores, p, {.temperature = kInf, .value = value});
  EXPECT_EQ(p, (std::vector<double>{1. / 3, 1. / 3, 0, 1. / 3}));
  EXPECT_EQ(value[0], -kInf);
  const std::vector<double> infinite{1, kInf, kInf, 0};
  normmax(infinite, p, {.value = value});
  EXPECT_EQ(p, (std::vector<double>{0, 0.5, 0.5, 0}));
  EXPECT_EQ(value[0], kInf);
  normmax(std::vector<double>(4, -kInf), p, {.value = value});
  EXPECT_EQ(p, (std::vector<double>{0, 0, 0, 0}));
  EXPECT_EQ(value[0], -kInf);
  normmax(std::vector<double>{1, std::nan(""), 0, 0}, p);
  for (const double each : p) EXPECT_TRUE(std::isnan(each));
}

TEST(Normmax, MaskedStatesAreAbsent) {
  const std::vector<double> scores{9, 1, 2};
  const Mask mask({false, true, true});
  std::vector<double> p(3), q(2);
  normmax(scores, p, {.mask = mask.view()});
  normmax(std::vector<double>{1, 2}, q);
  EXPECT_EQ(p, (std::vector<double>{0, q[0], q[1]}));
}

TEST(Normmax, AStateAtTheThresholdIsOutside) {
  for (const double alpha : {1.5, 2.0, 10.0, 100.0, kInf}) {
    std::vector<double> p(3);
    normmax(std::vector<double>{0, -1, -1}, p, {.alpha = alpha});
    EXPECT_EQ(p, (std::vector<double>{1, 0, 0})) << alpha;
  }
}

TEST(Normmax, EveryLayoutAndTypeInPlace) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> scores = normal_scores<T>(5 * 11, 1, 22);
    std::vector<T> plain(scores.size());
    normmax(Rows<const T>(scores.data(), 5, 11), Rows<T>(plain.data(), 5, 11));
    for (const Layout& layout : kLayouts) {
      Batch<T> in(5, 11, layout);
      fill(in, scores);
      normmax(in.input(), in.view());
      EXPECT_TRUE(same_bits(values_of(in), plain)) << layout.name;
    }
  });
}

TEST(NormmaxVjp, IsTheDerivative) {
  const std::vector<double> scores = normal_scores<double>(8, 0.5, 23);
  const std::vector<double> v = normal_scores<double>(8, 1, 24);
  for (const double alpha : {1.2, 1.5, 2.0, 3.0}) {
    const double temperature = 1.7;
    const auto loss = [&](const std::vector<long double>& x, long double a, long double t) {
      const auto p = solve_normmax(x, a, t).probabilities;
      long double sum = 0;
      for (std::size_t i = 0; i < p.size(); ++i) sum += v[i] * p[i];
      return sum;
    };
    std::vector<double> p(8), grad(8), of_t(1), of_alpha(1);
    normmax(scores, p, {.alpha = alpha, .temperature = temperature});
    normmax_vjp(p, v, grad,
                {.alpha = alpha,
                 .temperature = temperature,
                 .grad_temperature = of_t,
                 .grad_alpha = of_alpha});
    for (std::size_t i = 0; i < 8; ++i) {
      auto moved = widened(scores);
      const auto at = [&](long double x) {
        moved[i] = x;
        return loss(moved, alpha, temperature);
      };
      EXPECT_TRUE(near(grad[i], derivative(at, scores[i]), 1e-9L)) << alpha << ' ' << i;
    }
    const auto x = widened(scores);
    EXPECT_TRUE(near(
        of_t[0], derivative([&](long double t) { return loss(x, alpha, t); }, temperature), 1e-9));
    EXPECT_TRUE(near(of_alpha[0],
                     derivative([&](long double a) { return loss(x, a, temperature); }, alpha),
                     1e-9L));
  }
}

TEST(NormmaxVjp, ZeroOutsideTheSupportAndNanWhereTheRowIs) {
  std::vector<double> grad(3);
  normmax_vjp(std::vector<double>{0.5, 0.5, 0}, std::vector<double>{1, 2, std::nan("")}, grad);
  EXPECT_EQ(grad[2], 0);
  EXPECT_NE(grad[0], 0);
  normmax_vjp(std::vector<double>{0.5, 0.5, 0}, std::vector<double>{1, std::nan(""), 0}, grad);
  EXPECT_TRUE(std::isnan(grad[0]) && std::isnan(grad[2]));
  for (const double temperature : {0.0, kInf}) {
    normmax_vjp(std::vector<double>{0.5, 0.5, 0}, std::vector<double>{1, 2, 3}, grad,
                {.temperature = temperature});
    EXPECT_EQ(grad, (std::vector<double>{0, 0, 0}));
  }
}

TEST(Normmax, RefusesInASentence) {
  std::vector<double> p(3), short_p(2);
  const std::vector<double> x{1, 2, 3};
  EXPECT_EQ(refusal([&] { normmax(x, p, {.alpha = 1}); }),
            "normmax: alpha must be greater than 1, got 1");
  EXPECT_EQ(refusal([&] { normmax(x, p, {.temperature = -1}); }),
            "normmax: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { normmax(x, short_p); }),
            "normmax: probabilities must have the shape of scores, 1 x 3, got 1 x 2");
  EXPECT_EQ(refusal([&] { normmax_vjp(x, short_p, p); }),
            "normmax_vjp: upstream must have the shape of probabilities, 1 x 3, got 1 x 2");
}

}  // namespace
}  // namespace gibbs::testing
