// Laws of the Hessian of the losses.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "support/batches.hpp"
#include "support/loss_reference.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// d/dh of the slope in x_i at x + h v, of the definition.
long double numeric_product(const Problem& problem, const std::vector<long double>& y,
                            const std::vector<long double>& v, long double z, std::size_t i) {
  const auto at = [&](long double h, long double k) {
    Problem moved = problem;
    for (std::size_t j = 0; j < v.size(); ++j) moved.scores[j] += h * v[j];
    moved.scores[i] += k;
    const long double value = problem.temperature * solve(moved).log_partition;
    return reference_loss(moved, y) + z * value * value;
  };
  return derivative(
      [&](long double h) {
        return derivative([&](long double k) { return at(h, k); }, 0, 0x1p-12L);
      },
      0, 0x1p-12L);
}

TEST(FenchelYoungHvp, IsTheFiniteDifferenceOfTheGradientOfTheDefinition) {
  for (const double alpha : {0.5, 0.999, 1.0, 1.001, 1.25, 1.5, 1.75, 2.0, 3.0}) {
    for (const double z : {0.0, 0.3}) {
      const ::testing::ScopedTrace trace(__FILE__, __LINE__, "alpha " + std::to_string(alpha));
      auto x = normal_scores<double>(6, 0.03, 900);
      x[4] = -40;  // no part of the support above alpha 1
      const auto log_g = normal_scores<double>(6, 0.05, 901), v = normal_scores<double>(6, 1, 902);
      Problem problem{.scores = widened(x),
                      .alpha = static_cast<long double>(alpha),
                      .temperature = 1.5L,
                      .log_degeneracy = widened(log_g)};
      const std::vector<int> label{2};
      std::vector<double> product(6);
      const LossOptions<double> options{
          .temperature = 1.5, .log_degeneracy = Rows<const double>(log_g), .z_loss = z};
      EXPECT_EQ(fenchel_young_hvp(x, label, alpha, v, product, options),
                fenchel_young_loss(x, label, alpha, options));
      for (std::size_t i = 0; i < 6; ++i) {
        const auto exact = numeric_product(problem, one_hot(6, 2), widened(v), z, i);
        EXPECT_TRUE(near(product[i], exact, alpha > 2 ? 1e-8L : 1e-10L)) << i;
      }
    }
  }
}

// Four rows of five classes, and every option of a loss.
struct FenchelYoungHvpTest : ::testing::Test {
  std::vector<double> x = normal_scores<double>(20, 0.5, 910),
                      v = normal_scores<double>(20, 1, 911);
  std::vector<double> w{1, 2, 0.5, 3, 0.25}, s{1, 0.5, 2, 0};
  std::vector<std::int64_t> labels{3, -100, 4, 1};
  LossOptions<double> options{.temperature = 2,
                              .class_weights = w,
                              .sample_weights = s,
                              .label_smoothing = 0.1,
                              .z_loss = 0.05};
};

TEST_F(FenchelYoungHvpTest, EveryOptionIsInIt) {
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSum}) {
    options.reduction = reduction;
    options.scale = -0.7;
    std::vector<double> product(20), grad(20);
    fenchel_young_hvp(Rows<const double>(x.data(), 4, 5), labels, 1.3,
                      Rows<const double>(v.data(), 4, 5), Rows<double>(product.data(), 4, 5),
                      options);
    const auto gradient_at = [&](double h) {
      auto moved = x, found = grad;
      for (std::size_t i = 0; i < 20; ++i) moved[i] += h * v[i];
      auto with = options;
      with.grad_scores = {found.data(), 4, 5};
      fenchel_young_loss(Rows<const double>(moved.data(), 4, 5), labels, 1.3, with);
      return found;
    };
    const auto above = gradient_at(1e-5), below = gradient_at(-1e-5);
    for (std::size_t i = 0; i < 20; ++i) {
      EXPECT_NEAR(product[i], (above[i] - below[i]) / 2e-5, 1e-9) << i;
    }
    for (std::size_t i = 5; i < 10; ++i) EXPECT_EQ(product[i], 0);
    for (std::size_t i = 15; i < 20; ++i) EXPECT_EQ(product[i], 0);
  }
}

