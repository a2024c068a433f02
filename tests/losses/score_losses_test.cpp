// What the losses that need no map have in common: weights, edges, layouts, refusals.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "support/batches.hpp"
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
