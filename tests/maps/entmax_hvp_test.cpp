// Laws of the second derivative of the maps.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "support/batches.hpp"
#include "support/near.hpp"
#include "support/numerics.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kPowers[] = {0.5, 0.999, 1, 1.001, 1.25, 1.5, 1.75, 2, 2.5, 3};

// The mixed derivative of p_i along v and w.
long double numeric_bend(const Problem& problem, const std::vector<long double>& v,
                         const std::vector<long double>& w, std::size_t i) {
  const auto at = [&](long double h, long double k) {
    Problem moved = problem;
    for (std::size_t j = 0; j < v.size(); ++j) moved.scores[j] += h * v[j] + k * w[j];
    return solve(moved).probabilities[i];
  };
  return derivative(
      [&](long double h) {
        return derivative([&](long double k) { return at(h, k); }, 0, 0x1p-12L);
      },
      0, 0x1p-12L);
}

TEST(EntmaxHvp, IsTheSecondFiniteDifferenceOfTheMap) {
  for (const double alpha : kPowers) {
    for (const double temperature : {2.0, 5.0}) {
      const ::testing::ScopedTrace trace(__FILE__, __LINE__, "alpha " + std::to_string(alpha));
      auto x = normal_scores<double>(6, 0.01, 1000);
      x[4] = -40;  // no part of the support above alpha 1
      const auto log_g = normal_scores<double>(6, 0.05, 1001);
      const auto v = normal_scores<double>(6, 1, 1002), w = normal_scores<double>(6, 1, 1003);
      std::vector<double> p(6), product(6);
      entmax(x, p,
             {.alpha = alpha,
              .temperature = temperature,
              .log_degeneracy = Rows<const double>(log_g)});
      entmax_hvp(p, v, w, product,
                 {.alpha = alpha,
                  .temperature = temperature,
                  .log_degeneracy = Rows<const double>(log_g)});
      const Problem problem{.scores = widened(x),
                            .alpha = static_cast<long double>(alpha),
                            .temperature = static_cast<long double>(temperature),
                            .log_degeneracy = widened(log_g)};
      for (std::size_t i = 0; i < 6; ++i) {
        const long double exact = numeric_bend(problem, widened(v), widened(w), i);
        // Above 2 p is close to its edge, and bends too much for a larger step.
        EXPECT_TRUE(near(product[i], exact, alpha > 2 ? 1e-7L * (1 + std::abs(exact)) : 2e-9L))
            << i;
      }
      if (alpha >= 1.25) {
        EXPECT_EQ(product[4], 0);
      }
    }
  }
}

TEST(EntmaxHvp, IsTheDerivativeOfTheVectorJacobianProduct) {
  const auto x = normal_scores<double>(9, 0.02, 1010), v = normal_scores<double>(9, 1, 1011),
             w = normal_scores<double>(9, 1, 1012);
  for (const double alpha : kPowers) {
    const auto vjp_at = [&](double h) {
      std::vector<double> moved = x, p(9), found(9);
      for (std::size_t i = 0; i < 9; ++i) moved[i] += h * w[i];
      entmax(moved, p, {.alpha = alpha, .temperature = 5});
      entmax_vjp(p, v, found, {.alpha = alpha, .temperature = 5});
      return found;
    };
    std::vector<double> p(9), product(9), swapped(9);
    entmax(x, p, {.alpha = alpha, .temperature = 5});
    entmax_hvp(p, v, w, product, {.alpha = alpha, .temperature = 5});
    entmax_hvp(p, w, v, swapped, {.alpha = alpha, .temperature = 5});
    const auto above = vjp_at(1e-5), below = vjp_at(-1e-5);
    for (std::size_t i = 0; i < 9; ++i) {
      EXPECT_NEAR(product[i], (above[i] - below[i]) / 2e-5,
                  (alpha > 2 ? 1e-6 : 1e-9) * (1 + std::abs(product[i])))
          << alpha;
      EXPECT_NEAR(product[i], swapped[i], 1e-15);
    }
  }
}

// From p alone: the closed form in long double, where p^(3 - 2 alpha) is large.
TEST(EntmaxHvp, AtTheEdgeOfTheSupportNothingIsLost) {
  const std::vector<double> p{0.75, 0.25 - 1e-12, 1e-12, 0}, v{1, -2, 3, kInf}, w{2, 1, -1, kInf};
  for (const double alpha : kPowers) {
    std::vector<double> product(4);
    entmax_hvp(p, v, w, product, {.alpha = alpha});
    long double s[3], t[3], sum_s = 0, sum_t = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      s[i] = std::pow(static_cast<long double>(p[i]), 2 - static_cast<long double>(alpha));
      sum_s += s[i];
    }
    // v_i - vbar as the mean of v_i - v_j, of which nothing is rounded away.
    const auto from_mean = [&](const std::vector<double>& values, std::size_t i) {
      long double sum = 0;
      for (std::size_t j = 0; j < 3; ++j) sum += s[j] * (values[i] - values[j]);
      return sum / sum_s;
    };
    for (std::size_t i = 0; i < 3; ++i) {
      t[i] = (2 - static_cast<long double>(alpha)) * s[i] * s[i] / p[i] * from_mean(v, i) *
             from_mean(w, i);
      sum_t += t[i];
    }
    for (std::size_t i = 0; i < 3; ++i) {
      const long double exact = t[i] - s[i] * sum_t / sum_s;
      const long double size = std::abs(t[i]) + std::abs(s[i] * sum_t / sum_s);
      EXPECT_TRUE(near(product[i], exact, 1e-13L * size)) << alpha;
    }
    EXPECT_EQ(product[3], 0);
  }
}

