// One versus all, hinge and squared are their definitions; and the perceptron's is a hinge.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "support/loss_reference.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// 4 ulp of max(1, L) in float, 16 in double.
template <Score T>
long double loss_bar(long double exact) {
  const long double ulp = std::same_as<T, double> ? 16 * 0x1p-52L : 4 * 0x1p-23L;
  return ulp * std::max(1.0L, std::abs(exact));
}

// Eighths in [0, 1], which every type holds; they do not sum to 1.
template <Score T>
std::vector<T> eighths(std::int64_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<T> y;
  for (std::int64_t i = 0; i < n; ++i) {
    y.push_back(from_double<T>(static_cast<double>(random.below(9)) / 8));
  }
  return y;
}

template <Score T>
long double gradient_bar(long double slope) {
  return 2 * std::abs(static_cast<long double>(ulp_at<T>(slope))) + 2e-16L;
}

// The loss of one row, and whether its gradient is that of `value` by finite differences.
template <Score T, class Loss, class Value>
void expect_loss(const std::vector<T>& x, const Targets<T>& target, const Loss& loss,
                 const Value& value, long double bar_of_slopes) {
  std::vector<T> grad(x.size());
  const double got = loss(x, target, Rows<T>(grad));
  const auto wide = widened(x);
  const long double exact = value(wide);
  ASSERT_TRUE(near(got, exact, loss_bar<T>(exact)));
  const auto slopes = numeric_slopes(wide, value);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_TRUE(near(static_cast<long double>(to_double(grad[i])), slopes[i],
                     gradient_bar<T>(slopes[i]) + bar_of_slopes))
        << i;
  }
}

TEST(OneVersusAll, OfLabelsAndProbabilitiesIsTheDefinitionWithItsGradient) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {1, 2, 9, 40}) {
      const auto x = normal_scores<T>(n, 2, 700 + static_cast<std::uint64_t>(n));
      const auto y = eighths<T>(n, 701);
      const std::vector<std::int64_t> label{n / 2};
      for (const double t : {0.5, 1.0}) {
        const auto loss = [&](const auto& scores, const Targets<T>& target, Rows<T> grad) {
          return one_versus_all_loss(scores, target, {.temperature = t, .grad_scores = grad});
        };
        const auto of = [&](const std::vector<long double>& target) {
          return [&, target](const std::vector<long double>& scores) {
            return reference_one_versus_all(scores, target, static_cast<long double>(t));
          };
        };
        expect_loss<T>(x, label, loss, of(one_hot(x.size(), static_cast<std::size_t>(n / 2))),
                       1e-12L);
        expect_loss<T>(x, Targets<T>(y), loss, of(widened(y)), 1e-12L);
      }
    }
  });
}

TEST(OneVersusAll, ItsDerivativeInTemperatureIsTheFiniteDifference) {
  const auto x = normal_scores<double>(9, 2, 710), y = eighths<double>(9, 711);
  const std::vector<double> weights{3};
  for (const double t : {0.3, 1.0, 20.0}) {
    std::vector<double> by_t(1);
    one_versus_all_loss(x, y,
                        {.temperature = t,
                         .sample_weights = weights,
                         .reduction = Reduction::kSum,
                         .grad_temperature = by_t});
    const auto exact = 3 * derivative(
                               [&](long double moved) {
                                 return reference_one_versus_all(widened(x), widened(y), moved);
                               },
                               t);
    EXPECT_TRUE(near(by_t[0], exact, 1e-12L));
  }
}

TEST(OneVersusAll, IsZeroWhereThePredictionIsTheTargetAndNeverNegative) {
  const std::vector<double> x{0, 0, 0}, y{0.5, 0.5, 0.5};
  EXPECT_EQ(one_versus_all_loss(x, y, {.temperature = 3}), 0);
  EXPECT_EQ(one_versus_all_loss(std::vector<double>{800, -800}, std::vector<double>{1, 0}), 0);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto far = normal_scores<float>(5, 30, 720 + seed);
    std::vector<float> p;
    for (const float score : far) p.push_back(1 / (1 + std::exp(-score)));
    EXPECT_GE(one_versus_all_loss(far, p), 0);
    EXPECT_LT(one_versus_all_loss(far, p), 1e-6);
  }
}

TEST(OneVersusAll, TheLimitsOfTemperatureAreThoseOfTheHeader) {
  const std::vector<double> x{2, -1, 0}, y{0.25, 1, 0.5};
  std::vector<double> grad(3), by_t{7};
  const auto at = [&](double t, const std::vector<double>& target) {
    return one_versus_all_loss(
        x, target, {.temperature = t, .grad_scores = Rows<double>(grad), .grad_temperature = by_t});
  };
  EXPECT_EQ(at(0, y), 0.75 * 2 + 1);
  EXPECT_EQ(grad, (std::vector<double>{0.75, -1, 0}));
  EXPECT_EQ(by_t[0], 0);
  EXPECT_NEAR(at(1e-300, y), 2.5, 1e-15);
  EXPECT_EQ(at(kInf, y), kInf);
  EXPECT_EQ(grad, (std::vector<double>{0.25, -0.5, 0}));
  EXPECT_EQ(at(kInf, {0.5, 0.5, 0.5}), 0);
  EXPECT_EQ(by_t[0], 0);
}