TEST_F(FenchelYoungHvpTest, ItsOutputsAreThoseOfTheLoss) {
  std::vector<double> grad(20), expected(20), p(20), of_map(20), product(20);
  const Rows<const double> scores(x.data(), 4, 5);
  fenchel_young_hvp(scores, labels, 1.5, Rows<const double>(v.data(), 4, 5),
                    Rows<double>(product.data(), 4, 5),
                    {.grad_scores = {grad.data(), 4, 5}, .probabilities = {p.data(), 4, 5}});
  fenchel_young_loss(scores, labels, 1.5, {.grad_scores = {expected.data(), 4, 5}});
  entmax(scores, Rows<double>(of_map.data(), 4, 5));
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(grad[i], expected[i], 1e-16) << i;
  EXPECT_EQ(p, of_map);
  // Of one row of weight 1 it is the Jacobian of the map.
  const std::span<const double> row(x.data(), 5), along(v.data(), 5);
  std::vector<double> one(5), jacobian(5);
  fenchel_young_hvp(row, std::vector<int>{0}, 1.5, along, one);
  entmax_vjp(std::span<const double>(of_map.data(), 5), along, jacobian);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(one[i], jacobian[i], 1e-15);
}

TEST(FenchelYoungHvp, EdgesAreThoseOfTheContract) {
  on_every_target_and_type([]<Score T>() {
    const auto of = [](std::initializer_list<double> values) {
      std::vector<T> all;
      for (const double value : values) all.push_back(from_double<T>(value));
      return all;
    };
    std::vector<T> product(3);
    const auto run = [&](const std::vector<T>& x, const std::vector<T>& v, double alpha,
                         double t = 1) {
      product.assign(3, from_double<T>(7));
      fenchel_young_hvp(x, std::vector<int>{0}, alpha, v, product, {.temperature = t});
      std::vector<double> found;
      for (const T value : product) found.push_back(to_double(value));
      return found;
    };
    const double nan = std::nan("");
    const auto v = of({1, 2, nan});  // only where there is no state
    for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0, 3.0}) {
      const auto found = run(of({1, 0.75, -kInf}), v, alpha);
      EXPECT_LT(found[0], 0);
      EXPECT_GT(found[1], 0);
      EXPECT_EQ(found[2], 0);
      for (const double t : {0.0, kInf}) {
        for (const double h : run(of({1, 0.75, -kInf}), v, alpha, t)) EXPECT_EQ(h, 0);
      }
      for (const double h : run(of({1, nan, 0}), of({1, 1, 1}), alpha)) EXPECT_TRUE(std::isnan(h));
      for (const double h : run(of({1, 0.75, 1}), v, alpha)) EXPECT_TRUE(std::isnan(h));
      for (const double h : run(of({-kInf, -kInf, -kInf}), v, alpha)) EXPECT_EQ(h, 0);
    }
    for (const double h : run(of({1, 0.5, 0}), of({1, 2, 3}), kInf)) EXPECT_EQ(h, 0);
  });
}

TEST(FenchelYoungHvp, EveryLayoutHasTheSameBitsAndTheProductMayBeTheDirection) {
  on_every_target_for<double, float, bfloat16>([]<Score T>() {
    const auto values = normal_scores<T>(7 * 20, 0.5, 920),
               along = normal_scores<T>(7 * 20, 1, 921);
    const std::vector<std::int64_t> labels{0, 19, 3, -100, 7, 7, 1};
    Batch<T> plain(7, 20), direction(7, 20), expected(7, 20);
    fill(plain, values);
    fill(direction, along);
    fenchel_young_hvp(plain.input(), labels, 1.5, direction.input(), expected.view());
    for (const Layout& layout : kLayouts) {
      Batch<T> x(7, 20, layout), v(7, 20, layout);
      fill(x, values);
      fill(v, along);
      fenchel_young_hvp(x.input(), labels, 1.5, v.input(), v.view());
      EXPECT_EQ(v.guards_touched(), 0);
      EXPECT_EQ(widened(values_of(v)), widened(values_of(expected))) << layout.name;
    }
  });
}

TEST(FenchelYoungHvp, WhatIsWrongIsSaid) {
  const std::vector<double> x{1, 2}, three{1, 2, 3};
  std::vector<double> out(2), short_out(1);
  const std::vector<int> label{0};
  EXPECT_EQ(refusal([&] { fenchel_young_hvp(x, label, 1.5, three, out); }),
            "fenchel_young_hvp: direction must have the shape of scores, 1 x 2, got 1 x 3");
  EXPECT_EQ(refusal([&] { fenchel_young_hvp(x, label, 1.5, x, short_out); }),
            "fenchel_young_hvp: product must have the shape of scores, 1 x 2, got 1 x 1");
  EXPECT_EQ(refusal([&] { fenchel_young_hvp(x, label, -1, x, out); }),
            "fenchel_young_hvp: alpha must be positive, got -1");
}

}  // namespace
}  // namespace gibbs::testing