TEST(EntmaxHvp, EdgesAreThoseOfTheContract) {
  on_every_target_and_type([]<Score T>() {
    const auto of = [](std::initializer_list<double> values) {
      std::vector<T> all;
      for (const double value : values) all.push_back(from_double<T>(value));
      return all;
    };
    const double nan = std::nan("");
    std::vector<T> product(3);
    const auto run = [&](const std::vector<T>& p, const std::vector<T>& v, const std::vector<T>& w,
                         double alpha, double t = 1) {
      product.assign(3, from_double<T>(7));
      entmax_hvp(p, v, w, product, {.alpha = alpha, .temperature = t});
      std::vector<double> found;
      for (const T value : product) found.push_back(to_double(value));
      return found;
    };
    const auto p = of({0.75, 0.25, 0}), v = of({1, 2, nan}), w = of({1, -1, kInf});
    for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0, 2.5, kInf}) {
      const auto found = run(p, v, w, alpha);
      EXPECT_EQ(found[2], 0);
      EXPECT_EQ(found[0] != 0, alpha != 2 && alpha != kInf);
      for (const double t : {0.0, kInf}) {
        for (const double h : run(p, v, w, alpha, t)) EXPECT_EQ(h, 0);
      }
      for (const double h : run(of({nan, 0.5, 0}), w, w, alpha)) EXPECT_TRUE(std::isnan(h));
      for (const double h : run(p, of({1, nan, 0}), w, alpha)) EXPECT_TRUE(std::isnan(h));
      for (const double h : run(p, w, of({1, nan, 0}), alpha)) EXPECT_TRUE(std::isnan(h));
      for (const double h : run(of({0, 0, 0}), v, w, alpha)) EXPECT_EQ(h, 0);
      for (const double h : run(of({0, 1, 0}), v, w, alpha)) EXPECT_EQ(h, 0);
    }
  });
}

TEST(EntmaxHvp, EveryLayoutAndRowAloneHasTheSameBits) {
  on_every_target_for<double, float, bfloat16>([]<Score T>() {
    const auto x = normal_scores<T>(7 * 20, 0.5, 1020), v = normal_scores<T>(7 * 20, 1, 1021),
               w = normal_scores<T>(7 * 20, 1, 1022);
    const std::vector<double> temperatures{1, 2, 3, 4, 5, 6, 7};
    Batch<T> p(7, 20), up(7, 20), along(7, 20), expected(7, 20);
    fill(p, x);
    fill(up, v);
    fill(along, w);
    entmax(p.input(), p.view());
    entmax_hvp(p.input(), up.input(), along.input(), expected.view(),
               {.temperature = temperatures});
    for (const Layout& layout : kLayouts) {
      Batch<T> q(7, 20, layout), out(7, 20, layout);
      fill(q, values_of(p));
      fill(out, w);
      entmax_hvp(q.input(), up.input(), out.input(), out.view(), {.temperature = temperatures});
      EXPECT_EQ(out.guards_touched(), 0);
      EXPECT_EQ(widened(values_of(out)), widened(values_of(expected))) << layout.name;
    }
    std::vector<T> alone(20);
    entmax_hvp(Rows<const T>(&p.view()(3, 0), 1, 20), Rows<const T>(&up.view()(3, 0), 1, 20),
               Rows<const T>(&along.view()(3, 0), 1, 20), alone, {.temperature = 4});
    for (std::int64_t j = 0; j < 20; ++j) {
      EXPECT_EQ(to_double(alone[static_cast<std::size_t>(j)]), to_double(expected(3, j)));
    }
  });
}

TEST(EntmaxHvp, WhatIsWrongIsSaid) {
  const std::vector<double> p{0.5, 0.5}, three{1, 2, 3};
  std::vector<double> out(2);
  EXPECT_EQ(refusal([&] { entmax_hvp(p, p, three, out); }),
            "entmax_hvp: direction must have the shape of probabilities, 1 x 2, got 1 x 3");
  EXPECT_EQ(refusal([&] { entmax_hvp(p, p, p, out, {.alpha = 0}); }),
            "entmax_hvp: alpha must be positive, got 0");
  EXPECT_EQ(refusal([&] { entmax_hvp(p, p, p, out, {.temperature = -1}); }),
            "entmax_hvp: temperature must not be negative, got -1");
}

}  // namespace
}  // namespace gibbs::testing