TEST(Hinge, OfLabelsAndProbabilitiesIsTheDefinitionWithItsGradient) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {2, 9, 40}) {
      const auto x = normal_scores<T>(n, 2, 730 + static_cast<std::uint64_t>(n));
      auto y = std::vector<T>(x.size(), from_double<T>(0));
      y[0] = from_double<T>(0.75);
      y[1] = from_double<T>(0.25);
      const std::vector<std::int32_t> label{static_cast<std::int32_t>(n - 1)};
      for (const double cost : {0.0, 1.0, 2.5}) {
        const auto loss = [&](const auto& scores, const Targets<T>& target, Rows<T> grad) {
          return hinge_loss(scores, target, {.cost = cost, .grad_scores = grad});
        };
        const auto of = [&](const std::vector<long double>& target) {
          return [&, target](const std::vector<long double>& scores) {
            return reference_hinge(scores, target, static_cast<long double>(cost));
          };
        };
        expect_loss<T>(x, label, loss, of(one_hot(x.size(), static_cast<std::size_t>(n - 1))),
                       1e-12L);
        expect_loss<T>(x, Targets<T>(y), loss, of(widened(y)), 1e-12L);
      }
    }
  });
}

TEST(Hinge, IsZeroOnceTheLabelIsAheadByTheCost) {
  const std::vector<double> x{3, 1, 2};
  const std::vector<int> label{0};
  std::vector<double> grad(3);
  const auto at = [&](double cost) {
    return hinge_loss(x, label, {.cost = cost, .grad_scores = Rows<double>(grad)});
  };
  EXPECT_EQ(at(0.5), 0);
  EXPECT_EQ(grad, (std::vector<double>{0, 0, 0}));
  EXPECT_EQ(at(1), 0);  // a tie: the slope is the mean of both sides
  EXPECT_EQ(grad, (std::vector<double>{-0.5, 0, 0.5}));
  EXPECT_EQ(at(3), 2);
  EXPECT_EQ(grad, (std::vector<double>{-1, 0, 1}));
  EXPECT_EQ(at(kInf), kInf);
}

TEST(Hinge, WithoutCostIsThePerceptrons) {
  const auto x = normal_scores<float>(40, 2, 740);
  const Rows<const float> rows(x.data(), 4, 10);
  const std::vector<std::int64_t> labels{3, 9, -100, 1};
  std::vector<float> one(40), other(40);
  EXPECT_EQ(hinge_loss(rows, labels, {.cost = 0, .grad_scores = {one.data(), 4, 10}}),
            perceptron_loss(rows, labels, {.grad_scores = {other.data(), 4, 10}}));
  EXPECT_EQ(one, other);
  EXPECT_EQ(perceptron_loss(rows, labels), fenchel_young_loss(rows, labels, kInf));
  EXPECT_EQ(perceptron_loss(rows, labels), perceptron_loss(rows, labels, {.temperature = 3}));
}

TEST(Hinge, ALargeScoreLosesNoDigit) {
  const std::vector<double> far{1e15, 1e15 - 1, 1e15 - 2}, near_zero{0, -1, -2};
  for (const int label : {0, 1, 2}) {
    EXPECT_EQ(hinge_loss(far, std::vector<int>{label}, {.cost = 0.75}),
              hinge_loss(near_zero, std::vector<int>{label}, {.cost = 0.75}));
  }
}

TEST(Squared, IsTheDefinitionWithItsGradientForAnyTargets) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {1, 9, 40}) {
      const auto x = normal_scores<T>(n, 2, 750), y = normal_scores<T>(n, 2, 751);
      const std::vector<std::int64_t> label{n - 1};
      const auto loss = [](const auto& scores, const Targets<T>& target, Rows<T> grad) {
        return squared_loss(scores, target, {.grad_scores = grad});
      };
      const auto of = [](const std::vector<long double>& target) {
        return [target](const std::vector<long double>& scores) {
          return reference_squared(scores, target);
        };
      };
      expect_loss<T>(x, label, loss, of(one_hot(x.size(), x.size() - 1)), 1e-12L);
      expect_loss<T>(x, Targets<T>(y), loss, of(widened(y)), 1e-12L);
    }
  });
  EXPECT_EQ(squared_loss(std::vector<float>{2, -1}, std::vector<float>{2, -1}), 0);
}

}  // namespace
}  // namespace gibbs::testing
