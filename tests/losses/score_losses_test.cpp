// Laws of the losses that need no map: one versus all, hinge, squared; and of the perceptron's.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <string>
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
const double kNaN = std::nan("");

template <Score T>
std::vector<T> numbers(std::initializer_list<double> values) {
  std::vector<T> all;
  for (const double value : values) all.push_back(from_double<T>(value));
  return all;
}

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

// What the three losses share is asked of each of them.
template <class Body>
void for_each_loss(const Body& body) {
  const auto with = [&](const char* name, auto loss) {
    const ::testing::ScopedTrace trace(__FILE__, __LINE__, name);
    body(loss);
  };
  with("one versus all",
       []<Score T>(const Rows<const T>& x, const Targets<T>& y, const OneVersusAllOptions<T>& o,
                   std::span<working_t<T>> each) {
         if (each.data()) return one_versus_all_loss(x, y, each, o), 0.0;
         return one_versus_all_loss(x, y, o);
       });
  with("hinge", []<Score T>(const Rows<const T>& x, const Targets<T>& y,
                            const OneVersusAllOptions<T>& o, std::span<working_t<T>> each) {
    const HingeOptions<T> options{1.5,         o.mask,  o.sample_weights, o.ignore_index,
                                  o.reduction, o.scale, o.grad_scores};
    if (each.data()) return hinge_loss(x, y, each, options), 0.0;
    return hinge_loss(x, y, options);
  });
  with("squared", []<Score T>(const Rows<const T>& x, const Targets<T>& y,
                              const OneVersusAllOptions<T>& o, std::span<working_t<T>> each) {
    const SquaredOptions<T> options{o.mask,      o.sample_weights, o.ignore_index,
                                    o.reduction, o.scale,          o.grad_scores};
    if (each.data()) return squared_loss(x, y, each, options), 0.0;
    return squared_loss(x, y, options);
  });
}

TEST(ScoreLosses, TheMeanIsThatOfTheWeightThatCounts) {
  const auto x = normal_scores<double>(20, 2, 760);
  const Rows<const double> rows(x.data(), 4, 5);
  std::vector<std::int64_t> labels{3, 0, 4, 1};
  const std::vector<double> weights{2, 0, 1, 0.5};
  for_each_loss([&](auto loss) {
    std::vector<double> all(4), weighted(4), of_each(20), grad(20);
    loss(rows, Targets<double>(labels), {.grad_scores = {of_each.data(), 4, 5}}, std::span(all));
    loss(rows, Targets<double>(labels), {.sample_weights = weights}, std::span(weighted));
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(weighted[i], weights[i] * all[i]);
    const double sum = 2 * all[0] + all[2] + 0.5 * all[3];
    const auto reduced = [&](Reduction reduction, double scale = 1) {
      return loss(rows, Targets<double>(labels),
                  {.sample_weights = weights,
                   .reduction = reduction,
                   .scale = scale,
                   .grad_scores = {grad.data(), 4, 5}},
                  {});
    };
    EXPECT_NEAR(reduced(Reduction::kSum), sum, 1e-14);
    EXPECT_NEAR(reduced(Reduction::kSum, -2), -2 * sum, 1e-14);
    EXPECT_NEAR(reduced(Reduction::kMean), sum / 3.5, 1e-15);
    for (std::size_t i = 0; i < 20; ++i) {
      EXPECT_NEAR(grad[i], of_each[i] * weights[i / 5] / 3.5, 1e-15);
    }
    EXPECT_EQ(loss(Rows<const double>(x.data(), 0, 5), Targets<double>(std::vector<int>{}), {}, {}),
              0);
  });
}

TEST(ScoreLosses, IgnoredRowsAndRowsOfNoWeightMayHoldAnything) {
  auto x = normal_scores<double>(20, 2, 770);
  x[5] = x[11] = kNaN;
  const Rows<const double> rows(x.data(), 4, 5);
  const std::vector<std::int64_t> labels{3, 7, 4, 1};
  const std::vector<double> weights{1, 1, 0, 1};
  for_each_loss([&](auto loss) {
    std::vector<double> each(4), grad(20, 9.0);
    const OneVersusAllOptions<double> options{
        .sample_weights = weights, .ignore_index = 7, .grad_scores = {grad.data(), 4, 5}};
    loss(rows, Targets<double>(labels), options, std::span(each));
    EXPECT_EQ(each[1], 0);
    EXPECT_EQ(each[2], 0);
    for (std::size_t i = 5; i < 15; ++i) EXPECT_EQ(grad[i], 0);
    EXPECT_EQ(loss(rows, Targets<double>(labels), options, {}), (each[0] + each[3]) / 2);
  });
}

// docs/numbers.md, line by line.
TEST(ScoreLosses, EdgesAreThoseOfTheContract) {
  on_every_target_and_type([]<Score T>() {
    for_each_loss([](auto loss) {
      std::vector<T> grad(3, from_double<T>(7));
      const auto of = [&](std::vector<T> x, int label) {
        return loss(Rows<const T>(x), Targets<T>(std::vector<int>{label}),
                    {.grad_scores = Rows<T>(grad)}, {});
      };
      const auto all_are = [&](const auto& law) {
        for (const T g : grad) EXPECT_TRUE(law(to_double(g)));
      };
      EXPECT_TRUE(std::isnan(of(numbers<T>({1, kNaN, 0}), 0)));
      all_are([](double g) { return std::isnan(g); });
      // An absent state is not there; with target mass it cannot be.
      const double without =
          loss(Rows<const T>(numbers<T>({1, 2})), Targets<T>(std::vector<int>{0}), {}, {});
      EXPECT_EQ(of(numbers<T>({1, 2, -kInf}), 0), without);
      EXPECT_EQ(to_double(grad[2]), 0);
      EXPECT_EQ(of(numbers<T>({1, 2, -kInf}), 2), kInf);
      EXPECT_EQ(to_double(grad[2]), 0);
      EXPECT_GT(to_double(grad[1]), 0);
      EXPECT_EQ(of(numbers<T>({-kInf, -kInf, -kInf}), 1), kInf);
      all_are([](double g) { return g == 0; });
      EXPECT_EQ(of(numbers<T>({1, kInf, 0}), 0), kInf);
      const bool on[] = {true, true, false};
      const auto x = numbers<T>({1, 2, kNaN});
      EXPECT_EQ(loss(Rows<const T>(x), Targets<T>(std::vector<int>{0}),
                     {.mask = Rows<const bool>(on, 1, 3), .grad_scores = Rows<T>(grad)}, {}),
                without);
      EXPECT_EQ(to_double(grad[2]), 0);
    });
  });
  EXPECT_EQ(hinge_loss(std::vector<double>{1, kInf}, std::vector<int>{1}), 0);
  EXPECT_EQ(hinge_loss(std::vector<double>{kInf, kInf}, std::vector<int>{1}), 1);
  EXPECT_EQ(one_versus_all_loss(std::vector<double>{-800, kInf}, std::vector<int>{1}), 0);
  EXPECT_EQ(squared_loss(std::vector<double>{0, kInf}, std::vector<int>{1}), kInf);
}

TEST(ScoreLosses, ATargetThatIsNoneMakesItsRowNaN) {
  const std::vector<double> x{1, 2}, negative{-0.5, 1.5}, nan{kNaN, 1};
  EXPECT_TRUE(std::isnan(one_versus_all_loss(x, negative)));
  EXPECT_TRUE(std::isnan(hinge_loss(x, negative)));
  EXPECT_TRUE(std::isnan(one_versus_all_loss(x, nan)));
  EXPECT_TRUE(std::isnan(hinge_loss(x, nan)));
  EXPECT_TRUE(std::isnan(squared_loss(x, nan)));
  EXPECT_EQ(squared_loss(x, negative), 0.5 * 1.5 * 1.5 + 0.5 * 0.5 * 0.5);
}

TEST(ScoreLosses, EveryLayoutAndAnyNumberOfThreadsHaveTheSameBits) {
  on_every_target_for<double, float, bfloat16>([]<Score T>() {
    for_each_loss([](auto loss) {
      const auto values = normal_scores<T>(7 * 20, 2, 780);
      const std::vector<std::int64_t> labels{0, 19, 3, -100, 7, 7, 1};
      Batch<T> plain(7, 20), plain_grad(7, 20);
      fill(plain, values);
      const double expected =
          loss(plain.input(), Targets<T>(labels), {.grad_scores = plain_grad.view()}, {});
      for (const Layout& layout : kLayouts) {
        Batch<T> x(7, 20, layout), grad(7, 20, layout);
        fill(x, values);
        EXPECT_EQ(loss(x.input(), Targets<T>(labels), {.grad_scores = grad.view()}, {}), expected);
        EXPECT_EQ(grad.guards_touched(), 0);
        EXPECT_EQ(widened(values_of(grad)), widened(values_of(plain_grad))) << layout.name;
        EXPECT_EQ(loss(x.input(), Targets<T>(labels), {.grad_scores = x.view()}, {}), expected);
        EXPECT_EQ(widened(values_of(x)), widened(values_of(plain_grad))) << layout.name;
      }
    });
  });
  const auto x = normal_scores<float>(400000, 2, 781);
  std::vector<std::int64_t> labels(400, 5);
  for_each_loss([&](auto loss) {
    const auto run = [&](int threads) {
      set_num_threads(threads);
      const double sum =
          loss(Rows<const float>(x.data(), 400, 1000), Targets<float>(labels), {}, {});
      set_num_threads(0);
      return sum;
    };
    EXPECT_EQ(run(1), run(2));
  });
}

TEST(ScoreLosses, WhatIsWrongIsSaidInTheirNames) {
  const std::vector<double> x{1, 2}, one{1};
  const std::vector<int> label{2};
  EXPECT_EQ(refusal([&] { hinge_loss(x, label); }),
            "hinge_loss: targets[0] must be a class from 0 to 1 or ignore_index -100, got 2");
  EXPECT_EQ(refusal([&] { hinge_loss(x, x, {.cost = -1}); }),
            "hinge_loss: cost must not be negative, got -1");
  EXPECT_EQ(refusal([&] { hinge_loss(x, x, {.cost = kNaN}); }),
            "hinge_loss: cost must not be NaN, got nan");
  EXPECT_EQ(refusal([&] { one_versus_all_loss(x, x, {.temperature = -1}); }),
            "one_versus_all_loss: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { squared_loss(x, one); }),
            "squared_loss: targets must have the shape of scores, 1 x 2, got 1 x 1");
  std::vector<double> losses(3);
  EXPECT_EQ(refusal([&] { squared_loss(x, x, losses); }),
            "squared_loss: losses must have 1 entry, one per row, got 3");
  EXPECT_EQ(refusal([&] { perceptron_loss(x, label); }),
            "perceptron_loss: targets[0] must be a class from 0 to 1 or ignore_index -100, got 2");
}

}  // namespace
}  // namespace gibbs::testing
